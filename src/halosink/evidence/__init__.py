"""Published numbers on carbon in saline-alkali land, with their sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["families", "files", "label", "normals", "note", "numbers", "sources"]

files = ("evidence.csv", "sources.csv", "climate_normals.csv")


def numbers() -> pd.DataFrame:
    """One published number per row (see the fields of group evidence). Facts as printed, nothing converted."""
    return _table("evidence.csv")


def sources() -> pd.DataFrame:
    """One source per row, by source_key."""
    return _table("sources.csv")


def normals() -> pd.DataFrame:
    """Monthly and annual climate of stations and grid points on saline land, one variable per row."""
    return _table("climate_normals.csv")


@cache
def families() -> Mapping[str, tuple[str, ...]]:
    """Coarse families of variables, fixed beforehand: name -> variables."""
    return {name: tuple(entry["variables"]) for name, entry in _labels()["family"].items()}


def label(group: str, name: str) -> Text:
    """Label of an intervention_group, variable, family or reason; the bare name where none is known."""
    entries = _labels()[group]
    if group == "family":
        return Text(*entries[name]["label"]) if name in entries else Text(name, name)
    if name in entries:
        return Text(*entries[name])
    stem, _, end = name.rpartition("_")
    if group == "variable" and stem in entries and end in _labels()["end"]:
        plain, side = entries[stem], _labels()["end"][end]
        return Text(f"{plain[0]}, {side[0]}", f"{plain[1]}（{side[1]}）")
    return Text(name, name)


def note(key: str, **values: Any) -> Text:
    """A sentence about a pooled group, filled in."""
    entry = _labels()["note"][key]
    return Text(entry["en"].format_map(values), entry["zh"].format_map(values))


@cache
def _labels() -> dict[str, Any]:
    return tomllib.loads((resources.files("halosink.evidence") / "labels.toml").read_text("utf-8"))


def _table(name: str) -> pd.DataFrame:
    import pandas as pd

    with (resources.files("halosink.evidence") / name).open("r", encoding="utf-8") as handle:
        # "none" and "NA" are words here, only an empty cell is missing
        return pd.read_csv(handle, keep_default_na=False, na_values=[""])
