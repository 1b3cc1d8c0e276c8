"""Organic carbon from organic matter (loss on ignition): published lines and how far soils lie from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IgnitionLine:
    """carbon = intercept + linear * matter + square * matter^2, both in percent of dry soil. source: key of
    sources/*.bib; soils: where it was made."""

    intercept: float
    linear: float
    square: float
    source: str
    soils: str

    def at(self, matter: Array) -> Array:
        """Percent of carbon; no carbon rather than less than none where the intercept is negative."""
        return np.maximum(self.intercept + self.linear * matter + self.square * matter**2, 0.0)


MARSH: Mapping[str, IgnitionLine] = MappingProxyType(
    {
        "craft1991": IgnitionLine(0.0, 0.40, 0.0025, "craft1991", "ten salt and brackish marshes, North Carolina"),
        "howard2014": IgnitionLine(0.0, 0.47, 0.0008, "howard2014", "tidal marshes, Maine"),
        "holmquist2018": IgnitionLine(-0.8, 0.421, 0.00074, "holmquist2018", "tidal wetlands, conterminous USA"),
        "maxwell2023": IgnitionLine(0.0, 0.403, 0.000732, "maxwell2023", "tidal marshes of the world"),
    }
)
"""Lines of tidal wetland soils. That of holmquist2018 is printed for fractions: 0.074 m^2 + 0.421 m - 0.0080."""

BETWEEN, RESIDUAL = 0.34, 0.40
"""Relative standard deviation between studies and between soils of one study, tidal marshes: the pairs of maxwell2023
that were measured separately, refitted with studies as random slopes (matter_calibration)."""

MINERAL_FACTOR, MINERAL_SPREAD = 1.9, 0.148
"""Organic matter per organic carbon in soils at large: median of the empirical studies, and the standard deviation of
its logarithm for which 1.4 to 2.5, the range from composition, is the 95 % range: ln(2.5 / 1.4) / (2 * 1.96)."""


def carbon_draws(
    matter: Array, setting: str, group: NDArray[np.intp], groups: int, rng: np.random.Generator, draws: int
) -> Array:
    """(n, draws) percent of carbon at (n,) percent of organic matter.

    setting: "marsh" (a line of MARSH at random for each group and draw, times scatter between studies and between
    soils) or "mineral" (factor of pribyl2010). group: (n,) index of the laboratory or study, below `groups`.
    """
    m = np.asarray(matter, dtype=float)[:, None]
    if setting == "mineral":
        share = np.exp(-rng.normal(np.log(MINERAL_FACTOR), MINERAL_SPREAD, (groups, draws)))
        return np.asarray(m * share[group], dtype=float)
    lines = list(MARSH.values())
    taken = rng.integers(0, len(lines), (groups, draws))[group]
    central = np.zeros((len(m), draws))
    for i, line in enumerate(lines):
        central += np.where(taken == i, line.at(m), 0.0)
    spread = np.exp(rng.normal(0, BETWEEN, (groups, draws))[group] + rng.normal(0, RESIDUAL, (len(m), draws)))
    return central * spread


def carbon_central(matter: Array, setting: str) -> Array:
    """(n,) percent of carbon: median of the lines, or the median factor."""
    m = np.asarray(matter, dtype=float)
    if setting == "mineral":
        return m / MINERAL_FACTOR
    return np.asarray(np.median([line.at(m) for line in MARSH.values()], axis=0), dtype=float)
