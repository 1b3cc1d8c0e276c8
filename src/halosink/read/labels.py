"""Names of places and classes: one width of characters, and a word about names that are nearly the same."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read.records import at

if TYPE_CHECKING:
    import pandas as pd

    from halosink.vocabulary import Field

NAMING = (
    *("region", "site", "block", "plot", "core", "sample", "closure", "sensor", "well"),
    *("treatment", "salinity_class", "land_use", "vegetation"),
)
"""Fields whose text tells rows apart: a row without it drops out of comparisons."""
ALSO = ("closure", "well", "season", "light_condition", "species")


def is_label(field: Field) -> bool:
    """Whether cells of the field name a place, a sample or a class; remarks and published evidence do not."""
    if field.numeric or field.kind in ("time", "date") or field.group in ("evidence", "provenance"):
        return False
    return field.group in ("place", "design") or field.kind == "category" or field.name in ALSO


def normal(text: str) -> str:
    """A label in characters of ordinary width (Unicode NFKC), without blanks around it."""
    return unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """A label without what is easily typed in two ways: case, blanks, leading zeros, .0 of a spreadsheet."""
    plain = re.sub(r"\s+", "", normal(text)).casefold()
    return re.sub(r"(?<![\d.])0+(?=\d)", "", re.sub(r"(?<=\d)\.0+$", "", plain))


def alike(frame: pd.DataFrame) -> list[Problem]:
    """W-LABEL-ALIKE for labels of one column that differ by such slips only; both stay.

    frame: canonical, with source_file and source_row.
    """
    fields = vocabulary.fields()
    problems = []
    for name in (c for c in map(str, frame) if c in fields):
        if not is_label(fields[name]):
            continue
        known: dict[str, list[str]] = {}
        for label in frame[name].unique().tolist():
            if isinstance(label, str):
                known.setdefault(folded(label), []).append(label)
        for several in known.values():
            if len(several) > 1:
                problems.append(_problem(frame, name, several))
    return problems


def _problem(frame: pd.DataFrame, name: str, several: list[str]) -> Problem:
    labels = frame[name].astype("str")
    counts = labels.value_counts()
    rarest = min(several, key=lambda label: counts[label])
    mask = (labels == rarest).to_numpy(dtype=bool)
    where, count = at(frame["source_row"].to_numpy(), mask)
    file = str(frame["source_file"].to_numpy()[mask][0])
    values = {"labels": ", ".join(f'"{label}"' for label in several[:6]), "field": vocabulary.field(name).label}
    return Problem("W-LABEL-ALIKE", file, "", name, tuple(where), count, values)
