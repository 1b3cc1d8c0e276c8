"""A synthetic study beside the truth it was made from."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, recovery, words
from halosink.figures.canvas import Figure
from halosink.report import choose
from halosink.report.contents import Contents
from halosink.report.tables import Table, table, text, yes

MOST = 40  # own choice: estimates in the figure


class Recovered(NamedTuple):
    lead: str
    figure: Figure | None
    summary: Table
    every: Table
    faults: Table | None


def recovered(contents: Contents, language: Language) -> Recovered | None:
    """How many intervals hold the truth: in all, by quantity, one by one; and the faults that were put in."""
    frame = contents.frame("recovery/recovery")
    if frame is None:
        return None
    confidence = contents.settings.analysis.confidence
    inside, count = int(frame["inside"].sum()), len(frame)
    said = {"inside": inside, "count": count, "percent": numbers.percent(100 * inside / count, language)}
    lead = _say("lead", language, confidence=f"{confidence * 100:g}", **said)
    return Recovered(lead, _figure(frame, contents, language), _summary(frame, contents, language),
                     _every(frame, contents, language), _faults(contents, language))  # fmt: skip


def _figure(frame: pd.DataFrame, contents: Contents, language: Language) -> Figure | None:
    headline = choose.headlines(contents)
    shown = frame[frame["quantity"].isin(headline) & (frame["high"] > frame["low"])]
    shown = shown if len(shown) else frame[frame["high"] > frame["low"]]
    order = {q: i for i, q in enumerate(headline)}
    shown = shown.loc[shown["quantity"].map(order).fillna(len(order)).sort_values(kind="stable").index].head(MOST)
    return recovery.draw(shown, language, contents.settings.analysis.confidence) if len(shown) else None


def _summary(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    """One row per quantity: how many of its intervals hold the truth, by kind of estimate."""
    parts = {"effects": frame.assign(kind=frame.get("kind", "mean"))}
    closures = contents.frame("recovery/closures")
    if closures is not None:
        parts["closures"] = closures.rename(columns={"field": "quantity"}).assign(kind="closures")
    joined = pd.concat([p[["quantity", "kind", "inside"]] for p in parts.values()])
    kinds = [k for k in ("mean", "log_ratio", "closures") if (joined["kind"] == k).any()]
    cells = []
    for quantity, part in joined.groupby("quantity", sort=False):
        by_kind = [part.loc[part["kind"] == k, "inside"] for k in kinds]
        shares = [f"{int(p.sum())} / {len(p)}" if len(p) else "" for p in by_kind]
        cells.append([words.quantity(str(quantity), language), *shares])
    made = table("quantity " + "share " * len(kinds), cells, language, _say("summary", language))
    return replace(made, headings=(made.headings[0], *(words.word("estimate", k, language) for k in kinds)))


def _every(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    cells = []
    for _, r in frame.iterrows():
        digits = numbers.interval_digits(r["estimate"], r["low"], r["high"])
        cells.append([
            words.quantity(str(r["quantity"]), language),
            words.labelled(r, "label", language),
            words.word("estimate", r.get("kind"), language),
            numbers.number(r["truth"], language, digits),
            numbers.number(r["estimate"], language, digits),
            numbers.ends(r["estimate"], r["low"], r["high"], language),
            _unit(r, language),
            yes(r["inside"], language),
        ])  # fmt: skip
    marks = ["" if bool(v) else "fail" for v in frame["inside"]]
    confidence = f"{contents.settings.analysis.confidence * 100:g}"
    columns = "quantity label kind truth estimate interval unit inside"
    return table(columns, cells, language, _say("all", language), marks, percent=confidence)


def _unit(row: pd.Series, language: Language) -> str:
    shown = "" if row.get("kind") == "log_ratio" else words.unit(str(row["quantity"]), row.get("unit"))
    return shown or vocabulary.say("report.page.dimensionless", language)


def _faults(contents: Contents, language: Language) -> Table | None:
    frame = contents.frame("recovery/faults")
    if frame is None:
        return None
    from halosink.figures.quality import head

    cells = [
        [
            text(r["table"]),
            text(r["sensor"]),
            words.quantity(str(r["field"]), language) if text(r["field"]) else "",
            head(str(r["check"]), language),
            text(r["start"]),
            text(r["end"]),
            numbers.count(r["records"], language),
            numbers.count(r["found"], language),
        ]
        for r in frame.to_dict("records")
    ]
    return table("table sensor field check start end records found", cells, language, _say("faults", language))


def _say(key: str, language: Language, **values: object) -> str:
    return vocabulary.say(f"report.recovery.{key}", language, **values)
