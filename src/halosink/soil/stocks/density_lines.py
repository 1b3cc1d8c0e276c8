"""Bulk density where none was measured: published pedotransfer functions, one at random per laboratory and draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from halosink.soil.stocks.errors import Errors
from halosink.soil.stocks.streams import stream

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DensityLine:
    """Bulk density [g cm-3] from organic carbon [% of dry soil]; most: carbon up to which it makes sense."""

    at: Callable[[Array], Array]
    most: float
    source: str


def _manrique(carbon: Array) -> Array:
    return 1.660 - 0.318 * np.sqrt(carbon)


def _alexander(carbon: Array) -> Array:
    return 1.66 - 0.308 * np.sqrt(carbon)


def _ruehlmann(carbon: Array) -> Array:
    return (2.684 - 140.943 * 0.008) * np.exp(-0.008 * 10 * carbon)


def _morris(carbon: Array) -> Array:
    matter = np.clip(carbon * MATTER_PER_CARBON / 100, 0, 1)
    return 1 / (matter / 0.085 + (1 - matter) / 1.99)


MATTER_PER_CARBON = 2.0
"""Organic matter per organic carbon: 50 percent of organic matter is carbon. Source: pribyl2010."""
LEAST, MOST = 0.05, 1.9
"""Where a drawn density ends [g cm-3]. Own choice: dry peat, and soil with 28 percent of pores."""
SCATTER = 0.2
"""Standard deviation of measured about predicted density [g cm-3]: 0.17 to 0.20 for the best of eleven published
functions on soils that they were not made on. Source: brazil_density2024."""
MARSH_SCATTER = 0.46
"""Standard deviation of the logarithm of measured over predicted density in tidal wetlands, line of morris2016 on the
14,000 marsh soils of maxwell2023 with both measured (median of the ratio: 0.85)."""

LINES: Mapping[str, tuple[DensityLine, ...]] = MappingProxyType(
    {
        "mineral": (
            DensityLine(_manrique, 12.0, "manrique1991"),
            DensityLine(_alexander, 12.0, "alexander1980"),
            DensityLine(_ruehlmann, 58.0, "ruehlmann2009"),
        ),
        "marsh": (DensityLine(_morris, 58.0, "morris2016"), DensityLine(_ruehlmann, 58.0, "ruehlmann2009")),
    }
)


def central(carbon: Array, setting: str) -> Array:
    """(n,) mean of the lines that hold at (n,) percent of carbon. setting: "mineral" or "marsh"."""
    c = np.clip(carbon, 0, None)
    said = np.array([np.where(c <= line.most, np.clip(line.at(c), LEAST, MOST), np.nan) for line in LINES[setting]])
    return np.asarray(np.nanmean(said, axis=0), dtype=float)


@dataclass(frozen=True, slots=True)
class DensityDraws:
    """Draws of bulk density; deviations that layers share are drawn once."""

    shared: Array
    line: NDArray[np.intp]
    errors: Errors
    setting: str
    seed: int

    @classmethod
    def of(cls, groups: int, draws: int, errors: Errors, setting: str, seed: int) -> DensityDraws:
        rng = stream(seed, "density", "shared")
        taken = rng.integers(0, len(LINES[setting]), (groups, draws))
        return cls(rng.normal(0, 1, (groups, draws)), taken, errors, setting, seed)

    def draw(self, measured: Array, carbon: Array, group: NDArray[np.intp], part: int) -> Array:
        """(n, draws) bulk density [g cm-3].

        measured: (n,), NaN where missing; carbon: (n, draws) percent, used there; group: (n,) laboratory.
        """
        rng = stream(self.seed, "density", "layers", str(part))
        n, draws = carbon.shape
        e = self.errors
        noise = rng.normal(0, 1, (n, draws))
        out = measured[:, None] * np.exp(e.density_shared * self.shared[group] + e.density_layer * noise)
        rows = np.flatnonzero(~np.isfinite(measured))
        if rows.size:
            c = np.clip(carbon[rows], 0, None)
            lines, taken = LINES[self.setting], self.line[group[rows]]
            said = np.zeros((len(rows), draws))
            for i, line in enumerate(lines):
                within = line.at(c) if line.most >= 58 else np.where(c <= line.most, line.at(c), lines[-1].at(c))
                said += np.where(taken == i, np.clip(within, LEAST, MOST), 0.0)
            if self.setting == "marsh":
                said = said * np.exp(MARSH_SCATTER * noise[rows])
            else:
                said = said + SCATTER * noise[rows]
            out[rows] = np.clip(said, LEAST, MOST)
        return out
