"""The readings of closures that a model may be fitted to: given limits, spikes, bubbles, window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch
from halosink.chamber.models.straight import FEWEST_POINTS
from halosink.chamber.options import Options
from halosink.chamber.window import disturbances
from halosink.chamber.window.late import delay
from halosink.chamber.window.undisturbed import FEWEST, Window, undisturbed, whole

# own choice: the most of a closure that is given to mixing where nothing is seen of it
MIXING_SHARE = 1 / 12


@dataclass(frozen=True, slots=True)
class Clean:
    """calm, bubbly: the readings in the window without and with what bubbles brought; the same ones count in both.

    bubbles: (m, s) s, NaN: none, those within the window. spiked: (m,) whether spikes were taken out. late: (m,) s
    after which the rise began.
    """

    calm: Batch
    bubbly: Batch
    window: Window
    bubbles: Array
    spiked: NDArray[np.bool_]
    late: Array


def clean(batch: Batch, options: Options, gas: str, deadband: Array, length: Array) -> Clean:
    """batch: readings since closing, filled from the left. deadband, length: (m,) s, NaN where the data do not say.

    Spikes, bubbles and windows are looked for in series of at least window.FEWEST readings only.
    """
    if options.window != "whole":
        batch = _within(batch, options, deadband, length)
    running = batch.valid.sum(axis=1) >= FEWEST
    spiked = np.zeros(len(running), bool)
    if running.any() and options.window != "whole":
        out = disturbances.spikes(batch) & running[:, None]
        spiked = out.any(axis=1)
        batch = disturbances.without(batch, out)
    times, calm = np.full((len(running), 0), np.nan), batch
    if gas in options.bubbles and running.any():
        times, out = disturbances.jumps(batch, np.where(np.isnan(deadband), 0.0, deadband))
        times = np.where(running[:, None], times, np.nan)
        if times.size:
            calm = disturbances.lowered(batch, times, out & running[:, None])
    window = whole(calm)
    at = np.flatnonzero(calm.valid.sum(axis=1) >= FEWEST)
    if options.window == "auto" and at.size:
        # own choice: a bubble comes when the closing is long over
        bubbled = np.where(np.isnan(times), np.inf, times).min(axis=1, initial=np.inf)
        longest = np.maximum(0.0, np.minimum(options.longest_deadband, (bubbled - window.start) / 2))[at]
        part = undisturbed(Batch(calm.time[at], calm.value[at], calm.valid[at]), longest)
        mixed = np.minimum(options.mixing, MIXING_SHARE * window.end[at])
        window.start[at], window.end[at] = np.maximum(part.start, mixed), part.end
        window.cut_start[at], window.cut_end[at] = part.cut_start, part.cut_end
    late = delay(calm, window)
    start, end = window.start[:, None], window.end[:, None]
    valid = calm.valid & (batch.time >= start) & (batch.time <= end)
    times = np.where((times > start) & (times < end), times, np.nan)
    times, valid = _told_apart(batch.time, times, valid)
    calm = Batch(batch.time, np.where(valid, calm.value, 0.0), valid)
    bubbly = Batch(batch.time, np.where(valid, batch.value, 0.0), valid)
    return Clean(calm, bubbly, window, times, spiked, late)


def _told_apart(time: Array, bubbles: Array, valid: NDArray[np.bool_]) -> tuple[Array, NDArray[np.bool_]]:
    """Bubbles and readings without stretches between bubbles of fewer than FEWEST_POINTS readings: these would say
    nothing of how much a bubble brought."""
    begin = np.full(len(time), -np.inf)
    for i in range(bubbles.shape[1]):
        known = np.isfinite(bubbles[:, i])
        end = np.where(known, bubbles[:, i], np.inf)
        stretch = valid & (time >= begin[:, None]) & (time < end[:, None])
        short = known & (stretch.sum(axis=1) < FEWEST_POINTS)
        valid = valid & ~(stretch & short[:, None])
        earlier = np.isfinite(begin)
        for j in range(i):
            bubbles[:, j] = np.where(short & earlier & (bubbles[:, j] == begin), np.nan, bubbles[:, j])
        bubbles[:, i] = np.where(short & ~earlier, np.nan, bubbles[:, i])
        begin = np.where(known & ~(short & ~earlier), end, begin)
    last = valid & (time >= begin[:, None])
    short = np.isfinite(begin) & (last.sum(axis=1) < FEWEST_POINTS)
    bubbles = np.where(short[:, None] & (bubbles == begin[:, None]), np.nan, bubbles)
    return bubbles, valid & ~(last & short[:, None])


def _within(batch: Batch, options: Options, deadband: Array, length: Array) -> Batch:
    """Without the given dead band and what follows the given length, unless too little would be left."""
    start = np.where(np.isnan(deadband), options.deadband, deadband)[:, None]
    end = np.where(np.isnan(length), np.inf, length)[:, None]
    valid = batch.valid & (batch.time >= start) & (batch.time <= end)
    if options.window == "auto":
        valid = np.where((valid.sum(axis=1) >= FEWEST_POINTS)[:, None], valid, batch.valid)
    return disturbances.without(batch, ~valid)
