"""What the parts of the section on a region share: tables, intervals, pictures and the boundary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import map_values, numbers
from halosink.figures.canvas import Figure
from halosink.figures.greenhouse import rounded
from halosink.figures.map_picture import Picture
from halosink.figures.map_words import amount, named, say
from halosink.report.contents import Contents
from halosink.report.eddy_shared import STYLES
from halosink.report.tables import Table

FRAMES = (
    "layers", "totals", "classes", "sinks", "vegetation", "patches", "weights", "levels", "corridors",
    "sensitivity", "transitions", "trends", "correction_skill", "pictures",
)  # fmt: skip
CATEGORIES = (1, 2, 3)
INDEX_UNITS = frozenset({"", "1", "index"})
"""Units of a soil map that is an index and no stock."""


def made(columns: str, cells: Sequence[Sequence[str]], language: Language, caption: str, percent: str = "") -> Table:
    """`columns`: `heading:style` in one string; headings are region_report.column.*; empty columns are left out."""
    pairs = [c.partition(":") for c in columns.split()]
    kept = [i for i in range(len(pairs)) if any(row[i] for row in cells)]
    headings = tuple(say(f"column.{pairs[i][0]}", language, percent=percent) for i in kept)
    styles = tuple(STYLES[pairs[i][2]] for i in kept)
    return Table(styles, [[row[i] for i in kept] for row in cells], caption, (), headings)


def percent(contents: Contents) -> str:
    return f"{contents.settings.analysis.confidence * 100:g}"


def get(row: Mapping[str, Any] | pd.Series, *names: str) -> float:
    """The first of these numbers that is there; NaN if none."""
    for name in names:
        value = row.get(name)
        if value is not None and hasattr(value, "__float__") and math.isfinite(float(value)):
            return float(value)
    return math.nan


def told(row: Mapping[str, Any] | pd.Series, *names: str) -> str:
    """The first of these texts that is there."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def interval(mid: float, low: float, high: float, language: Language, signed: bool = False) -> str:
    """In the digits that the interval carries; three digits where there is none."""
    if not math.isfinite(mid):
        return ""
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return amount(mid, language)
    return numbers.interval(*rounded(mid, low, high), language, signed=signed)


def area(value: float, language: Language) -> str:
    """km2: whole ones from 100 on, else three digits."""
    if not math.isfinite(value):
        return ""
    return numbers.number(value, language, 0 if value >= 100 else 1 if value >= 10 else 2)


def drawn(row: pd.Series, language: Language) -> str:
    """Range of an area over the draws; "" without one."""
    low, high = get(row, "area_low"), get(row, "area_high")
    digits = 0 if high >= 100 else 1 if high >= 10 else 2
    return "" if low == high else numbers.span(low, high, language, digits)


def tonnes(language: Language) -> float:
    """What stocks are divided by in tables: thousand tonnes, in Chinese ten thousand."""
    return 1e4 if language == "zh" else 1e3


def in_tonnes(row: pd.Series, value: str, language: Language, signed: bool = False) -> str:
    """A stock [t] with its interval in the unit of `tonnes`."""
    per = tonnes(language)
    return interval(get(row, value) / per, get(row, "low") / per, get(row, "high") / per, language, signed)


def united(found: str, shown: str, language: Language) -> str:
    """`value unit (interval)` from `value (interval)`."""
    if not shown or not found:
        return found
    middle, bracket, inner = found.partition(" (" if language == "en" else "（")
    return f"{middle}\u00a0{shown}{bracket}{inner}"


def share(value: float, language: Language) -> str:
    """A share as percent, never 0 or 100 where it is neither."""
    if not math.isfinite(value):
        return ""
    found = 100 * value
    return numbers.percent(found, language, 1 if 0 < found < 1 or 99 < found < 100 else 0)


