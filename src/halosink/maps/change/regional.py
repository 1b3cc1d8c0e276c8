"""What a map of trends adds up to: the mean series of a region, and which cells are no chance.

Both gather small records tile by tile. Records may come in any order: sums of tiles are added without rounding
(math.fsum), and p-values are counted, so the result is the same bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.maps.change.trends import Trends, ordinary_trend, theil_sen

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class YearSums:
    """(years,) sums and counts of the valid cells of one tile."""

    sums: Array
    cells: NDArray[np.int64]

    @classmethod
    def of(cls, values: ArrayLike, *, complete: bool = False) -> YearSums:
        """Of (years, ...) values. complete: only cells with every year, so that all years mean the same cells."""
        data = np.asarray(values)
        flat = data.reshape(data.shape[0], -1)
        known = ~np.isnan(flat)
        if complete:
            known &= known.all(axis=0)
        sums = np.where(known, flat, 0).sum(axis=1, dtype=np.float64)
        return cls(sums, known.sum(axis=1).astype(np.int64))


def mean_series(tiles: Iterable[YearSums]) -> Array:
    """(years,) means over the cells of all tiles; NaN for a year without a cell."""
    every = list(tiles)
    cells = np.sum([t.cells for t in every], axis=0)
    sums = np.array([math.fsum(t.sums[year] for t in every) for year in range(len(cells))])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / cells)


def regional_trend(series: ArrayLike, years: ArrayLike, *, method: str = "theil_sen") -> Trends:
    """Trend of the mean series of a region, arrays of no dimension. method: "theil_sen" or "ordinary"; ValueError."""
    if method not in ("theil_sen", "ordinary"):
        raise ValueError(f"no method {method!r} of trends: theil_sen or ordinary")
    return (theil_sen if method == "theil_sen" else ordinary_trend)(np.asarray(series, float), years)


@dataclass(frozen=True, slots=True)
class SmallP:
    """p-values of a tile as they are needed for the false discovery rate: how many there are, and each value up to
    alpha with its count."""

    alpha: float
    cells: int
    values: NDArray[np.float32]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, p_values: ArrayLike, alpha: float = 0.05) -> SmallP:
        """NaN do not count."""
        p = np.asarray(p_values, np.float32).ravel()
        p = p[~np.isnan(p)]
        values, counts = np.unique(p[p <= alpha], return_counts=True)
        return cls(alpha, int(p.size), values, counts.astype(np.int64))


def false_discovery(tiles: Iterable[SmallP]) -> float:
    """The p up to which cells are significant when the expected share of false ones among them is alpha; 0 for none.

    Benjamini and Hochberg: the largest p_(k) with p_(k) <= alpha k / m (benjamini1995). It holds for neighbours that
    vary together too, only more strictly than need be (wilks2016). The tiles share one alpha.
    """
    every = list(tiles)
    if not every:
        return 0.0
    total = sum(t.cells for t in every)
    values, place = np.unique(np.concatenate([t.values for t in every]), return_inverse=True)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, place, np.concatenate([t.counts for t in every]))
    rank = np.cumsum(counts)
    fits = np.flatnonzero(values.astype(float) <= every[0].alpha * rank / max(total, 1))
    return float(values[fits[-1]]) if fits.size else 0.0


def trend_shares(trends: Trends, limit: float) -> NDArray[np.int64]:
    """(3,) cells going up, down and unclear, p up to `limit` being clear; counts of tiles add up exactly."""
    clear = trends.p_value <= limit
    known = ~np.isnan(trends.p_value)
    up, down = int((clear & (trends.slope > 0)).sum()), int((clear & (trends.slope < 0)).sum())
    return np.array([up, down, int(known.sum()) - up - down], np.int64)
