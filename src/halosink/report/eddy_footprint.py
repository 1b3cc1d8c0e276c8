"""Where the flux comes from: distances, contours over the surroundings, and the share inside the fetch."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import eddy_footprint, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import say, sentence
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part, by_tower, half_hours, made, place, reason, share, towers
from halosink.report.tables import Table, text

PERIODS = ("all", "day", "night")
DISTANCES = ("peak_distance", "r50", "r70", "r80", "r90")


def footprint(contents: Contents, language: Language) -> Part | None:
    """None without a table of footprints."""
    frame = _wide(contents.frame("eddy/footprint"))
    if frame is None:
        return None
    lines: list[str] = []
    figures: list[Figure] = []
    folded: list[Figure] = []
    grid = contents.frame("eddy/footprint_grid")
    for tower, part in by_tower(frame):
        where = place(tower, contents, language)
        known = part[part["peak_distance"].notna()] if "peak_distance" in part else part.iloc[:0]
        if known.empty:
            codes = ",".join(dict.fromkeys(c for c in part["reason"].map(text) if c)) if "reason" in part else ""
            why = reason(codes, language, "footprint") or say("ustar.no_reason", language)
            lines.append(sentence("footprint.none", language, where=where, why=why))
            continue
        lines += _lines(known, where, language)
        own = None if grid is None else grid[grid["tower"].astype(str) == tower]
        drawn = _figures(own, known, tower, contents, language)
        figures += drawn[:1]
        folded += drawn[1:]
    if "peak_distance" not in frame or frame["peak_distance"].isna().all():
        return Part(say("footprint.title", language), lines)
    return Part(say("footprint.title", language), lines, figures, [_table(frame, contents, language)], folded,
                say("footprint.more", language), say("footprint.not", language))  # fmt: skip


def _wide(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    """One row per tower and period, whether the quantities stand in columns or in rows."""
    if frame is None or not {"tower", "period"} <= set(frame):
        return None
    if "quantity" in frame and "value" in frame:
        wide = frame.pivot_table(
            index=["tower", "period"], columns="quantity", values="value", sort=False, observed=True
        )
        others = [c for c in ("records", "reason") if c in frame]
        first = frame.groupby(["tower", "period"], sort=False, observed=True)[others].first()
        frame = first.join(wide[[c for c in wide if c not in others]]).reset_index()
    ranks = frame["period"].astype(str).map({p: i for i, p in enumerate(PERIODS)}).fillna(len(PERIODS))
    order = pd.DataFrame({"t": pd.factorize(frame["tower"])[0], "r": ranks.to_numpy()})
    return frame.iloc[order.sort_values(["t", "r"], kind="stable").index.to_numpy()].reset_index(drop=True)


def _lines(known: pd.DataFrame, where: str, language: Language) -> list[str]:
    row = known.iloc[0]
    said = {
        "where": where,
        "period": say(f"period.{row['period']}", language),
        "peak": _metres(row, "peak_distance", language),
    }
    lines = [sentence("footprint.lead", language, **said, r80=_metres(row, "r80", language) or "–")]
    inside = [
        say("footprint.inside_one", language, period=say(f"period.{r['period']}", language),
            share=share(r["share_inside_fetch"], language))
        for _, r in known.iterrows() if r.get("share_inside_fetch", math.nan) == r.get("share_inside_fetch")
    ]  # fmt: skip
    if inside:
        joined = (", " if language == "en" else "，").join(inside)
        lines.append(sentence("footprint.inside", language, where=where, parts=joined))
    else:
        lines.append(sentence("footprint.no_fetch", language, where=where))
    return lines


def _metres(row: pd.Series, column: str, language: Language) -> str:
    value = row.get(column)
    return numbers.number(float(f"{float(value):.3g}"), language) if value is not None and value == value else ""


def _figures(
    grid: pd.DataFrame | None, known: pd.DataFrame, tower: str, contents: Contents, language: Language
) -> list[Figure]:
    if grid is None or grid.empty:
        return []
    steps = half_hours(contents)
    wind, night = pd.Series(dtype=float), None
    if steps is not None and "wind_direction" in steps:
        own = steps[steps["tower"].astype(str) == tower]
        wind = own["wind_direction"]
        night = own["potential_radiation"] <= 0 if "potential_radiation" in own else None
    drawn = []
    for period in (p for p in PERIODS if (grid["period"].astype(str) == p).any()):
        part = grid[grid["period"].astype(str) == period]
        blown = wind if period == "all" or night is None else wind[night if period == "night" else ~night]
        said = place(tower, contents, language) + say(f"period.{period}", language)
        drawn.append(eddy_footprint.draw(part, blown, _fetch(known, contents), said, language))
    return drawn


def _fetch(known: pd.DataFrame, contents: Contents) -> float:
    """The fetch [m] from the table, else from the settings; NaN where neither says."""
    for found in (known["fetch"].iloc[0] if "fetch" in known else None,
                  getattr(getattr(contents.settings, "eddy", None), "fetch", None)):  # fmt: skip
        if isinstance(found, (int, float)) and found == found:
            return float(found)
    return math.nan


def _table(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    several = len(towers(contents)) > 1
    cells, marks = [], []
    for _, row in frame.iterrows():
        cells.append([
            str(row["tower"]) if several else "", say(f"period.{row['period']}", language),
            *(_metres(row, c, language) for c in DISTANCES), share(row.get("share_inside_fetch"), language),
            numbers.count(row.get("records"), language), reason(row.get("reason"), language, "footprint"),
        ])  # fmt: skip
        marks.append("" if row.get("peak_distance") == row.get("peak_distance") else "open")
    columns = "tower:k period:w peak:n r50:n r70:n r80:n r90:n inside:n records:n remark:l"
    return made(columns, cells, language, say("footprint.table", language), marks)
