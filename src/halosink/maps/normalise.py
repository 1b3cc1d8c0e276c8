"""Layers brought to 0..1 between their extremes, tile by tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.breaks.histogram import Histogram

Floats32 = NDArray[np.float32]


@njit(cache=True, nogil=True)
def _extremes(values: NDArray[Any]) -> tuple[float, float, int]:
    least, most, count = np.inf, -np.inf, 0
    for k in range(len(values)):
        v = values[k]
        if v == v:
            least, most = min(least, v), max(most, v)
            count += 1
    return least, most, count


@dataclass(frozen=True, slots=True)
class Extremes:
    """Least and greatest of `count` numbers; inf and -inf of none. Merged in any order they are the same."""

    minimum: float
    maximum: float
    count: int

    @classmethod
    def of(cls, values: NDArray[Any]) -> Extremes:
        """NaN is no data."""
        least, most, count = _extremes(np.ravel(values))
        return cls(float(least), float(most), int(count))

    def merge(self, other: Extremes) -> Extremes:
        return Extremes(min(self.minimum, other.minimum), max(self.maximum, other.maximum), self.count + other.count)

    @property
    def constant(self) -> bool:
        """All numbers are the same: nothing to normalise by; `normalised` gives 0, which the caller should say."""
        return self.minimum == self.maximum


def robust_limits(histogram: Histogram, share: float = 0.02) -> Extremes:
    """Limits that leave `share` of the values below and as many above, so that a few strange cells do not set them.

    Own choice, 2 percent: what image stretches leave out. ValueError without values or for a share not in [0, 0.5).
    """
    if not 0 <= share < 0.5:
        raise ValueError(f"share left out at each end must be at least 0 and below 0.5, not {share}")
    return Extremes(histogram.quantile(share), histogram.quantile(1 - share), histogram.count)


def normalised(values: NDArray[Any], limits: Extremes) -> Floats32:
    """X' = (X - X_min) / (X_max - X_min), eq. 4 of zhang_wensu. NaN stays NaN.

    Values beyond the limits (those of `robust_limits`) become 0 or 1; a constant layer 0. ValueError for limits of no
    values.
    """
    if limits.minimum > limits.maximum:
        raise ValueError("a layer without values cannot be normalised")
    x = np.asarray(values, dtype=np.float64)
    if limits.constant:
        return np.where(np.isnan(x), np.nan, 0.0).astype(np.float32)
    share = (x - limits.minimum) / (limits.maximum - limits.minimum)
    return np.clip(share, 0.0, 1.0, out=share).astype(np.float32)


def denormalised(shares: NDArray[Any], limits: Extremes) -> Floats32:
    """X = X_min + X' (X_max - X_min): back to the unit of the layer."""
    x = np.asarray(shares, dtype=np.float64)
    return (limits.minimum + x * (limits.maximum - limits.minimum)).astype(np.float32)
