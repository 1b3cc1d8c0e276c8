"""Straight line of which readings far off it count less: Huber's M-estimator by reweighted least squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch
from halosink.chamber.models.fit import centred, divide
from halosink.chamber.models.straight import slope_p_value

# Huber's tuning constant for 95 % efficiency with normal errors (huber1981, venables2002 section 6.5)
TUNING = 1.345
# median absolute residual to standard deviation of a normal distribution, as rounded in venables2002
NORMAL = 0.6745
# as in R's rlm: stop when the residuals change by less than this share (venables2002)
TOLERANCE = 1e-4
# as asked for by the peer whose values are the reference; venables2002 has 20
MOST_ROUNDS = 200
# residuals of which the squares sum to less are taken as none (venables2002)
SMALLEST = 1e-20
# own choice, as the peer: with three points the weights are decided by chance
FEWEST_POINTS = 4


class RobustLine(NamedTuple):
    """(m,) each but weights (m, n); NaN where there is no line. slope [mole fraction s-1], intercept at time 0."""

    slope: Array
    intercept: Array
    slope_error: Array
    p_value: Array
    scale: Array
    weights: Array
    converged: NDArray[np.bool_]
    n: Array


def fit(batch: Batch) -> RobustLine:
    """C(t) = intercept + slope t with weights min(1, 1.345 s / |residual|), s = median |residual| / 0.6745.

    Starts at least squares; each round takes s from the residuals, weights from s, a line from the weights. Where more
    than half of the residuals are 0 the line stands as it is. slope_error: asymptotic, with Huber's correction for few
    points; p_value as a Wald test on weighted times. NaN for fewer than four readings or all at one time.
    Sources: huber1981, venables2002.
    """
    n = batch.n
    time, middle = centred(batch.time, batch)
    value, mean = centred(batch.value, batch)
    spread = np.einsum("ij,ij->i", time, time)
    usable = (n >= FEWEST_POINTS) & (spread > 0)
    slope = divide(np.einsum("ij,ij->i", time, value), spread, usable)
    level, scale, converged = np.where(usable, 0.0, np.nan), np.full(n.shape, np.nan), ~usable
    weights = np.where(usable[:, None] & batch.valid, 1.0, np.nan)
    residual = np.where(batch.valid, value - slope[:, None] * time, 0.0)

    rows = np.flatnonzero(usable)
    for _ in range(MOST_ROUNDS):
        if not len(rows):
            break
        t, c, valid, before = time[rows], value[rows], batch.valid[rows], residual[rows]
        scale[rows] = spread_of(before, valid)
        going = scale[rows] > 0
        converged[rows[~going]] = True
        rows, t, c, valid, before = rows[going], t[going], c[going], valid[going], before[going]
        weight = huber(before, scale[rows]) * valid
        slope[rows], level[rows], after = weighted_line(t, c, valid, weight)
        weights[rows], residual[rows] = np.where(valid, weight, np.nan), after
        change = np.einsum("ij,ij->i", before - after, before - after)
        change = np.sqrt(change / np.maximum(SMALLEST, np.einsum("ij,ij->i", before, before)))
        converged[rows] = change <= TOLERANCE
        rows = rows[change > TOLERANCE]

    error, p_value = precision(slope, residual, scale, weights, time, spread, batch)
    return RobustLine(slope, mean + level - slope * middle, error, p_value, scale, weights, converged & usable, n)


def spread_of(residual: Array, valid: NDArray[np.bool_]) -> Array:
    """(m,) median |residual| / 0.6745 over the readings that count, of which there is at least one."""
    size = np.sort(np.where(valid, np.abs(residual), np.inf), axis=1)
    n = valid.sum(axis=1)
    row = np.arange(len(n))
    return np.asarray((size[row, (n - 1) // 2] + size[row, n // 2]) / 2 / NORMAL)


def huber(residual: Array, scale: Array) -> Array:
    """(m, n) weights min(1, 1.345 s / |residual|). Source: huber1981."""
    limit = TUNING * scale[:, None]
    return np.asarray(limit / np.maximum(limit, np.abs(residual)))


def weighted_line(time: Array, value: Array, valid: NDArray[np.bool_], weight: Array) -> tuple[Array, Array, Array]:
    """Slope, level at time 0 and residuals (0 where not counted) of the weighted least squares line."""
    total = weight.sum(axis=1)
    t_mean = np.einsum("ij,ij->i", weight, time) / total
    c_mean = np.einsum("ij,ij->i", weight, value) / total
    t, c = time - t_mean[:, None], value - c_mean[:, None]
    slope = np.einsum("ij,ij,ij->i", weight, t, c) / np.einsum("ij,ij,ij->i", weight, t, t)
    return slope, c_mean - slope * t_mean, np.where(valid, c - slope[:, None] * t, 0.0)


def precision(
    slope: Array, residual: Array, scale: Array, weights: Array, time: Array, spread: Array, batch: Batch
) -> tuple[Array, Array]:
    """Standard error of the slope and its two-sided p.

    sd = K / m sqrt(sum (w r)^2 / (n - 2)), K = 1 + 2 var(psi') / (n m^2), m = mean psi', psi' = 1 where the weight is
    one, else 0; error = sd / sqrt(sum (t - mean t)^2); the p takes times weighted by w / mean w. Where the scale is 0
    all readings on the line count as they are. Source: huber1981 (section 7.6), venables2002.
    """
    n, valid = batch.n, batch.valid
    known = scale > 0
    weight = np.where(known[:, None], huber(residual, np.where(known, scale, 1.0)), weights)
    weight = np.where(valid & np.isfinite(weight), weight, 0.0)
    inside = valid & (np.abs(residual) <= TUNING * np.where(known, scale, np.inf)[:, None])
    share = divide(inside.sum(axis=1).astype(float), n)
    variance = divide(share * (1 - share) * n, n - 1)
    correction = divide(1 + 2 * divide(variance, n * share**2), share)
    sd = correction * np.sqrt(divide(np.einsum("ij,ij->i", weight * residual, weight * residual), n - 2))
    total = weight.sum(axis=1)
    away = time - divide(np.einsum("ij,ij->i", weight, time), total)[:, None]
    weighted = divide(np.einsum("ij,ij,ij->i", weight, away, away) * n, total)
    error = divide(sd, np.sqrt(spread))
    return error, slope_p_value(slope, divide(sd, np.sqrt(np.where(weighted > 0, weighted, 0.0))), n - 2)
