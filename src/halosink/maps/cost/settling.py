"""Dijkstra's algorithm on a grid, in buckets: the kernel of the least accumulated cost.

Cells wait in a ring of buckets as wide as the cheapest step, so that no step leads back into the bucket being settled
and its cells can be taken in any order (Dial's bucket queue as Denardo and Fox widened it, source `denardo_fox1979`).
Where steps differ by more than the ring can hold, or cost nothing, a bucket is settled through a binary heap (the hot
queue, `cherkassky_hot1999`). A bucket holds places only, 8 bytes each, in chunks from one pool: cells next to each
other wait next to each other, and that, not the count of comparisons, is what the time depends on.

Places are row * 2**32 + column. A source cell carries the negative of its id, so that no tie can change it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

CHUNK = 256
"""Places in a chunk. Own choice: 2 KiB, small beside the smallest frontier, long beside a cache line."""
SLOTS = 1024
"""Buckets in the ring, a power of two. Own choice: their heads stay in the first-level cache."""
EXACT = 2.0**40
"""Highest bucket number without a heap. Own choice: rounding, 2**-53 of it, is far below the margin of 1 in 1000."""
LOW = 2**32 - 1
DROW = np.array([-1, -1, -1, 0, 0, 1, 1, 1])
DCOLUMN = np.array([-1, 0, 1, -1, 1, -1, 0, 1])


class Plan(NamedTuple):
    """How costs become bucket numbers: number = floor(cost * scale)."""

    scale: float
    ordered: bool
    """Settled through a heap."""


def bucket_plan(lowest: float, highest: float, width: float, height: float, cells: int) -> Plan:
    """For resistances between `lowest` and `highest` on `cells` cells."""
    cheapest, dearest = lowest * min(width, height), highest * math.hypot(width, height)
    if dearest < 1e-290:
        return Plan(0.0, True)
    if cheapest > 0 and dearest / cheapest < SLOTS - 4 and cells * dearest / cheapest < EXACT:
        return Plan(1.001 / cheapest, False)
    return Plan((SLOTS - 4) / dearest, True)


def half_lengths(width: float, height: float) -> NDArray[np.float64]:
    """Half the metres to each of the eight neighbours: times the sum of two resistances it is the cost of a step."""
    return 0.5 * np.sqrt((DROW * float(height)) ** 2 + (DCOLUMN * float(width)) ** 2)


@njit(cache=True, nogil=True)
def _sink(keys, places, size, key, place):  # type: ignore[no-untyped-def]
    """Put an entry in place of the least one."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at], places[at] = keys[child], places[child]
        at = child
    keys[at], places[at] = key, place


