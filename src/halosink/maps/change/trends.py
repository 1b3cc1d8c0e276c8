"""Trend of each cell over years: slope of Theil and Sen with its interval, test of Mann and Kendall, least squares.

Theil-Sen: median of the slopes of all pairs of years (sen1968); 95 % interval from the ranks of these slopes with
sigma^2 = (n (n - 1) (2 n + 5) - sum t (t - 1) (2 t + 5)) / 18 over groups of t equal values, the variance of
Mann-Kendall's S = sum sign(y_j - y_i). z = (S - sign S) / sigma with continuity (mann1945, kendall1975), p from the
normal distribution, two-sided.
The interval takes the ranks that scipy.stats.theilslopes takes. Years count as independent: persistence makes p too
small, so of a map of trends only what survives `false_discovery` should be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy import special

from halosink.maps.change.ordinary import least_squares

Float32 = NDArray[np.float32]

BLOCK = 4096
"""Cells at a time. Own choice: slopes of 14 years fill 3 MB; numpy sorts such short rows with vector instructions."""
LEAST_YEARS = 5
"""Own choice: with four years the test of Mann and Kendall cannot reach 5 % (p of a perfect order is 2/24)."""


@dataclass(frozen=True, slots=True)
class Trends:
    """Of each cell: slope [unit a-1] with the ends of its 95 % interval, two-sided p, years used. NaN for cells with
    fewer than LEAST_YEARS years."""

    slope: Float32
    low: Float32
    high: Float32
    p_value: Float32
    years: NDArray[np.uint8]


def theil_sen(
    values: ArrayLike, years: ArrayLike, *, confidence: float = 0.95, continuity: bool = True, least: int = LEAST_YEARS
) -> Trends:
    """Trends of (years, ...) values; NaN are years left out.

    years: (years,) increasing. continuity: of the test (k years, S steps by 2). p = 1 and slope 0 where all values are
    equal. ValueError for years that do not increase or do not match the first axis, or more than 255 of them. Sources:
    sen1968, mann1945, kendall1975.
    """
    data, time = _checked(values, years)
    place = data.shape[1:]
    flat = data.reshape(len(time), -1)
    cells, n = flat.shape[1], len(time)
    slope, low, high, score, sigma = (np.empty(cells, np.float32) for _ in range(5))
    used = np.empty(cells, np.uint8)
    z = float(special.ndtri(0.5 + confidence / 2))
    for start in range(0, cells, BLOCK):
        rows = slice(start, start + BLOCK)
        pairs, ordered = np.empty((len(used[rows]), n * (n - 1) // 2)), np.empty((len(used[rows]), n))
        _pairs(flat[:, rows], time, pairs, ordered, score[rows], used[rows])
        pairs.sort(axis=1)
        ordered.sort(axis=1)
        _ranks(pairs, ordered, used[rows], z, max(least, 2), slope[rows], low[rows], high[rows], score[rows],
               sigma[rows])  # fmt: skip
    step = np.sign(score) if continuity else 0
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(sigma > 0, 2 * special.ndtr(-np.abs((score - step) / sigma)), np.where(sigma == 0, 1.0, np.nan))
    parts = [np.asarray(a, np.float32).reshape(place) for a in (slope, low, high, p)]
    return Trends(parts[0], parts[1], parts[2], parts[3], used.reshape(place))


def ordinary_trend(
    values: ArrayLike, years: ArrayLike, *, confidence: float = 0.95, least: int = LEAST_YEARS
) -> Trends:
    """Least-squares trends of (years, ...) values with the interval and p of the t distribution; as theil_sen."""
    data, time = _checked(values, years)
    place = data.shape[1:]
    slope, error, used = least_squares(data.reshape(len(time), -1), time, max(least, 3))
    freedom = np.maximum(used.astype(float) - 2, 1)
    half = special.stdtrit(freedom, 0.5 + confidence / 2) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(error > 0, 2 * special.stdtr(freedom, -np.abs(slope / error)), np.where(slope == 0, 1.0, 0.0))
    p = np.where(np.isnan(slope), np.nan, p)
    parts = [np.asarray(a, np.float32).reshape(place) for a in (slope, slope - half, slope + half, p)]
    return Trends(parts[0], parts[1], parts[2], parts[3], used.reshape(place))


def _checked(values: ArrayLike, years: ArrayLike) -> tuple[NDArray[Any], NDArray[np.float64]]:
    data, time = np.asarray(values), np.asarray(years, np.float64)
    if data.dtype not in (np.float32, np.float64):
        data = data.astype(np.float64)
    if time.ndim != 1 or data.ndim < 1 or data.shape[0] != len(time):
        raise ValueError(f"{len(time)} years for a first axis of {data.shape[:1]}")
    if len(time) > 255 or np.any(np.diff(time) <= 0):
        raise ValueError("years must increase, and be 255 at most")
    return data, time


@njit(cache=True, nogil=True)
def _pairs(data: Any, time: Any, slopes: Any, values: Any, score: Any, used: Any) -> None:
    """Slopes of all pairs and values of each cell (cells, ...), infinity where a year is missing; S; years used."""
    many = data.shape[0]
    for cell in range(data.shape[1]):
        n, m, s = 0, 0, 0
        for i in range(many):
            value = data[i, cell]
            known = not np.isnan(value)
            values[cell, i] = value if known else np.inf
            n += known
        for i in range(many - 1):
            first = values[cell, i]
            for j in range(i + 1, many):
                rise = values[cell, j] - first
                if first < np.inf and values[cell, j] < np.inf:
                    slopes[cell, m] = rise / (time[j] - time[i])
                    s += (rise > 0) - (rise < 0)
                else:
                    slopes[cell, m] = np.inf
                m += 1
        score[cell], used[cell] = s, n


@njit(cache=True, nogil=True)
def _ranks(
    slopes: Any, values: Any, used: Any, z: float, least: int, slope: Any, low: Any, high: Any, score: Any, sigma: Any
) -> None:
    """Median slope, ends of its interval and sigma from sorted slopes and values."""
    for cell in range(len(used)):
        n = int(used[cell])
        if n < least:
            slope[cell] = low[cell] = high[cell] = score[cell] = sigma[cell] = np.nan
            continue
        m = n * (n - 1) // 2
        half = m // 2
        slope[cell] = slopes[cell, half] if m % 2 else (slopes[cell, half - 1] + slopes[cell, half]) / 2
        squares = n * (n - 1) * (2 * n + 5)
        run = 1
        for i in range(1, n + 1):
            if i < n and values[cell, i] == values[cell, i - 1]:
                run += 1
            else:
                squares -= run * (run - 1) * (2 * run + 5)
                run = 1
        spread = np.sqrt(squares / 18.0)
        upper = min(int(np.round((m + z * spread) / 2.0)), m - 1)
        lower = max(int(np.round((m - z * spread) / 2.0)) - 1, 0)
        low[cell], high[cell], sigma[cell] = slopes[cell, lower], slopes[cell, upper], spread
