"""Patterns, measures and goals as the tables of this folder hold them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from halosink.contracts import Text

Where = Literal["patch", "either", "road"]
Goal = Literal["boost", "raise", "maintain", "none"]
GoalProfile = Literal["en", "zh"]
TYPES = ("farmland", "forest", "grassland", "water", "development", "unused")
"""Land-use types 1 to 6: the first digit of a code."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A share of land use that a pattern asks for; see `patterns.toml`."""

    where: Where
    codes: tuple[int, ...]
    least: float
    most: float
    needed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """One typical land-use pattern (Table 10). aliases: other names of its strategy in the paper, by language."""

    number: int
    category: int
    name: Text
    character: Text
    strategy: Text
    aliases: dict[str, tuple[str, ...]]
    aims: tuple[Text, ...]
    measures: tuple[Text, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class LandUseType:
    """One land-use type with its measures in the order of Table 6."""

    number: int
    name: Text
    measures: tuple[Text, ...]


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("halosink.maps.strategies") / file).read_text("utf-8"))


def _texts(both: dict[str, list[str]]) -> tuple[Text, ...]:
    return tuple(Text(en, zh) for en, zh in zip(both["en"], both["zh"], strict=True))


@cache
def patterns() -> tuple[Pattern, ...]:
    """The eight patterns in the order of Table 10."""
    return tuple(
        Pattern(
            raw["number"],
            raw["category"],
            Text(**raw["name"]),
            Text(**raw["character"]),
            Text(**raw["strategy"]),
            {language: tuple(names) for language, names in raw["aliases"].items()},
            _texts(raw["aims"]),
            _texts(raw["measures"]),
            tuple(
                Condition(
                    c["where"], tuple(c["codes"]), float(c["least"]), float(c["most"]), c.get("needed", True), c["why"]
                )
                for c in raw["condition"]
            ),
        )
        for raw in _read("patterns.toml")["pattern"]
    )


@cache
def land_use_types() -> tuple[LandUseType, ...]:
    """The six types in the order of their codes."""
    return tuple(
        LandUseType(raw["number"], Text(**raw["name"]), _texts(raw["measures"]))
        for raw in _read("measures.toml")["type"]
    )


def goals(profile: GoalProfile = "en") -> tuple[Goal, ...]:
    """The goal of types 1 to 6 by the English or the Chinese half of the paper, which swap forest and unused land
    (k11). No half can be shown to be right; English is the default because the tables are checked against it.

    Raises ValueError: another profile.
    """
    known = _read("goals.toml")
    if profile not in known:
        raise ValueError(f"goal profile is {profile!r}; known are {sorted(known)}")
    return tuple(cast(Goal, known[profile][name]) for name in TYPES)