@njit(cache=True, nogil=True)
def _rise(keys, places, size, key, place):  # type: ignore[no-untyped-def]
    """Add an entry."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] <= key:
            break
        keys[at], places[at] = keys[parent], places[parent]
        at = parent
    keys[at], places[at] = key, place


@njit(cache=True, nogil=True)
def _more_chunks(pool, links, free):  # type: ignore[no-untyped-def]
    """The pool, half as large again; the first of the new chunks is the first free one, the last leads to `free`."""
    had = len(pool)
    have = had + had // 2
    wider = np.empty((have, CHUNK), np.int64)
    wider[:had] = pool
    longer = np.empty(have, np.int64)
    longer[:had] = links
    for i in range(had, have):
        longer[i] = i + 1
    longer[have - 1] = free
    return wider, longer


@njit(cache=True, nogil=True)
def _longer(old, size):  # type: ignore[no-untyped-def]
    new = np.empty(size, old.dtype)
    new[: len(old)] = old
    return new


@njit(cache=True, nogil=True)
def _at(place, stride):  # type: ignore[no-untyped-def]
    """Flat index."""
    return (place >> 32) * stride + (place & LOW)


@njit(cache=True, nogil=True)
def settle(resistance, distance, allocation, carry, stride, box, starts, scan, halves, scale, ordered):  # type: ignore[no-untyped-def]
    """Lower `distance` (and `allocation`, where carried) in place until no step lowers it further.

    Flat arrays of rows of `stride` cells; only cells in the box (first row, end row, first column, end column) are
    entered or changed. Distance: NaN a barrier, inf not reached. `starts` are places whose cost has just been lowered,
    cheapest first; `scan`, the first time, starts from every source cell of the box (negative allocation) as well. From
    then on a cell may have a cost without waiting in the bucket of that cost, so that it has to be put there again.
    Gives the number of cells settled.
    """
    row0, row1, column0, column1 = box[0], box[1], box[2], box[3]
    steps = DROW * stride + DCOLUMN
    shifts = (DROW << 32) + DCOLUMN
    pool = np.empty((64, CHUNK), np.int64)
    links = np.arange(1, 65)
    links[63] = -1
    free, room, waiting = 0, 64, 0
    heads = np.full(SLOTS, -1, np.int64)
    fills = np.zeros(SLOTS, np.int64)
    keys, places, size = np.empty(8 * CHUNK, np.float64), np.empty(8 * CHUNK, np.int64), 0
    batch = np.empty(CHUNK, np.int64)
    settled, fed, current = 0, 0, np.int64(0)
    scanned = 0 if scan else (row1 - row0) * (column1 - column0)
    while True:
        count = 0
        if scanned < (row1 - row0) * (column1 - column0):
            row = row0 + scanned // (column1 - column0)
            column = column0 + scanned % (column1 - column0)
            while row < row1 and count < CHUNK:
                if allocation[row * stride + column] < 0:
                    batch[count] = (row << 32) + column
                    count += 1
                scanned += 1
                column += 1
                if column == column1:
                    row, column = row + 1, column0
        else:
            slot = current & (SLOTS - 1)
            chunk = heads[slot]
            if chunk >= 0:
                count = fills[slot]
                batch[:count] = pool[chunk, :count]
                heads[slot], links[chunk], free = links[chunk], free, chunk
                fills[slot] = CHUNK
                room += 1
                waiting -= count
            else:
                while count < CHUNK and fed < len(starts):
                    if np.int64(distance[_at(starts[fed], stride)] * scale) > current:
                        break
                    batch[count] = starts[fed]
                    count += 1
                    fed += 1
            if count > 0:
                kept = 0
                if ordered and len(keys) < size + count:
                    keys, places = _longer(keys, 2 * len(keys)), _longer(places, 2 * len(keys))
                for i in range(count):
                    key = distance[_at(batch[i], stride)]
                    if np.int64(key * scale) != current:
                        continue
                    if ordered:
                        _rise(keys, places, size, key, batch[i])
                        size += 1
                    else:
                        batch[kept] = batch[i]
                        kept += 1
                count = kept
            elif size > 0:
                key, batch[0] = keys[0], places[0]
                size -= 1
                if size > 0:
                    _sink(keys, places, size, keys[size], places[size])
                count = 1 if key == distance[_at(batch[0], stride)] else 0
            elif waiting > 0:
                current += 1
            elif fed < len(starts):
                current = np.int64(distance[_at(starts[fed], stride)] * scale)
            else:
                return settled
            settled += count
        if ordered and len(keys) < size + 8 * count:
            keys, places = _longer(keys, 2 * len(keys)), _longer(places, 2 * len(keys))
        for i in range(count):
            if room < 9:
                had = len(pool)
                pool, links = _more_chunks(pool, links, free)
                free = had
                room += len(pool) - had
            place = batch[i]
            row, column = place >> 32, place & LOW
            at = row * stride + column
            here, own = distance[at], np.float64(resistance[at])
            source = abs(allocation[at]) if carry else 0
            inner = row0 < row < row1 - 1 and column0 < column < column1 - 1
            for k in range(8):
                if not inner:
                    r, c = row + DROW[k], column + DCOLUMN[k]
                    if r < row0 or r >= row1 or c < column0 or c >= column1:
                        continue
                to = at + steps[k]
                old = distance[to]
                new = here + halves[k] * (own + np.float64(resistance[to]))
                if not new <= old:
                    continue
                if new == old:
                    if not (carry and source < allocation[to]):
                        continue
                    allocation[to] = source
                    if new > here:
                        continue
                    number = before = current
                else:
                    distance[to] = new
                    if carry:
                        allocation[to] = source
                    number = np.int64(new * scale)
                    before = np.int64(old * scale) if old < np.inf else np.int64(-1)
                if number == current and ordered:
                    _rise(keys, places, size, new, place + shifts[k])
                    size += 1
                elif number == current or number != before or not scan:
                    slot = number & (SLOTS - 1)
                    chunk = heads[slot]
                    if chunk < 0 or fills[slot] == CHUNK:
                        fresh = free
                        free = links[fresh]
                        room -= 1
                        links[fresh] = chunk
                        heads[slot] = fresh
                        fills[slot] = 0
                        chunk = fresh
                    pool[chunk, fills[slot]] = place + shifts[k]
                    fills[slot] += 1
                    waiting += 1
