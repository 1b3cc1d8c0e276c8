"""Where the concentration of a closure begins to change: a level, then a straight line from the break on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.checks.parts.traces import Array, Trace

# own choice: readings this far from the closing on the field sheet are looked at, s, in steps of BIN
REACH, BIN = 180.0, 4.0
# own choice: bins of flat level that must stand before a break
FLAT = 5
# own choice: share of the variation that level and line must explain, so that only clear closures count
CLEAR = 0.95
# own choice: bins that must hold readings
LEAST = 4 * FLAT
# closures fitted at once, so that memory stays bounded
TOGETHER = 4000


def breaks(trace: Trace) -> tuple[Array, NDArray[np.bool_]]:
    """(m,) time of the break, s from the closing of the field sheet, and whether it is clear.

    trace: readings with those before closing. Least squares over all break times on the grid at once:
    c = a + b max(0, t - t_break). A series that begins at closing and rises at once has its break at 0.
    """
    found, clear = np.full(trace.number, np.nan), np.zeros(trace.number, bool)
    enough = np.flatnonzero(trace.n >= LEAST)
    for part in np.array_split(enough, enough.size // TOGETHER + 1):
        if part.size:
            place = np.full(trace.number, -1)
            place[part] = np.arange(part.size)
            mine = place[trace.closure] >= 0
            some = Trace(place[trace.closure[mine]], trace.time[mine], trace.value[mine], part.size)
            found[part], clear[part] = _fitted(some)
    return found, clear


def _fitted(trace: Trace) -> tuple[Array, NDArray[np.bool_]]:
    edges = np.arange(-REACH, REACH + BIN, BIN)
    middle = edges[:-1] + BIN / 2
    value, there = _binned(trace, edges)
    count = there.sum(axis=1)
    mean = value.sum(axis=1) / np.maximum(count, 1)
    value = np.where(there, value - mean[:, None], 0.0)
    hinge = np.maximum(0.0, middle[:, None] - edges[None, :-1])
    weight = there.astype(float)
    s_h, s_hh, s_yh = weight @ hinge, weight @ hinge**2, value @ hinge
    n = np.maximum(count, 1)[:, None]
    spread = s_hh - s_h**2 / n
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = np.where(spread > 1e-9 * np.maximum(s_hh, 1.0), s_yh**2 / spread, 0.0)
        total = (value**2).sum(axis=1)
        best = np.argmax(explained, axis=1)
        quality = explained[np.arange(best.size), best] / np.where(total > 0, total, np.nan)
    before: NDArray[np.int64] = np.cumsum(there, axis=1) - there.astype(np.int64)
    ahead: NDArray[np.int64] = before[np.arange(best.size), best]
    first = np.where(count > 0, edges[np.argmax(there, axis=1)], np.nan)
    at_start = (ahead < FLAT) & (first >= -BIN * FLAT)
    found = np.where(at_start, 0.0, edges[best])
    return found, (quality > CLEAR) & (count >= LEAST) & ((ahead >= FLAT) | at_start)


def _binned(trace: Trace, edges: Array) -> tuple[Array, NDArray[np.bool_]]:
    """(m, bins) mean of the readings in each bin, 0 where there is none, and where there are."""
    bins = edges.size - 1
    place = np.floor((trace.time - edges[0]) / BIN).astype(np.int64)
    use = (place >= 0) & (place < bins)
    flat = trace.closure[use] * bins + place[use]
    size = trace.number * bins
    count = np.bincount(flat, minlength=size).reshape(trace.number, bins)
    total = np.bincount(flat, weights=trace.value[use], minlength=size).reshape(trace.number, bins)
    return total / np.maximum(count, 1), count > 0
