"""Organic carbon of a layer from what was measured, best evidence first, with the error of each way of measuring.

measured    organic carbon by dry combustion after removal of carbonate, as it stands
difference  total minus inorganic carbon; errors of both add, so it is weak where carbonate dominates
wet         Walkley-Black: oxidised carbon / recovery, after taking off what chloride consumes
ignition    from loss on ignition or organic matter, by published lines (ignition_lines)

Draws of a difference may fall below zero: they are kept, as clipping would raise the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.stocks import ignition_lines
from halosink.soil.stocks.columns import numbers
from halosink.soil.stocks.errors import Errors
from halosink.soil.stocks.streams import stream

Array = NDArray[np.float64]

KINDS = ("", "measured", "difference", "wet", "ignition")

RECOVERY = 0.76
"""Share of organic carbon that the Walkley-Black digestion oxidises; factor 1.32. Source: walkley1934."""
RECOVERY_BETWEEN = 0.11
"""Standard deviation of published mean recoveries: 0.756 (562 forest soils, duh2017), 0.71 (abraham2013), 0.80
(grewal1991), 0.76 (walkley1934) and 1.00 (saline arid soils of the Yanqi Basin, wang2012)."""
RECOVERY_LAYER = 0.07
"""Standard deviation between soils of one study: the range 0.504 to 0.937 of 562 soils (duh2017) over the 6.2 standard
deviations that 562 normal values span on average."""
CHLORIDE_PER_CARBON = 4 * 35.453 / 12.011
"""Mass of chloride that consumes as much dichromate as a mass of carbon: four electrons against one."""
BEMMELEN = 1.724
"""Organic matter per organic carbon by which carbon is usually computed from ignition loss; too low for most soils.
Source: pribyl2010."""
METHODS = ("dry_combustion", "walkley_black", "loss_on_ignition")
"""Values of carbon_method."""
CARBONATE_CARBON = 12.011 / 100.087
"""Carbon in calcium carbonate."""


@dataclass(frozen=True, slots=True)
class CarbonEvidence:
    """What is known of the carbon of each layer, (n,) each [g kg-1, matter in percent], NaN where not; `kind` is an
    index of KINDS."""

    kind: NDArray[np.intp]
    value: Array
    inorganic: Array
    chloride: Array
    setting: str

    def rows(self, keep: NDArray[np.intp] | slice) -> CarbonEvidence:
        return CarbonEvidence(
            self.kind[keep], self.value[keep], self.inorganic[keep], self.chloride[keep], self.setting
        )


def inorganic_carbon(frame: pd.DataFrame) -> Array:
    """(n,) inorganic carbon [g kg-1]: as measured, else from calcium carbonate, else NaN."""
    sic = numbers(frame, "soil_inorganic_carbon")
    return np.where(np.isfinite(sic), sic, numbers(frame, "calcium_carbonate") * CARBONATE_CARBON)


def evidence(frame: pd.DataFrame, setting: str = "mineral") -> CarbonEvidence:
    """The best evidence of each row. setting: "mineral" or "marsh", which says how ignition loss is read.

    Where `carbon_method` says "walkley_black" or "loss_on_ignition", soil_organic_carbon is taken as computed from
    these with the usual factors, 1 / RECOVERY and 1 / BEMMELEN, and carries their error; any other method counts as
    dry combustion.
    """
    measured, total = numbers(frame, "soil_organic_carbon"), numbers(frame, "total_carbon")
    wet, ignition = numbers(frame, "walkley_black_carbon"), numbers(frame, "loss_on_ignition")
    matter = np.where(np.isfinite(ignition), ignition, numbers(frame, "soil_organic_matter") / 10)
    method = frame["carbon_method"].to_numpy() if "carbon_method" in frame else np.full(len(frame), "", dtype=object)
    oxidised, burnt = method == "walkley_black", method == "loss_on_ignition"
    wet = np.where(oxidised & ~np.isfinite(wet), measured * RECOVERY, wet)
    matter = np.where(burnt & ~np.isfinite(matter), measured * BEMMELEN / 10, matter)
    measured = np.where(oxidised | burnt, np.nan, measured)
    inorganic = inorganic_carbon(frame)
    chloride = np.nan_to_num(numbers(frame, "soluble_chloride")) / 1000
    choices = [
        np.isfinite(measured),
        np.isfinite(total) & np.isfinite(inorganic),
        np.isfinite(wet),
        np.isfinite(matter),
    ]
    kind = np.select(choices, [1, 2, 3, 4], 0).astype(np.intp)
    value = np.select(choices, [measured, total, wet, matter], np.nan)
    return CarbonEvidence(kind, value, inorganic, chloride, setting)


def inorganic_evidence(frame: pd.DataFrame) -> CarbonEvidence:
    """Carbonate carbon as if it were measured organic carbon, for stocks of it."""
    value = inorganic_carbon(frame)
    none = np.zeros(len(frame))
    return CarbonEvidence(np.isfinite(value).astype(np.intp), value, none, none, "mineral")


def central(known: CarbonEvidence) -> Array:
    """(n,) the middle estimate [g kg-1]."""
    return np.select(
        [known.kind == k for k in (1, 2, 3, 4)],
        [
            known.value,
            known.value - known.inorganic,
            (known.value - known.chloride / CHLORIDE_PER_CARBON) / RECOVERY,
            10 * ignition_lines.carbon_central(known.value, known.setting),
        ],
        np.nan,
    )


@dataclass(frozen=True, slots=True)
class CarbonDraws:
    """Draws of the carbon of any layers of a table; deviations that layers share are drawn once."""

    shared: Array
    recovery: Array
    errors: Errors
    seed: int

    @classmethod
    def of(cls, groups: int, draws: int, errors: Errors, seed: int) -> CarbonDraws:
        """groups: number of laboratories or studies."""
        rng = stream(seed, "carbon", "shared")
        strength = RECOVERY * (1 - RECOVERY) / RECOVERY_BETWEEN**2 - 1
        return cls(
            rng.normal(0, 1, (groups, draws)),
            rng.beta(strength * RECOVERY, strength * (1 - RECOVERY), (groups, draws)),
            errors,
            seed,
        )

    def draw(self, known: CarbonEvidence, group: NDArray[np.intp], part: int) -> Array:
        """(n, draws) organic carbon [g kg-1]. group: (n,) laboratory of each layer; part: number of the chunk."""
        groups, draws = self.shared.shape
        rng = stream(self.seed, "carbon", "layers", str(part))
        n = len(known.value)
        e = self.errors
        noise = np.exp(e.carbon_shared * self.shared[group] + e.carbon_layer * rng.normal(0, 1, (n, draws)))
        value = known.value[:, None]
        out = value * noise
        rows = np.flatnonzero(known.kind == 2)
        if rows.size:
            apart = 1 + e.carbon_layer * rng.normal(0, 1, (len(rows), draws))
            out[rows] = out[rows] - known.inorganic[rows, None] * apart
        rows = np.flatnonzero(known.kind == 3)
        if rows.size:
            soil = 1 + RECOVERY_LAYER / RECOVERY * rng.normal(0, 1, (len(rows), draws))
            oxidised = out[rows] - known.chloride[rows, None] / CHLORIDE_PER_CARBON
            out[rows] = oxidised / np.clip(self.recovery[group[rows]] * soil, 0.3, 1.1)
        rows = np.flatnonzero(known.kind == 4)
        if rows.size:
            lines = stream(self.seed, "carbon", "ignition")
            out[rows] = 10 * ignition_lines.carbon_draws(
                known.value[rows], known.setting, group[rows], groups, lines, draws
            )
        out[known.kind == 0] = np.nan
        return out
