"""Threshold of friction velocity as a change point (barr2013), in several classes of air temperature (wutzler2018).

The records are parted into 7, then 6, then 5 classes of temperature. In each the change point is searched from the
record in the middle of the class, and from resamples of the records (wood2001); a class counts where a score test for
a change of slope (muggeo2016) is significant. The search, its stream of random numbers included, follows the one that
REddyProc uses, so that its numbers come out. It has that one's weakness: a class fails when the record from which it
starts lies among the 5 % of the calmest or windiest.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.eddy.threshold.bent_line import DEGENERATE, ITERATIONS, LIMIT, at_rank, descend, limits, running_sums
from halosink.eddy.threshold.classes import correlation, temperature_classes
from halosink.eddy.threshold.moving_point import EMPTY, FOUND, LARGEST_CORRELATION, NO_PLATEAU, TIED
from halosink.eddy.threshold.restarts import stream

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PARTITIONS = (7, 6, 5)  # wutzler2018
SIGNIFICANCE = 0.05  # wutzler2018
RESTARTS, UNCHANGED = 10, 5  # default of muggeo2008
TEST_POINTS = 10  # muggeo2016


@njit(cache=True, error_model="numpy")
def resample(stream: Floats, place: int, number: int, slot: Integers) -> tuple[Floats, int]:
    """(number,) how often each record, by its rank in velocity, is drawn; and the place in the stream after that.

    slot: (number,) rank of each record in the order in which they are drawn. Values that do not fit are drawn again.
    """
    weight = np.zeros(number)
    bits = int(np.ceil(np.log2(number)))
    for _ in range(number):
        drawn = number
        while drawn >= number:
            drawn = 0
            for _ in range(bits // 16 + 1):
                drawn = 65536 * drawn + int(np.floor(stream[place] * 65536))
                place += 1
            drawn &= (1 << bits) - 1
        weight[slot[drawn]] += 1
    return weight, place


@njit(cache=True, error_model="numpy")
def search(velocity: Floats, flux: Floats, slot: Integers, start: float, stream: Floats) -> tuple[float, float]:
    """Change point and sum of squares, NaN where the search fails.

    velocity, flux: (records,) from calm to windy; slot: see `resample`; start: first point tried.
    """
    number = len(velocity)
    sums = running_sums(velocity, flux, np.ones(number))
    low, high = limits(sums, LIMIT)
    code, point, value, ended = descend(sums, start, ITERATIONS)
    if code != 0 and code != DEGENERATE:
        return np.nan, np.nan
    place, tried, swap = 0, point, 0.1
    history = np.zeros(RESTARTS)
    done = 0
    for again in range(RESTARTS):
        if done >= 3 and abs(history[done - 1] - history[done - 3]) < 5e-7:
            share = float(np.sum(velocity >= tried)) / number
            if abs(share - 0.5) < 0.1:
                share = swap
            swap = 1 - swap
            tried = at_rank(sums, (number - 1) * share)
        weight, place = resample(stream, place, number, slot)
        failed, seed, _, _ = descend(running_sums(velocity, flux, weight), tried, ITERATIONS)
        if failed != 0:
            seed = high - (high - low) * stream[place]
            place += 1
        failed, found, squares_found, end = descend(sums, seed, ITERATIONS + 1 + again)
        if failed != 0 and failed != DEGENERATE:
            tried = high - (high - low) * stream[place]
            place += 1
            failed, found, squares_found, end = descend(sums, tried, 1)
            if failed != 0:
                continue
        if squares_found <= value:
            point, value, ended = found, squares_found, end
        tried = point
        history[done] = value
        done += 1
        if done > UNCHANGED and abs(history[done - 1] - history[done - UNCHANGED]) < 5e-7:
            break
    if not ended:
        failed, point, value, _ = descend(sums, tried, 1)
        if failed != 0:
            return np.nan, np.nan
    return point, value


@njit(cache=True, error_model="numpy")
def score(velocity: Floats, flux: Floats, least_squares: float) -> float:
    """Statistic of the score test for a change of slope somewhere, t with records - 3 degrees of freedom (muggeo2016).

    The flux is set against the mean of ten bent lines with points evenly over the range of velocity.
    """
    number = len(velocity)
    bent = np.zeros(number)
    step = (velocity[-1] - velocity[0]) / (TEST_POINTS - 1)
    for record in range(number):
        for one in range(TEST_POINTS):
            bent[record] += max(velocity[0] + step * one - velocity[record], 0.0) / TEST_POINTS
    bent -= bent.mean()
    spread = np.sum(bent * bent)
    if not spread > 0 or number <= 3 or not least_squares > 0:
        return np.nan
    return float(np.sum(bent * (flux - flux.mean())) / np.sqrt(spread * least_squares / (number - 3)))


@njit(cache=True, error_model="numpy")
def class_points(
    temperature: Floats,
    velocity: Floats,
    flux: Floats,
    warmer: Integers,
    count: Integers,
    number: int,
    stream: Floats,
) -> tuple[Floats, Floats, Floats, Integers]:
    """Change points in `number` classes of temperature, their test statistics, degrees of freedom, and what was found.
    Arguments as those of `moving_point.season_classes`."""
    points, tests, freedom = np.full(number, np.nan), np.full(number, np.nan), np.ones(number)
    found = np.full(number, EMPTY)
    of_class = temperature_classes(temperature, warmer, count, number)
    for one in range(number):
        members = np.flatnonzero(of_class == one)
        tie = abs(correlation(temperature, velocity, count, members))
        if not tie <= LARGEST_CORRELATION:
            if len(members) > 0:
                found[one] = TIED
            continue
        total = 0
        for record in members:
            total += count[record]
        u, y = np.empty(total), np.empty(total)
        first = np.zeros(len(count), dtype=np.int64)
        at = 0
        for record in members:
            first[record] = at
            for _ in range(count[record]):
                u[at], y[at] = velocity[record], flux[record]
                at += 1
        slot = np.empty(total, dtype=np.int64)
        at = 0
        for record in warmer:
            if of_class[record] == one:
                for copy in range(count[record]):
                    slot[at] = first[record] + copy
                    at += 1
        found[one] = NO_PLATEAU
        point, least = search(u, y - y.mean(), slot, u[slot[total // 2 - 1]], stream)
        if np.isfinite(point):
            points[one], tests[one], freedom[one] = point, score(u, y, least), total - 3
            found[one] = FOUND
    return points, tests, freedom, found


def season_classes(
    temperature: Floats, velocity: Floats, flux: Floats, warmer: Integers, count: Integers
) -> tuple[Floats, Integers]:
    """(18,) thresholds in the classes of the three partitions, NaN where there is none, and (18,) what was found."""
    from scipy.special import stdtr

    total = int(count.sum())
    numbers = stream(40 * (1 << int(total).bit_length()))
    parts = [class_points(temperature, velocity, flux, warmer, count, number, numbers) for number in PARTITIONS]
    points, tests, freedom, found = (np.concatenate(each) for each in zip(*parts, strict=True))
    with np.errstate(invalid="ignore"):
        significant = 2 * stdtr(freedom, -np.abs(tests)) <= SIGNIFICANCE
    return np.where(significant, points, np.nan), np.where((found == FOUND) & ~significant, NO_PLATEAU, found)
