"""Where the cells of the grid lie in a layer, and what they take from it.

Corners of cells are carried from the grid's reference system to the layer's exactly at every `step`-th corner, counted
from the grid's own corner, and between them bilinearly; the step is the largest that keeps within ERROR of a cell. So a
tile has the corners the whole grid has, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.grid import Grid, Tile
from halosink.study_region import overlap

ERROR = 1e-4
"""Largest error of a corner's place, in cells of grid and layer. Own choice: far below what maps show."""
SNAP = 1e-6
"""Corners so close to a cell border of the layer, in its cells, lie on it. Own choice: far above rounding, far below
what matters; grids that fit one another then exchange cells whole."""
LEAST = 0.5
"""Smallest share of a cell's area with data for the cell to have data. Own choice: the larger part decides."""
WINDOW = 1 << 22
"""Cells of a layer (all bands) held at once. Own choice: about 40 MB with the working copies."""


class Frame(NamedTuple):
    """Geometry of a layer: reference system (WKT or code) and affine transform from (column, row) to (x, y)."""

    crs: str
    transform: tuple[float, float, float, float, float, float]
    shape: tuple[int, int]


Reader = Callable[[Tile], Any]


def frame_of(grid: Grid) -> Frame:
    return Frame(grid.crs, grid.transform, grid.shape)


