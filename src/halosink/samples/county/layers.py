"""The layers of the county as files, each with the reference system, cells and codes that such downloads come with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.warp import transform_bounds

from halosink.samples.county.world import BARE_OF_PRODUCTION, CELL, CRS, LEFT, MARGIN, SIDE, TOP, Array, World

DEGREES = "EPSG:4326"
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=krass +units=m +no_defs"
SINUSOIDAL = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
VOID = {"elevation": -32768, "temperature": -32768, "population": -99999.0, "soil": -9999.0, "production": 32767}
"""Codes for no data that the files use."""
SOILS = tuple(f"{d}_{w}" for d in ("topsoil", "subsoil")
              for w in ("organic_carbon", "inorganic_carbon", "bulk_density", "gravel"))  # fmt: skip


class Frame:
    """Cells of a file that cover the county: the metres of their centres, or of finer points within them."""

    def __init__(self, crs: str, cell: float) -> None:
        edge = MARGIN * CELL
        square = (LEFT - edge, TOP - SIDE * CELL - edge, LEFT + SIDE * CELL + edge, TOP + edge)
        west, south, east, north = transform_bounds(CRS, crs, *square, densify_pts=51)
        self.west, self.north = np.floor(west / cell) * cell, np.ceil(north / cell) * cell
        self.crs, self.cell = crs, cell
        self.shape = int(np.ceil((self.north - south) / cell)), int(np.ceil((east - self.west) / cell))
        self._to_metres = Transformer.from_crs(crs, CRS, always_xy=True)

    def points(self, across: float = 0.5, down: float = 0.5) -> tuple[Array, Array]:
        """Metres east and north of the points so far across and down each cell."""
        rows, columns = self.shape
        x, y = np.meshgrid(
            self.west + (np.arange(columns) + across) * self.cell, self.north - (np.arange(rows) + down) * self.cell
        )
        east, north = self._to_metres.transform(x, y)
        return np.asarray(east), np.asarray(north)

    def mean(self, field: Callable[[Array, Array], Array], parts: int) -> Array:
        """Mean of a field over parts x parts points of each cell."""
        steps = (np.arange(parts) + 0.5) / parts
        return np.asarray(sum(field(*self.points(a, d)) for a in steps for d in steps) / parts**2)

    def write(self, path: Path, bands: NDArray[np.generic], void: float | None = None, predictor: int = 1) -> None:
        """bands (rows, columns) or (bands, rows, columns)."""
        stack = bands[None] if bands.ndim == 2 else bands
        with rasterio.open(
            path, "w", driver="GTiff", count=len(stack), dtype=stack.dtype, height=self.shape[0], width=self.shape[1],
            crs=self.crs, transform=rasterio.Affine(self.cell, 0, self.west, 0, -self.cell, self.north), nodata=void,
            compress="deflate", zlevel=9, predictor=predictor, interleave="band",
        ) as file:  # fmt: skip
            file.write(stack)


def write(world: World, folder: Path) -> None:
    """All raster files into the folder."""
    fine, plain, mean = Frame(ALBERS, 250.0), Frame(DEGREES, 1 / 400), Frame(DEGREES, 1 / 120)
    x, y = fine.points()
    there = world.inside(x, y)
    for year, cells in world.land.items():
        fine.write(folder / f"cnlucc_{year}.tif", np.where(there, world.pick(cells, x, y), 255).astype(np.uint8), 255)
    x, y = plain.points()
    types = np.where(world.inside(x, y), world.pick(world.types, x, y), 0).astype(np.uint8)
    plain.write(folder / "vegetation.tif", types)
    _write_elevation(world, folder)
    _write_climate(world, folder)
    _write_production(world, folder)
    x, y = mean.points()
    there = world.inside(x, y)
    people = np.where(there, np.round(mean.mean(world.population, 2), 1), VOID["population"])
    mean.write(folder / "population_2020.tif", people.astype(np.float32), VOID["population"], 3)
    for name in SOILS:
        field = np.where(there, np.round(world.soil(name, x, y), 2), VOID["soil"])
        mean.write(folder / f"{name}.tif", field.astype(np.float32), None, 3)


def _write_elevation(world: World, folder: Path) -> None:
    frame = Frame(DEGREES, 1 / 400)
    x, y = frame.points()
    high = np.where(world.inside(x, y), np.round(world.elevation(x, y)), VOID["elevation"])
    frame.write(folder / "dem.tif", high.astype(np.int16), VOID["elevation"], 2)


def _write_climate(world: World, folder: Path) -> None:
    """Tenths of a degree and of a millimetre, twelve bands."""
    frame = Frame(DEGREES, 1 / 60)
    x, y = frame.points()
    there = world.inside(x, y)
    for name, field in (("temperature", world.temperature), ("precipitation", world.precipitation)):
        tenths = np.where(there, np.round(10 * frame.mean(field, 4)), VOID["temperature"])
        frame.write(folder / f"{name}.tif", tenths.astype(np.int16), VOID["temperature"], 2)


def _write_production(world: World, folder: Path) -> None:
    """0.0001 kg m-2; codes above 32700 say why a cell has none, and only one of them is declared."""
    frame = Frame(SINUSOIDAL, 463.312716528)
    x, y = frame.points()
    code = np.full(256, 0, np.int16)
    for land, said in BARE_OF_PRODUCTION.items():
        code[land] = said
    without = code[np.asarray(world.pick(world.land[2020], x, y), np.uint8)]
    parts = np.stack([world.pick(world.npp, *frame.points(a, d)) for a in (0.17, 0.5, 0.83) for d in (0.17, 0.5, 0.83)])
    given = np.isfinite(parts)
    total = np.where(given, parts, 0).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
    npp = np.where(without > 0, without, np.round(10 * total))
    frame.write(
        folder / "npp_2020.tif", np.where(world.inside(x, y), npp, VOID["production"]).astype(np.int16),
        VOID["production"], 2,
    )  # fmt: skip
