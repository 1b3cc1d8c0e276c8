"""Least squares of one model to one series: a grid over the rates, then Newton steps on what the fluxes leave over.

For given rates the fluxes follow linearly; the sum of squares is then a function of the rates only, whose slope needs
no derivative of the fluxes (golub1973; the second term of the derivative, small where the fit is good, is left out).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from halosink.soil.incubation.models import Model
from halosink.soil.incubation.noise import Noise, log_likelihood
from halosink.soil.incubation.series import Array, Release

# own choice: a pool that loses less than 1 % over the incubation is a steady flux
SLOWEST = 0.01
# own choice: a pool of which less than exp(-10) is left after the first interval is a pulse whose rate nothing shows
FASTEST = 10.0
# own choice: dense enough that Newton steps find the minimum next to the best point of the grid
RATES_IN_GRID = 20
# own choice: half-saturation from 1/30 of the substrate (a steady rate until all is gone) to 30 times (first order)
HALF_SATURATION = (np.log(1 / 30), np.log(30))
HALF_SATURATIONS_IN_GRID = 7
# own choice: enough for the flattest ridges met
ROUNDS = 60
# own choice: relative change of rates and of the sum of squares at which the search ends, far below their errors
TOLERANCE, LEAST_GAIN = 1e-7, 1e-9
# own choice: squares below this share of those of the values are rounding
ROUNDING = 1e-24


@dataclass(frozen=True)
class Task:
    """A series of fluxes (not of totals) with its noise, ready to be fitted."""

    release: Release
    noise: Noise

    @cached_property
    def value(self) -> Array:
        return self.noise.whiten(self.release.value)

    @cached_property
    def floor(self) -> float:
        return max(ROUNDING * float(self.value @ self.value), 1e-300)

    def design(self, model: Model, theta: Array) -> Array:
        """(..., n, p) whitened columns."""
        return self.noise.whiten(model.columns(theta, self.release.start, self.release.end), axis=-2)

    def slopes(self, model: Model, theta: Array) -> Array:
        """(..., n, d) whitened changes of the columns."""
        return self.noise.whiten(model.changes(theta, self.release.start, self.release.end), axis=-2)

    def range_of(self, model: Model) -> tuple[Array, Array]:
        """(d,) smallest and largest theta."""
        first = np.min(self.release.end[self.release.end > 0], initial=self.release.length)
        low = np.full(model.rates, np.log(SLOWEST / self.release.length))
        high = np.full(model.rates, np.log(FASTEST / first))
        if model.curve >= 0:
            low[model.curve], high[model.curve] = HALF_SATURATION
        return low, high


@dataclass(frozen=True, slots=True)
class Fit:
    """theta (d,), flux (p,), noise, sum of whitened squares, log-likelihood, AICc (NaN for too few readings).

    at_edge (d,): theta stands at the end of its range.
    """

    model: Model
    theta: Array
    flux: Array
    noise: Noise
    squares: float
    log_likelihood: float
    aicc: float
    at_edge: NDArray[np.bool_]

    @property
    def values(self) -> Array:
        """Values of the model's parameters, in the order of model.names."""
        return self.model.natural(self.theta, self.flux)


def corrected_criterion(log_likelihood: float, parameters: int, n: int) -> float:
    """AICc = -2 L + 2 K + 2 K (K + 1) / (n - K - 1); NaN for n <= K + 1. Source: hurvich1989."""
    rest = n - parameters - 1
    return -2 * log_likelihood + 2 * parameters + 2 * parameters * (parameters + 1) / rest if rest > 0 else float("nan")


def fit(task: Task, model: Model, starts: list[Array] | None = None) -> Fit | None:
    """The best fit with all fluxes above 0; None where no such fit exists, so that a smaller model says the same."""
    low, high = task.range_of(model)
    best: tuple[float, Array, Array] | None = None
    for start in grid_starts(task, model) if starts is None else starts:
        found = _descend(task, model, start, low, high)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    if best is None:
        return None
    squares, theta, flux = best
    order = np.argsort(-theta) if model.curve < 0 else np.arange(len(theta))
    theta, low, high = theta[order], low[order], high[order]
    flux = np.concatenate([flux[: len(order)][order], flux[len(order) :]]) if model.curve < 0 else flux
    likelihood = log_likelihood(squares, task.release.n, task.noise)
    count = model.parameters + 1 + (task.noise.memory > 0)
    edge = (theta <= low + 1e-6) | (theta >= high - 1e-6)
    aicc = corrected_criterion(likelihood, count, task.release.n)
    return Fit(model, theta, flux, task.noise, squares, likelihood, aicc, edge)


