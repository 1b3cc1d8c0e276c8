"""Counts and sums per bin, exact and mergeable: integers, so that no order of tiles changes a bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.breaks.bins import BINS, QUANTA_BITS, Bins

BLOCK = 1 << 14
"""Squares of less than 2^48 that add up to less than 2^63."""


@njit(cache=True, nogil=True)
def _fill(
    values: NDArray[Any], low: float, per_value: float, inner: int, start: NDArray[np.int64], shift: NDArray[np.uint8],
    divided: bool, cells: NDArray[np.int64], top: float,
) -> tuple[int, int, int, float, float]:  # fmt: skip
    high, rest, outside, least, most = 0, 0, 0, np.inf, -np.inf
    mask = (1 << inner) - 1
    for block in range(0, len(values), BLOCK):
        squares = 0
        for k in range(block, min(block + BLOCK, len(values))):
            v = np.float64(values[k])
            x = (v - low) * per_value
            if x != x:
                continue
            if x < 0.0 or x > top:
                outside += 1
                continue
            least, most = min(least, v), max(most, v)
            q = max(int(np.ceil(x)) - 1, 0)
            at, inside = q >> inner, q & mask
            if divided:
                at = start[at] + (inside >> shift[at])
            cells[at, 0] += 1
            cells[at, 1] += inside
            cells[at, 2] = min(cells[at, 2], inside)
            cells[at, 3] = max(cells[at, 3], inside)
            squares += inside * inside
        high, rest = high + (squares >> 31), rest + (squares & 0x7FFFFFFF)
    return high, rest, outside, least, most


@dataclass(frozen=True, slots=True)
class Histogram:
    """cells (parts of the bins, 4): values; of their quanta above the lower limit of the bin: sum, least and most.

    `squares` is the sum of the squares of those quanta over all bins, `least` and `most` the extremes of the values.
    """

    bins: Bins
    cells: NDArray[np.int64]
    squares: int
    least: float
    most: float

    @classmethod
    def of(cls, values: NDArray[Any], low: float, high: float, bins: int = BINS) -> Histogram:
        """Of numbers of any shape; NaN is no data. ValueError when one lies outside low..high."""
        return cls.on(values, Bins.covering(low, high, bins))

    @classmethod
    def on(cls, values: NDArray[Any], bins: Bins) -> Histogram:
        """As `of`, in bins of one's own: those of another tile, or of `finer`."""
        start = bins.starts()
        cells = np.zeros((start[-1], 4), dtype=np.int64)
        cells[:, 2:] = 1 << bins.inner_bits, -1
        shift = (bins.inner_bits - bins.bits).astype(np.uint8)
        flat, squares, outside, least, most = np.ravel(values), 0, 0, np.inf, -np.inf
        for at in range(0, len(flat), 1 << 30):
            part = _fill(flat[at : at + (1 << 30)], bins.low, 1 / bins.quantum, bins.inner_bits, start, shift,
                         bool(bins.bits.any()), cells, 2.0**QUANTA_BITS)  # fmt: skip
            squares, outside = squares + (part[0] << 31) + part[1], outside + part[2]
            least, most = min(least, part[3]), max(most, part[4])
        if outside:
            raise ValueError(f"{outside} values lie outside the limits of the histogram")
        return cls(bins, cells, squares, least, most)

    def merge(self, other: Histogram) -> Histogram:
        """Of both together. ValueError when their bins differ."""
        if not self.bins.same(other.bins):
            raise ValueError("histograms of different bins cannot be merged")
        a, b = self.cells, other.cells
        cells = np.column_stack([a[:, :2] + b[:, :2], np.minimum(a[:, 2], b[:, 2]), np.maximum(a[:, 3], b[:, 3])])
        return Histogram(self.bins, cells, self.squares + other.squares, min(self.least, other.least),
                         max(self.most, other.most))  # fmt: skip

    @property
    def count(self) -> int:
        return int(self.cells[:, 0].sum())

    def quantile(self, share: float) -> float:
        """Greatest value of the part of a bin in which the share (0..1) of the values is reached; extremes exact.

        Off by one width of a bin at most. ValueError without values.
        """
        if not self.count:
            raise ValueError("no values")
        if share <= 0:
            return self.least
        total = np.cumsum(self.cells[:, 0])
        at = int(np.searchsorted(total, share * total[-1]))
        return min(self.bins.value(int(self.upper()[at])), self.most)

    def upper(self) -> NDArray[np.int64]:
        """Quanta above `low` that no value of the part is above; only for parts that hold values."""
        return (self.bins.parts() << self.bins.inner_bits) + self.cells[:, 3] + 1
