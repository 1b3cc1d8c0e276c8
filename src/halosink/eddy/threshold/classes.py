"""Classes of air temperature and of friction velocity with about as many records each, equal values kept together.

A record may count several times (a resample) or not at all, so that nothing is sorted again for a resample: `count`
says how often each record stands in it, and positions are those among all that count.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SAME_TEMPERATURE, SAME_VELOCITY = 1e-8, 1e-14


@njit(cache=True, error_model="numpy")
def temperature_classes(temperature: Floats, warmer: Integers, count: Integers, number: int) -> Integers:
    """(records,) class of each record, 0 to number - 1.

    temperature: (records,) degC; warmer: (records,) the records from cold to warm. Class k starts at the first change
    of temperature at or after k times the whole part of records / number (papale2006; equal values in one class as in
    wutzler2018 and pastorello2020), so a class may be left without records.
    """
    total = 0
    for one in count:
        total += one
    size = total // number
    found = np.zeros(len(count), dtype=np.int64)
    before, position, of_class = np.nan, 0, 0
    for record in warmer:
        if count[record] == 0:
            continue
        if position > 0 and temperature[record] - before > SAME_TEMPERATURE:
            while of_class + 1 < number and position >= (of_class + 1) * size:
                of_class += 1
        found[record] = of_class
        before = temperature[record]
        position += count[record]
    return found


@njit(cache=True, error_model="numpy")
def correlation(x: Floats, y: Floats, count: Integers, members: Integers) -> float:
    """Pearson's, over the members of a class; NaN where one of the two does not vary."""
    total = 0
    x_mean = y_mean = 0.0
    for record in members:
        total += count[record]
        x_mean += count[record] * x[record]
        y_mean += count[record] * y[record]
    if total < 2:
        return np.nan
    x_mean /= total
    y_mean /= total
    xx = yy = xy = 0.0
    for record in members:
        dx, dy = x[record] - x_mean, y[record] - y_mean
        xx += count[record] * dx * dx
        yy += count[record] * dy * dy
        xy += count[record] * dx * dy
    if xx <= 0.0 or yy <= 0.0:
        return np.nan
    return float(xy / np.sqrt(xx * yy))


@njit(cache=True, error_model="numpy")
def ties(velocity: Floats, flux: Floats, count: Integers, members: Integers) -> tuple[Integers, Floats, Floats]:
    """Groups of equal velocity, members given from calm to windy: the positions 0 and where each group ends, and the
    sums of velocity and of flux up to there."""
    ends = np.zeros(len(members) + 1, dtype=np.int64)
    u, y = np.zeros(len(members) + 1), np.zeros(len(members) + 1)
    group, position = 0, 0
    before = np.nan
    for record in members:
        if count[record] == 0:
            continue
        if position == 0 or velocity[record] - before > SAME_VELOCITY:
            group += 1
            u[group], y[group] = u[group - 1], y[group - 1]
        position += count[record]
        ends[group] = position
        u[group] += count[record] * velocity[record]
        y[group] += count[record] * flux[record]
        before = velocity[record]
    return ends[: group + 1], u[: group + 1], y[: group + 1]


@njit(cache=True, error_model="numpy")
def following_classes(ends: Integers, number: int) -> Integers:
    """Groups at which classes begin and end (classes + 1,), as in wutzler2018.

    A class holds the whole part of records / number counted from where the one before ended, and more where equal
    values follow; a last one with less than 90 % of that joins the one before, what is left over joins the last.
    """
    total = ends[-1]
    size = total // number
    bounds = np.zeros(number + 1, dtype=np.int64)
    closed = 0
    for group in range(1, len(ends) - 1):
        if ends[group] >= ends[bounds[closed]] + size and closed < number - 1:
            closed += 1
            bounds[closed] = group
    last = len(ends) - 1
    if closed > 0 and closed < number and total - ends[bounds[closed]] < size * 0.9:
        closed -= 1
    bounds[closed + 1] = last
    return bounds[: closed + 2]


@njit(cache=True, error_model="numpy")
def placed_classes(ends: Integers, number: int) -> tuple[Integers, Integers]:
    """First group and end of each of `number` classes, as in pastorello2020 (its program ustar_mp).

    Class k ends with the group that holds record k times the whole part of records / number, or with the next group
    where that is its own start. Where groups are larger than classes, a class can so end before it starts; it and
    those for which no records are left count as empty, and the next one starts where it ended. That is no merit, but
    what the reference does; it shows where many velocities are equal, as at calm towers with steps of 0.01 m s-1.
    """
    total = ends[-1]
    size = total // number
    start, end = np.zeros(number, dtype=np.int64), np.zeros(number, dtype=np.int64)
    last = len(ends) - 1
    at = 0
    for one in range(number - 1):
        if at == last:
            break
        target = np.searchsorted(ends, size * (one + 1))
        if target == at:
            target = at + 1
        start[one], end[one] = at, target
        at = target
    if at < last:
        start[number - 1], end[number - 1] = at, last
    return start, end


@njit(cache=True, error_model="numpy")
def velocity_means(
    velocity: Floats, flux: Floats, count: Integers, members: Integers, number: int, placed: bool
) -> tuple[Floats, Floats, int]:
    """Means of velocity and flux in up to `number` classes of velocity (number,) each, and how many there are.

    members: the records of one class of temperature from calm to windy. placed: `placed_classes`, all of which count,
    empty ones with means of 0, or else `following_classes`.
    """
    ends, u, y = ties(velocity, flux, count, members)
    u_mean, y_mean = np.zeros(number), np.zeros(number)
    if placed:
        start, end = placed_classes(ends, number)
        used = number
    else:
        bounds = following_classes(ends, number)
        used = len(bounds) - 1
        start, end = bounds[:-1], bounds[1:]
    for one in range(used):
        size = ends[end[one]] - ends[start[one]]
        if size > 0:
            u_mean[one] = (u[end[one]] - u[start[one]]) / size
            y_mean[one] = (y[end[one]] - y[start[one]]) / size
    return u_mean, y_mean, used
