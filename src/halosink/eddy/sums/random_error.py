"""Random error of single steps: from similar conditions, from neighbouring days, from the size of the flux."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.steps import Steps

Array = NDArray[np.float64]

FEWEST_SIMILAR = 5
"""Similar records below which their standard deviation is not used: as in pastorello2020."""
RADIATION, TEMPERATURE, WIND = 35.0, 3.0, 1.0
"""Most that conditions of two days may differ (hollinger2005): 75 umol m-2 s-1 of photons, here 35 W m-2 of shortwave
radiation (2.1 umol J-1, own choice), 3 degC, 1 m s-1."""
FEWEST_LINE = 30
"""Records for a line of error on flux. Own choice: half of them on each side of the median."""


def differences(flux: Array, steps: Steps, conditions: tuple[tuple[Array, float], ...]) -> tuple[Array, Array]:
    """Pairs 24 h apart in similar conditions: their mean, and their difference / sqrt 2.

    flux: (n,). conditions: pairs of an array (n,) and the most its two values may differ; a pair with a missing
    condition is left out. The standard deviation of the differences / sqrt 2 is that of the random error when the
    errors of the two days are independent. Source: hollinger2005.
    """
    day = steps.per_day
    first, second = flux[:-day], flux[day:]
    good = np.isfinite(first) & np.isfinite(second)
    for values, most in conditions:
        with np.errstate(invalid="ignore"):
            good &= np.abs(values[day:] - values[:-day]) <= most
    return (first[good] + second[good]) / 2, (second[good] - first[good]) / np.sqrt(2)


def line(flux: Array, error: Array) -> tuple[float, float, float]:
    """Standard deviation of the error as two lines of the flux, a + b max(F, 0) + c max(-F, 0): (a, b, c).

    flux, error: (m,) flux and standard deviation (or absolute deviation times sqrt 2, its mean for a Laplace
    distribution). Least squares with a, b, c >= 0; a is at least a tenth of the median error (own choice: no flux is
    known without error). Slopes differ for uptake and release (richardson2006). NaN with fewer than FEWEST_LINE values.
    """
    known = np.isfinite(flux) & np.isfinite(error) & (error > 0)
    if known.sum() < FEWEST_LINE:
        return np.nan, np.nan, np.nan
    from scipy.optimize import nnls

    x, y = flux[known], error[known]
    design = np.column_stack([np.ones(len(x)), np.maximum(x, 0), np.maximum(-x, 0)])
    a, b, c = nnls(design, y)[0]
    return max(float(a), 0.1 * float(np.median(y))), float(b), float(c)


def by_size(flux: Array, lines: tuple[float, float, float]) -> Array:
    """Standard deviation of the error of fluxes (n,) by the lines a, b, c of `line`."""
    a, b, c = lines
    return np.asarray(a + b * np.maximum(flux, 0) + c * np.maximum(-flux, 0))


def random_error(flux: Array, similar_sd: Array, similar: NDArray[np.int64], own: Array | None = None) -> Array:
    """Standard deviation (n,) of the random error of each measured value; NaN where nothing was measured.

    flux: (n,) measured. similar_sd, similar: standard deviation and number of other records in similar conditions
    (marginal distribution sampling at every record). own: (n,) the instrument's own standard deviation
    (finkelstein2001), which goes before where it is positive. With fewer than FEWEST_SIMILAR records, or where their
    values repeat so that the deviation is 0, the lines of `line` through the others; without lines the median of the
    others. Sources: pastorello2020, richardson2006.
    """
    measured = np.isfinite(flux)
    good = measured & (similar >= FEWEST_SIMILAR) & (similar_sd > 0)
    error = np.where(good, similar_sd, np.nan)
    if own is not None:
        error = np.where(measured & (own > 0), own, error)
    open_ = measured & ~np.isfinite(error)
    if open_.any() and np.isfinite(error).any():
        lines = line(flux, error)
        error[open_] = by_size(flux[open_], lines) if np.isfinite(lines[0]) else np.nanmedian(error)
    return error


def of_days(flux: Array, steps: Steps, conditions: tuple[tuple[Array, float], ...]) -> Array:
    """Random error (n,) from days that follow each other: the lines of |difference| sqrt 2 on the flux.

    Of a Laplace distribution the standard deviation is sqrt 2 times the mean absolute deviation (hollinger2005). NaN
    where nothing was measured or there are too few pairs.
    """
    mean, difference = differences(flux, steps, conditions)
    lines = line(mean, np.abs(difference) * np.sqrt(2))
    return np.where(np.isfinite(flux), by_size(flux, lines), np.nan)
