"""What became of each class between two maps: cross-tabulation, its parts, and the carbon that goes with it.

Of a class with row sum r (area then), column sum c (now) and diagonal d (unchanged): gain = c - d, loss = r - d,
net change = |gain - loss|, swap = 2 min(gain, loss), total = gain + loss = net + swap. Source: pontius2004.

Carbon: area of a transition times the difference of the two densities. It is the difference of two equilibria, not what
is lost or gained by the second year, and a wrongly mapped cell counts as a change: with two maps of accuracy a, up to
1 - a^2 of the cells may seem to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

Counts = NDArray[np.int64]
SQUARE_KILOMETRE, HECTARE_PER_KM2 = 1e6, 100.0


def cross_tabulation(before: ArrayLike, after: ArrayLike) -> Counts:
    """(256, 256) cells by class before (row) and after; cells with 0, no data, in either stand in row or column 0.

    uint8 classes of one shape. Counts of tiles add up exactly, in any order. ValueError for other shapes.
    """
    first, second = np.asarray(before, np.uint8).ravel(), np.asarray(after, np.uint8).ravel()
    if first.shape != second.shape:
        raise ValueError(f"maps of {first.size} and {second.size} cells")
    pair = first.astype(np.uint16) * np.uint16(256) + second
    return np.bincount(pair, minlength=65_536).reshape(256, 256).astype(np.int64)


@dataclass(frozen=True, slots=True)
class ClassChange:
    """Of one class, in the unit of the matrix."""

    before: float
    after: float
    persistence: float
    gain: float
    loss: float
    net: float
    swap: float


def class_changes(matrix: ArrayLike) -> dict[int, ClassChange]:
    """{class: parts of its change} of the classes that occur; cells without data in either map are left out.

    matrix: (256, 256) cells or areas. Source: pontius2004.
    """
    table = np.asarray(matrix, float)[1:, 1:]
    rows, columns, same = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    out = {}
    for i in np.flatnonzero((rows > 0) | (columns > 0)):
        gain, loss = columns[i] - same[i], rows[i] - same[i]
        parts = (rows[i], columns[i], same[i], gain, loss, abs(gain - loss), 2 * min(gain, loss))
        out[int(i) + 1] = ClassChange(*(float(x) for x in parts))
    return out


def transition_table(
    matrix: ArrayLike,
    cell_area: float,
    years: tuple[int, int],
    densities: Mapping[int, float],
    draws: Mapping[int, NDArray[np.float64]] | None = None,
) -> pd.DataFrame:
    """Transitions with cells: from_year, to_year, from_class, to_class, area_km2, carbon_change_t, low, high.

    matrix: (256, 256) cells; cell_area: m2; densities: {class: t C hm-2}; draws: {class: (k,) t C hm-2}, drawn
    together, for the 95 % interval. Unchanged classes are rows with a change of 0. NaN where a class has no density.
    """
    import pandas as pd

    cells = np.asarray(matrix)
    rows = []
    for i, j in np.argwhere(cells[1:, 1:] > 0) + 1:
        first, second = int(i), int(j)
        area = float(cells[first, second]) * cell_area / SQUARE_KILOMETRE
        hectares = area * HECTARE_PER_KM2
        change = hectares * (densities.get(second, np.nan) - densities.get(first, np.nan))
        low = high = np.nan
        if draws is not None and first in draws and second in draws:
            low, high = np.quantile(hectares * (draws[second] - draws[first]), [0.025, 0.975])
        rows.append((*years, first, second, area, change, low, high))
    columns = ["from_year", "to_year", "from_class", "to_class", "area_km2", "carbon_change_t", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def carbon_change(matrix: ArrayLike, cell_area: float, draws: Mapping[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    """(k,) total change [t C] of a matrix of cells (256, 256) for each draw of the densities {class: (k,) t C hm-2}.

    Classes share their draw over all transitions, so the total is not the sum of independent parts. KeyError for a
    class with cells and no density.
    """
    cells = np.asarray(matrix, float)[1:, 1:] * cell_area / SQUARE_KILOMETRE * HECTARE_PER_KM2
    gained = cells.sum(axis=0) - cells.sum(axis=1)
    used = np.flatnonzero((cells.sum(axis=0) > 0) | (cells.sum(axis=1) > 0))
    return np.asarray(sum(gained[i] * np.asarray(draws[int(i) + 1], float) for i in used))
