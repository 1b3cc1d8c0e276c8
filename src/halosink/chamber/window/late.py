"""How late the gas came to the analyser: readings that stand still after closing, at the level where the rise begins.

While air still mixes the readings are off the curve but the chamber is closed; while the first of its air travels
through a tube they show what was there before, and the curve begins when that ends. Only the second is a delay, and
only then the slope at closing is the slope at the end of it.
"""

from __future__ import annotations

import numpy as np

from halosink.chamber.batch import Array, Batch
from halosink.chamber.window.blocks import scatter
from halosink.chamber.window.undisturbed import Window

# own choice: share of what was cut at the start that gives the level before, share of the window that gives the rise
BEFORE, RISE = 1 / 3, 1 / 5
# own choice: readings that a level needs; how much more than white noise it may scatter; the rise that has to be
# missing, in standard errors of the level
FEWEST, CALM, MISSING = 5, 1.6, 6.0


def delay(batch: Batch, window: Window) -> Array:
    """(m,) s after closing at which the rise begins; 0 where the readings before the window do not stand still.

    batch: all readings since closing, window: of them. The delay ends where the line through the first of the window
    meets the mean of the first readings. Source: own_choice.
    """
    start, cut = window.start, window.cut_start
    none = np.zeros(len(start))
    if not cut.any():
        return none
    time, value, valid = batch.time, batch.value, batch.valid
    first = np.where(valid, time, np.inf).min(axis=1)
    span = start - first
    early = valid & (time <= (first + BEFORE * span)[:, None])
    rising = valid & (time >= start[:, None]) & (time <= (start + RISE * (window.end - start))[:, None])
    n, level, _ = _mean(early, value)
    _, middle, _ = _mean(rising, time)
    away = np.where(rising, time - middle[:, None], 0.0)
    spread = (away**2).sum(axis=1)
    slope = np.where(spread > 0, (away * value).sum(axis=1) / np.where(spread > 0, spread, 1.0), 0.0)
    _, height, _ = _mean(rising, value)
    back = np.where(slope != 0, (height - level) / np.where(slope != 0, slope, 1.0), np.inf)
    met = middle - back
    still = valid & (time <= (first + 0.9 * (met - first))[:, None])
    count, _, variance = _mean(still, value)
    noise = scatter(batch)
    missing = np.abs(slope) * (met - first)
    told = cut & (n >= FEWEST) & (count >= FEWEST) & (met > first) & (met < start)
    told &= (variance <= CALM * noise) & (missing > MISSING * np.sqrt(noise / np.maximum(n, 1)))
    return np.where(told, met, none)


def _mean(which: np.ndarray, values: Array) -> tuple[Array, Array, Array]:
    """(m,) number, mean and variance of the values that are meant."""
    n = which.sum(axis=1).astype(float)
    mean = np.where(which, values, 0.0).sum(axis=1) / np.maximum(n, 1)
    variance = np.where(which, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(n - 1, 1)
    return n, mean, variance
