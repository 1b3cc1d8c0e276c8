"""Zarr of format 3, which GDAL in the wheels of rasterio 1.4 cannot read: as a file with the members of rasterio's."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

PREFIX = "zarr3:"


def is_zarr3(path: Path) -> bool:
    return (path / "zarr.json").is_file()


class Zarr3:
    """A variable of a Zarr folder whose last dimensions are y and x (latitude, longitude), bands before them.

    Places come from the coordinate arrays of these dimensions, evenly spaced; the reference system from the attribute
    crs_wkt or spatial_ref of the variable's grid mapping.
    """

    subdatasets: tuple[str, ...] = ()
    driver = "Zarr"

    def __init__(self, name: str):
        import zarr
        from affine import Affine

        folder, _, variable = name.removeprefix(PREFIX).partition("|")
        node: Any = zarr.open(folder, mode="r")
        arrays = dict(node.arrays()) if isinstance(node, zarr.Group) else {"": node}
        layers = {k: a for k, a in arrays.items() if a.ndim >= 2}
        self.crs: Any = None
        self.transform: Any = Affine.identity()
        self.count = 0
        self.shape: tuple[int, int] = (0, 0)
        if variable and variable not in layers:
            raise KeyError(variable)
        if variable not in layers and len(layers) != 1:
            self.subdatasets = tuple(f"{PREFIX}{folder}|{k}" for k in layers)
            return
        self.array: Any = layers[variable] if variable in layers else next(iter(layers.values()))
        attributes = dict(self.array.attrs)
        self.shape = (int(self.array.shape[-2]), int(self.array.shape[-1]))
        self.count = int(np.prod(self.array.shape[:-2]))
        dims: tuple[Any, ...] = tuple(getattr(self.array.metadata, "dimension_names", None) or ())
        if len(dims) >= 2 and dims[-1] in arrays and dims[-2] in arrays:
            x, y = np.asarray(arrays[dims[-1]][:], float), np.asarray(arrays[dims[-2]][:], float)
            right, down = (x[-1] - x[0]) / max(len(x) - 1, 1), (y[-1] - y[0]) / max(len(y) - 1, 1)
            even = np.allclose(np.diff(x), right, rtol=1e-3) and np.allclose(np.diff(y), down, rtol=1e-3)
            if even and right and down:
                self.transform = Affine(right, 0, x[0] - right / 2, 0, down, y[0] - down / 2)
        mapping = arrays.get(str(attributes.get("grid_mapping", "spatial_ref")))
        text = {**attributes, **(dict(mapping.attrs) if mapping is not None else {})}
        if wkt := text.get("crs_wkt") or text.get("spatial_ref"):
            from rasterio.crs import CRS

            self.crs = CRS.from_user_input(wkt)
        fill = attributes.get("_FillValue", attributes.get("missing_value"))
        code = float(fill) if isinstance(fill, int | float) and not isinstance(fill, bool) else None
        self.nodatavals = (code,) * self.count
        self.scales = (float(attributes.get("scale_factor", 1.0)),) * self.count
        self.offsets = (float(attributes.get("add_offset", 0.0)),) * self.count
        self.units = (attributes.get("units"),) * self.count
        self.dtypes = (str(self.array.dtype),) * self.count
        self.mask_flag_enums: tuple[list[Any], ...] = ([],) * self.count

    def __enter__(self) -> Zarr3:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read(self, bands: list[int], window: Any = None, out_shape: Any = None) -> NDArray[Any]:
        rows, columns = slice(0, self.shape[0]), slice(0, self.shape[1])
        if window is not None:
            rows = slice(window.row_off, window.row_off + window.height)
            columns = slice(window.col_off, window.col_off + window.width)
        before = self.array.shape[:-2]
        values = np.stack([np.asarray(self.array[(*np.unravel_index(b - 1, before), rows, columns)]) for b in bands])
        if out_shape is not None:
            r = np.arange(out_shape[1]) * values.shape[1] // out_shape[1]
            c = np.arange(out_shape[2]) * values.shape[2] // out_shape[2]
            values = values[:, r[:, None], c[None, :]]
        return values
