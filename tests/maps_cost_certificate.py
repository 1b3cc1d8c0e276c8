"""Whether distances and allocation are right, seen from each cell and its neighbours alone.

A distance that is 0 on sources and elsewhere the least, over the neighbours, of their distance plus the cost of the
step is the least accumulated cost when every step raises the distance, however large the grid: there is no other such
distance. The same holds for the smallest id over the neighbours that meet it.
"""

from collections.abc import Iterator

import numpy as np
from numba import njit

DROW = np.array([-1, -1, -1, 0, 0, 1, 1, 1])
DCOLUMN = np.array([-1, 0, 1, -1, 1, -1, 0, 1])


@njit(cache=True, nogil=True)
def faults(resistance, sources, distance, allocation, width, height, first, last):  # type: ignore[no-untyped-def]
    """Cells of rows first..last (end not included) with a wrong distance, a wrong id, a step that raises nothing."""
    rows, columns = resistance.shape
    wrong, wrong_id, flat = 0, 0, 0
    for row in range(first, last):
        for column in range(columns):
            here = distance[row, column]
            if np.isnan(resistance[row, column]):
                wrong += not np.isnan(here)
                wrong_id += allocation[row, column] != 0
                continue
            if sources[row, column] > 0:
                wrong += here != 0
                wrong_id += allocation[row, column] != sources[row, column]
                continue
            least, smallest = np.inf, 0
            for k in range(8):
                r, c = row + DROW[k], column + DCOLUMN[k]
                if r < 0 or r >= rows or c < 0 or c >= columns or np.isnan(resistance[r, c]):
                    continue
                both = np.float64(resistance[r, c]) + np.float64(resistance[row, column])
                cost = distance[r, c] + 0.5 * np.sqrt((DROW[k] * height) ** 2 + (DCOLUMN[k] * width) ** 2) * both
                flat += cost == distance[r, c] and cost < np.inf
                if cost < least or (cost == least and allocation[r, c] < smallest):
                    least, smallest = cost, allocation[r, c]
            wrong += here != least
            wrong_id += allocation[row, column] != (smallest if least < np.inf else 0)
    return wrong, wrong_id, flat


def blocks(shape: tuple[int, int], rows: int = 1024) -> Iterator[tuple[slice, int, int]]:
    """Rows to read, one more on either side, and which of them to judge."""
    for row in range(0, shape[0], rows):
        top, bottom = max(row - 1, 0), min(row + rows + 1, shape[0])
        yield slice(top, bottom), row - top, min(row + rows, shape[0]) - top


def all_faults(resistance, sources, distance, allocation, width: float, height: float) -> tuple[int, int, int]:  # type: ignore[no-untyped-def]
    """`faults` over rasters of any size, by blocks of rows."""
    found = np.zeros(3, np.int64)
    for rows, first, last in blocks(resistance.shape):
        window = rows, slice(0, resistance.shape[1])
        parts = (np.asarray(raster[window]) for raster in (resistance, sources, distance, allocation))
        found += faults(*parts, float(width), float(height), first, last)
    return int(found[0]), int(found[1]), int(found[2])
