"""Readings of a continuous analyser that are not the slow course of a closure: spikes, and jumps from bubbles."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch

# own choice: a reading this many robust standard deviations off its neighbours on both sides is a spike
SPIKE = 5.0
SPIKE_SIDE = 3
# own choice: readings on either side of a jump whose means are compared, and the jump in robust standard deviations
SIDE = 5
JUMP = 7.0
# own choice: of an exponential mixing transient of 10 s a third is left after two sides; a jump is over by then
OVER = 3.0
# own choice: with more the air never rests and the series is no closure with bubbles in it
MOST = 6
# own choice: seconds after closing in which a jump belongs to the closing
SETTLING = 20.0
# own choice: a cell that fills slowly is waited for until the rise is this many robust standard deviations, and for
# this share of that time more: what is no longer seen still fades
RISING, FADING = 2.0, 0.7
# own choice: s, or readings of a slow analyser, on either side of a jump that give its first size
BESIDE = 12.0
# own choice: readings left out about a jump, while the air mixes and the cell of the analyser fills
BEFORE, AFTER = 2, 6
# median absolute deviation to standard deviation of a normal distribution (huber1981)
NORMAL = 1.4826


def spikes(batch: Batch) -> NDArray[np.bool_]:
    """(m, n) readings far off the medians of the three before and of the three behind, on the same side of both.

    The batch is filled from the left; the usual rise is taken off first. A reading beside a jump or within one is none.
    """
    side, n = SPIKE_SIDE, batch.value.shape[1]
    none = np.zeros_like(batch.valid)
    if n < 2 * side + 1:
        return none
    level = np.where(batch.valid, batch.value - _pace(batch)[:, None] * batch.time, 0.0)
    middle = np.median(sliding_window_view(level, side, axis=1), axis=2)
    inner = slice(side, n - side)
    here = level[:, inner]
    before, behind = here - middle[:, : n - 2 * side], here - middle[:, side + 1 :]
    off = np.where(before * behind > 0, np.minimum(np.abs(before), np.abs(behind)), 0.0)
    whole = batch.valid[:, 2 * side :]
    enough = whole.sum(axis=1) >= 20
    scale = np.zeros(len(off))
    if enough.any():
        both = np.where(whole, np.abs(before), np.nan)[enough]
        scale[enough] = NORMAL * np.nanmedian(both, axis=1)
    none[:, inner] = whole & (off > SPIKE * scale[:, None]) & (scale > 0)[:, None]
    return none


def without(batch: Batch, out: NDArray[np.bool_]) -> Batch:
    """The batch without some readings, filled from the left again."""
    valid = batch.valid & ~out
    order = np.argsort(~valid, axis=1, kind="stable")
    time, value = (np.take_along_axis(x, order, axis=1) for x in (batch.time, batch.value))
    kept = np.take_along_axis(valid, order, axis=1)
    return Batch(np.where(kept, time, 0.0), np.where(kept, value, 0.0), kept)


def jumps(batch: Batch, settled: Array) -> tuple[Array, NDArray[np.bool_]]:
    """(m, s) times of upward jumps, NaN where there are fewer than s, and (m, n) the readings left out about them.

    A jump shows in the means of SIDE readings before and after it, far beyond how these differ elsewhere, and not in
    those before or behind these. settled: (m,) s; before it nothing is a jump. The rule is an own choice (own_choice).
    """
    m, n = batch.value.shape
    none = np.full((m, 0), np.nan), np.zeros((m, n), bool)
    if n < 8 * SIDE:
        return none
    sums = np.cumsum(np.pad(batch.value, ((0, 0), (1, 0))), axis=1)
    mean = (sums[:, SIDE:] - sums[:, :-SIDE]) / SIDE
    rise = np.full((m, n), np.nan)
    rise[:, SIDE : n - SIDE + 1] = mean[:, SIDE:] - mean[:, : n - 2 * SIDE + 1]
    whole = np.zeros((m, n), bool)
    whole[:, SIDE : n - SIDE + 1] = sliding_window_view(batch.valid, 2 * SIDE, axis=1).all(axis=2)
    enough = whole.sum(axis=1) >= 4 * SIDE
    rise = np.where(whole & enough[:, None], rise, np.nan)
    level, scale = np.zeros(m), np.full(m, np.inf)
    if enough.any():
        level[enough] = np.nanmedian(rise[enough], axis=1)
        scale[enough] = NORMAL * np.nanmedian(np.abs(rise[enough] - level[enough, None]), axis=1)
    above = np.where(np.isnan(rise), 0.0, rise - level[:, None])
    apart = 2 * SIDE
    left, right = np.zeros_like(above), np.zeros_like(above)
    left[:, apart:], right[:, :-apart] = np.abs(above[:, :-apart]), np.abs(above[:, apart:])
    near = sliding_window_view(np.pad(above, ((0, 0), (SIDE, SIDE))), 2 * SIDE + 1, axis=1).max(axis=2)
    alone = (above > OVER * left) | (above > OVER * right)
    steep = (above > JUMP * scale[:, None]) & (scale > 0)[:, None]
    found = (above >= near) & steep & alone
    found = found & (batch.time >= np.maximum(settled, SETTLING)[:, None])
    most = int(min(found.sum(axis=1).max(initial=0), MOST + 1))
    if not most:
        return none
    order = np.argsort(~found, axis=1, kind="stable")[:, :most]
    times = np.where(np.take_along_axis(found, order, axis=1), np.take_along_axis(batch.time, order, axis=1), np.nan)
    # several bubbles within seconds show as one long rise: all of it is left out
    long_rise = _spread(found, apart, apart) & _spread(steep, 1, 1)
    return times, _spread(found, BEFORE, AFTER) | long_rise | _still_rising(found, above > RISING * scale[:, None])


def _still_rising(found: NDArray[np.bool_], rising: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(m, n) readings from a jump until the rise behind it is over and has faded, and SIDE more."""
    n = found.shape[1]
    place = np.arange(n)
    over = np.minimum.accumulate(np.where(rising, n, place)[:, ::-1], axis=1)[:, ::-1]
    faded = over + SIDE + (FADING * np.maximum(over - place - SIDE, 0)).astype(int)
    until = np.maximum.accumulate(np.where(found, np.minimum(faded, n), 0), axis=1)
    return np.asarray(place < until)


