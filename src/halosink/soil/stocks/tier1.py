"""Stock change of mineral soils under land use, IPCC Tier 1.

SOC = SOC_ref * F_LU * F_MG * F_I  (0 to 30 cm, equation 2.25), change per year = (SOC_now - SOC_then) / D, D = 20 years
or the time between, if longer. Factors of a use that the tables do not name (nominal management, medium input, native
land) are 1. Solonetz, Calcisols and Gypsisols stand among the high activity clay soils; there is no class of saline
soils, and inorganic carbon is not counted. Source: ipcc2019.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from halosink.problems import did_you_mean

Array = NDArray[np.float64]

PERIOD = 20.0
"""Years over which a stock goes from one equilibrium to the next. Source: ipcc2019."""
NONE = ("native", "nominal", "medium", "full_tillage", "none")
"""Names of a factor of one: native or forest land, nominal grassland, full tillage, medium input. Source: ipcc2019."""


@cache
def factors() -> Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]]:
    """{reference, land_use, management, input}: {class: {climate: (value, error in percent)}}."""
    raw = tomllib.loads((resources.files("halosink.soil.stocks") / "ipcc_2019.toml").read_text("utf-8"))
    return MappingProxyType(
        {
            kind: {name: {zone: (float(v[0]), float(v[1])) for zone, v in row.items()} for name, row in table.items()}
            for kind, table in raw.items()
        }
    )


@dataclass(frozen=True, slots=True)
class LandUse:
    """What is done with the land: classes of `factors()`, or one of NONE."""

    land_use: str = "native"
    management: str = "nominal"
    input: str = "medium"


@dataclass(frozen=True, slots=True)
class TierOne:
    """Stocks [t C ha-1] and change [t C ha-1 yr-1], each with draws (k,); the factors used, by name."""

    before: float
    after: float
    change: float
    before_draws: Array
    after_draws: Array
    change_draws: Array
    used: Mapping[str, float]


def stock_change_tier1(
    climate: str, soil: str, before: LandUse, after: LandUse, *, years: float = PERIOD, draws: int = 1000, seed: int = 0
) -> TierOne:
    """Change after a declared change of land use.

    climate: for example "warm_temperate_dry"; soil: for example "high_activity_clay_soils", "sandy_soils",
    "wetland_soils". years: time between the two inventories, at least counted as 20. A factor has the same draw before
    and after, so that what both share does not count as change. Draws: normal with half of the 95 % interval / 1.96,
    kept above zero. ValueError for a class that the tables do not have in this climate. Source: ipcc2019.
    """
    rng = np.random.default_rng([seed, 2019])
    known: dict[tuple[str, str], tuple[float, Array]] = {}

    def factor(kind: str, name: str) -> tuple[float, Array]:
        if name in NONE and kind != "reference":
            return 1.0, np.ones(draws)
        if (kind, name) not in known:
            value, error = _entry(kind, name, climate)
            drawn = value * (1 + error / 100 / 1.96 * rng.normal(0, 1, draws))
            known[kind, name] = value, np.maximum(drawn, 1e-6)
        return known[kind, name]

    reference, reference_draws = factor("reference", soil)
    sides = []
    for use in (before, after):
        parts = [factor(k, getattr(use, k)) for k in ("land_use", "management", "input")]
        value, drawn = reference, reference_draws
        for one, many in parts:
            value, drawn = value * one, drawn * many
        sides.append((value, drawn))
    (first, first_draws), (second, second_draws) = sides
    time = max(years, PERIOD)
    return TierOne(
        before=first,
        after=second,
        change=(second - first) / time,
        before_draws=first_draws,
        after_draws=second_draws,
        change_draws=(second_draws - first_draws) / time,
        used={f"{kind}.{name}": value for (kind, name), (value, _) in known.items()},
    )


def _entry(kind: str, name: str, climate: str) -> tuple[float, float]:
    table = factors()[kind]
    if name not in table:
        near = did_you_mean(name, table)
        raise ValueError(f"no {kind} {name!r}" + (f"; meant {near!r}?" if near else f"; known: {', '.join(table)}"))
    if climate not in table[name]:
        near = did_you_mean(climate, table[name])
        known = f"meant {near!r}?" if near else f"known: {', '.join(table[name])}"
        raise ValueError(f"{kind} {name!r} has no value for climate {climate!r}; {known}")
    return table[name][climate]
