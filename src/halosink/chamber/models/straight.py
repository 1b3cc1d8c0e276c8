"""Straight line through a concentration series by ordinary least squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from halosink.chamber.batch import Array, Batch
from halosink.chamber.models.fit import centred, divide, quality

# own choice: with two points the line is exact and its error unknown
FEWEST_POINTS = 3


class Line(NamedTuple):
    """(m,) each; NaN where there is no line. slope [mole fraction s-1], intercept at time 0; p_value of slope = 0."""

    slope: Array
    intercept: Array
    slope_error: Array
    p_value: Array
    rmse: Array
    mae: Array
    r_squared: Array
    aicc: Array
    n: Array


def fit(batch: Batch) -> Line:
    """C(t) = intercept + slope t, for m series at once; NaN for fewer than three readings or all at one time.

    slope_error = sqrt(RSS / (n - 2) / sum (t - mean t)^2), p_value two-sided of Student's t with n - 2 degrees of
    freedom.
    Sources: pedersen2010hmr (the linear case), venables2002.
    """
    n = batch.n
    time, middle = centred(batch.time, batch)
    value, mean = centred(batch.value, batch)
    spread = np.einsum("ij,ij->i", time, time)
    usable = (n >= FEWEST_POINTS) & (spread > 0)
    slope = divide(np.einsum("ij,ij->i", time, value), spread, usable)
    residual = np.where(usable[:, None], value - np.where(usable, slope, 0.0)[:, None] * time, 0.0)
    squares, total = np.einsum("ij,ij->i", residual, residual), np.einsum("ij,ij->i", value, value)
    error = np.sqrt(divide(divide(squares, n - 2), spread, usable))
    good = quality(residual, total, n, 2, usable)
    return Line._make([slope, mean - slope * middle, error, slope_p_value(slope, error, n - 2), *good, n])


def slope_p_value(slope: Array, error: Array, freedom: Array) -> Array:
    """(m,) two-sided p of a slope by Student's t; NaN where the error is 0 or unknown."""
    ratio = divide(np.abs(slope), error)
    return np.asarray(2 * special.stdtr(np.where(freedom > 0, freedom, np.nan), -ratio))
