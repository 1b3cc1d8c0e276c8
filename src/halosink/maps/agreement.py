"""How far two maps of categories agree, and whether they differ in how much or in where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _count(first, second, counts):  # type: ignore[no-untyped-def]
    for i in range(first.size):
        a, b = first[i], second[i]
        if a > 0 and b > 0:
            counts[a - 1, b - 1] += 1


def confusion(first: NDArray[np.uint8], second: NDArray[np.uint8], categories: int = 4) -> NDArray[np.int64]:
    """Cells by category in the first map (rows) and in the second (columns), (categories, categories).

    0 is no data; a cell counts where both maps have data. Tables of tiles are added; times the area of a cell it is
    areas. Raises ValueError: shapes differ, or a category above `categories`.
    """
    if first.shape != second.shape:
        raise ValueError(f"maps have shapes {first.shape} and {second.shape}")
    if first.size and max(int(first.max()), int(second.max())) > categories:
        raise ValueError(f"a map has a category above {categories}")
    counts = np.zeros((categories, categories), np.int64)
    _count(np.ravel(first), np.ravel(second), counts)
    return counts


@dataclass(frozen=True, slots=True)
class Agreement:
    """overall: share of the area in the same category. quantity: share that differs because the maps hold different
    amounts of the categories; allocation: share that differs in place only; the three sum to 1 (pontius2011).
    kappa: Cohen's, beside them because readers ask for it; NaN where all cells are of one category (cohen1960).
    change: by category, area in the second map less area in the first, as a share of the whole."""

    overall: float
    quantity: float
    allocation: float
    kappa: float
    change: NDArray[np.float64]


def map_agreement(counts: NDArray[np.int64]) -> Agreement:
    """Of a table of `confusion`: cells or areas.

    quantity = sum |row_g - column_g| / 2; allocation = sum min(row_g - p_gg, column_g - p_gg);
    kappa = (overall - chance) / (1 - chance), chance = sum row_g column_g. All NaN for an empty table.
    """
    total = counts.sum()
    if total == 0:
        nan = float("nan")
        return Agreement(nan, nan, nan, nan, np.full(len(counts), nan))
    share = counts / total
    row, column, same = share.sum(axis=1), share.sum(axis=0), np.diag(share)
    chance, overall = float(row @ column), float(counts.trace() / total)
    one = np.count_nonzero(counts.sum(axis=0) + counts.sum(axis=1)) == 1
    return Agreement(
        overall=overall,
        quantity=float(np.abs(row - column).sum() / 2),
        allocation=float(np.minimum(row - same, column - same).sum()),
        kappa=float("nan") if one else (overall - chance) / (1 - chance),
        change=column - row,
    )
