"""Least accumulated cost from source patches over a resistance surface, and the patch each cell is reached from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.cost.settling import bucket_plan, half_lengths, settle

NO_STARTS = np.empty(0, np.int64)


class CostDistance(NamedTuple):
    """What `cost_distance` gives, (rows, columns) each."""

    distance: NDArray[np.float64]
    """Resistance times metres; NaN on barriers, inf where no source reaches."""
    allocation: NDArray[np.int32]
    """Id of the source; 0 on barriers and where no source reaches."""


@njit(cache=True, nogil=True)
def look(resistance, sources, distance, allocation):  # type: ignore[no-untyped-def]
    """Fill distance and allocation as they stand before the first step (flat arrays, sources negative).

    Gives the lowest and highest resistance (inf, -inf without cells), and how many are negative or infinite and the
    flat index of the first of them.
    """
    lowest, highest, wrong, first = np.inf, -np.inf, 0, -1
    for i in range(resistance.size):
        value = resistance[i]
        if np.isnan(value):
            distance[i] = np.nan
            allocation[i] = 0
            continue
        if value < 0 or value == np.inf:
            if wrong == 0:
                first = i
            wrong += 1
        lowest, highest = min(lowest, value), max(highest, value)
        source = sources[i]
        distance[i] = 0.0 if source > 0 else np.inf
        allocation[i] = -source if source > 0 else 0
    return lowest, highest, wrong, first


def cost_distance(
    resistance: NDArray[np.floating], sources: NDArray[np.int32], width: float, height: float
) -> CostDistance:
    """The least, over all sources and all eight-connected ways, of the resistance summed along the way (Eq. 6, `k25`).

    `resistance` (rows, columns) float32 or float64, not negative, NaN a barrier that no way enters; `sources` the same
    shape, ids above 0, 0 or less none; `width` and `height` of a cell in metres. A step costs the distance between the
    two centres times the mean of the two resistances (1), added from the source outwards in float64: half the distance
    times the sum of the two, as scikit-image's MCP_Geometric and GRASS r.cost add it, hence the same bits. A way can
    pass between two barriers that touch at a corner, as in both. A source on a barrier is no source.

    The paper's sum runs from "j = n" to "i = m" (k25); what it describes is the least accumulated cost over sources,
    and f, which it leaves open beyond "increasing", is the identity.

    Allocation: a source cell has its own id; any other cell the smallest id among the neighbours through which its
    distance is met to the last bit. So it depends neither on the order of cells nor on tiling nor on threads.

    Raises ValueError when shapes differ, a cell has no size, or a resistance is negative or infinite.
    """
    if resistance.shape != sources.shape or resistance.ndim != 2:
        raise ValueError(f"resistance {resistance.shape} and sources {sources.shape} must be two-dimensional and alike")
    if not (width > 0 and height > 0):
        raise ValueError(f"cells of {width} by {height} m have no area")
    rows, columns = resistance.shape
    distance = np.empty((rows, columns))
    allocation = np.empty((rows, columns), np.int32)
    flat, costs, ids = np.ascontiguousarray(resistance).ravel(), distance.ravel(), allocation.ravel()
    if flat.dtype not in (np.float32, np.float64):
        flat = flat.astype(np.float64)
    lowest, highest, wrong, first = look(flat, np.ascontiguousarray(sources, np.int32).ravel(), costs, ids)
    refuse(wrong, first // max(columns, 1), first % max(columns, 1))
    if lowest <= highest:
        plan = bucket_plan(float(lowest), float(highest), width, height, flat.size)
        box = np.array([0, rows, 0, columns])
        settle(flat, costs, ids, True, columns, box, NO_STARTS, True, half_lengths(width, height), *plan)
    np.abs(allocation, out=allocation)
    return CostDistance(distance, allocation)


def refuse(wrong: int, row: int, column: int) -> None:
    """Raise ValueError when there are resistances that cannot be summed."""
    if wrong:
        raise ValueError(f"{wrong} resistances are negative or infinite, the first in row {row}, column {column}")
