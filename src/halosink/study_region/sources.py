"""A layer of the region, ready to be read on any tile of any grid."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.maps import landuse
from halosink.maps.grid import Grid, Tile
from halosink.maps.terrain import slope
from halosink.study_region import align, lapse
from halosink.study_region.align import Frame
from halosink.study_region.rasters import Raster


@dataclass(frozen=True, slots=True)
class Role:
    """What a layer can hold. kind: "amount", "smooth" or "class"; the plausible range is in `unit`."""

    name: str
    label: Text
    kind: str
    unit: str
    bands: tuple[int, ...]
    lowest: float
    highest: float
    source: str


@cache
def roles() -> dict[str, Role]:
    """All roles, from roles.toml."""
    text = (resources.files("halosink.study_region") / "roles.toml").read_text("utf-8")
    return {
        name: Role(name, Text(**r["label"]), r["kind"], r["unit"], tuple(r["bands"]), r.get("lowest", -np.inf),
                   r.get("highest", np.inf), r["source"])
        for name, r in tomllib.loads(text).items()
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One layer. Plain data, so it travels to other processes; files are opened anew for each read.

    files: (year, rasters of that year) in the order of years, year 0 where the file has none; several rasters where
    each month is a file. value: the one number of the region instead of files. derived: "slope" where the files hold
    elevation. table: (code in the file, code given on) for classes. elevation and lapse_rate (unit km-1): see lapse.py.
    """

    role: str
    files: tuple[tuple[int, tuple[Raster, ...]], ...] = ()
    value: float | None = None
    unit: str = ""
    resampling: str = "auto"
    derived: str = ""
    table: tuple[tuple[int, int], ...] | None = None
    lapse_rate: float = 0.0
    elevation: Source | None = None
    modelled: Text = Text("", "")

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(year for year, _ in self.files if year)

    @property
    def bands(self) -> int:
        """How many a read gives."""
        return sum(len(r.bands) for r in self.files[-1][1]) if self.files else roles()[self.role].bands[0]

    @property
    def is_class(self) -> bool:
        return roles()[self.role].kind == "class"

    def rasters(self, year: int | None = None) -> tuple[Raster, ...]:
        """Those of a year; without one, of the last. KeyError if there is none."""
        return self.files[-1][1] if year is None else dict(self.files)[year]

    def method(self, grid: Grid) -> str:
        """How the layer comes to the grid: area, sum, smooth, nearest or majority."""
        return "value" if self.value is not None else _method(self, align.frame_of(grid), self.files[-1][1][0].frame)

    def read(self, grid: Grid, tile: Tile, year: int | None = None) -> NDArray[Any]:
        """On a tile of the grid: float32 bands x rows x columns in the role's unit, NaN without data; classes uint8
        rows x columns, 0 without data. Equal, bit for bit, to that window of the whole grid."""
        if self.value is not None:
            if self.is_class:
                return np.full(tile.shape, self.value, np.uint8)
            return np.full((roles()[self.role].bands[0], *tile.shape), self.value, np.float32)
        frame = align.frame_of(grid)
        if self.is_class:
            raster = self.rasters(year)[0]
            how = _method(self, frame, raster.frame)
            if how == "nearest":
                return _short(
                    align.resample(frame, raster.frame, tile, lambda w: self._as_numbers(raster, w), how, 1)[0]
                )
            return _short(align.resample(frame, raster.frame, tile, lambda w: self._codes(raster, w), how, 1))
        parts = [self._numbers(frame, raster, tile, grid.cell_area) for raster in self.rasters(year)]
        values = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return values

    def _numbers(self, frame: Frame, raster: Raster, tile: Tile, cell_area: float) -> NDArray[np.float32]:
        how, bands = _method(self, frame, raster.frame), len(raster.bands)
        if self.derived == "slope":
            return align.resample(frame, raster.frame, tile, lambda w: _slope(raster, w), how, 1)  # type: ignore[no-any-return]
        if self.lapse_rate and self.elevation and align.fineness(frame, raster.frame) < 1:
            return lapse.read(raster, _dem(self.elevation), frame, tile, how, self.lapse_rate)
        values = align.resample(frame, raster.frame, tile, raster.numbers, how, bands)
        if how == "sum":
            values = (values / (cell_area / 1e6)).astype(np.float32)
        return values  # type: ignore[no-any-return]

    def _as_numbers(self, raster: Raster, window: Tile) -> NDArray[np.float32]:
        return self._codes(raster, window)[None].astype(np.float32)

    def _codes(self, raster: Raster, window: Tile) -> NDArray[np.uint8]:
        raw = raster.raw(window)[0]
        codes = landuse.recode(raw, self.table) if self.table is not None else raw.astype(np.uint8)
        codes[~raster.has(raw[None], window)[0]] = 0
        return codes


def slope_of(elevation: Source) -> Source:
    """The layer of slopes of an elevation layer.

    Slope is taken between the layer's own cells and then brought to the grid, so that a fine layer keeps its steepness
    in coarser maps; a coarse layer gives the slope of its facets, too flat for mountains.
    """
    return replace(elevation, role="slope", derived="slope", resampling="auto", lapse_rate=0.0, elevation=None)


@lru_cache(maxsize=1024)
def _method(source: Source, grid: Frame, layer: Frame) -> str:
    kind = roles()[source.role].kind
    if source.resampling not in ("auto", "smooth"):
        if kind == "class" and source.resampling != "nearest":
            return "majority"
        return source.resampling
    if kind == "class":
        return "majority"
    if kind == "smooth" or source.resampling == "smooth":
        return "smooth" if align.fineness(grid, layer) < 1 else "area"
    return "area"


def _slope(raster: Raster, window: Tile) -> NDArray[np.float32]:
    rows, columns = raster.frame.shape
    wide = Tile(max(window.row0 - 1, 0), min(window.row1 + 1, rows),
                max(window.column0 - 1, 0), min(window.column1 + 1, columns))  # fmt: skip
    padded = np.full((window.shape[0] + 2, window.shape[1] + 2), np.nan, np.float32)
    row, column = wide.row0 - window.row0 + 1, wide.column0 - window.column0 + 1
    padded[row : row + wide.shape[0], column : column + wide.shape[1]] = raster.numbers(wide)[0]
    return slope(padded, *on_ground(raster.frame, window.row0, window.row1))[None]


def on_ground(layer: Frame, row0: int, row1: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Width and height in metres on the ground of the cells of each row, at the middle column of the layer."""
    from pyproj import Geod

    a, b, c, d, e, f = layer.transform
    rows = np.arange(row0, row1) + 0.5
    column = layer.shape[1] / 2

    def place(columns: Any, rows: Any) -> tuple[Any, Any]:
        x, y = a * columns + b * rows + c, d * columns + e * rows + f
        return align.transformer(layer.crs, "EPSG:4326").transform(x, y)  # type: ignore[no-any-return]

    geod = Geod(ellps="WGS84")
    full = np.full(rows.shape, column)
    width = geod.inv(*place(full - 0.5, rows), *place(full + 0.5, rows))[2]
    height = geod.inv(*place(full, rows - 0.5), *place(full, rows + 0.5))[2]
    return np.abs(width), np.abs(height)


def _short(codes: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(np.nan_to_num(codes), np.uint8)


def _dem(elevation: Source) -> Raster | float:
    return elevation.value if elevation.value is not None else elevation.rasters()[0]
