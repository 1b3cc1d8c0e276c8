"""The least friction velocity: flux against friction velocity per season, and the table of thresholds."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import eddy_ustar, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import say, sentence
from halosink.figures.eddy_ustar import Season
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part, by_tower, made, percent, place, reason, towers
from halosink.report.tables import Table, text


def threshold(contents: Contents, language: Language) -> Part | None:
    """None without thresholds."""
    frame = contents.frame("eddy/ustar")
    if frame is None or "threshold" not in frame:
        return None
    frame = frame.assign(_season=frame["season"].map(text) if "season" in frame else "")
    lines = [line for tower, part in by_tower(frame) for line in _lines(tower, part, contents, language)]
    figures: list[Figure] = []
    folded: list[Figure] = []
    curves = contents.frame("eddy/ustar_curves")
    if curves is not None and {"temperature_class", "friction_velocity", "nee"} <= set(curves):
        curves = curves.assign(_season=curves["season"].map(text) if "season" in curves else "")
        for tower, part in by_tower(curves):
            drawn = _figures(part, frame[frame["tower"].astype(str) == tower], tower, contents, language)
            figures += drawn[:1]
            folded += drawn[1:]
    else:
        lines.append(say("ustar.no_curves", language))
    tables = [_table(frame, contents, language)]
    return Part(say("ustar.title", language), lines, figures, tables, folded, say("ustar.more", language))


def _lines(tower: str, part: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """The threshold of each year, or why there is none."""
    years = part[part["_season"] == ""]
    rows = years if len(years) else part
    found = rows[rows["threshold"].notna()]
    where = place(tower, contents, language)
    if found.empty:
        codes = [c for c in part["reason"].map(text).unique() if c] if "reason" in part else []
        why = reason(",".join(codes), language, "threshold") or say("ustar.no_reason", language)
        return [sentence("ustar.none", language, where=where, why=why)]
    if len(found) == 1:
        row = found.iloc[0]
        value = _value(row, language)
        return [sentence("ustar.one", language, where=where, value=value, percent=percent(contents))]
    low, high = found["threshold"].min(), found["threshold"].max()
    span = numbers.span(low, high, language, 2)
    return [sentence("ustar.many", language, where=where, count=len(found), span=span)]


def _figures(
    curves: pd.DataFrame, frame: pd.DataFrame, tower: str, contents: Contents, language: Language
) -> list[Figure]:
    """One figure per year, the last one first."""
    drawn = []
    for year, part in sorted(curves.groupby("year"), key=lambda pair: -float(pair[0])):  # type: ignore[arg-type]
        seasons = []
        for season, own in part.groupby("_season", sort=True):
            rows = frame[(frame["year"] == year) & (frame["_season"] == season)]
            if rows.empty:
                rows = frame[(frame["year"] == year) & (frame["_season"] == "")]
            row = rows.iloc[0] if len(rows) else pd.Series(dtype=object)
            threshold, low, high = (_number(row.get(c)) for c in ("threshold", "low", "high"))
            title = say("ustar.season", language, start=season) if season else f"{int(part['year'].iloc[0])}"
            known = own[own[["friction_velocity", "nee"]].notna().all(axis=1)]
            if len(known):
                why = reason(row.get("reason"), language, "threshold")
                seasons.append(Season(title, known, threshold, low, high, why))
        if seasons:
            where = place(tower, contents, language)
            drawn.append(eddy_ustar.draw(seasons, where, percent(contents), language))
    return drawn


def _table(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    several = len(towers(contents)) > 1
    cells, marks = [], []
    for _, row in frame.iterrows():
        known = row["threshold"] == row["threshold"]
        cells.append([
            str(row["tower"]) if several else "", f"{int(row['year'])}" if row.get("year") == row.get("year") else "",
            row["_season"] or say("ustar.year", language), _coded("method", row.get("method"), language),
            _coded("seasons", row.get("seasons"), language), _value(row, language) if known else "",
            numbers.count(row.get("records"), language), reason(row.get("reason"), language, "threshold"),
        ])  # fmt: skip
        marks.append("" if known else "open")
    columns = "tower:k year:w season:w method:k seasons:k threshold:w records:n remark:l"
    said = {"percent": percent(contents)}
    return made(columns, cells, language, say("ustar.table", language), marks, **said)


def _coded(area: str, code: object, language: Language) -> str:
    from halosink import vocabulary

    shown = text(code)
    return say(f"{area}.{shown}", language) if f"eddy_report.{area}.{shown}" in vocabulary.texts() else shown


def _value(row: pd.Series, language: Language) -> str:
    mid, low, high = (_number(row.get(c)) for c in ("threshold", "low", "high"))
    if math.isfinite(low) and math.isfinite(high) and high > low:
        shown = [numbers.number(v, language, 2) for v in (mid, low, high)]
        return numbers.bracket(shown[0], numbers.joined(shown[1:], language), language)
    return numbers.number(mid, language, 3)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float(pd.to_numeric(value, errors="coerce") or math.nan)  # type: ignore[call-overload]
