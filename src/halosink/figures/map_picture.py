"""Rasters small enough for a page: the record of a picture, and how a large raster becomes one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDEST = 600
"""Cells along the wider side of a picture. Own choice: some two per point of the page, and a megabyte for all maps."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster for drawing: `values` (rows, columns), row 0 north, NaN = no data; classes 0 = no data.

    `left`, `top`, `width`, `height`: the whole picture in metres of its reference system; `convergence` [degree]:
    by how much grid north lies east of true north.
    """

    values: NDArray[np.floating]
    left: float
    top: float
    width: float
    height: float
    crs: str = ""
    convergence: float = 0.0
    unit: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]


def factor(rows: int, columns: int, widest: int = WIDEST) -> int:
    """How many cells along a side become one cell of the picture."""
    return max(1, -(-max(rows, columns) // widest))


def shrink(array: NDArray[np.generic], classes: bool, widest: int = WIDEST) -> NDArray[np.float32]:
    """The raster in blocks of equal size, at most `widest` cells along a side; (rows, columns) -> float32.

    A block holds the mean of its cells, or the commonest class (of several the smallest code); it has no data (NaN,
    classes 0) where fewer than half of its cells have data. Blocks at the right and lower edge may be cut: the
    picture is factor(rows, columns) cells of the raster per cell, from the upper left corner.
    """
    rows, columns = array.shape
    step = factor(rows, columns, widest)
    wide = -(-columns // step)
    of = np.arange(columns) // step
    size = np.bincount(of, minlength=wide)
    found = np.empty((-(-rows // step), wide), np.float32)
    for i in range(found.shape[0]):
        band = array[i * step : (i + 1) * step]
        make = _commonest if classes else _mean
        found[i] = make(band, of, size * band.shape[0])
    return found


def _mean(band: NDArray[np.generic], of: NDArray[np.intp], size: NDArray[np.intp]) -> NDArray[np.float64]:
    values = band.astype(np.float64)
    known = np.isfinite(values)
    count = np.bincount(of, weights=known.sum(axis=0), minlength=len(size))
    total = np.bincount(of, weights=np.where(known, values, 0.0).sum(axis=0), minlength=len(size))
    return np.where(2 * count >= size, total / np.maximum(count, 1), np.nan)


def _commonest(band: NDArray[np.generic], of: NDArray[np.intp], size: NDArray[np.intp]) -> NDArray[np.float64]:
    values = np.nan_to_num(band.astype(np.float64))
    codes, place = np.unique(values, return_inverse=True)
    at = place.reshape(values.shape) + of * len(codes)
    count = np.bincount(at.ravel(), minlength=len(size) * len(codes)).reshape(len(size), len(codes))
    known = np.where(codes != 0, count, 0)
    return np.where(2 * known.sum(axis=1) >= size, codes[known.argmax(axis=1)], 0.0)
