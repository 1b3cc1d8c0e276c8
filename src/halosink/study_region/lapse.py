"""A coarse layer brought to the elevation of each cell of the maps.

The layer is reduced to elevation 0 with the mean elevation of each of its cells, brought to the grid, and raised again
by the elevation of each cell: number = reduced + rate x elevation. Where the layer is interpolated, the reduced numbers
are first sharpened so that the mean of the interpolated surface over a coarse cell is that of the layer, which plain
interpolation flattens. So the mean over a coarse cell stays what the layer says.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from halosink.maps.grid import Tile
from halosink.study_region import align
from halosink.study_region.align import Frame
from halosink.study_region.rasters import Raster

MARGIN = 6
"""Cells of the layer kept around the grid. Own choice: sharpening fades by a factor of six or so per cell."""
ROUNDS = 60
"""Rounds of sharpening; each leaves at most 3/4 of the error, 3e-8 after all (of the roughest pattern)."""


def read(raster: Raster, dem: Raster | float, grid: Frame, tile: Tile, how: str, rate: float) -> NDArray[np.float32]:
    """Bands x rows x columns on a tile of the grid; rate in the layer's unit per km. NaN without elevation."""
    reduced, at = _reduced(raster, dem, grid, how, rate)

    def part(window: Tile) -> NDArray[np.float32]:
        rows = slice(max(window.row0 - at.row0, 0), max(window.row1 - at.row0, 0))
        columns = slice(max(window.column0 - at.column0, 0), max(window.column1 - at.column0, 0))
        out = np.full((len(raster.bands), *window.shape), np.nan, np.float32)
        inside = reduced[:, rows, columns]
        row, column = max(at.row0 - window.row0, 0), max(at.column0 - window.column0, 0)
        out[:, row : row + inside.shape[1], column : column + inside.shape[2]] = inside
        return out

    values: NDArray[np.float32] = align.resample(grid, raster.frame, tile, part, how, len(raster.bands))
    if isinstance(dem, Raster):
        way = "smooth" if align.fineness(grid, dem.frame) < 1 else "area"
        height = align.resample(grid, dem.frame, tile, dem.numbers, way, 1)
        return (values + np.float32(rate / 1000.0) * height).astype(np.float32)  # type: ignore[no-any-return]
    return values + np.float32(rate / 1000.0 * dem)


@lru_cache(maxsize=16)
def _reduced(
    raster: Raster, dem: Raster | float, grid: Frame, how: str, rate: float
) -> tuple[NDArray[np.float32], Tile]:
    """The layer at elevation 0 over the grid and MARGIN cells around, and which window of it that is."""
    rows, columns = raster.frame.shape
    edge = np.linspace(0, 1, 65)
    r = np.concatenate([edge, edge, 0 * edge, 0 * edge + 1]) * grid.shape[0]
    c = np.concatenate([0 * edge, 0 * edge + 1, edge, edge]) * grid.shape[1]
    u, v = align.places(grid, raster.frame, r, c)
    window = Tile(max(int(np.nanmin(v)) - MARGIN, 0), min(int(np.nanmax(v)) + 1 + MARGIN, rows),
                  max(int(np.nanmin(u)) - MARGIN, 0), min(int(np.nanmax(u)) + 1 + MARGIN, columns))  # fmt: skip
    if window.row0 >= window.row1 or window.column0 >= window.column1:
        return np.empty((len(raster.bands), 0, 0), np.float32), Tile(0, 0, 0, 0)
    values = raster.numbers(window).astype(np.float64)
    if isinstance(dem, Raster):
        height = align.resample(raster.frame, dem.frame, window, dem.numbers, "area", 1, least=0.0)
        values -= rate / 1000.0 * height
    else:
        values -= rate / 1000.0 * dem
    return (sharpen(values) if how == "smooth" else values).astype(np.float32), window


def sharpen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers at the centres of cells such that bilinear interpolation between them has the given means over the cells.

    values: bands x rows x columns, NaN where none. In the interior the mean over a cell is the sum of the centres with
    weights 1/8, 3/4, 1/8 along rows and columns (the integral of the interpolant); a missing neighbour counts as the
    cell itself. Solved by repeated correction, centres += given - mean.
    """
    centres = values.copy()
    for _ in range(ROUNDS):
        centres += values - _along(_along(centres, 1), 2)
    return centres


def _along(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    out = 0.75 * values
    for shift in (1, -1):
        beside = np.roll(values, shift, axis)
        ends = [slice(None)] * 3
        ends[axis] = slice(0, 1) if shift == 1 else slice(-1, None)
        beside[tuple(ends)] = np.nan
        out += 0.125 * np.where(np.isnan(beside), values, beside)
    return out
