"""Marginal distribution sampling: a record is filled by the mean of records of like weather near to it in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from halosink.eddy.filling import conventions
from halosink.eddy.filling.conventions import DIURNAL_MEAN, MAIN_DRIVER, QUALITY, THREE_DRIVERS, Convention, Driver

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Samples:
    """(n,) each, of all records that were asked for; the others, and those that nothing is found for, have NaN and 0.

    mean, sd: of the records taken [unit of the flux], sd with n - 1. count: how many. method: 1 three drivers,
    2 main driver, 3 diurnal mean, 0 none. window: full length [days]. quality: 1 best to 3.
    """

    mean: Array
    sd: Array
    count: NDArray[np.int32]
    method: NDArray[np.int8]
    window: NDArray[np.int32]
    quality: NDArray[np.int8]


def sample(
    flux: ArrayLike,
    drivers: Sequence[tuple[Driver, ArrayLike]],
    per_day: int,
    *,
    convention: Convention = "reddyproc",
    rows: Flags | None = None,
) -> Samples:
    """Estimates of the records `rows` (all) of a regular series from those of its records that are finite.

    flux: (n,), NaN where missing. drivers: none, one or three, the main one first, each with (n,) values in canonical
    units, unfilled. With a main driver alone, or without one, the methods that need more are left out. A measured
    record is among those that it is estimated from, as in both programs. At least two records are needed. Values that
    are all the same have an sd of exactly zero.

    Source: reichstein2005; order, windows and limits: conventions.rules.
    Raises ValueError: two drivers or more than three, arrays of unequal length.
    """
    values = _finite(flux)
    if len(drivers) not in (0, 1, 3):
        raise ValueError(f"{len(drivers)} drivers; none, one or three can be used")
    series = [np.round(_finite(v) * d.factor, 9) if d.factor != 1 else _finite(v) for d, v in drivers]
    if any(len(s) != len(values) for s in series):
        raise ValueError("a driver has not as many values as the flux")
    absent = np.full(len(values), np.nan)
    series += [absent] * (3 - len(series))
    limits = [d.tolerance for d, _ in drivers] + [0.0] * (3 - len(drivers))
    least = [d.tolerance if d.least is None else d.least for d, _ in drivers] + [0.0] * (3 - len(drivers))
    rules = conventions.rules(convention, per_day, len(values))
    able = {THREE_DRIVERS: len(drivers) == 3, MAIN_DRIVER: len(drivers) > 0, DIURNAL_MEAN: True}
    stages = np.array([s for s in rules.stages if able[s.method]], dtype=np.int64)
    wanted = np.arange(len(values)) if rows is None else np.flatnonzero(rows)
    mean, sd, count, method, window = _sample(
        values, series[0], series[1], series[2], np.array(least), np.array(limits), wanted, stages,
        per_day, rules.short, rules.around,
    )  # fmt: skip
    return Samples(mean, sd, count, method, window, _quality(method, window))


def _finite(values: ArrayLike) -> Array:
    array = np.ascontiguousarray(values, dtype=np.float64)
    return array if np.isfinite(array).all() else np.where(np.isfinite(array), array, np.nan)


def _quality(method: NDArray[np.int8], window: NDArray[np.int32]) -> NDArray[np.int8]:
    limits = np.array([(0, 0), *(QUALITY[m] for m in (THREE_DRIVERS, MAIN_DRIVER, DIURNAL_MEAN))])[method]
    quality = 1 + (window > limits[:, 0]) + (window > limits[:, 1])
    return np.where(method > 0, quality, 0).astype(np.int8)


@njit(cache=True, nogil=True)
def _packed(use: Flags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows in use, and how many of them there are before each row."""
    n = len(use)
    before = np.zeros(n + 1, np.int64)
    for i in range(n):
        before[i + 1] = before[i] + use[i]
    rows = np.empty(before[n], np.int64)
    for i in range(n):
        if use[i]:
            rows[before[i]] = i
    return rows, before


