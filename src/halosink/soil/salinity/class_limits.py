"""Classes between published limits, and the probability of each from draws."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike

from halosink.contracts import Text
from halosink.soil.salinity.published_lines import Array

FILES = ("salinity_ece", "sodicity_esp", "salt_content_china", "salinity_water")


@dataclass(frozen=True, slots=True)
class ClassTable:
    """Classes of one quantity in `unit`: class k reaches from limit k - 1, which belongs to it, to limit k.

    bracketed: the second limits that the source gives in brackets, if any. seen: what of it was read where.
    """

    name: str
    unit: str
    label: Text
    source: str
    seen: str
    limits: tuple[float, ...]
    bracketed: tuple[float, ...]
    classes: tuple[str, ...]
    labels: tuple[Text, ...]

    def probabilities(self, draws: ArrayLike, *, bracketed: bool = False) -> Array:
        """(n, classes) share of the draws (n, draws) in each class; NaN for a row with a draw that is NaN."""
        value = np.asarray(draws, dtype=float)
        limits = self.bracketed if bracketed and self.bracketed else self.limits
        place = np.searchsorted(np.asarray(limits), value, side="right")
        share = np.stack([(place == k).mean(axis=1) for k in range(len(self.classes))], axis=1)
        return np.asarray(np.where(np.isnan(value).any(axis=1)[:, None], np.nan, share))


@cache
def class_tables() -> dict[str, ClassTable]:
    """Every table of classes by "file.name", such as "salinity_ece.nssh"."""
    found = {}
    for file in FILES:
        entries = tomllib.loads((resources.files(__package__) / "tables" / f"{file}.toml").read_text("utf-8"))
        unit = entries.pop("unit")
        for name, entry in entries.items():
            found[f"{file}.{name}"] = ClassTable(
                name=f"{file}.{name}",
                unit=unit,
                label=Text(*entry["label"]),
                source=entry["source"],
                seen=entry["seen"],
                limits=tuple(map(float, entry["limits"])),
                bracketed=tuple(map(float, entry.get("bracketed", ()))),
                classes=tuple(row[0] for row in entry["classes"]),
                labels=tuple(Text(row[1], row[2]) for row in entry["classes"]),
            )
    return found


def most_probable(probabilities: ArrayLike, classes: tuple[str, ...]) -> list[str]:
    """The class of the highest probability of each row (n, classes); "" where there is none."""
    table = np.asarray(probabilities, dtype=float)
    known = np.isfinite(table).all(axis=1)
    best = np.where(known[:, None], table, 0.0).argmax(axis=1)
    return [classes[int(k)] if good else "" for k, good in zip(best, known, strict=True)]
