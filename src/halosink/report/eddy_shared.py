"""What the parts of the section on eddy covariance share: the record of a part, towers, reasons, tables, days."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import SOURCES, say
from halosink.report.contents import Contents
from halosink.report.soil_shared import lowered
from halosink.report.tables import Table, text

FLUXES = ("nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux")
SUMS = (
    "nee", "gpp_night", "gpp_day", "reco_night", "reco_day", "ch4_flux", "evapotranspiration", "latent_heat_flux",
    "sensible_heat_flux",
)  # fmt: skip
CARBON = frozenset({"nee", "gpp_night", "gpp_day", "reco_night", "reco_day", "ch4_flux"})
STYLES = {"n": "n", "w": "unit", "k": "place", "l": "comment", "": ""}
"""The class of a column's cells, and a column of tables.py that has it."""


class Part(NamedTuple):
    """One heading of the section; `folded` figures stand under `folded_title`, to be opened."""

    title: str
    lines: list[str]
    figures: list[Figure] = []
    tables: list[Table] = []
    folded: list[Figure] = []
    folded_title: str = ""
    not_shown: str = ""


def half_hours(contents: Contents) -> pd.DataFrame | None:
    """The steps of all towers in order of time; None where there are none."""
    frame = contents.frame("eddy/half_hours")
    if frame is None or not {"tower", "time"} <= set(frame):
        return None
    return frame.reset_index(drop=True)


def by_tower(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Towers in the order in which they stand."""
    for name, part in frame.groupby("tower", sort=False, observed=True):
        yield str(name), part


def towers(contents: Contents) -> list[str]:
    for name in ("half_hours", "sums", "ustar", "gaps"):
        frame = contents.frame(f"eddy/{name}")
        if frame is not None and "tower" in frame:
            return list(dict.fromkeys(str(t) for t in frame["tower"].unique()))
    return []


def place(tower: str, contents: Contents, language: Language) -> str:
    """`Tower A: ` where there are several, else nothing."""
    return tower + vocabulary.say("report.page.colon", language) if len(towers(contents)) > 1 else ""


def percent(contents: Contents) -> str:
    return f"{contents.settings.analysis.confidence * 100:g}"


def reason(code: Any, language: Language, *areas: str) -> str:
    """The sentence of a reason, from the texts of `areas`, else from whichever text of eddy covariance has it; several
    codes one after the other."""
    shown = []
    for one in (c.strip() for c in text(code).split(",")):
        if one:
            own = [f"eddy_{area}.reason_{one}" for area in areas]
            every = [k for k in vocabulary.texts() if k.startswith("eddy_") and k.endswith(f".reason_{one}")]
            key = next((k for k in (*own, *every) if k in vocabulary.texts()), "")
            said = words.gases(vocabulary.say(key, language)) if key else one.replace("_", " ")
            said = lowered(said.rstrip(".。"))
            shown.append(words.spaced(said) if language == "zh" else said)
    return vocabulary.say("report.page.semicolon", language).join(shown)


def unit(field: str, raw: Any) -> str:
    """The unit of a sum, with carbon where it is one."""
    return numbers.unit(text(raw), "C" if field in CARBON else "")


def name(field: str, language: Language) -> str:
    key = f"eddy_report.name.{field}"
    return say(f"name.{field}", language) if key in vocabulary.texts() else words.quantity(field, language)


def short(field: str, language: Language) -> str:
    """What a quantity is called in tables."""
    key = f"eddy_report.short.{field}"
    return say(f"short.{field}", language) if key in vocabulary.texts() else name(field, language)


def share(value: Any, language: Language) -> str:
    """A share as percent, never 0 or 100 where it is neither."""
    if value is None or not math.isfinite(float(value)):
        return ""
    found = 100 * float(value)
    digits = 1 if 0 < found < 1 or 99 < found < 100 else 0
    return numbers.percent(found, language, digits)


def listed(found: Sequence[str], language: Language) -> str:
    return vocabulary.say("report.page.comma", language).join(found)


def semicolons(found: Sequence[str], language: Language) -> str:
    return vocabulary.say("report.page.semicolon", language).join(found)


def made(
    columns: str,
    cells: Sequence[Sequence[str]],
    language: Language,
    caption: str,
    marks: Sequence[str] = (),
    **said: Any,
) -> Table:
    """`columns`: `heading:style` in one string; headings are eddy_report.column.*, styles those of STYLES.

    Columns in which no row has anything are left out.
    """
    pairs = [c.partition(":") for c in columns.split()]
    kept = [i for i in range(len(pairs)) if any(row[i] for row in cells)]
    headings = tuple(say(f"column.{pairs[i][0]}", language, **said) for i in kept)
    styles = tuple(STYLES[pairs[i][2]] for i in kept)
    return Table(styles, [[row[i] for i in kept] for row in cells], caption, marks, headings)


def seconds(times: pd.Series) -> int:
    """Length of a step [s]; half an hour where it cannot be told."""
    stamps = times.to_numpy().astype("datetime64[s]").astype(np.int64)
    return int(np.median(np.diff(stamps))) if len(stamps) > 1 else 1800


def has(frame: pd.DataFrame, field: str) -> bool:
    """Whether a flux is there with at least one value."""
    filled = f"{field}_filled"
    return any(c in frame and frame[c].notna().any() for c in (field, filled))


def days(frame: pd.DataFrame, field: str) -> pd.DataFrame:
    """Per day: day, value (mean of the complete steps), steps, and the share of each source."""
    filled = frame[f"{field}_filled"] if f"{field}_filled" in frame else frame[field]
    day = frame["time"].dt.floor("D").rename("day")
    grouped = filled.groupby(day)
    found = pd.DataFrame({"value": grouped.mean(), "steps": grouped.size()})
    source = sources(frame, field)
    for one in SOURCES:
        found[one] = (source == one).groupby(day).mean()
    return found.reset_index()


def sources(frame: pd.DataFrame, field: str) -> pd.Series:
    """How each step came to its value; told from the values where the run did not say."""
    if f"{field}_source" in frame:
        return frame[f"{field}_source"].astype("string").fillna("empty").replace("", "empty")
    return pd.Series(np.where(frame[field].notna(), "measured", "empty"), index=frame.index, dtype="string")
