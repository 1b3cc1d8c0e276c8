"""Entropy weights of factors, from sums that are the same to the bit however the cells are cut in tiles.

Each cell's share of the greatest value, and its product with its logarithm, are rounded to 2^-60 and added as whole
numbers. Whole numbers add up to the same in any order; floating-point sums do not.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.normalise import Extremes

Normalisation = Literal["sum", "minmax"]
ONE = 1 << 60


@njit(cache=True, nogil=True)
def _sums(values: NDArray[Any], use: NDArray[np.bool_], zero: float, unit: float, shift: float) -> tuple[int, ...]:
    high, low, log_high, log_low, count = 0, 0, 0, 0, 0
    half, last = 1073741824.0, np.nan
    upper, lower, log_upper, log_lower = 0, 0, 0, 0
    for k in range(len(values)):
        if not use[k]:
            continue
        count += 1
        v = np.float64(values[k])
        if v != last:
            last = v
            y = 1.0 if unit == 0.0 else (v - zero) / unit + shift
            t = -y * math.log(y) if y > 0.0 else 0.0
            upper, log_upper = math.floor(y * half), math.floor(t * half)
            lower = int((y * half - upper) * half + 0.5)
            log_lower = int((t * half - log_upper) * half + 0.5)
        high += upper
        low += lower
        log_high += log_upper
        log_low += log_lower
    return count, high, low, log_high, log_low


@dataclass(frozen=True, slots=True)
class EntropySums:
    """Cells; sum of y and of -y ln y over them in units of 2^-60, y the normalised values."""

    count: int
    total: int
    logs: int

    def merge(self, other: EntropySums) -> EntropySums:
        return EntropySums(self.count + other.count, self.total + other.total, self.logs + other.logs)

    @property
    def entropy(self) -> float:
        """e = -sum p ln p / ln n with p = y / sum y, which is (ln S + T / S) / ln n; 1 where all y are 0.

        ValueError for fewer than two cells.
        """
        if self.count < 2:
            raise ValueError("entropy needs two cells at least")
        if not self.total:
            return 1.0
        found = (math.log(self.total / ONE) + self.logs / self.total) / math.log(self.count)
        return min(max(found, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class FactorWeight:
    """entropy e, difference coefficient d = 1 - e, weight d / sum of d (0..1)."""

    entropy: float
    difference: float
    weight: float


def entropy_sums(
    layers: Mapping[str, NDArray[Any]], limits: Mapping[str, Extremes], normalisation: Normalisation = "sum",
    *, negative: Collection[str] = (), shift: float = 0.0,
) -> dict[str, EntropySums]:  # fmt: skip
    """Sums over the cells of one tile in which every layer has data (so that n is the same for all).

    layers: arrays of one shape by factor; limits: extremes of each whole layer. "sum": p = x / sum x, values must not
    be negative (wang_weights2001, shannon1948). "minmax": first (x - min) / (max - min), for factors in `negative`
    (max - x) / (max - min), then the share of the sum (usual in regional planning). 0 ln 0 counts as 0; `shift` adds a
    constant to the normalised values instead, as studies do that take the logarithm of all (0.0001 or 0.01).
    A constant layer has entropy 1 and so no weight. ValueError for negative values with "sum".
    """
    flat = {name: np.ravel(values) for name, values in layers.items()}
    use = np.logical_and.reduce([~np.isnan(v) for v in flat.values()])
    found = {}
    for name, values in flat.items():
        least, most = limits[name].minimum, limits[name].maximum
        if normalisation == "sum":
            if least < 0:
                raise ValueError(f'{name} has negative values: shares of the sum need the option "minmax"')
            zero, unit = 0.0, most
        else:
            zero, unit = (most, least - most) if name in negative else (least, most - least)
        count, high, low, log_high, log_low = _sums(values, use, zero, unit, shift)
        half = 1 << 30
        found[name] = EntropySums(count, high * half + low, log_high * half + log_low)
    return found


def weights_from_entropy(entropy: Mapping[str, float]) -> dict[str, FactorWeight]:
    """d = 1 - e, w = d / sum of d (Table 4 of zhang_wensu). ValueError when no factor differs between cells."""
    differences = {name: 1 - e for name, e in entropy.items()}
    total = math.fsum(differences.values())
    if not total > 0:
        raise ValueError("no factor differs between cells: there are no entropy weights")
    return {name: FactorWeight(entropy[name], d, d / total) for name, d in differences.items()}


def entropy_weights(sums: Mapping[str, EntropySums]) -> dict[str, FactorWeight]:
    """Weights from the merged sums of all tiles. ValueError as in `weights_from_entropy` and `entropy`."""
    return weights_from_entropy({name: s.entropy for name, s in sums.items()})