def corners(grid: Frame, layer: Frame, tile: Tile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """u and v, in cells of the layer, of the (rows + 1) x (columns + 1) corners of a tile; NaN where there is none.

    The tile may reach beyond the grid.
    """
    step = _step(grid, layer)
    rows = np.arange(tile.row0 // step, -(-tile.row1 // step) + 1)
    columns = np.arange(tile.column0 // step, -(-tile.column1 // step) + 1)
    u, v = places(grid, layer, rows[:, None] * float(step), columns[None, :] * float(step))
    return _between(u, tile, step), _between(v, tile, step)


def fineness(grid: Frame, layer: Frame) -> float:
    """Width of a cell of the grid in cells of the layer (root of the area), in the middle of the grid."""
    row, column = grid.shape[0] / 2, grid.shape[1] / 2
    u, v = places(grid, layer, np.array([row, row, row + 1]), np.array([column, column + 1, column]))
    return float(np.sqrt(abs((u[1] - u[0]) * (v[2] - v[0]) - (u[2] - u[0]) * (v[1] - v[0]))))


def resample(grid: Frame, layer: Frame, tile: Tile, read: Reader, how: str, bands: int, least: float = LEAST) -> Any:
    """A layer on a tile of the grid.

    `read(window)` gives the numbers of a window of the layer: float32 bands x rows x columns with NaN, for "majority"
    uint8 rows x columns with 0. how: "area" (mean by area), "sum" (numbers shared out by area), "smooth" (bilinear),
    "nearest", "majority". Returns float32 bands x rows x columns ("sum": float64), or uint8 rows x columns.
    """
    u, v = corners(grid, layer, tile)
    window = _window(u, v, layer.shape)
    size = (window.row1 - window.row0) * (window.column1 - window.column0) * bands
    rows, columns = tile.shape
    if size > WINDOW and max(rows, columns) > 1:
        if rows >= columns:
            cut = tile.row0 + rows // 2
            parts, axis = [tile._replace(row1=cut), tile._replace(row0=cut)], -2
        else:
            cut = tile.column0 + columns // 2
            parts, axis = [tile._replace(column1=cut), tile._replace(column0=cut)], -1
        return np.concatenate([resample(grid, layer, p, read, how, bands, least) for p in parts], axis=axis)
    if size == 0:
        if how == "majority":
            return np.zeros(tile.shape, np.uint8)
        return np.full((bands, *tile.shape), np.nan, np.float64 if how == "sum" else np.float32)
    values = read(window)
    at = window.row0, window.column0
    match how:
        case "majority":
            return overlap.majority(values, *at, u, v, least)
        case "sum":
            return overlap.total(values, *at, u, v)
        case "smooth":
            return overlap.smooth(values, *at, u, v)
        case "nearest":
            return overlap.nearest(values, *at, u, v)
        case _:
            return overlap.mean(values, *at, u, v, least)


def _window(u: NDArray[np.float64], v: NDArray[np.float64], shape: tuple[int, int]) -> Tile:
    """The cells of the layer that may be needed, one more around."""
    good = np.isfinite(u) & np.isfinite(v)
    if not good.any():
        return Tile(0, 0, 0, 0)
    spans = []
    for places, size in ((v[good], shape[0]), (u[good], shape[1])):
        first = min(max(int(np.floor(places.min())) - 1, 0), size)
        spans += [first, max(min(int(np.ceil(places.max())) + 1, size), first)]
    return Tile(*spans) if spans[0] < spans[1] and spans[2] < spans[3] else Tile(0, 0, 0, 0)


@lru_cache(maxsize=256)
def transformer(source: str, target: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=256)
def same(one: str, other: str) -> bool:
    """Whether two reference systems are one and the same."""
    from pyproj import CRS

    return one == other or bool(CRS.from_user_input(one).equals(CRS.from_user_input(other), ignore_axis_order=True))


@lru_cache(maxsize=256)
def geographic(crs: str) -> bool:
    from pyproj import CRS

    return bool(CRS.from_user_input(crs).is_geographic)


def places(grid: Frame, layer: Frame, rows: Any, columns: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """u and v of the corners that close rows and columns of the grid."""
    a, b, c, d, e, f = grid.transform
    x, y = np.broadcast_arrays(a * columns + b * rows + c, d * columns + e * rows + f)
    if not same(grid.crs, layer.crs):
        x, y = transformer(grid.crs, layer.crs).transform(x, y)
        if geographic(layer.crs):
            middle = layer.transform[2] + layer.transform[0] * layer.shape[1] / 2
            x = x - 360.0 * np.round((x - middle) / 360.0)
    a, b, c, d, e, f = layer.transform
    scale = a * e - b * d
    x, y = np.where(np.isfinite(x), x, np.nan) - c, np.where(np.isfinite(y), y, np.nan) - f
    return (e * x - b * y) / scale, (a * y - d * x) / scale


@lru_cache(maxsize=256)
def _step(grid: Frame, layer: Frame) -> int:
    """Largest power of two, to 64, whose midpoints keep the allowed error over the whole grid."""
    allowed = ERROR * min(1.0, fineness(grid, layer))
    if not allowed > 0:
        return 1
    for step in (64, 32, 16, 8, 4, 2):
        rows = np.unique(np.linspace(0, max(grid.shape[0] - step, 0), 7).round())
        columns = np.unique(np.linspace(0, max(grid.shape[1] - step, 0), 7).round())
        r, c = (k.ravel() for k in np.meshgrid(rows, columns, indexing="ij"))
        worst = 0.0
        for k, axis in enumerate(places(grid, layer, r + step / 2, c + step / 2)):
            around = [places(grid, layer, r + p, c + q)[k] for p in (0, step) for q in (0, step)]
            sides = [places(grid, layer, r + p, c + q)[k] for p, q in ((step / 2, 0), (0, step / 2))]
            errors = [np.mean(around, axis=0) - axis, (around[0] + around[2]) / 2 - sides[0],
                      (around[0] + around[1]) / 2 - sides[1]]  # fmt: skip
            worst = max(worst, max(float(np.max(np.abs(e))) for e in errors))
        if worst <= allowed:
            return step
    return 1


@njit(cache=True, nogil=True)
def _fill(nodes: NDArray[np.float64], row0: int, column0: int, step: int, out: NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        r, down = (row0 + i) // step - row0 // step, ((row0 + i) % step) / step
        for j in range(out.shape[1]):
            c, right = (column0 + j) // step - column0 // step, ((column0 + j) % step) / step
            place = nodes[r, c]
            if right > 0.0:
                place = place * (1.0 - right) + nodes[r, c + 1] * right
            if down > 0.0:
                below = nodes[r + 1, c]
                if right > 0.0:
                    below = below * (1.0 - right) + nodes[r + 1, c + 1] * right
                place = place * (1.0 - down) + below * down
            near = np.round(place)
            out[i, j] = near if abs(place - near) < SNAP else place


def _between(nodes: NDArray[np.float64], tile: Tile, step: int) -> NDArray[np.float64]:
    out = np.empty((tile.shape[0] + 1, tile.shape[1] + 1))
    _fill(np.ascontiguousarray(nodes), tile.row0, tile.column0, step, out)
    return out
