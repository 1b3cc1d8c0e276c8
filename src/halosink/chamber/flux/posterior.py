"""What the readings of a closure say about its flux, over all curvatures and kinds of noise at once.

    C(t) = C0 + s (1 - exp(-k t)) / k + sum of J exp(-k (t - tb)) behind each bubble at tb;   k = 0: C0 + s t

s is the slope at closing (t = 0) and k [s-1] the rate at which chamber air approaches soil air (hutchinson1981). Given
k and the correlation of the noise this is linear: with flat priors of C0, s, J and log sigma, s is Student t about its
generalised least squares value (gelman2013, section 14). The weights of the rates and noises are their marginal
likelihoods times priors; the posterior of s is the weighted mixture. The slope counts as its mean over the window when
rates are compared, so that a strong curvature is not favoured for allowing large fluxes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from halosink.chamber.batch import Array

# own choice: rate times chamber height is the conductance D / d of the soil above the source. 8e-5 m s-1 is soil with
# a tenth of the diffusivity of free air above a source at 2 cm; the spread covers wet clay to leaking collars
CONDUCTANCE = 8e-5
SPREAD = 1.6
# own choice: share of closures that are straight for all one can see
STRAIGHT = 0.35
COARSE, FINE = 20, 13
WIDEST = 3.0
# own choice: correlated share of the variance of a block mean, and its memory as a share of the window
SHARES, MEMORIES = (0.3, 0.65, 0.9, 0.98), (0.1, 0.5, 2.0)
# own choice: correlation of neighbouring readings where it is gone after a few of them, within a block
BRIEF = (0.35, 0.7)
# own choice: prior weight of white noise, of brief correlation and of each memory (spread evenly over the shares)
WHITE, BRIEFLY, REMEMBERED = 0.53, 0.03, (0.04, 0.06, 0.34)
# own choice: posterior weight from which noise counts as correlated, and below which it does not: a mixture of both
# would be too wide for steady analysers and too narrow for drifting ones
TOLD = 0.35
NOISES = ((0.0, 1.0), *((0.0, 1.0) for _ in BRIEF), *((share, memory) for memory in MEMORIES for share in SHARES))
# own choice: with fewer the correlation cannot be told from curvature
CORRELATED_FROM = 16
# three readings and a curve of three parameters leave no error to judge it by
BENT_FROM = 4
# own choice: how many readings' worth the scatter from reading to reading counts when the noise of a block is judged
SCATTER_WORTH = 40.0
# own choice: readings that differ by less are the same
SMALLEST = 1e-100


@dataclass(frozen=True, slots=True)
class Posterior:
    """Mixture of Student t over c cells (rates by noises) for m series; slopes in mole fraction s-1 at time 0.

    weight, mean, scale: (m, c). rate: (m, c), s-1. freedom: (m,). correlation: (m,) of neighbouring blocks.
    bubbles: (m, s) mole fraction, the jump of each.
    """

    weight: Array
    mean: Array
    scale: Array
    rate: Array
    freedom: Array
    correlation: Array
    bubbles: Array

    def straight(self) -> Array:
        """(m,) weight of k = 0."""
        share: Array = np.where(self.rate == 0, self.weight, 0.0).sum(axis=1)
        return share


def posterior(
    time: Array, value: Array, width: Array, height: Array, behind: Array, since: Array, scatter: Array, readings: Array
) -> Posterior:
    """time, value: (m, b), s since closing and mole fraction of block means, all valid; b >= 3 + s.

    width: (m, b), s2, variance of the times in a block. height: (m,) V / A [m], taken as 0.25 where it is not known.
    behind, since: (m, s, b), which share of a block came after each of s bubbles, and the mean time [s] since it.
    scatter: (m,) half the mean square of the steps from reading to reading, NaN where a block is one reading.
    readings: (m,) in a block.
    """
    bubbles = (width, behind, since)
    centre = np.log(CONDUCTANCE / np.where(np.isfinite(height) & (height > 0), height, 0.25))
    whiten, log_det, log_prior, near, per_reading = _noises(time.shape[1])
    origin = value.mean(axis=1, keepdims=True)
    unit = np.abs(value - origin).max(axis=1, keepdims=True)
    unit = np.where(unit > SMALLEST, unit, 1.0)
    y = (value - origin) / unit
    known = np.isfinite(scatter)
    worth = np.where(known, np.minimum(SCATTER_WORTH, readings * time.shape[1] / 4), 0.0)
    ratio = per_reading(readings)
    extra = np.where(known, worth * np.where(known, scatter, 0.0) / unit[:, 0] ** 2, 0.0)[:, None] / ratio
    log_prior = log_prior - 0.5 * worth[:, None] * np.log(ratio)
    coarse = centre[:, None] + SPREAD * np.linspace(-WIDEST, WIDEST, COARSE)
    first = slice(0, 1)
    profile = _fit(time, y, coarse, bubbles, whiten[first], log_det[first])[0][..., 0]
    best = _zoom(time, y, coarse, profile, bubbles, whiten[first], log_det[first])
    log_rate = np.sort(np.concatenate([coarse, best], axis=1), axis=1)
    edges = np.concatenate([log_rate[:, :1], (log_rate[:, 1:] + log_rate[:, :-1]) / 2, log_rate[:, -1:]], axis=1)
    width = np.diff(edges, axis=1)
    prior = -0.5 * ((log_rate - centre[:, None]) / SPREAD) ** 2 + np.log(np.maximum(width, 1e-12))
    prior -= np.logaddexp.reduce(prior, axis=1, keepdims=True) - np.log1p(-STRAIGHT)
    log_rate = np.concatenate([np.full((len(time), 1), -np.inf), log_rate], axis=1)
    prior = np.concatenate([np.full((len(time), 1), np.log(STRAIGHT)), prior], axis=1)
    likelihood, mean, scale, jumps = _fit(time, y, log_rate, bubbles, whiten, log_det, extra, worth)
    log_weight = likelihood + prior[..., None] + log_prior[:, None]
    if time.shape[1] < BENT_FROM + behind.shape[1]:
        log_weight[:, 1:] = -np.inf
    weight = np.exp(log_weight - log_weight.max(axis=(1, 2), keepdims=True))
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    weight = _decided(weight)
    correlation = (weight.sum(axis=1) * near).sum(axis=1)
    found = np.einsum("mkj,mkjs->ms", weight, jumps) * unit
    flat = (len(time), -1)
    rate = np.broadcast_to(np.exp(log_rate)[..., None], weight.shape).reshape(flat)
    freedom = np.full(len(time), time.shape[1] - 2.0 - behind.shape[1])
    return Posterior(
        weight.reshape(flat), mean.reshape(flat) * unit, scale.reshape(flat) * unit, rate, freedom, correlation, found
    )


def _decided(weight: Array) -> Array:
    """(m, k, j) weights of correlated or of uncorrelated noise only, whichever the readings speak for."""
    lasting = np.arange(weight.shape[2]) > len(BRIEF)
    if not lasting.any():
        return weight
    told = weight.sum(axis=1)[:, lasting].sum(axis=1) >= TOLD
    kept: Array = weight * (lasting == told[:, None])[:, None]
    kept /= kept.sum(axis=(1, 2), keepdims=True)
    return kept


@lru_cache(maxsize=64)
def _noises(blocks: int) -> tuple[Array, Array, Array, Array, Callable[[Array], Array]]:
    """Whitening matrices (j, b, b), half log determinants, log priors, correlation of neighbours (j,), and a function
    of the readings per block (m,) giving reading to reading scatter per variance of a block (m, j)."""
    kinds = np.array(NOISES if blocks >= CORRELATED_FROM else NOISES[:1])
    share, memory = kinds[:, 0], kinds[:, 1] * blocks
    lag = np.abs(np.subtract.outer(np.arange(blocks), np.arange(blocks)))
    correlated = np.exp(-lag / memory[:, None, None])
    covariance = (1 - share)[:, None, None] * np.eye(blocks) + share[:, None, None] * correlated
    lower = np.linalg.cholesky(covariance)
    half = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    brief, many = len(BRIEF), len(SHARES)
    weight = np.array([WHITE, *np.repeat(BRIEFLY / brief, brief), *np.repeat(REMEMBERED, many) / many])[: len(kinds)]
    phi = np.zeros(len(kinds))
    phi[1 : 1 + brief] = BRIEF[: max(len(kinds) - 1, 0)]
    # variance of the mean of a block of an exponentially correlated series of variance one
    kept = 2 * memory * (1 - memory * -np.expm1(-1 / memory))

    def per_reading(readings: Array) -> Array:
        c = readings[:, None]
        # AR(1) within a block: steps 1 - phi, mean of c readings (1 + phi) / (1 - phi) / c less what the ends lack
        mean = (1 + phi) / (1 - phi) / c - 2 * phi * (1 - phi**c) / (c * (1 - phi)) ** 2
        steps: Array = (1 - share) * (1 - phi) / mean + share * -np.expm1(-1 / (memory * c)) / kept
        return steps

    return np.linalg.inv(lower), half, np.log(weight), share * np.exp(-1 / memory), per_reading


def _basis(time: Array, width: Array, log_rate: Array) -> tuple[Array, Array]:
    """(1 - exp(-k t)) / k since the first block, per mean slope over the window; and the slope at 0 per that."""
    rate = np.exp(log_rate)[..., None]
    start, span = time[:, :1, None].swapaxes(1, 2), (time[:, -1:] - time[:, :1])[..., None]
    since = time[:, None, :] - start
    slow = rate * span < 1e-6
    safe = np.where(slow, 1.0, rate)
    # mean of exp(-k t) over a block that spreads about its middle
    half = np.maximum(np.minimum(safe * np.sqrt(3 * width)[:, None], 50.0), 1e-4)
    bulge = np.exp(-safe * since) * (np.sinh(half) / half - 1)
    grown = np.where(slow, since, (-np.expm1(-safe * since) - bulge) / safe)
    total = np.where(slow, span, -np.expm1(-safe * span) / safe)
    at_closing = np.exp(np.minimum(rate * start, 50.0))
    return grown / total, (at_closing / total)[..., 0]


def _fit(
    time: Array,
    y: Array,
    log_rate: Array,
    bubbles: tuple[Array, Array, Array],
    whiten: Array,
    half: Array,
    extra: Array | None = None,
    worth: Array | None = None,
) -> tuple[Array, Array, Array, Array]:
    """Log marginal likelihood, slope at closing and its scale (m, k, j), jumps (m, k, j, s)."""
    m, b = time.shape
    width, behind, since = bubbles
    shape, per = _basis(time, width, log_rate)
    k, s = shape.shape[1], behind.shape[1]
    columns = [np.ones((m, k, b)), shape]
    rate = np.exp(log_rate)[..., None]
    columns += [behind[:, i, None] * np.exp(-rate * since[:, i, None]) for i in range(s)]
    design = np.stack([*columns, np.broadcast_to(y[:, None], (m, k, b))], axis=2)
    white = np.einsum("mkpb,jcb->mkjpc", design, whiten, optimize=True)
    gram = white @ white.swapaxes(-1, -2)
    p = 2 + s
    lower = np.linalg.cholesky(gram + 1e-13 * np.eye(p + 1))
    inverse = np.linalg.inv(lower[..., :p, :p])
    right = lower[..., p, :p]
    squares = np.maximum(lower[..., p, p] ** 2, 1e-26)
    freedom = b - p
    told, counted = squares, np.full((m, 1, 1), freedom, dtype=float)
    if extra is not None and worth is not None:
        told, counted = squares + extra[:, None], counted + worth[:, None, None]
    coefficient = np.einsum("...ij,...i->...j", inverse, right)
    spread = np.sqrt((inverse[..., :, 1] ** 2).sum(axis=-1) * squares / freedom)
    log_det = np.log(np.diagonal(lower[..., :p, :p], axis1=-2, axis2=-1)).sum(axis=-1)
    likelihood = -half - log_det - 0.5 * counted * np.log(told)
    return likelihood, coefficient[..., 1] * per[..., None], spread * per[..., None], coefficient[..., 2:]


def _zoom(
    time: Array, y: Array, grid: Array, profile: Array, bubbles: tuple[Array, Array, Array], whiten: Array, half: Array
) -> Array:
    """(m, FINE) log rates about the likeliest one, as wide as the likelihood is."""
    step = grid[:, 1] - grid[:, 0]
    middle = np.take_along_axis(grid, profile.argmax(axis=1)[:, None], axis=1)[:, 0]
    ways = np.linspace(-1, 1, 5)
    for _ in range(4):
        near = np.clip(middle[:, None] + step[:, None] * ways, grid[:, :1], grid[:, -1:])
        found = _fit(time, y, near, bubbles, whiten, half)[0][..., 0]
        middle = np.take_along_axis(near, found.argmax(axis=1)[:, None], axis=1)[:, 0]
        step = step / 2
    widest = SPREAD / 2
    deviation = step
    for _ in range(3):
        near = middle[:, None] + deviation[:, None] * np.array([-1.0, 0.0, 1.0])
        left, here, right = _fit(time, y, near, bubbles, whiten, half)[0][..., 0].T
        bend = np.maximum((2 * here - left - right) / deviation**2, 1 / widest**2)
        middle = middle + np.clip((right - left) / (2 * deviation * bend), -deviation, deviation)
        deviation = np.minimum(np.maximum(1 / np.sqrt(bend), deviation / 10), deviation)
    deviation = np.minimum(1 / np.sqrt(bend), widest)
    fine = middle[:, None] + deviation[:, None] * np.linspace(-4, 4, FINE)
    within: Array = np.clip(fine, grid[:, :1], grid[:, -1:])
    return within
