"""Draws of the parameters of a fit, and which of them the readings determine.

The rates are drawn by importance sampling, from a Student distribution about the fit mixed with a flat one over the
whole range, so that flat ridges and second maxima are seen; variance and fluxes follow exactly given the rates. Prior
(own choice): flat in the logarithms of the rates over their range, Jeffreys in variance and fluxes given the rates,
fluxes above 0, pools together below the initial carbon where it is known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from halosink.soil.incubation.choice import Fitted, memories
from halosink.soil.incubation.fitting import Fit, Task, fit, sums
from halosink.soil.incubation.noise import Noise
from halosink.soil.incubation.series import Array

# own choice: enough for a hundred effective draws with up to three rates
PROPOSALS = 800
# own choice: ways of scatter with less weight are left out
LEAST_WEIGHT = 0.02
FREEDOM = 4.0
# own choice: width of the proposals against the errors of the fit, and the share that is spread over the whole range
WIDER, SPREAD = 1.3, 0.25
# own choice: fewer effective draws than this and a second round of proposals is made from the first
FEWEST_EFFECTIVE = 100.0

# own choice: 95 % of the draws within a factor of 1.3 (+- 14 %), so that half of the errors are below about 5 %;
# within a factor of 10 only the order of size is known
IDENTIFIED, ROUGH = 1.3, 10.0
# own choice: more than this share of draws within a tenth of the logarithmic range from its end: the end decides
AT_END = 0.025

YES, ROUGHLY, NO, EDGE = "identified", "rough", "not_identifiable", "open_range"


class Draws(NamedTuple):
    """theta (draws, d), flux (draws, p), sigma (draws,) and parameters (draws, names); effective number of draws."""

    theta: Array
    flux: Array
    sigma: Array
    values: Array
    effective: float


def draw_fitted(fitted: Fitted, draws: int, rng: np.random.Generator) -> Draws:
    """Draws of the chosen model over all ways in which the readings may scatter, each by its likelihood.

    How errors grow with the flux and how long they last is seldom certain from some tens of readings, and the width of
    every interval hangs on it. Half of the prior is with independent errors, half spread over the memories.
    """
    best = fitted.best
    lengths = [0.0, *(memories(fitted.task) if fitted.memory else ())]
    tasks: list[Task] = []
    weights: list[float] = []
    for way in fitted.ways:
        for length in lengths:
            task = Task(way.task.release, Noise(way.task.noise.scale, way.task.noise.gap, length))
            prior = 0.5 if length == 0 else 0.5 / (len(lengths) - 1)
            tasks.append(task)
            weights.append(_restricted_likelihood(task, best) + np.log(prior))
    logs = np.array(weights)
    weight = np.exp(logs - np.max(logs))
    weight[weight < LEAST_WEIGHT * weight.sum()] = 0.0
    counts = rng.multinomial(draws, weight / weight.sum())
    drawn = []
    for task, n in zip(tasks, counts, strict=True):
        if n:
            found = fit(task, best.model, [best.theta]) or best
            drawn.append(draw(task, found, int(n), rng))
    order = rng.permutation(draws)
    theta, flux, sigma, values = (np.concatenate([d[i] for d in drawn])[order] for i in range(4))
    return Draws(theta, flux, sigma, values, min(d.effective for d in drawn))


def _restricted_likelihood(task: Task, found: Fit) -> float:
    """Log-likelihood of a noise, its variance and all of the model's parameters integrated out near a fit."""
    columns = task.design(found.model, found.theta)
    change = task.slopes(found.model, found.theta) * found.flux[list(found.model.owner)]
    q, r = np.linalg.qr(np.concatenate([columns, change], axis=1))
    rest = task.value - q @ (q.T @ task.value)
    freedom = max(task.release.n - found.model.parameters, 1)
    size = np.log(np.maximum(np.abs(np.diag(r)), 1e-300)).sum()
    return float(-0.5 * freedom * np.log(max(float(rest @ rest), task.floor)) - task.noise.log_size() - size)


def draw(task: Task, found: Fit, draws: int, rng: np.random.Generator) -> Draws:
    """Draws of a fit's parameters. Without enough readings for a variance the draws are NaN."""
    model, freedom = found.model, task.release.n - found.model.fluxes
    low, high = task.range_of(model)
    d = model.rates
    if freedom - d < 1:
        empty = np.full((draws, d), np.nan)
        flux = np.full((draws, model.fluxes), np.nan)
        return Draws(empty, flux, np.full(draws, np.nan), np.full((draws, len(model.names)), np.nan), 0.0)
    centre, spread = found.theta, _spread(task, found, low, high)
    for round_ in range(2):
        theta, log_density = _propose(centre, spread, low, high, rng)
        theta = -np.sort(-theta, axis=1) if model.curve < 0 else theta
        squares, flux, gram = sums(task, model, theta)
        variance = np.where(np.isfinite(squares), squares, 1.0) / rng.chisquare(freedom, len(theta))
        root = np.linalg.cholesky(gram + 1e-10 * np.einsum("mii->m", gram)[:, None, None] * np.eye(model.fluxes))
        noise = rng.standard_normal((len(theta), model.fluxes, 1))
        flux = flux + np.sqrt(variance)[:, None] * np.linalg.solve(root.transpose(0, 2, 1), noise)[..., 0]
        log_weight = -0.5 * freedom * np.log(np.where(np.isfinite(squares), squares, 1.0)) - log_density
        allowed = np.isfinite(squares) & (flux > 0).all(axis=1) & _below_initial(task, found, theta, flux)
        log_weight[~allowed] = -np.inf
        if not np.isfinite(log_weight.max()):
            theta, flux = found.theta + 0 * theta, found.flux + 0 * flux
            log_weight = np.zeros(len(theta))
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        effective = float(1 / np.sum(weight**2))
        if effective >= FEWEST_EFFECTIVE or not d or round_:
            break
        centre = weight @ theta
        less = theta - centre
        spread = (less * weight[:, None]).T @ less + 1e-6 * np.eye(d)
    picked = np.searchsorted(np.cumsum(weight), (rng.random() + np.arange(draws)) / draws)
    picked = rng.permutation(np.minimum(picked, len(theta) - 1))
    theta, flux = theta[picked], flux[picked]
    return Draws(theta, flux, np.sqrt(variance[picked]), model.natural(theta, flux), effective)


