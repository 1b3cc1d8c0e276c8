"""Stocks in time: changes between two samplings, and burial in dated cores."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, soil_intervals, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.labels import names
from halosink.report.soil_shared import Part, capped, counted, groups, places, say, times, worded
from halosink.report.tables import Table, table

MODELS = ("crs", "cfcs", "caesium_137")
KINDS = {"organic": "soil_organic_carbon_stock", "inorganic": "soil_inorganic_carbon_stock"}


def changes(contents: Contents, language: Language) -> Part | None:
    """None where stocks were sampled once only."""
    frame = contents.frame("soil/stock_changes")
    if frame is None or frame.empty:
        return None
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    called = {f.field: names(f, language) for f in contents.settings.design.factors}
    lines = []
    for _, r in frame[(frame["class"] == "") & frame["estimate"].notna()].iterrows():
        lines.append(say(
            "change_lead", language, what=words.quantity(KINDS[str(r["carbon"])], language),
            method=say(f"method_{r['label']}", language), depth=_depth(r["depth_bottom"], language),
            first=f"{r['first']:.4g}", last=f"{r['last']:.4g}", unit=words.unit(KINDS[str(r["carbon"])]),
            change=numbers.interval(r["estimate"], r["low"], r["high"], language, signed=True),
            detectable=numbers.number(float(f"{r['detectable']:.2g}"), language),
        ))  # fmt: skip
    left = Counter(str(r) for r in frame["reason"] if r)
    if left:
        told = times([(worded(f"soil_stocks.change.{r}", language), n) for r, n in left.most_common()], language)
        lines.append(say("lacking", language, reasons=told))
    cells, marks = [], []
    for _, r in frame.iterrows():
        known = r["estimate"] == r["estimate"]
        shown = called.get(str(r["factor"]), {}).get(str(r["class"]), str(r["class"])) or say("all", language)
        cells.append([
            words.quantity(KINDS[str(r["carbon"])], language), say(f"method_{r['label']}", language), shown,
            _depth(r["depth_bottom"], language),
            " / ".join(counted(r[f"units_{when}"], language) for when in ("before", "after")),
            f"{r['years']:.1f}", *(_short(r[c], language) for c in ("before", "after")),
            numbers.interval(r["estimate"], r["low"], r["high"], language, signed=True) if known else "",
            numbers.interval(r["rate"], r["rate_low"], r["rate_high"], language, signed=True) if known else "",
            _short(r["detectable"], language) if known else "",
            worded(f"soil_stocks.design.{str(r['design']).replace(' ', '_')}", language) if known
            else worded(f"soil_stocks.change.{r['reason']}", language),
        ])  # fmt: skip
        marks.append("" if known else "open")
    columns = (
        "quantity stock_method class depth_to n_both span_years before after change change_rate detectable comment"
    )
    caption = say("change_table", language, percent=percent)
    return Part(say("change", language), lines, [], [table(columns, cells, language, caption, marks)],
                say("change_not", language))  # fmt: skip


def burial(contents: Contents, language: Language) -> Part | None:
    """None without dated cores."""
    frame = contents.frame("soil/burial")
    if frame is None or "carbon_burial_rate" not in frame:
        return None
    frame = frame.reset_index(drop=True)
    group = groups(frame, contents, language)
    aside = ["depth_top", "depth_bottom", "layer", *(f.field for f in contents.settings.design.factors[:1])]
    frame = frame.assign(group=group.of, label=places(frame, contents, language, aside))
    order = {g: i for i, g in enumerate(group.order)}
    frame = frame.iloc[frame["group"].map(order).argsort(kind="stable")].reset_index(drop=True)
    known = frame[frame["carbon_burial_rate"].notna()]
    lines = []
    for model in (m for m in MODELS if (frame["model"] == m).any()):
        part, good = frame[frame["model"] == model], known[known["model"] == model]
        said = {"model": _model(model, language), "all": counted(len(part), language)}
        lines.append(say("burial_lead", language, good=counted(len(good), language), **said))
        left = Counter(str(r) for r in part["reason"] if r)
        if left:
            told = times([(worded(f"soil_stocks.burial.{r}", language), n) for r, n in left.most_common()], language)
            lines[-1] += ("" if language == "zh" else " ") + say("lacking", language, reasons=told)
    tables = [*([_by_class(known, language)] if len(known) else []),
              capped(_cores(frame, contents, language), "soil/burial", language)]  # fmt: skip
    return Part(say("burial", language), lines, _figures(known, language), tables, say("burial_not", language))


def _figures(known: pd.DataFrame, language: Language) -> list[Figure]:
    if known.empty:
        return []
    parts = [(_model(m, language), known[known["model"] == m]) for m in MODELS if (known["model"] == m).any()]
    return [soil_intervals.burial(parts, "burial", language)]


def _by_class(known: pd.DataFrame, language: Language) -> Table:
    cells = []
    for (model, group), part in known.groupby(["model", "group"], sort=False):
        cells.append([_model(str(model), language), str(group), counted(len(part), language)])
        for column in ("carbon_burial_rate", "accretion_rate", "mass_accumulation_rate"):
            middle, low, high = (
                _short(float(v), language) for v in (part[column].mean(), part[column].min(), part[column].max())
            )
            cells[-1].append(
                middle if low == high else numbers.bracket(middle, numbers.joined([low, high], language), language)
            )
        cells[-1].append(_short(float(part["years"].mean()), language))
    columns = "dating class n burial_rate accretion mass_rate over_years"
    return table(columns, cells, language, say("burial_classes", language))


def _cores(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    cells, marks = [], []
    for _, r in frame.iterrows():
        known = r["carbon_burial_rate"] == r["carbon_burial_rate"]
        cells.append([str(r["label"]), str(r["group"]), _model(str(r["model"]), language)])
        for c in ("carbon_burial_rate", "accretion_rate", "mass_accumulation_rate"):
            cells[-1].append(numbers.interval(r[c], r[f"{c}_low"], r[f"{c}_high"], language) if known else "")
        cells[-1] += [_short(r["years"], language) if known else "",
                      "" if known else worded(f"soil_stocks.burial.{r['reason']}", language)]  # fmt: skip
        marks.append("" if known else "open")
    columns = "place class dating burial_rate accretion mass_rate over_years comment"
    return table(columns, cells, language, say("burial_cores", language), marks)


def _model(name: str, language: Language) -> str:
    return worded(f"soil_stocks.burial_model.{name}", language)


def _depth(depth: float, language: Language) -> str:
    return say("stock_depth", language, depth=f"{depth:g}") if depth == depth else say("given_mass", language)


def _short(value: float, language: Language) -> str:
    return numbers.number(float(f"{value:.3g}"), language) if value == value else ""
