"""Layers of one grid on disk, in tiles, so that a map may be larger than memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.grid import Grid, Tile


@dataclass(frozen=True)
class Stack:
    """Arrays of the shape of `grid` by name, each a Zarr array whose chunks are the tiles.

    Any process may write different tiles at once; writing a tile again gives the same bytes.
    """

    folder: Path
    grid: Grid
    tile: int

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "grid": self.grid, "tile": self.tile}

    @cached_property
    def _open(self) -> dict[str, Any]:
        return {}

    @cached_property
    def tiles(self) -> list[Tile]:
        return list(self.grid.tiles(self.tile))

    def filled(self, name: str = "land_use") -> list[Tile]:
        """Tiles of an array of classes that hold any."""
        return [tile for tile in self.tiles if self.read(name, tile).any()]

    def add(self, name: str, dtype: str) -> None:
        """A new array; float ones begin as NaN, others as 0."""
        import zarr
        from zarr.codecs import BloscCodec

        fill = np.nan if np.dtype(dtype).kind == "f" else 0
        chunk = (min(self.tile, self.grid.rows), min(self.tile, self.grid.columns))
        zarr.create_array(self.folder / name, shape=self.grid.shape, chunks=chunk, dtype=dtype, fill_value=fill,
                          compressors=BloscCodec(cname="lz4", clevel=1), overwrite=True)  # fmt: skip
        self._open.pop(name, None)

    def has(self, name: str) -> bool:
        return (self.folder / name).is_dir()

    def array(self, name: str) -> Any:
        import zarr

        if name not in self._open:
            self._open[name] = zarr.open_array(self.folder / name, mode="r+")
        return self._open[name]

    def read(self, name: str, tile: Tile | None = None) -> NDArray[Any]:
        """A tile or any window inside the grid, or the whole."""
        return np.asarray(self.array(name)[tile.window if tile else ...])

    def write(self, name: str, tile: Tile, values: NDArray[Any]) -> None:
        self.array(name)[tile.window] = values

    def around(self, tile: Tile, cells: int) -> tuple[Tile, tuple[slice, slice]]:
        """The tile with so many cells around it as the grid has, and where the tile lies in that."""
        wide = Tile(max(0, tile.row0 - cells), min(self.grid.rows, tile.row1 + cells),
                    max(0, tile.column0 - cells), min(self.grid.columns, tile.column1 + cells))  # fmt: skip
        rows = slice(tile.row0 - wide.row0, tile.row1 - wide.row0)
        return wide, (rows, slice(tile.column0 - wide.column0, tile.column1 - wide.column0))
