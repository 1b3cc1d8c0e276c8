"""Monthly climate to that of a year: accumulated temperature, precipitation, mean temperature.

Accumulated temperature is the sum of daily mean temperatures at or above a base, 0 or 10 degC. Active sums add the
whole temperature of such days, effective ones only what is above the base. Work with weather stations in China takes
active sums between the first and last day on which the five-day mean stays above the base; on the smooth course drawn
through twelve months those days are one stretch, so the two agree.

"months" takes a month wholly or not at all, by its mean. It loses the warm days of the months it leaves out and counts
the cold ones of those it keeps. "days" draws straight lines between the middles of months, with corners placed so that
every month keeps its mean (a fixed 12 by 12 matrix), and adds up what is above the base exactly, without steps of a
day. No source for either: own choice, the second by default. On cosine courses it errs by at most 1 degC d above base
0, where "months" errs by up to 32, and by 2 (median) above base 10, where "months" errs by 70. An active sum jumps by
base times days where a summer only just reaches the base; there both can be off by 100 and more.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from halosink.maps.flow.respiration import MONTHS, check_months
from halosink.plant.evaporation import DAYS

BASES = (0.0, 10.0)
"""degC: the two bases in use. ">= 10" is the usual one in the heat regions of China; which one zhang_wensu took is not
said. Default: 10 (own choice)."""


def annual_precipitation(precipitation: ArrayLike) -> NDArray[np.float32]:
    """(...) mm per year of (12, ...) mm per month; NaN where a month is. AnnualDataError when not twelve."""
    wet = np.asarray(precipitation)
    check_months(wet, "precipitation")
    return np.asarray(wet.sum(axis=0, dtype=np.float32))


def mean_temperature(temperature: ArrayLike) -> NDArray[np.float32]:
    """(...) mean of the year [degC] of (12, ...) monthly means, by days of the month; NaN where a month is.

    AnnualDataError when not twelve.
    """
    warm = np.asarray(temperature)
    check_months(warm, "temperature")
    out = np.zeros(warm.shape[1:], np.float32)
    for month, share in enumerate((DAYS / DAYS.sum()).astype(np.float32)):
        out += share * warm[month]
    return out


def accumulated_temperature(
    temperature: ArrayLike, *, base: float = 10.0, method: str = "days", effective: bool = False
) -> NDArray[np.float32]:
    """(...) degC d per year of (12, ...) monthly means [degC]; NaN where a month is.

    base: degC, days at or above count; method: "days" or "months"; effective: only what is above the base.
    AnnualDataError when not twelve months; ValueError for another method.
    """
    warm = np.asarray(temperature)
    check_months(warm, "temperature")
    if method not in ("days", "months"):
        raise ValueError(f"no method {method!r} of accumulated temperature: days or months")
    flat = warm.reshape(MONTHS, -1)
    if flat.dtype not in (np.float32, np.float64):
        flat = flat.astype(np.float32)
    out = np.empty(flat.shape[1], np.float32)
    if method == "months":
        _by_month(flat, DAYS, base, effective, out)
    else:
        _by_line(flat, corners(), _gaps(), base, effective, out)
    return out.reshape(warm.shape[1:])


@cache
def corners() -> NDArray[np.float64]:
    """(12, 12) matrix from monthly means to temperatures in the middles of months between which lines keep the means.

    The mean of a month is a fixed mix of its own corner and its neighbours': half of the month lies on each line.
    """
    mix = np.zeros((MONTHS, MONTHS))
    for month in range(MONTHS):
        before, after = (month - 1) % MONTHS, (month + 1) % MONTHS
        half = DAYS[month] / 2
        for other in (before, after):
            gap = (DAYS[month] + DAYS[other]) / 2
            mix[month, other] += 0.5 * half / (2 * gap)
            mix[month, month] += 0.5 * (1 - half / (2 * gap))
    return np.asarray(np.linalg.inv(mix), np.float64)


def _gaps() -> NDArray[np.float64]:
    """(12,) days from the middle of each month to that of the next."""
    return np.asarray((DAYS + np.roll(DAYS, -1)) / 2, np.float64)


@njit(cache=True, nogil=True)
def _by_month(warm: Any, days: Any, base: float, effective: bool, out: Any) -> None:
    for cell in range(warm.shape[1]):
        total = 0.0
        for month in range(12):
            value = warm[month, cell]
            if value >= base:
                total += days[month] * (value - base if effective else value)
            elif np.isnan(value):
                total = np.nan
        out[cell] = total


@njit(cache=True, nogil=True)
def _by_line(warm: Any, matrix: Any, gaps: Any, base: float, effective: bool, out: Any) -> None:
    node = np.empty(13)
    for cell in range(warm.shape[1]):
        for month in range(12):
            value = 0.0
            for other in range(12):
                value += matrix[month, other] * warm[other, cell]
            node[month] = value
        node[12] = node[0]
        total, length = 0.0, 0.0
        for month in range(12):
            low, high = min(node[month], node[month + 1]), max(node[month], node[month + 1])
            if np.isnan(node[month]):
                total = np.nan
            elif low >= base:
                total += gaps[month] * (low + high) / 2
                length += gaps[month]
            elif high > base:
                part = gaps[month] * (high - base) / (high - low)
                total += part * (high + base) / 2
                length += part
        out[cell] = total - base * length if effective else total
