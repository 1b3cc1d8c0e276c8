"""Small pictures of the maps for the report, and the lines drawn over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from halosink.maps.grid import Grid, Tile
from halosink.study_region import boundary
from halosink.study_region.crs import crs_name
from halosink.study_region.store import Stack
from halosink.study_region.work import Crew

WIDEST = 600
"""Cells of a picture along its longer side. Own choice: what a page shows."""
UNITS = {
    "npp": "g C m-2 a-1", "respiration": "g C m-2 a-1", "nep": "g C m-2 a-1", "vegetation_carbon": "t hm-2",
    "soil_organic_carbon": "t hm-2", "soil_inorganic_carbon": "t hm-2", "soil_carbon": "t hm-2", "cost": "m",
}  # fmt: skip


def factor_of(grid: Grid) -> int:
    """Cells of the maps along the side of a cell of a picture."""
    return max(1, -(-max(grid.shape) // WIDEST))


def picture(stack: Stack, name: str, classes: bool = False) -> NDArray[np.float32]:
    """A layer of the stack made smaller: means of squares of cells, or the most frequent class (of equals the lower).

    Squares are read in strips of whole rows, so that none is cut by a tile.
    """
    grid = stack.grid
    factor = factor_of(grid)
    shape = grid.coarser(factor).shape
    out = np.full(shape, 0 if classes else np.nan, np.float32)
    strip = max(1, stack.tile // factor)
    for row in range(0, shape[0], strip):
        tile = Tile(row * factor, min((row + strip) * factor, grid.rows), 0, grid.columns)
        values = stack.read(name, tile)
        out[row : row + strip] = shrink(values, factor, classes)
    return out


def each_picture(stack: Stack, crew: Crew, maps: Mapping[str, bool]) -> Iterator[NDArray[np.float32]]:
    """Pictures of arrays of the stack in the order of `maps`, whose values say whether they hold classes."""
    yield from crew.each(partial(_one_picture, stack), maps.items())


def _one_picture(stack: Stack, job: tuple[str, bool]) -> NDArray[np.float32]:
    return picture(stack, *job)


def shrink(values: NDArray[Any], factor: int, classes: bool) -> NDArray[np.float32]:
    """Squares of `factor` cells; the last row and column may be narrower. A mean needs half of a whole square."""
    if factor == 1:
        return values.astype(np.float32)
    shape = -(-values.shape[0] // factor), -(-values.shape[1] // factor)
    return _most(values, factor, shape).astype(np.float32) if classes else _means(values, factor, shape)


@njit(cache=True, nogil=True)
def _means(values: NDArray[Any], factor: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    sums, counts = np.zeros(shape), np.zeros(shape, np.int64)
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            if np.isfinite(values[r, c]):
                sums[r // factor, c // factor] += values[r, c]
                counts[r // factor, c // factor] += 1
    out = np.full(shape, np.nan, np.float32)
    for r in range(shape[0]):
        for c in range(shape[1]):
            if counts[r, c] > 0 and 2 * counts[r, c] >= factor**2:
                out[r, c] = sums[r, c] / counts[r, c]
    return out


@njit(cache=True, nogil=True)
def _most(values: NDArray[Any], factor: int, shape: tuple[int, int]) -> NDArray[Any]:
    """The most frequent number of each square, of equals the lowest: the longest run of its sorted cells."""
    out = np.zeros(shape, values.dtype)
    for r in range(shape[0]):
        for c in range(shape[1]):
            square = np.sort(values[r * factor : (r + 1) * factor, c * factor : (c + 1) * factor].copy().ravel())
            # What a square at the edge lacks counts as no data, 0.
            most, run = factor**2 - square.size, 0
            for k in range(square.size):
                if square[k] == 0:
                    most += 1
                    continue
                run = run + 1 if k > 0 and square[k] == square[k - 1] else 1
                if run > most:
                    most, out[r, c] = run, square[k]
    return out


def frames(
    grid: Grid, pictures: Mapping[str, NDArray[np.float32]], edge: boundary.Boundary | None,
    units: Mapping[str, str] | None = None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """pictures, picture_index and outline as the report reads them."""
    units = UNITS | dict(units or {})
    coarse = grid.coarser(factor_of(grid))
    cells, index = [], []
    turned = convergence(grid)
    for name, values in pictures.items():
        row, column = np.indices(values.shape, dtype=np.uint16)
        cells.append(
            pd.DataFrame({"row": row.ravel(), "column": column.ravel(), "value": values.ravel()}).assign(layer=name)
        )
        index.append((name, *values.shape, grid.left, grid.top, coarse.width * values.shape[1],
                      coarse.height * values.shape[0], crs_name(grid.crs), turned, units.get(name, "1")))  # fmt: skip
    columns = ["layer", "rows", "columns", "left", "top", "width", "height", "crs", "convergence", "unit"]
    return {
        "region/pictures.parquet": pd.concat(cells, ignore_index=True)[["layer", "row", "column", "value"]],
        "region/picture_index.parquet": pd.DataFrame(index, columns=columns),
        "region/outline.parquet": outline(grid, edge),
    }


def outline(grid: Grid, edge: boundary.Boundary | None) -> pd.DataFrame:
    """The rings of the boundary, with no more points than a picture shows; empty without a boundary."""
    columns = ["ring", "x", "y"]
    if edge is None:
        return pd.DataFrame(columns=columns).astype({"ring": int, "x": float, "y": float})
    import shapely

    shape = shapely.simplify(boundary.projected(edge, grid.crs), grid.coarser(factor_of(grid)).width / 3)
    rings = shapely.get_rings(shapely.get_parts(shape))
    parts = [pd.DataFrame(shapely.get_coordinates(r), columns=["x", "y"]).assign(ring=i) for i, r in enumerate(rings)]
    return pd.concat(parts, ignore_index=True)[columns]


def convergence(grid: Grid) -> float:
    """Degrees by which grid north differs from true north, in the middle of the grid, clockwise positive."""
    from pyproj import CRS, Transformer

    move = Transformer.from_crs(grid.crs, CRS(grid.crs).geodetic_crs, always_xy=True)
    left, bottom, right, top = grid.bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    (lon0, lat0), (lon1, lat1) = move.transform(x, y), move.transform(x, y + 1000.0)
    return float(np.degrees(np.arctan2((lon1 - lon0) * np.cos(np.radians(lat0)), lat1 - lat0)))
