"""Sums, extremes, compositions and shapes of zones (patches), merged over tiles to the same bits in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Array = NDArray[np.float64]
LARGEST = 2.0**31
"""Values of a sum stay below it, so that 2**32 cells cannot overflow the 64 bits of the whole parts."""


@njit(cache=True, nogil=True)
def _add(zones, values, cells, rows, columns, whole, high, low, least, most, row0, column0):  # type: ignore[no-untyped-def]
    ok = True
    for r in range(zones.shape[0]):
        for c in range(zones.shape[1]):
            z = zones[r, c]
            if z <= 0:
                continue
            v = np.float64(values[r, c])
            if np.isnan(v):
                continue
            if not abs(v) < 2147483648.0:
                ok = False
                continue
            part = np.floor(v)
            rest = (v - part) * 4294967296.0
            upper = np.floor(rest)
            cells[z] += 1
            rows[z] += row0 + r
            columns[z] += column0 + c
            whole[z] += np.int64(part)
            high[z] += np.int64(upper)
            low[z] += np.int64(np.floor((rest - upper) * 4294967296.0))
            least[z] = min(least[z], v)
            most[z] = max(most[z], v)
    return ok


@dataclass(slots=True)
class Zonal:
    """By zone number (row 0 is not used): cells with a value, sums of their rows and columns, and the sum of the values
    as whole + high 2**-32 + low 2**-64, three integers, so that no order of cells or tiles can change it. Exact for
    float32 from 2**-40 on; a value loses less than 2**-64."""

    cells: Integers
    rows: Integers
    columns: Integers
    whole: Integers
    high: Integers
    low: Integers
    least: Array
    most: Array

    @classmethod
    def empty(cls, count: int) -> Zonal:
        """For zones 1..count."""
        a, b, c, d, e, f = (np.zeros(count + 1, np.int64) for _ in range(6))
        return cls(a, b, c, d, e, f, np.full(count + 1, np.inf), np.full(count + 1, -np.inf))

    def add(self, zones: NDArray[np.int32], values: NDArray[Any], row0: int = 0, column0: int = 0) -> None:
        """Take in one tile. zones, values: 2-D of one shape; zone 0 and NaN are passed over. row0, column0: its corner.

        Raises ValueError: shapes differ, or a value is infinite or not below 2**31.
        """
        if zones.shape != values.shape:
            raise ValueError(f"zones have shape {zones.shape}, values {values.shape}")
        if not _add(zones, values, self.cells, self.rows, self.columns, self.whole, self.high, self.low, self.least,
                    self.most, row0, column0):  # fmt: skip
            raise ValueError(f"values to sum must be finite and below {LARGEST:.0f}")

    def merge(self, other: Zonal) -> None:
        """Take in the record of other tiles."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            combine = {"least": np.minimum, "most": np.maximum}.get(field.name, np.add)
            combine(mine, theirs, out=mine)

    def sums(self) -> Array:
        """By zone, rounded once."""
        return np.array([_value(*parts) for parts in zip(self.whole, self.high, self.low, strict=True)])

    def total(self) -> float:
        """Over all zones, rounded once."""
        parts = (sum(int(x) for x in column) for column in (self.whole, self.high, self.low))
        return _value(*parts)

    def means(self) -> Array:
        """By zone; NaN where no cell has a value."""
        means = np.full(self.cells.size, np.nan)
        np.divide(self.sums(), self.cells, out=means, where=self.cells > 0)
        return means

    def centres(self) -> tuple[Array, Array]:
        """Mean row and mean column by zone, of cell centres (the first cell is 0.0); NaN where no cell has a value."""
        nan = np.full(self.cells.size, np.nan)
        some = self.cells > 0
        return (np.divide(self.rows, self.cells, out=nan.copy(), where=some),
                np.divide(self.columns, self.cells, out=nan.copy(), where=some))  # fmt: skip


def _value(whole: Any, high: Any, low: Any) -> float:
    return ((int(whole) << 64) + (int(high) << 32) + int(low)) / (1 << 64)


@njit(cache=True, nogil=True)
def _cross(zones, classes, column, counts):  # type: ignore[no-untyped-def]
    for r in range(zones.shape[0]):
        for c in range(zones.shape[1]):
            k = column[classes[r, c]]
            if zones[r, c] > 0 and k >= 0:
                counts[zones[r, c], k] += 1


def cross_table(
    zones: NDArray[np.int32], classes: NDArray[np.uint8], count: int, codes: Sequence[int]
) -> NDArray[np.int64]:
    """Cells by zone (0..count; row 0 is not used) and code, of one tile; tables of tiles are added.

    classes: like zones; codes that are not among `codes` are passed over.
    """
    column = np.full(256, -1, np.int64)
    column[list(codes)] = np.arange(len(codes))
    counts = np.zeros((count + 1, len(codes)), np.int64)
    _cross(zones, classes, column, counts)
    return counts


@njit(cache=True, nogil=True)
def _sides(zones, below, right, across, down):  # type: ignore[no-untyped-def]
    rows, columns = zones.shape
    for r in range(rows):
        for c in range(columns):
            p = zones[r, c]
            q = zones[r, c + 1] if c + 1 < columns else right[r]
            if p != q:
                across[p] += 1
                across[q] += 1
            q = zones[r + 1, c] if r + 1 < rows else below[c]
            if p != q:
                down[p] += 1
                down[q] += 1


def outline_sides(
    zones: NDArray[np.int32], count: int, below: NDArray[np.int32] | None = None,
    right: NDArray[np.int32] | None = None, first_row: bool = True, first_column: bool = True,
) -> NDArray[np.int64]:  # fmt: skip
    """Cell sides on the outline of each zone: (2, count + 1), sides that run north-south and sides that run west-east.

    One tile; tables of tiles are added. below, right: the zones of the next row and next column of the grid (None at
    its edge); first_row, first_column: whether the tile lies at the north and west edge of the grid. The edge counts.
    """
    rows, columns = zones.shape
    across, down = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    none = np.zeros
    _sides(zones, none(columns, np.int32) if below is None else below, none(rows, np.int32) if right is None else right,
           across, down)  # fmt: skip
    if first_row:
        np.add.at(down, zones[0], 1)
    if first_column:
        np.add.at(across, zones[:, 0], 1)
    table = np.stack((across, down))
    table[:, 0] = 0
    return table


def shape_index(perimeter: Array, area: Array) -> Array:
    """P / (4 sqrt(A)), 1 for a square, larger the less compact (patton1975, mcgarigal2023). m, m2; NaN for no area."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(area > 0, perimeter / (4 * np.sqrt(area)), np.nan)