@njit(cache=True, nogil=True, inline="always")
def _alike(flux, first, second, third, begin, end, at, within, taken, n):  # type: ignore[no-untyped-def]
    """Append to taken[n:] the fluxes of begin..end whose three drivers are alike; gives the new n."""
    a, b, c = at
    ra, rb, rc = within
    for j in range(begin, end):
        taken[n] = flux[j]
        n += (abs(first[j] - a) < ra) & (abs(second[j] - b) < rb) & (abs(third[j] - c) < rc)
    return n


@njit(cache=True, nogil=True, inline="always")
def _alike_in_one(flux, first, begin, end, a, ra, taken, n):  # type: ignore[no-untyped-def]
    for j in range(begin, end):
        taken[n] = flux[j]
        n += abs(first[j] - a) < ra
    return n


@njit(cache=True, nogil=True)
def _mean_and_sd(taken: Array, n: int) -> tuple[float, float]:
    """Of the first n >= 2; taken from the first value on, so that equal values give exactly zero."""
    shift = taken[0]
    mean = 0.0
    for k in range(n):
        mean += taken[k] - shift
    mean /= n
    squares = 0.0
    for k in range(n):
        squares += (taken[k] - shift - mean) ** 2
    return shift + mean, np.sqrt(squares / (n - 1))


@njit(cache=True, nogil=True)
def _sample(flux, main, second, third, least, limits, wanted, stages, per_day, short, around):  # type: ignore[no-untyped-def]
    """Every window holds the smaller ones of its method, so that only what it adds is looked through."""
    size = len(flux)
    mean = np.full(size, np.nan)
    sd = np.full(size, np.nan)
    count = np.zeros(size, np.int32)
    method = np.zeros(size, np.int8)
    window = np.zeros(size, np.int32)
    there = ~np.isnan(flux)
    known = there & ~np.isnan(main)
    rows1, before1 = _packed(known & ~np.isnan(second) & ~np.isnan(third))
    rows2, before2 = _packed(known)
    flux1, main1, second1, third1 = flux[rows1], main[rows1], second[rows1], third[rows1]
    flux2, main2 = flux[rows2], main[rows2]
    taken1, taken2, taken3 = np.empty(size + 1), np.empty(size + 1), np.empty(size + 1)
    if there.sum() < 2:
        return mean, sd, count, method, window
    for i in wanted:
        a, b, c = main[i], second[i], third[i]
        ra = min(max(a, least[0]), limits[0])
        rb = min(max(b, least[1]), limits[1])
        rc = min(max(c, least[2]), limits[2])
        all_three, alone = not (np.isnan(a) or np.isnan(b) or np.isnan(c)), not np.isnan(a)
        n1 = n2 = n3 = 0
        begin1 = end1 = before1[i]
        begin2 = end2 = before2[i]
        days_done = -1
        for s in range(len(stages)):
            kind, days = stages[s, 0], stages[s, 1]
            width = days * per_day - short
            first, last = max(0, i - width), min(size, i + width + 1)
            if kind == 1:
                if not all_three:
                    continue
                n1 = _alike(flux1, main1, second1, third1, before1[first], begin1, (a, b, c), (ra, rb, rc), taken1, n1)
                n1 = _alike(flux1, main1, second1, third1, end1, before1[last], (a, b, c), (ra, rb, rc), taken1, n1)
                begin1, end1 = before1[first], before1[last]
                n, taken = n1, taken1
            elif kind == 2:
                if not alone:
                    continue
                n2 = _alike_in_one(flux2, main2, before2[first], begin2, a, ra, taken2, n2)
                n2 = _alike_in_one(flux2, main2, end2, before2[last], a, ra, taken2, n2)
                begin2, end2 = before2[first], before2[last]
                n, taken = n2, taken2
            else:
                for day in range(days_done + 1, days + 1):
                    for side in range(-1, 2, 2):
                        if day == 0 and side == 1:
                            continue
                        centre = i + side * day * per_day
                        for j in range(max(0, centre - around), min(size, centre + around + 1)):
                            if there[j]:
                                taken3[n3] = flux[j]
                                n3 += 1
                days_done = days
                n, taken = n3, taken3
            if n > 1:
                mean[i], sd[i] = _mean_and_sd(taken, n)
                count[i] = n
                method[i] = kind
                window[i] = 2 * days + (kind == 3)
                break
    return mean, sd, count, method, window
