"""Curve of a gas that fills a chamber while the gradient that drives it shrinks.

C(t) = Ci + (C0 - Ci) exp(-k t) = C0 + S (1 - exp(-k t)) / k, S = k (Ci - C0)       (hutchinson1981, pedersen2010hmr)

S is the slope at time 0 and so the flux. For a given k the curve is linear in C0 and S: only k has to be searched.
Inside, times are shares u of the series' duration and k is x = k duration.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch
from halosink.chamber.models.fit import centred, divide, quality
from halosink.chamber.models.rate_search import Series, best_rate

# own choice: three parameters need one reading more to leave an error
FEWEST_POINTS = 4
# own choice: a slope is not carried back over more time constants than this
BACK = 50.0
# own choice: beyond this many time constants before the second reading the curve is a step and says nothing of a slope
STEP = 10.0
# own choice: numbers worked on at a time, so that they stay in the processor's cache
BLOCK = 2**15


class Curve(NamedTuple):
    """(m,) each; NaN where there is no curve.

    slope [mole fraction s-1] at time 0; intercept C0 at time 0; limit Ci, which it tends to; rate k [s-1], 0 where the
    straight line, the limit of small rates, fits better than any curve (limit is NaN there);
    curved: the sum of squares has its minimum inside the range of rates; bounded: the rate is rate_max.
    """

    slope: Array
    slope_error: Array
    intercept: Array
    limit: Array
    rate: Array
    rate_error: Array
    rmse: Array
    mae: Array
    r_squared: Array
    aicc: Array
    curved: NDArray[np.bool_]
    bounded: NDArray[np.bool_]
    n: Array


def fit(batch: Batch, rate_max: Array | None = None) -> Curve:
    """Least squares curve of m series at once.

    rate_max [s-1], (m,): the rate may not pass it; where the fit would, it stays there (NaN, inf: no limit).
    slope_error is that of all three parameters together (delta method), also where the rate is 0 or rate_max. Of
    several minima the lowest counts. NaN for fewer than four readings, where the fit would be a step at the start, and
    where the time 0 lies many time constants before the first reading.
    Sources: hutchinson1981, pedersen2010hmr, golub1973 (search of k alone), huppi2018 (rate_max).
    """
    m, n = batch.value.shape
    most = np.full(m, np.inf) if rate_max is None else np.where(np.isnan(rate_max), np.inf, rate_max)
    size = max(1, BLOCK // max(n, 1))
    parts = []
    for i in range(0, max(m, 1), size):
        rows = slice(i, i + size)
        parts.append(_fit(Batch(batch.time[rows], batch.value[rows], batch.valid[rows]), most[rows]))
    return Curve._make(np.concatenate(column) for column in zip(*parts, strict=True))


def _fit(batch: Batch, rate_max: Array) -> Curve:
    n, valid = batch.n, batch.valid
    first = np.min(batch.time, axis=1, where=valid, initial=np.inf)
    first = np.where(np.isfinite(first), first, 0.0)
    later = np.where(valid, batch.time - first[:, None], np.inf)
    step = np.min(later, axis=1, where=later > 0, initial=np.inf)
    duration = np.max(later, axis=1, where=valid, initial=0.0)
    rows = np.flatnonzero((n >= FEWEST_POINTS) & (step < duration))
    some = Batch(batch.time[rows], batch.value[rows], valid[rows])
    value, mean = centred(some.value, some)
    length, highest = duration[rows], STEP * duration[rows] / step[rows]
    asked = rate_max[rows] * length
    series = Series(np.where(some.valid, later[rows], 0.0) / length[:, None], value, some.valid, n[rows])
    x, curved, bounded = best_rate(series, np.minimum(highest, asked), asked < highest)
    found = _describe(x, (curved, bounded), series, first[rows], length, mean)
    return Curve._make([*(_spread(column, rows, n) for column in found[:-1]), n])


def _spread(column: Array | NDArray[np.bool_], rows: NDArray[np.intp], n: Array) -> Array | NDArray[np.bool_]:
    """The column with False or NaN for the series left out."""
    out = np.zeros(n.shape, dtype=bool) if column.dtype == bool else np.full(n.shape, np.nan)
    out[rows] = column
    return out


def _describe(
    x: Array,
    flags: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    series: Series,
    first: Array,
    length: Array,
    mean: Array,
) -> Curve:
    """The curve of rate x with errors from the Jacobian in (C0, S, x), carried from the first reading to time 0."""
    known, n, valid, share = np.isfinite(x) & (x * first / length < BACK), series.n, series.valid, series.share
    bent = known & (x > 0)
    rate = np.where(bent, x, 1.0)
    fall = np.exp(-rate[:, None] * share)
    rising = np.where(bent[:, None], (1 - fall) / rate[:, None], share)
    bending = np.where(bent[:, None], (share * fall - rising) / rate[:, None], -(share**2) / 2)
    middle = np.sum(rising, axis=1, where=valid) / n
    base = np.where(valid, rising - middle[:, None], 0.0)
    change = np.where(valid, bending - (np.sum(bending, axis=1, where=valid) / n)[:, None], 0.0)
    squares = np.einsum("ij,ij->i", base, base)
    slope = divide(np.einsum("ij,ij->i", base, series.value), squares, known)
    rise = np.where(known, slope, 0.0)
    residual = np.where(known[:, None], series.value - rise[:, None] * base, 0.0)
    total = np.einsum("ij,ij->i", series.value, series.value)
    good = quality(residual, total, n, 3, known)

    change *= rise[:, None]
    cross, bend = np.einsum("ij,ij->i", base, change), np.einsum("ij,ij->i", change, change)
    variance = divide(np.einsum("ij,ij->i", residual, residual), n - 3)
    det = squares * bend - cross**2
    of_slope, both, of_x = (divide(one * variance, det, known) for one in (bend, -cross, squares))
    back = np.where(known, first / length, 0.0)
    forward = np.exp(np.where(bent, rate * back, 0.0))
    of_slope += back * rise * (2 * both + back * rise * of_x)
    gone = np.where(bent, (forward - 1) / rate, back)
    intercept = np.where(known, mean, np.nan) - slope * (middle + gone)
    return Curve._make(
        [
            slope * forward / length,
            np.sqrt(np.maximum(of_slope, 0)) * forward / length,
            intercept,
            np.where(bent, intercept + slope * forward / rate, np.nan),
            np.where(known, x, np.nan) / length,
            np.sqrt(of_x) / length,
            *good,
            flags[0],
            flags[1],
            n,
        ]
    )