def identify(task: Task, found: Fit, drawn: Draws) -> tuple[str, ...]:
    """A verdict for each of the model's parameters: identified, rough, not_identifiable, or open_range.

    open_range: the draws pile up at the end of the range of a rate, so that the parameter has no bound on one side.
    Practical identifiability in the sense of raue2009, by draws in place of profiles.
    """
    if not np.isfinite(drawn.values).all():
        return (NO,) * len(found.model.names)
    low, high = task.range_of(found.model)
    margin = (high - low) / 10
    outside = np.maximum((drawn.theta < low + margin).mean(axis=0), (drawn.theta > high - margin).mean(axis=0))
    open_ = np.asarray(outside > AT_END, dtype=bool)
    bottom, top = np.quantile(drawn.values, [0.025, 0.975], axis=0)
    factor = top / np.maximum(bottom, 1e-300)
    verdicts = []
    for kind, ratio, name in zip(found.model.kinds, factor, found.model.names, strict=True):
        if ratio <= IDENTIFIED:
            verdicts.append(YES)
        elif kind != "flux" and open_.any() and _open(found, name, open_):
            verdicts.append(EDGE)
        else:
            verdicts.append(ROUGHLY if ratio <= ROUGH else NO)
    return tuple(verdicts)


def _open(found: Fit, name: str, open_: NDArray[np.bool_]) -> bool:
    place = found.model.names.index(name) // 2 if found.model.curve < 0 else 0
    return bool(open_.any() if found.model.curve >= 0 else place < len(open_) and open_[place])


def _spread(task: Task, found: Fit, low: Array, high: Array) -> Array:
    """(d, d) covariance of theta from the curvature at the fit, no wider than the range."""
    d = found.model.rates
    if not d:
        return np.zeros((0, 0))
    q, _ = np.linalg.qr(task.design(found.model, found.theta))
    change = task.slopes(found.model, found.theta) * found.flux[list(found.model.owner)]
    change -= q @ (q.T @ change)
    variance = found.squares / max(task.release.n - found.model.parameters, 1)
    prior = np.diag(1 / ((high - low) / 4) ** 2)
    return np.asarray(np.linalg.inv(change.T @ change / max(variance, 1e-300) + prior))


def _propose(
    centre: Array, spread: Array, low: Array, high: Array, rng: np.random.Generator
) -> tuple[Array, NDArray[np.float64]]:
    """(m, d) proposals inside the range and the logarithm of their density."""
    d = len(centre)
    if not d:
        return np.zeros((PROPOSALS, 0)), np.zeros(PROPOSALS)
    root = np.linalg.cholesky(WIDER**2 * spread)
    normal = rng.standard_normal((PROPOSALS, d)) / np.sqrt(rng.chisquare(FREEDOM, (PROPOSALS, 1)) / FREEDOM)
    theta = centre + normal @ root.T
    flat = rng.random(PROPOSALS) < SPREAD
    theta[flat] = low + (high - low) * rng.random((int(flat.sum()), d))
    inside = np.asarray(((theta >= low) & (theta <= high)).all(axis=1), dtype=bool)
    theta = np.where(inside[:, None], theta, centre)
    standard = np.linalg.solve(root, (theta - centre).T)
    distance = np.einsum("dm,dm->m", standard, standard)
    student = (
        special.gammaln((FREEDOM + d) / 2) - special.gammaln(FREEDOM / 2) - d / 2 * np.log(FREEDOM * np.pi)
        - np.log(np.diag(root)).sum() - (FREEDOM + d) / 2 * np.log1p(distance / FREEDOM)
    )  # fmt: skip
    density = np.logaddexp(np.log(1 - SPREAD) + student, np.log(SPREAD) - np.log(high - low).sum())
    return theta, np.where(inside, density, np.inf)


def _below_initial(task: Task, found: Fit, theta: Array, flux: Array) -> NDArray[np.bool_]:
    if not np.isfinite(task.release.initial):
        return np.ones(len(theta), dtype=bool)
    values = found.model.natural(theta, flux)
    counted = [name.startswith(("pool_", "substrate")) for name in found.model.names]
    return np.asarray(values[:, counted].sum(axis=1) <= task.release.initial)