def picture(contents: Contents, layer: str) -> Picture | None:
    """A map as it was made small for the page; None where there is none or it holds no data."""
    cells, index = contents.frame("region/pictures"), contents.frame("region/picture_index")
    if cells is None or index is None:
        return None
    about = index[index["layer"].astype(str) == layer]
    own = cells[cells["layer"].astype(str) == layer]
    if about.empty or own.empty or own["value"].isna().all():
        return None
    head = about.iloc[0]
    values = np.full((int(head["rows"]), int(head["columns"])), np.nan, np.float32)
    values[own["row"].to_numpy(int), own["column"].to_numpy(int)] = own["value"].to_numpy(np.float32)
    place = {k: get(head, k) for k in ("left", "top", "width", "height")}
    turn = get(head, "convergence")
    return Picture(values, **place, crs=told(head, "crs"), convergence=0.0 if math.isnan(turn) else turn,
                   unit=told(head, "unit"))  # fmt: skip


def layers_drawn(contents: Contents) -> list[str]:
    """Names of all maps that are there."""
    index = contents.frame("region/picture_index")
    return [] if index is None else [str(v) for v in index["layer"].unique()]


def boundary(contents: Contents) -> pd.DataFrame | None:
    """The outline of the region: ring, x, y."""
    return contents.frame("region/outline")


def modelled(contents: Contents, language: Language) -> list[str]:
    """Layers that are no measurement, with how they came about."""
    frame = contents.frame("region/layers")
    if frame is None or "modelled" not in frame:
        return []
    found = []
    for _, r in frame[frame["modelled"].fillna(False).astype(bool)].iterrows():
        name = named("role", told(r, "role", "layer"), language)
        how = told(r, f"note_{language}") or named("method", told(r, "method"), language)
        found.append(say("warning.modelled_one", language, layer=name, how=how.rstrip(".。")) if how else name)
    return list(dict.fromkeys(found))


def modelled_names(contents: Contents, language: Language) -> list[str]:
    frame = contents.frame("region/layers")
    if frame is None or "modelled" not in frame:
        return []
    own = frame[frame["modelled"].fillna(False).astype(bool)]
    return list(dict.fromkeys(named("role", told(r, "role", "layer"), language) for _, r in own.iterrows()))


def parts_and_total(frame: pd.DataFrame, category: int) -> tuple[pd.DataFrame, pd.Series]:
    """Rows of the uses of land in a category and its total: the row of land use 0 that holds them all, else their sum.

    A smaller row of land use 0 is land whose use is not known.
    """
    own = frame[frame["category"] == category]
    zero = own["land_use"] == 0
    whole = float(own.loc[~zero, "area_km2"].sum())
    total = own[zero & (own["area_km2"] >= whole * (1 - 1e-6))]
    if len(total):
        return own.drop(total.index[:1]), total.iloc[0]
    return own, pd.Series({"area_km2": float(own["area_km2"].sum())})


def category_area(contents: Contents, category: int) -> tuple[float, float, float]:
    """Area of a category and its interval [km2], NaN where it has none."""
    frame = contents.frame("region/sinks")
    if frame is None:
        return math.nan, math.nan, math.nan
    _, row = parts_and_total(frame, category)
    return get(row, "area_km2"), get(row, "area_low"), get(row, "area_high")


def total_area(contents: Contents) -> float:
    """Area of the region [km2]; NaN where it is not known."""
    totals, classes = contents.frame("region/totals"), contents.frame("region/classes")
    if totals is not None and (totals["quantity"] == "area").any():
        return get(totals[totals["quantity"] == "area"].iloc[0], "value")
    return float(classes["area_km2"].sum()) if classes is not None and "area_km2" in classes else math.nan


def value_maps(maps: Sequence[tuple[str, Picture]], contents: Contents, language: Language) -> list[Figure]:
    """Maps with the width of their interval each; those without it two by two where they are neighbours."""
    rings, found = boundary(contents), []
    waiting: list[tuple[str, Picture]] = []
    for name, own in maps:
        beside = picture(contents, f"{name}_width")
        if beside is not None:
            found += [map_values.several(waiting, rings, language)] if waiting else []
            waiting = []
            found.append(map_values.draw(name, own, beside, rings, language, percent(contents)))
            continue
        waiting.append((name, own))
        if len(waiting) == 2:
            found.append(map_values.several(waiting, rings, language))
            waiting = []
    if waiting:
        found.append(map_values.several(waiting, rings, language))
    return found
