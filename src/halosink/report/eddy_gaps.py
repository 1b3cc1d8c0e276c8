"""What became of the measured values, the gaps and who filled them, and how well that does on gaps made on purpose."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers
from halosink.figures.eddy_sheet import say, sentence
from halosink.report.contents import Contents
from halosink.report.eddy_shared import (
    FLUXES,
    Part,
    by_tower,
    half_hours,
    has,
    listed,
    made,
    name,
    percent,
    place,
    reason,
    share,
    short,
    towers,
)
from halosink.report.soil_shared import capped
from halosink.report.tables import Table, text

LONG = 1.0  # own choice: gaps of a day and more are listed; shorter ones are nights, and many


def gaps(contents: Contents, language: Language) -> Part | None:
    """Values set aside, gaps, and scores; None without any of the three."""
    lines: list[str] = []
    tables: list[Table] = []
    for part in (_kept, _gaps, _scores):
        said, found = part(contents, language)
        lines += said
        tables += found
    if not tables and not lines:
        return None
    return Part(say("gaps.title", language), lines, [], tables, not_shown=say("gaps.not", language))


def _kept(contents: Contents, language: Language) -> tuple[list[str], list[Table]]:
    """Per flux: how many steps, kept, and set aside by which reason."""
    frame = half_hours(contents)
    if frame is None:
        return [], []
    several, cells = len(towers(contents)) > 1, []
    for tower, part in by_tower(frame):
        for field in (f for f in FLUXES if f"{f}_kept" in part and has(part, f)):
            codes = part[f"{field}_kept"].astype("string").fillna("")
            kept = part[field].notna() & (codes == "") if field in part else codes == ""
            head = [tower if several else "", short(field, language)]
            cells.append(
                [*head, say("gaps.kept", language), numbers.count(kept.sum(), language), share(kept.mean(), language)]
            )
            for code, count in codes[codes != ""].value_counts().items():
                shown = [
                    reason(code, language, "filters"),
                    numbers.count(count, language),
                    share(count / len(part), language),
                ]
                cells.append([*head, *shown])
            none = int((~kept & (codes == "")).sum())
            if none:
                shown = [say("gaps.never", language), numbers.count(none, language), share(none / len(part), language)]
                cells.append([*head, *shown])
    if not cells:
        return [], []
    columns = "tower:k quantity:k fate:l steps:n share:n"
    return [say("gaps.kept_lead", language)], [made(columns, cells, language, say("gaps.kept_table", language))]


def _gaps(contents: Contents, language: Language) -> tuple[list[str], list[Table]]:
    frame = contents.frame("eddy/gaps")
    if frame is None or not {"tower", "field", "days"} <= set(frame):
        return [], []
    several = len(towers(contents)) > 1
    lines = []
    for tower, part in by_tower(frame):
        for field, own in part.groupby(part["field"].astype(str), sort=False):
            empty = own[own["filled_by"].astype(str) == "empty"] if "filled_by" in own else own.iloc[:0]
            said = {
                "where": place(tower, contents, language), "name": name(str(field), language),
                "count": numbers.count(len(own), language),
                "long": numbers.count((own["days"] >= LONG).sum(), language),
                "longest": numbers.number(own["days"].max(), language, 1),
            }  # fmt: skip
            line = sentence("gaps.line", language, **said)
            if len(empty):
                codes = ",".join(c for c in empty["reason"].map(text).unique() if c) if "reason" in empty else ""
                why = reason(codes, language, "filling") or say("ustar.no_reason", language)
                line += say("gaps.empty", language, count=numbers.count(len(empty), language), why=why)
            lines.append(line)
    shown = frame[(frame["days"] >= LONG) | (frame.get("filled_by", "") == "empty")]
    if shown.empty:
        return lines, []
    shown = shown.sort_values("days", ascending=False, kind="stable")
    cells, marks = [], []
    for _, row in shown.iterrows():
        by = text(row.get("filled_by"))
        cells.append([
            str(row["tower"]) if several else "", short(str(row["field"]), language), _time(row.get("start")),
            _time(row.get("end")), numbers.number(row["days"], language, 1), say(f"by.{by}", language) if by else "",
            reason(row.get("reason"), language, "filling"),
        ])  # fmt: skip
        marks.append("fail" if by == "empty" else "")
    columns = "tower:k quantity:k start:w end:w days:n filled_by:k remark:l"
    made_ = made(columns, cells, language, say("gaps.table", language, days=f"{LONG:g}"), marks)
    return lines, [capped(made_, "eddy/gaps", language)]


def _scores(contents: Contents, language: Language) -> tuple[list[str], list[Table]]:
    """Held-out gaps: both fillers side by side."""
    frame = contents.frame("eddy/scores")
    if frame is None or not {"tower", "field", "gap_days", "model", "rmse"} <= set(frame):
        return [sentence("scores.none", language)], []
    several, cells, lines = len(towers(contents)) > 1, [], []
    for (tower, field, days), part in frame.groupby(["tower", "field", "gap_days"], sort=False, observed=True):
        for _, row in part.iterrows():
            cells.append([
                str(tower) if several else "", short(str(field), language), f"{days:g}",
                say(f"by.{row['model']}", language),
                _three(row["rmse"], language), _three(row.get("mae"), language), _bias(row, language),
                numbers.number(row.get("r2"), language, 2), _coverage(row.get("coverage"), language),
                numbers.count(row.get("gaps"), language), numbers.count(row.get("records"), language),
            ])  # fmt: skip
    for (tower, field), part in frame.groupby(["tower", "field"], sort=False, observed=True):
        lines.append(_against(part, place(str(tower), contents, language), str(field), language))
    lines = [line for line in lines if line]
    columns = "tower:k quantity:k gap_days:n filled_by:k rmse:n mae:n bias:w r2:n coverage:n gaps:n records:n"
    caption = say("scores.table", language, percent=percent(contents))
    return [sentence("scores.lead", language), *lines], [
        made(columns, cells, language, caption, percent=percent(contents))
    ]


def _against(frame: pd.DataFrame, tower: str, field: str, language: Language) -> str:
    """How much less or more the forest errs than marginal distribution sampling, by length of gap."""
    shown = []
    for days, part in frame.groupby("gap_days", sort=True):
        found = part.dropna(subset=["rmse"]).groupby(part["model"].astype(str))["rmse"].mean()
        if {"mds", "forest"} <= set(found.index) and found["mds"] > 0:
            change = numbers.percent(100 * (found["forest"] / found["mds"] - 1), language, 0, signed=True)
            shown.append(say("scores.gap", language, change=change, days=f"{days:g}"))
    if not shown:
        return ""
    return sentence("scores.against", language, where=tower, name=name(field, language), parts=listed(shown, language))


def _three(value: object, language: Language) -> str:
    """Three significant digits, also of a whole number."""
    found = float(pd.to_numeric(value, errors="coerce"))  # type: ignore[call-overload]
    if not math.isfinite(found) or found == 0:
        return numbers.number(found, language)
    return numbers.number(found, language, min(6, max(0, 2 - math.floor(math.log10(abs(found))))))


def _coverage(value: object, language: Language) -> str:
    """Shares between 0 and 1, or percent."""
    found = pd.to_numeric(value, errors="coerce")  # type: ignore[call-overload]
    if found is None or not math.isfinite(found):
        return ""
    return numbers.percent(found * 100 if found <= 1 else found, language, 0)


def _bias(row: pd.Series, language: Language) -> str:
    bias, low, high = (row.get(c) for c in ("bias", "bias_low", "bias_high"))
    if any(v is None or v != v for v in (bias, low, high)):
        return numbers.number(bias, language, None, True)
    return numbers.interval(bias, low, high, language, signed=True)


def _time(value: object) -> str:
    found = pd.to_datetime(value)  # type: ignore[call-overload]
    return "" if found is pd.NaT or found is None else f"{found:%Y-%m-%d %H:%M}"
