"""One raster file: its head, and windows of its numbers in the unit of the layer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.maps.grid import Tile
from halosink.problems import Problem, UserError
from halosink.study_region.align import Frame
from halosink.study_region.zarr3 import PREFIX, Zarr3


@dataclass(frozen=True, slots=True)
class Raster:
    """Some bands of a file. `name` is what GDAL opens; number in the file x scale + offset is in the layer's unit.

    no_data and valid are numbers of the file; `masked` says that it brings a mask of its own. Reading raises UserError
    where cells of the file are lost.
    """

    file: str
    name: str
    bands: tuple[int, ...]
    frame: Frame
    dtype: str
    no_data: tuple[float, ...] = ()
    valid: tuple[float, ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    masked: bool = False
    all_bands: int = 1
    label: Text = Text("", "")

    def raw(self, window: Tile | None = None, shape: tuple[int, int] | None = None) -> NDArray[Any]:
        """Numbers as they stand in the file, bands x rows x columns; `shape`: only so many, nearest ones."""
        from rasterio.errors import RasterioIOError

        with opened(self.name) as file:
            area = None if window is None else _rasterio_window(window)
            out = None if shape is None else (len(self.bands), *shape)
            try:
                return file.read(list(self.bands), window=area, out_shape=out)  # type: ignore[no-any-return]
            except RasterioIOError as error:
                values = {"layer": self.label, "file": self.file, "reason": _reason(error)}
                raise UserError([Problem("E-REGION-DAMAGED", file=self.file, values=values)]) from error

    def has(self, raw: NDArray[Any], window: Tile | None = None) -> NDArray[np.bool_]:
        """Where numbers of `raw` are data."""
        good = np.isfinite(raw) if raw.dtype.kind in "fc" else np.ones(raw.shape, bool)
        for code in self.no_data:
            good &= raw != _as(raw.dtype, code)
        if self.valid:
            good &= (raw >= self.valid[0]) & (raw <= self.valid[1])
        if self.masked:
            with opened(self.name) as file:
                good &= file.dataset_mask(window=None if window is None else _rasterio_window(window)) > 0
        return good

    def numbers(self, window: Tile) -> NDArray[np.float32]:
        """Bands x rows x columns in the unit of the layer, NaN without data."""
        raw = self.raw(window)
        good = self.has(raw, window)
        if self.scale == 1.0 and self.offset == 0.0:
            values = raw.astype(np.float32)
        else:
            values = (raw * np.float64(self.scale) + self.offset).astype(np.float32)
        values[~good] = np.nan
        return values


def _reason(error: Exception) -> str:
    """What GDAL said, without the place of the file on this computer."""
    told = str(error.__cause__ or error)
    return re.sub(r"(/[^\s:,'\"]+/)", "", told).rstrip(". ")


def opened(name: str) -> Any:
    """The file, open for reading."""
    import warnings

    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    if name.startswith(PREFIX):
        return Zarr3(name)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(name)


def _rasterio_window(tile: Tile) -> Any:
    from rasterio.windows import Window

    return Window(tile.column0, tile.row0, tile.column1 - tile.column0, tile.row1 - tile.row0)


def _as(dtype: np.dtype[Any], code: float) -> Any:
    """The code as the file can hold it: -3.4028234663852886e38 in a float32 file is the float32 next to it."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(code)
    return code
