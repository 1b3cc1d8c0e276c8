"""The cheapest link between neighbouring allocation zones, and the network of links that joins all patches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.cost.paths import least_cost_path, path_length
from halosink.maps.cost.settling import half_lengths

CROSSING = np.dtype(
    [("from_patch", "i4"), ("to_patch", "i4"), ("cost", "f8"), ("row", "i8"), ("column", "i8"),
     ("to_row", "i8"), ("to_column", "i8")]
)  # fmt: skip
"""Two cells side by side, `row`, `column` in the zone of the smaller id, and the cost of the way across them."""
DOWN, RIGHT, KIND = np.array([0, 1, 1, 1]), np.array([1, -1, 0, 1]), np.array([4, 5, 6, 7])
"""The four of the eight neighbours that follow in reading order, and their numbers among the eight."""


class Corridor(NamedTuple):
    """The cheapest way between two patches whose zones touch; `from_patch` is the smaller id."""

    from_patch: int
    to_patch: int
    cost: float
    """Resistance times metres."""
    length: float
    """m, from centre to centre"""
    mean_resistance: float
    """Along the way, each metre counted alike: cost / length."""
    path: NDArray[np.int64]
    """Rows and columns (n, 2) from a cell of the first patch to a cell of the second."""


def crossings(
    resistance: NDArray[np.floating], distance: NDArray[np.float64], allocation: NDArray[np.int32],
    width: float, height: float, row0: int = 0, column0: int = 0,
) -> NDArray[np.void]:  # fmt: skip
    """The cheapest crossing (`CROSSING`) of every pair of zones that touch in this piece, sorted by the pair.

    A piece whose first cell is (row0, column0) of the grid; pieces must share one row or column with the next for no
    crossing to be missed. Between equal costs the first cells in reading order win, so that `merge_crossings` of
    pieces gives what the whole gives.
    """
    parts = (resistance, distance, allocation, half_lengths(width, height))
    found = np.empty(_count(allocation), CROSSING)
    _fill(*parts, found, row0, column0)
    return merge_crossings([found])


def merge_crossings(parts: Iterable[NDArray[np.void]]) -> NDArray[np.void]:
    """The cheapest of several crossings per pair, whatever the order of the parts."""
    joined = np.concatenate([np.empty(0, CROSSING), *parts])
    order = np.lexsort([joined[name] for name in reversed(CROSSING.names or ())])
    joined = joined[order]
    new = np.ones(len(joined), bool)
    new[1:] = (np.diff(joined["from_patch"]) != 0) | (np.diff(joined["to_patch"]) != 0)
    return joined[new]


def corridors(
    resistance: NDArray[np.floating], sources: NDArray[np.int32], distance: NDArray[np.float64],
    allocation: NDArray[np.int32], width: float, height: float, found: NDArray[np.void] | None = None,
) -> list[Corridor]:  # fmt: skip
    """The cheapest link of every pair of patches whose zones touch, sorted by the pair.

    The arrays and sizes of `least_cost_path`; `found` the merged crossings when they were found by pieces. The cost
    is the least of d(u) + c(u, v) + d(v) over neighbouring cells u and v of the two zones, where d is the distance
    from the own patch and c the cost of the step.

    It is the cost of a way, so never below the least cost between the patches, and equal to it whenever a cheapest
    way between them stays in their two zones: such a way has a step from one zone to the other, and what comes before
    u cannot cost less than d(u), nor what comes after v less than d(v). A cheapest way through the zone of a third
    patch is not listed; each step of it between two zones X and Y gives a corridor X, Y that costs no more than the
    whole way, so the minimum spanning tree over corridors is one over all pairs of patches as well (`mehlhorn1988`).
    """
    if found is None:
        found = crossings(resistance, distance, allocation, width, height)
    listed = []
    for link in found:
        ends = (int(link["row"]), int(link["column"])), (int(link["to_row"]), int(link["to_column"]))
        there, back = (least_cost_path(resistance, sources, distance, allocation, end, width, height) for end in ends)
        path = np.concatenate((there[::-1], back))
        cost, length = float(link["cost"]), path_length(path, width, height)
        listed.append(Corridor(int(link["from_patch"]), int(link["to_patch"]), cost, length, cost / length, path))
    return listed


def spanning_network(links: Iterable[Corridor]) -> list[Corridor]:
    """The corridors of least total cost that join all patches that can be joined (Kruskal's rule), sorted by the pair.

    Equal costs: the pair of smaller ids first.
    """
    top: dict[int, int] = {}

    def root(patch: int) -> int:
        while top.setdefault(patch, patch) != patch:
            top[patch] = top[top[patch]]
            patch = top[patch]
        return patch

    kept = []
    for link in sorted(links, key=lambda one: (one.cost, one.from_patch, one.to_patch)):
        first, second = root(link.from_patch), root(link.to_patch)
        if first != second:
            top[max(first, second)] = min(first, second)
            kept.append(link)
    return sorted(kept, key=lambda one: (one.from_patch, one.to_patch))


@njit(cache=True, nogil=True)
def _count(allocation):  # type: ignore[no-untyped-def]
    rows, columns = allocation.shape
    count = 0
    for row in range(rows):
        for column in range(columns):
            for k in range(4):
                r, c = row + DOWN[k], column + RIGHT[k]
                if r < rows and 0 <= c < columns:
                    own, other = allocation[row, column], allocation[r, c]
                    count += own > 0 and other > 0 and own != other
    return count


@njit(cache=True, nogil=True)
def _fill(resistance, distance, allocation, halves, found, row0, column0):  # type: ignore[no-untyped-def]
    rows, columns = allocation.shape
    n = 0
    for row in range(rows):
        for column in range(columns):
            for k in range(4):
                r, c = row + DOWN[k], column + RIGHT[k]
                if r >= rows or c < 0 or c >= columns:
                    continue
                own, other = allocation[row, column], allocation[r, c]
                if own <= 0 or other <= 0 or own == other:
                    continue
                step = halves[KIND[k]] * (np.float64(resistance[row, column]) + np.float64(resistance[r, c]))
                one = found[n]
                one.cost = (distance[row, column] + distance[r, c]) + step
                if own < other:
                    one.from_patch, one.to_patch = own, other
                    one.row, one.column, one.to_row, one.to_column = row + row0, column + column0, r + row0, c + column0
                else:
                    one.from_patch, one.to_patch = other, own
                    one.row, one.column, one.to_row, one.to_column = r + row0, c + column0, row + row0, column + column0
                n += 1