def grid_starts(task: Task, model: Model) -> list[Array]:
    """Up to two points of the grid, apart from each other, where the sum of squares is least; none without any."""
    low, high = task.range_of(model)
    if not model.rates:
        return [np.zeros(0)]
    ladder = np.linspace(low[0], high[0], RATES_IN_GRID)
    if model.curve >= 0:
        halves = np.linspace(*HALF_SATURATION, HALF_SATURATIONS_IN_GRID)
        thetas = np.stack(np.meshgrid(ladder, halves, indexing="ij"), axis=-1).reshape(-1, 2)
        squares = sums(task, model, thetas)[0]
        apart = np.abs(thetas[:, 0] - thetas[int(np.argmin(squares)), 0]) > 2 * (ladder[1] - ladder[0])
    else:
        single = task.design(model, np.repeat(ladder[:, None], model.rates, axis=1))
        columns = np.concatenate([single[:, :, 0].T, single[0, :, model.rates :]], axis=1)
        which = _combinations(model.rates)
        thetas = ladder[which]
        if model.fluxes > model.rates:
            which = np.concatenate([which, np.full((len(which), 1), RATES_IN_GRID)], axis=1)
        gram, right = columns.T @ columns, columns.T @ task.value
        squares = _sums(gram[which[:, :, None], which[:, None, :]], right[which], float(task.value @ task.value))[0]
        apart = np.abs(which - which[int(np.argmin(squares))]).max(axis=1) > 2
    if not np.isfinite(squares.min()):
        return []
    found = [thetas[int(np.argmin(squares))]]
    other = np.where(apart, squares, np.inf)
    if model.rates > 1 and np.isfinite(other.min()):
        found.append(thetas[int(np.argmin(other))])
    return found


@lru_cache(maxsize=8)
def _combinations(size: int) -> NDArray[np.intp]:
    return np.array([c[::-1] for c in combinations(range(RATES_IN_GRID), size)], dtype=np.intp)


def sums(task: Task, model: Model, thetas: Array) -> tuple[Array, Array, Array]:
    """(m,) sums of squares, inf where a flux is not positive, (m, p) fluxes, (m, p, p) products of the columns."""
    columns = task.design(model, thetas)
    gram = np.matmul(columns.transpose(0, 2, 1), columns)
    squares, flux = _sums(gram, task.value @ columns, float(task.value @ task.value))
    return np.maximum(squares, task.floor), flux, gram


def _sums(gram: Array, right: Array, total: float) -> tuple[Array, Array]:
    size = np.einsum("mii->m", gram)
    gram = gram + 1e-12 * size[:, None, None] * np.eye(gram.shape[-1])
    flux: Array = np.linalg.solve(gram, right[..., None])[..., 0].astype(float)
    squares = total - np.einsum("mp,mp->m", flux, right)
    return np.where((flux > 0).all(axis=1), squares, np.inf), flux


def _descend(task: Task, model: Model, theta: Array, low: Array, high: Array) -> tuple[float, Array, Array] | None:
    """Levenberg-Marquardt steps in theta within its range."""
    here = _solve(task, model, theta)
    if here is None:
        return None
    squares, flux, q, residual = here
    damping = 1e-3
    for _ in range(ROUNDS if model.rates else 0):
        change = task.slopes(model, theta) * flux[list(model.owner)]
        change -= q @ (q.T @ change)
        slope, curve = change.T @ residual, change.T @ change
        free = ~(((theta <= low) & (slope < 0)) | ((theta >= high) & (slope > 0)))
        if not free.any():
            break
        moved = False
        for _ in range(12):
            step = np.zeros_like(theta)
            normal = curve[np.ix_(free, free)]
            diagonal = np.maximum(np.diag(normal), 1e-12 * np.max(np.diag(normal), initial=1e-300))
            step[free] = np.linalg.solve(normal + damping * np.diag(diagonal), slope[free])
            trial = np.clip(theta + np.clip(step, -2.0, 2.0), low, high)
            there = _solve(task, model, trial)
            if there is not None and there[0] <= squares:
                moved = True
                break
            damping *= 5
        if not moved:
            break
        assert there is not None
        shift, gain = float(np.max(np.abs(trial - theta))), squares - there[0]
        theta, (squares, flux, q, residual) = trial, there
        damping = max(damping / 5, 1e-9)
        if shift < TOLERANCE or gain <= LEAST_GAIN * squares or squares <= task.floor:
            break
    return max(squares, task.floor), theta, flux


def _solve(task: Task, model: Model, theta: Array) -> tuple[float, Array, Array, Array] | None:
    """Sum of squares, fluxes, orthonormal columns, residuals; None where a flux is not positive."""
    q, r = np.linalg.qr(task.design(model, theta))
    if np.min(np.abs(np.diag(r))) <= 1e-10 * np.max(np.abs(r)):
        return None
    right = q.T @ task.value
    flux = np.linalg.solve(r, right)
    if not (flux > 0).all():
        return None
    residual = task.value - q @ right
    return float(residual @ residual), flux, q, residual
