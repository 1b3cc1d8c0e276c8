"""How well vegetation uses light when nothing limits it, by type: two published sets and the doubt between them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from halosink.contracts import Text
from halosink.plant.priors import Prior

DEFAULT = "pan2017shule"
"""Own choice: of the two sets the one that was compared with plots in desert (20 plots, R2 0.88)."""
TYPE_OF_LAND_USE: Mapping[int, str] = MappingProxyType(
    {
        11: "crop", 12: "crop", 21: "needleleaf_forest", 22: "shrub", 23: "broadleaf_forest", 24: "broadleaf_forest",
        31: "grass", 32: "grass", 33: "grass", 46: "grass", 61: "barren", 62: "barren", 63: "barren", 64: "grass",
        65: "barren", 66: "barren", 67: "barren",
    }
)  # fmt: skip
"""Type of each CNLUCC class that bears plants. Own choice for north-west China: its closed forest is spruce, its open
and other forest poplar, elm and orchards; floodplain and marsh are taken as grass. Water, ice and towns have none."""


@dataclass(frozen=True, slots=True)
class LightUse:
    """efficiency: maximum light use [g C MJ-1]; full, bare: NDVI of full and of no cover."""

    name: str
    title: Text
    efficiency: Prior
    full: float
    bare: float


@cache
def light_use(source: str = DEFAULT) -> Mapping[str, LightUse]:
    """The types of one set, by name. KeyError for an unknown set.

    The spread of an efficiency is half the difference of the two sets, at least 15 percent (own choice: for one type
    published efficiencies differ by a factor of two and more, and no source gives an error).
    """
    raw = tomllib.loads((resources.files("halosink.plant") / "light_use.toml").read_text("utf-8"))
    found = {}
    for name, row in raw[source].items():
        both = [float(rows[name]["efficiency"]) for rows in raw.values()]
        middle = float(row["efficiency"])
        spread = max(0.15 * middle, (max(both) - min(both)) / 2)
        prior = Prior(middle, spread, 0.05, 2.5, "g MJ-1", source)
        found[name] = LightUse(name, Text(row["en"], row["zh"]), prior, float(row["full"]), float(row["bare"]))
    return MappingProxyType(found)
