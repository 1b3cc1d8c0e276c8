"""The one grid of a region: equal rectangles in a projected reference system, cut in tiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

TILE = 1024
"""Cells along the side of a tile. Own choice: a tile of float32 is 4 MiB, so a dozen layers of one fit in a cache."""


class Tile(NamedTuple):
    """A window of the grid: rows row0..row1 and columns column0..column1, ends not included."""

    row0: int
    row1: int
    column0: int
    column1: int

    @property
    def window(self) -> tuple[slice, slice]:
        """To index an array of the whole grid."""
        return slice(self.row0, self.row1), slice(self.column0, self.column1)

    @property
    def shape(self) -> tuple[int, int]:
        return self.row1 - self.row0, self.column1 - self.column0


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows from north to south, columns from west to east.

    `crs` is what rasterio and pyproj understand ("EPSG:32644", a WKT). `left` and `top` are the outer corner in its
    unit, metres; `width` and `height` of a cell in metres, both positive.
    """

    crs: str
    left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def cell_area(self) -> float:
        """m2"""
        return self.width * self.height

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """a, b, c, d, e, f of the affine transform from (column, row) to (x, y)."""
        return self.width, 0.0, self.left, 0.0, -self.height, self.top

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """left, bottom, right, top"""
        return (self.left, self.top - self.rows * self.height, self.left + self.columns * self.width, self.top)

    def tiles(self, size: int = TILE) -> Iterator[Tile]:
        """Row after row, each from west to east."""
        for row in range(0, self.rows, size):
            for column in range(0, self.columns, size):
                yield Tile(row, min(row + size, self.rows), column, min(column + size, self.columns))

    def coarser(self, factor: int) -> Grid:
        """The grid of cells `factor` times as wide and high that covers this one."""
        return Grid(self.crs, self.left, self.top, self.width * factor, self.height * factor,
                    -(-self.rows // factor), -(-self.columns // factor))  # fmt: skip
