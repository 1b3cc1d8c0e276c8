"""Tables of the response model: changes by interventions, all flows, and how long stocks hold."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers
from halosink.figures.greenhouse import rounded
from halosink.figures.model_sheet import pool, say, unit
from halosink.report.eddy_shared import STYLES
from halosink.report.tables import Table


def made(columns: str, cells: Sequence[Sequence[str]], language: Language, caption: str, percent: str) -> Table:
    """`columns`: `heading:style` in one string; headings are model_report.column.*; empty columns are left out."""
    pairs = [c.partition(":") for c in columns.split()]
    kept = [i for i in range(len(pairs)) if any(row[i] for row in cells)]
    headings = tuple(say(f"column.{pairs[i][0]}", language, percent=percent) for i in kept)
    styles = tuple(STYLES[pairs[i][2]] for i in kept)
    return Table(styles, [[row[i] for i in kept] for row in cells], caption, (), headings)


def three(row: pd.Series, language: Language, stem: str = "", signed: bool = False) -> str:
    found = (float(row[f"{stem}{c}"]) for c in ("median", "low", "high"))
    return numbers.interval(*rounded(*found), language, signed=signed)


def changes(frame: pd.DataFrame, percent: str, language: Language) -> Table:
    cells = [
        [
            _class(r["class"]),
            str(r["label"]),
            three(r, language, signed=True),
            numbers.percent(100 * r["gain"], language),
            numbers.number(float(r["brought"]), language, 0) if r["brought"] > 0 else "",
            three(r, language, "production_", True),
            three(r, language, "ec_", True),
            three(r, language, "esp_", True),
            _cited(r["source"], language),
        ]
        for _, r in frame.iterrows()
    ]
    columns = "class:k intervention:k change:n gain:n brought:n production:n ec:n esp:n source:l"
    return made(columns, cells, language, say("rows.table", language), percent)


def beside_measured(frame: pd.DataFrame, percent: str, language: Language) -> Table:
    cells = [
        [
            _class(r["class"]),
            say(f"measured.{r['quantity']}", language),
            numbers.number(float(f"{r['measured']:.3g}"), language),
            numbers.number(int(r["readings"]), language, 0),
            three(r, language),
            say(f"measured.{'within' if r['low'] <= r['measured'] <= r['high'] else 'outside'}", language),
        ]
        for _, r in frame.iterrows()
    ]
    columns = "class:k quantity:k measured:n readings:n modelled:n inside:k"
    return made(columns, cells, language, say("measured.table", language), percent)


def flows(frame: pd.DataFrame, percent: str, language: Language) -> Table:
    cells = [
        [
            _class(r["class"]),
            say(f"kind.{r['kind']}", language),
            pool(r["source"], language),
            pool(r["target"], language),
            process(r["process"], language),
            three(r, language),
            unit(str(r["unit"]), r["kind"] == "carbon"),
        ]
        for _, r in frame.iterrows()
    ]
    return made("class:k kind from:k to:k process:k amount:n unit:w", cells, language, say("flows.table", language),
                percent)  # fmt: skip


def residence(frame: pd.DataFrame, percent: str, language: Language) -> Table:
    cells = [
        [
            _class(r["class"]),
            pool(r["stock"], language),
            numbers.number(float(f"{r['mean_stock']:.3g}"), language, 0 if r["mean_stock"] >= 10 else 1),
            three(r, language),
        ]
        for _, r in frame.iterrows()
    ]
    return made("class:k stock:k held:n years:n", cells, language, say("residence.table", language), percent)


def process(name: str, language: Language) -> str:
    key = f"model_report.process.{name}"
    return say(f"process.{name}", language) if key in vocabulary.texts() else name.replace("_", " ")


def _class(name: object) -> str:
    return "" if name == "-" else str(name)


def _cited(keys: str, language: Language) -> str:
    known = vocabulary.sources()
    shown = []
    for key in (k.strip() for k in str(keys).split(",")):
        if key == "own_choice":
            shown.append(say("own_choice", language))
        elif key in known:
            first = known[key].author.split(" and ")[0].split(",")[0]
            shown.append(f"{first} {known[key].year}".strip())
    return say("rows.comma", language).join(shown)
