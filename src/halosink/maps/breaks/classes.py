"""The class of each cell, and breaks other than natural ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.breaks.histogram import Histogram

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _classify(values: NDArray[Any], inner: Floats, out: NDArray[np.uint8]) -> None:
    for k in range(len(values)):
        v = values[k]
        if v == v:
            c = 1
            for j in range(len(inner)):
                c += v > inner[j]
            out[k] = c


def classify(values: NDArray[Any], edges: Sequence[float] | Floats) -> NDArray[np.uint8]:
    """Class 1..k of each number, 0 for NaN; k = len(edges) - 1.

    Class i is (edges[i - 1], edges[i]], as jenkspy and mapclassify have it; the first is open below and the last above,
    so that a value beyond the outer edges is in the class next to it. ValueError for edges not ascending or more than
    255 classes.
    """
    limits = np.asarray(edges, dtype=np.float64)
    if not 2 <= len(limits) <= 256 or not (np.diff(limits) >= 0).all():
        raise ValueError("edges must be 2 to 256 ascending numbers")
    out = np.zeros(np.shape(values), dtype=np.uint8)
    _classify(np.ravel(values), limits[1:-1], out.reshape(-1))
    return out


def equal_interval(low: float, high: float, classes: int = 5) -> Floats:
    """Edges of classes of one width. ValueError when low is not below high."""
    if not low < high:
        raise ValueError(f"no interval from {low} to {high}")
    return np.linspace(low, high, classes + 1)


def quantile_edges(data: NDArray[Any] | Histogram, classes: int = 5) -> Floats:
    """Edges of classes with equally many values; linear between values, or to a bin's width from a histogram.

    Edges that ties make equal are given once: fewer classes. ValueError without values.
    """
    shares = np.linspace(0, 1, classes + 1)
    if isinstance(data, Histogram):
        found = np.array([data.quantile(s) for s in shares])
    else:
        known = np.ravel(data)
        known = known[~np.isnan(known)].astype(np.float64)
        if not len(known):
            raise ValueError("no values")
        found = np.quantile(known, shares)
    distinct = np.unique(found)
    return distinct if len(distinct) > 1 else np.repeat(distinct, 2)


def given_edges(breaks: Sequence[float], low: float, high: float) -> Floats:
    """Edges of classes from the inner breaks that a study gives and the extremes of the layer.

    ValueError when breaks do not ascend. A break beyond an extreme stays: its class is then empty.
    """
    inner = np.asarray(breaks, dtype=np.float64)
    if not (np.diff(inner) > 0).all():
        raise ValueError(f"breaks must ascend: {list(breaks)}")
    if not len(inner):
        return np.array([low, high])
    return np.concatenate([[min(low, inner[0])], inner, [max(high, inner[-1])]])
