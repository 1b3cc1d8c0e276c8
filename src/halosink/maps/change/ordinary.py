"""Least squares of many short series against one time axis, years without a value left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


def least_squares(data: NDArray[Any], time: Array, least: int) -> tuple[Array, Array, NDArray[np.uint8]]:
    """(n,) slope, its standard error and the values used, of (years, n) data; NaN with fewer than `least` values."""
    many = data.shape[1]
    slope, error, used = np.empty(many), np.empty(many), np.empty(many, np.uint8)
    _fit(data, time - time.mean(), least, slope, error, used)
    return slope, error, used


@njit(cache=True, nogil=True)
def _fit(data: Any, time: Any, least: int, slope: Any, error: Any, used: Any) -> None:
    for cell in range(data.shape[1]):
        n, mean_x, mean_y = 0, 0.0, 0.0
        for i in range(data.shape[0]):
            value = data[i, cell]
            if not np.isnan(value):
                n += 1
                mean_x += time[i]
                mean_y += value
        used[cell] = n
        if n < least:
            slope[cell] = error[cell] = np.nan
            continue
        mean_x /= n
        mean_y /= n
        xx, xy, yy = 0.0, 0.0, 0.0
        for i in range(data.shape[0]):
            value = data[i, cell]
            if not np.isnan(value):
                a, b = time[i] - mean_x, value - mean_y
                xx += a * a
                xy += a * b
                yy += b * b
        slope[cell] = xy / xx
        error[cell] = np.sqrt(max(yy - xy * xy / xx, 0.0) / (n - 2) / xx)
