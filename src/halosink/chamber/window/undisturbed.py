"""Which part of a closure is the undisturbed course: without the dead band at its start and the break at its end.

Every window (start d, end e) is fitted with curves of a few rates; its cost is

    sum of squared residuals inside / (2 s^2) + cost of the stretches outside

with s^2 the variance of the residuals of the calmest window, times (1 + r) / (1 - r) for residuals of correlation r. A
stretch that follows the curve costs a half inside and more outside, so a good series is kept whole; one that departs
by several standard deviations is cheaper outside. Own choice, in the manner of trimmed likelihood (hadi1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch
from halosink.chamber.window.blocks import means

# own choice: stretches that a closure is seen in, readings of which there are at least FEWEST
STRETCHES = 48
FEWEST = 30
# own choice: what a stretch costs outside, at the start (every closing disturbs), at the end, and at the start beyond
# USUAL seconds
COST_START, COST_END, COST_LATE, USUAL = 2.0, 2.5, 20.0, 45.0
# own choice: a cut has to save this much, at the start and at the end (ten to the third in odds)
GAIN_START, GAIN_END = 4.0, 7.0
# own choice: rates times duration about which curves are tried; with the change of the curve with its rate as a second
# term the rates between them are met too
BENDS = (0.0, 1.0, 2.5, 6.0, 12.0)
# own choice: shares of the closure that a dead band may take at most, and that has to be left
LONGEST_DEADBAND = 0.45
SHORTEST = 0.35
# own choice: share of the dead band that is left out beyond it: a transient that begins at 50 and is seen until 3
# standard deviations has fallen to a half after that
FADING = 0.6
# own choice: share of the closure that is left out before the break that is seen: a leak begins to tell slowly
CREEPING = 0.05
# own choice: the calmest of many windows shows less scatter than there is
CALMEST = 1.6


@dataclass(frozen=True, slots=True)
class Window:
    """(m,) first and last time [s] that count, and whether something was cut there."""

    start: Array
    end: Array
    cut_start: NDArray[np.bool_]
    cut_end: NDArray[np.bool_]


def whole(batch: Batch) -> Window:
    """All readings that count."""
    start = np.where(batch.valid, batch.time, np.inf).min(axis=1, initial=np.inf)
    end = np.where(batch.valid, batch.time, -np.inf).max(axis=1, initial=-np.inf)
    return Window(start, end, np.zeros(len(start), bool), np.zeros(len(start), bool))


def undisturbed(batch: Batch, longest_deadband: Array) -> Window:
    """The undisturbed part of series of at least FEWEST readings; longest_deadband (m,) s beyond the first reading."""
    stretches = np.minimum(STRETCHES, batch.valid.sum(axis=1) // 3)
    found = whole(batch)
    for number in np.unique(stretches).tolist():
        at = stretches == number
        part = _undisturbed(Batch(batch.time[at], batch.value[at], batch.valid[at]), longest_deadband[at], number)
        found.start[at], found.end[at] = part.start, part.end
        found.cut_start[at], found.cut_end[at] = part.cut_start, part.cut_end
    return found


def _undisturbed(batch: Batch, longest_deadband: Array, number: int) -> Window:
    time, value = means(batch, number)
    all_of = whole(batch)
    starts = np.arange(int(LONGEST_DEADBAND * number) + 1)
    ends = np.arange(int(SHORTEST * number), number + 1)
    squares, inside = _squares(time, value, starts, ends)
    allowed = (inside >= max(6, SHORTEST * number)) & (
        time[:, starts, None] - time[:, :1, None] <= longest_deadband[:, None, None]
    )
    squares = np.where(allowed, squares, np.inf)
    blunt = _resolution(batch) ** 2 / 12
    told = (inside >= number / 2) | ((starts == 0)[:, None] & (inside >= SHORTEST * number))
    calm = np.where(told, squares / np.maximum(inside - 3, 1), np.inf)
    variance, inflation = _noise(time, value, calm, starts, ends)
    variance = np.maximum(variance, blunt)
    late = np.cumsum(np.where(time - time[:, :1] > USUAL, COST_LATE, COST_START), axis=1)
    before = np.concatenate([np.zeros((len(time), 1)), late], axis=1)[:, starts, None]
    cost = squares / (2 * variance * inflation)[:, None, None] + before + COST_END * (number - ends)
    return _chosen(cost, time, all_of, starts, ends)


def _resolution(batch: Batch) -> Array:
    """(m,) smallest step between neighbouring readings that is one: what an analyser of blunt digits can tell."""
    steps = np.abs(np.diff(batch.value, axis=1))
    step = np.where(batch.valid[:, 1:] & batch.valid[:, :-1] & (steps > 0), steps, np.inf).min(axis=1)
    return np.where(np.isfinite(step), step, 0.0)


def _chosen(cost: Array, time: Array, all_of: Window, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Window:
    m, number = time.shape
    each = np.arange(m)
    best = cost.reshape(m, -1).argmin(axis=1)
    d, e = best // len(ends), best % len(ends)
    last = len(ends) - 1
    d = np.where(cost[each, 0, e] - cost[each, d, e] < GAIN_START, 0, d)
    e = np.where(cost[each, d, last] - cost[each, d, e] < GAIN_END, last, e)
    at_start, at_end = d > 0, e < last
    # beyond what departs by several deviations lies what departs by one, and a transient fades slowly
    faded = all_of.start + (1 + FADING) * (time[each, starts[d]] - all_of.start)
    later = np.maximum((time < faded[:, None]).sum(axis=1), starts[d] + 1)
    first = np.minimum(np.where(at_start, later, 0), number - 4)
    final = np.maximum(ends[e] - np.where(at_end, 1 + round(CREEPING * number), 0), first + 3)
    edge = (time[:, 1:] + time[:, :-1]) / 2
    start = np.where(at_start, edge[each, np.maximum(first - 1, 0)], all_of.start)
    end = np.where(at_end, edge[each, np.minimum(final - 1, number - 2)], all_of.end)
    return Window(start, end, at_start, at_end)


def _curves(time: Array) -> tuple[Array, Array]:
    """(m, k, b) rise (1 - exp(-x u)) / x of the curves x of BENDS over shares u of the duration; its change with x."""
    share = ((time - time[:, :1]) / np.maximum(time[:, -1:] - time[:, :1], 1e-9))[:, None]
    x = np.array(BENDS)[:, None]
    safe = np.where(x == 0, 1.0, x)
    left = np.exp(-safe * share)
    rise = np.where(x == 0, share, (1 - left) / safe)
    change = np.where(x == 0, -(share**2) / 2, (share * left - (1 - left) / safe) / safe)
    return rise, change


def _squares(time: Array, value: Array, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[Array, Array]:
    """(m, d, e) least sum of squares over the curves, and (d, e) stretches inside, of every window."""
    x, z = (one - one.mean(axis=2, keepdims=True) for one in _curves(time))
    y = (value - value.mean(axis=1, keepdims=True))[:, None]
    inside = (ends[None, :] - starts[:, None]).astype(float)
    count = np.maximum(inside, 1.0)

    def between(one: Array) -> Array:
        total = np.concatenate([np.zeros((*one.shape[:2], 1)), np.cumsum(one, axis=2)], axis=2)
        part: Array = total[:, :, None, ends] - total[:, :, starts, None]
        return part

    sums = {name: between(one) for name, one in (("x", x), ("z", z), ("y", y))}

    def about(one: Array, other: Array, first: str, second: str) -> Array:
        part: Array = between(one * other) - sums[first] * sums[second] / count
        return part

    xx, xz, zz = about(x, x, "x", "x"), about(x, z, "x", "z"), about(z, z, "z", "z")
    xy, zy, yy = about(x, y, "x", "y"), about(z, y, "z", "y"), about(y, y, "y", "y")
    tiny = 1e-13
    slope = np.where(xx > tiny, xy / np.maximum(xx, tiny), 0.0)
    own = zz - xz**2 / np.maximum(xx, tiny)
    bend = zy - xz * slope
    left = yy - slope * xy - np.where(own > tiny, bend**2 / np.maximum(own, tiny), 0.0)
    floor = 1e-12 * (y**2).sum(axis=2)[..., None] + 1e-300
    return np.maximum(left.min(axis=1), floor), inside


def _noise(
    time: Array, value: Array, calm: Array, starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> tuple[Array, Array]:
    """(m,) variance of a stretch in the calmest window, and what correlation makes of it in a sum."""
    m, number = time.shape
    best = calm.reshape(m, -1).argmin(axis=1)
    variance = calm.reshape(m, -1)[np.arange(m), best] * CALMEST
    first, final = starts[best // len(ends)], ends[best % len(ends)]
    place = np.arange(number)
    core = (place >= first[:, None]) & (place < final[:, None])
    share = np.where(core, (place - first[:, None]) / number, 0.0)
    design = np.stack([core * 1.0, share, share**2, share**3], axis=2)
    gram = design.swapaxes(1, 2) @ design + 1e-10 * np.eye(4)
    y = np.where(core, value - value.mean(axis=1, keepdims=True), 0.0)
    solved = np.linalg.solve(gram, design.swapaxes(1, 2) @ y[..., None])
    residual = np.where(core, y - (design @ solved)[..., 0], 0.0)
    together = (residual[:, 1:] * residual[:, :-1]).sum(axis=1) / np.maximum((residual**2).sum(axis=1), 1e-300)
    # fitting four terms makes neighbours seem less alike than they are
    together = np.clip(together + 4 / core.sum(axis=1), 0.0, 0.8)
    return variance, (1 + together) / (1 - together)
