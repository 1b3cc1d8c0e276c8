"""The least-cost path from a cell back to its source patch."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.cost.settling import DCOLUMN, DROW, half_lengths


def least_cost_path(
    resistance: NDArray[np.floating], sources: NDArray[np.int32], distance: NDArray[np.float64],
    allocation: NDArray[np.int32], cell: tuple[int, int], width: float, height: float,
) -> NDArray[np.int64]:  # fmt: skip
    """Rows and columns (n, 2) of the cells from `cell` to the first cell of its source, both included.

    The arrays and sizes are those given to `cost_distance` and what it gave (or `tiled_cost_distance`). Each cell is
    followed by the neighbour of the same allocation through which its distance is met to the last bit, the one of
    least distance, then the first in reading order. Where only neighbours of the same distance are left (steps that
    cost nothing) the fewest such steps are taken.

    Raises ValueError when no source reaches the cell, or the arrays do not belong together.
    """
    row, column = cell
    if not np.isfinite(distance[row, column]):
        raise ValueError(f"no source reaches row {row}, column {column}")
    halves = half_lengths(width, height)
    found = np.empty((0, 2), np.int64)
    while True:
        found = np.concatenate((found, _descend(resistance, sources, distance, allocation, row, column, halves)))
        row, column = int(found[-1, 0]), int(found[-1, 1])
        if sources[row, column] == allocation[row, column]:
            return found
        level = _cross_level(resistance, sources, distance, allocation, row, column, halves)
        found = np.concatenate((found, level[1:-1]))
        row, column = int(level[-1, 0]), int(level[-1, 1])


def path_length(path: NDArray[np.int64], width: float, height: float) -> float:
    """m"""
    steps = np.diff(path, axis=0)
    return float(np.hypot(steps[:, 0] * height, steps[:, 1] * width).sum())


@njit(cache=True, nogil=True)
def _before(resistance, distance, allocation, row, column, halves):  # type: ignore[no-untyped-def]
    """Number of the neighbour of least, and lesser, distance that a cell is reached from; -1 none."""
    best, least = -1, np.inf
    rows, columns = distance.shape
    for k in range(8):
        r, c = row + DROW[k], column + DCOLUMN[k]
        if r < 0 or r >= rows or c < 0 or c >= columns or allocation[r, c] != allocation[row, column]:
            continue
        here = distance[r, c]
        if not here < min(least, distance[row, column]):
            continue
        step = halves[k] * (np.float64(resistance[r, c]) + np.float64(resistance[row, column]))
        if here + step == distance[row, column]:
            best, least = k, here
    return best


@njit(cache=True, nogil=True)
def _descend(resistance, sources, distance, allocation, row, column, halves):  # type: ignore[no-untyped-def]
    """The cells from here through ever smaller distances, to the source or to where none is smaller."""
    found = np.empty((64, 2), np.int64)
    count = 0
    while True:
        if count == len(found):
            found = np.concatenate((found, np.empty_like(found)))
        found[count, 0], found[count, 1] = row, column
        count += 1
        if sources[row, column] == allocation[row, column]:
            break
        k = _before(resistance, distance, allocation, row, column, halves)
        if k < 0:
            break
        row, column = row + DROW[k], column + DCOLUMN[k]
    return found[:count]


def _cross_level(
    resistance: NDArray[np.floating], sources: NDArray[np.int32], distance: NDArray[np.float64],
    allocation: NDArray[np.int32], row: int, column: int, halves: NDArray[np.float64],
) -> NDArray[np.int64]:  # fmt: skip
    """The fewest steps between cells of one distance to a cell from which it falls, or to the source."""
    came = {(row, column): (-1, -1)}
    wave = [(row, column)]
    same = distance[row, column], allocation[row, column]
    while wave:
        following = []
        for here in wave:
            for k in range(8):
                there = here[0] + int(DROW[k]), here[1] + int(DCOLUMN[k])
                inside = 0 <= there[0] < distance.shape[0] and 0 <= there[1] < distance.shape[1]
                if not inside or there in came or (distance[there], allocation[there]) != same:
                    continue
                step = halves[k] * (float(resistance[here]) + float(resistance[there]))
                if distance[there] + step != same[0]:
                    continue
                came[there] = here
                following.append(there)
                if (
                    sources[there] == same[1]
                    or _before(resistance, distance, allocation, there[0], there[1], halves) >= 0
                ):
                    back = [there]
                    while came[back[-1]] != (-1, -1):
                        back.append(came[back[-1]])
                    return np.array(back[::-1])
        wave = following
    raise ValueError("resistance, sources, distance and allocation do not belong together")
