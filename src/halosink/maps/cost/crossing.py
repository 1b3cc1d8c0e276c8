"""What passes between a tile and the ring of cells around it, and allocation once distances are known."""

from __future__ import annotations

import numpy as np
from numba import njit

from halosink.maps.cost.settling import DCOLUMN, DROW

NONE = 2**31 - 1
"""Allocation of a cell that no source has reached yet: larger than any id."""


@njit(cache=True, nogil=True)
def _rim(rows, columns):  # type: ignore[no-untyped-def]
    """Rows and columns of the outermost cells of an array, each once."""
    count = rows * columns if min(rows, columns) < 3 else 2 * (rows + columns) - 4
    found = np.empty((count, 2), np.int64)
    n = 0
    for row in range(rows):
        step = 1 if row == 0 or row == rows - 1 or columns < 3 else columns - 1
        for column in range(0, columns, step):
            found[n, 0], found[n, 1] = row, column
            n += 1
    return found


@njit(cache=True, nogil=True)
def enter(resistance, distance, allocation, halves, ids):  # type: ignore[no-untyped-def]
    """Offer the costs of the ring (the outermost cells) to the cells inside it; with `ids` the ids along tight steps.

    Gives the places whose distance (or id) got lower.
    """
    rows, columns = distance.shape
    rim = _rim(rows - 2, columns - 2)
    lowered = np.empty(len(rim), np.int64)
    count = 0
    for i in range(len(rim)):
        row, column = rim[i, 0] + 1, rim[i, 1] + 1
        better = False
        for k in range(8):
            r, c = row + DROW[k], column + DCOLUMN[k]
            if 0 < r < rows - 1 and 0 < c < columns - 1:
                continue
            new = distance[r, c] + halves[k] * (np.float64(resistance[r, c]) + np.float64(resistance[row, column]))
            if ids:
                source = abs(allocation[r, c])
                if new == distance[row, column] and source < allocation[row, column]:
                    allocation[row, column] = source
                    better = True
            elif new < distance[row, column]:
                distance[row, column] = new
                better = True
        if better:
            lowered[count] = (row << 32) + column
            count += 1
    return lowered[:count]


@njit(cache=True, nogil=True)
def leave(resistance, distance, allocation, halves, ids):  # type: ignore[no-untyped-def]
    """Least cost at which each of the eight neighbouring tiles would be lowered from inside; inf where it would not.

    In the order of a 3 by 3 block, [1, 1] being the tile itself.
    """
    rows, columns = distance.shape
    least = np.full((3, 3), np.inf)
    ring = _rim(rows, columns)
    for i in range(len(ring)):
        row, column = ring[i, 0], ring[i, 1]
        down = 0 if row == 0 else (2 if row == rows - 1 else 1)
        right = 0 if column == 0 else (2 if column == columns - 1 else 1)
        for k in range(8):
            r, c = row + DROW[k], column + DCOLUMN[k]
            if r < 1 or r > rows - 2 or c < 1 or c > columns - 2:
                continue
            new = distance[r, c] + halves[k] * (np.float64(resistance[r, c]) + np.float64(resistance[row, column]))
            if ids:
                if new == distance[row, column] and abs(allocation[r, c]) < allocation[row, column]:
                    least[down, right] = min(least[down, right], new)
            elif new < distance[row, column]:
                least[down, right] = min(least[down, right], new)
    return least


@njit(cache=True, nogil=True)
def spread(resistance, distance, allocation, halves, starts, scan):  # type: ignore[no-untyped-def]
    """Carry ids inside the ring along tight steps, those that meet the distance to the last bit, smallest id first.

    `starts` are places with a new id; `scan` starts from every source cell (negative id) as well. Distances are final,
    ids only become smaller, so that the result does not depend on the order.
    """
    rows, columns = distance.shape
    now, then = np.empty(len(starts) + 1024, np.int64), np.empty(len(starts) + 1024, np.int64)
    waiting, count = len(starts), 0
    now[:waiting] = starts
    row0 = 1 if scan else rows
    while waiting > 0 or row0 < rows - 1:
        if row0 < rows - 1:
            if len(now) < waiting + columns:
                now = np.concatenate((now, np.empty(len(now) + columns, np.int64)))
            for column in range(1, columns - 1):
                if allocation[row0, column] < 0:
                    now[waiting] = (row0 << 32) + column
                    waiting += 1
            row0 += 1
        count = 0
        for i in range(waiting):
            row, column = now[i] >> 32, now[i] & 0xFFFFFFFF
            here, own = distance[row, column], np.float64(resistance[row, column])
            source = abs(allocation[row, column])
            if len(then) < count + 8:
                then = np.concatenate((then, np.empty(len(then), np.int64)))
            for k in range(8):
                r, c = row + DROW[k], column + DCOLUMN[k]
                if r < 1 or r > rows - 2 or c < 1 or c > columns - 2 or not source < allocation[r, c]:
                    continue
                if here + halves[k] * (own + np.float64(resistance[r, c])) == distance[r, c]:
                    allocation[r, c] = source
                    then[count] = (r << 32) + c
                    count += 1
        now, then, waiting = then, now, count