def _spread(marks: NDArray[np.bool_], before: int, after: int) -> NDArray[np.bool_]:
    """(m, n) whether a mark stands within so many readings."""
    padded = np.pad(marks, ((0, 0), (after, before)))
    return np.asarray(sliding_window_view(padded, before + after + 1, axis=1).any(axis=2), dtype=bool)


def lowered(batch: Batch, times: Array, out: NDArray[np.bool_]) -> Batch:
    """The batch without the readings about its jumps and with what follows a jump brought down to what went before.

    The step is the difference of the means of BESIDE on either side of what is left out, less the usual rise.
    """
    valid = batch.valid & ~out
    value = batch.value.copy()
    pace = _pace(batch)
    reach = BESIDE * np.maximum(1.0, (batch.time.max(axis=1) / np.maximum(batch.n - 1, 1)))[:, None]
    for column in times.T:
        here = np.isfinite(column)
        since = batch.time - np.where(here, column, np.inf)[:, None]
        last = np.where(valid & (since < -1), since, -np.inf).max(axis=1, keepdims=True)
        calm = np.where(valid & (since > 1), since, np.inf).min(axis=1, keepdims=True)
        sides = [valid & (since >= last - reach) & (since <= last), valid & (since >= calm) & (since <= calm + reach)]
        levels, middles = [], []
        for side in sides:
            n = np.maximum(side.sum(axis=1), 1)
            levels.append(np.where(side, value, 0.0).sum(axis=1) / n)
            middles.append(np.where(side, batch.time, 0.0).sum(axis=1) / n)
        both = here & sides[0].any(axis=1) & sides[1].any(axis=1)
        step = np.where(both, levels[1] - levels[0] - pace * (middles[1] - middles[0]), 0.0)
        value = value - np.where(since >= 0, step[:, None], 0.0)
    return Batch(batch.time, np.where(valid, value, 0.0), valid)


def _pace(batch: Batch) -> Array:
    """(m,) median rise per second over SIDE readings."""
    both = batch.valid[:, SIDE:] & batch.valid[:, :-SIDE]
    apart = np.where(both, batch.time[:, SIDE:] - batch.time[:, :-SIDE], 1.0)
    rise = np.where(
        both & (apart > 0), (batch.value[:, SIDE:] - batch.value[:, :-SIDE]) / np.maximum(apart, 1e-9), np.nan
    )
    pace = np.zeros(len(rise))
    some = np.isfinite(rise).any(axis=1)
    pace[some] = np.nanmedian(rise[some], axis=1)
    return pace
