"""Porewater and incubations: what was computed for each sample or series, and why not for the others."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.report.contents import Contents
from halosink.report.soil_shared import Part, capped, codes, counted, places, say, times, worded
from halosink.report.tables import Table, table, text

WATER = ("porewater_pco2", "porewater_dic", "calcite_saturation_index", "gypsum_saturation_index", "ion_balance_error")
UNITS = {"porewater_pco2": "atm", "porewater_dic": "mmol kg-1", "ion_balance_error": "%"}
"""As porewater_carbonate gives them; the others are without unit."""
FEW = 10  # own choice: samples of which a 5th and 95th percentile says something


def porewater(contents: Contents, language: Language) -> Part | None:
    """None without porewater analyses."""
    frame = contents.frame("soil/porewater")
    if frame is None or WATER[0] not in frame:
        return None
    frame = frame.reset_index(drop=True)
    known = frame[frame[WATER[0]].notna()]
    lines = [say("water_lead", language, known=counted(len(known), language), all=counted(len(frame), language))]
    lines += _reasons(frame, "soil_carbonates.reason", language)
    for column in ("calcite_saturation_index", "gypsum_saturation_index"):
        values = frame[column].dropna() if column in frame else pd.Series(dtype=float)
        if len(values):
            said = {"what": words.quantity(column, language), "count": counted(len(values), language)}
            over = counted((values > 0).sum(), language)
            lines.append(say("water_saturation", language, over=over, **said))
    return Part(
        say("water", language),
        lines,
        [],
        [
            *([_middle(known, language)] if len(known) else []),
            capped(_water(frame, contents, language), "soil/porewater", language),
        ],
        say("water_not", language),
    )


def _reasons(frame: pd.DataFrame, area: str, language: Language) -> list[str]:
    left = Counter(text(r) for r in frame["reason"] if text(r))
    if not left:
        return []
    told = [(codes(area, r, language), n) for r, n in left.most_common()]
    return [say("lacking", language, reasons=times(told, language))]


def _middle(known: pd.DataFrame, language: Language) -> Table:
    cells = []
    for column in (c for c in WATER if c in known and known[c].notna().any()):
        values = known[column].dropna()
        quantiles = (0.05, 0.5, 0.95) if len(values) >= FEW else (0.0, 0.5, 1.0)
        low, middle, high = (_short(float(values.quantile(q)), language) for q in quantiles)
        spread = numbers.joined([low, high], language)
        cells.append([_named(column, language), _unit(column, language), counted(len(values), language), middle,
                      spread])  # fmt: skip
    return table("quantity unit n median spread", cells, language, say("water_middle", language, few=FEW))


def _water(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    shown = [c for c in WATER if c in frame and frame[c].notna().any()]
    cells, marks = [], []
    for name, r in zip(places(frame, contents, language), frame.to_dict("records"), strict=True):
        remark = codes("soil_carbonates.reason", r["reason"], language)
        cells.append([name, *(_short(float(r[c]), language) for c in shown), remark])
        marks.append("open" if remark else "")
    made = table("place " + " ".join([*shown, "comment"]), cells, language, say("water_table", language), marks)
    headings = [
        numbers.bracket(_named(c, language), numbers.unit(UNITS.get(c, "")), language) if c in shown else h
        for c, h in zip(made.columns, made.headings, strict=True)
    ]
    return Table(made.columns, made.cells, made.caption, made.marks, tuple(headings))


def _unit(column: str, language: Language) -> str:
    return numbers.unit(UNITS.get(column, "")) or vocabulary.say("report.page.dimensionless", language)


def _named(column: str, language: Language) -> str:
    return say("ion_balance", language) if column == "ion_balance_error" else words.quantity(column, language)


def _short(value: float, language: Language) -> str:
    """Three significant digits at most."""
    return numbers.number(float(f"{value:.3g}"), language) if value == value else ""


def incubations(contents: Contents, language: Language) -> Part | None:
    """None without series of incubations."""
    frame = contents.frame("soil/incubations")
    if frame is None or "model" not in frame:
        return None
    known = frame[frame["model"].map(text) != ""]
    lines = [say("incubation_lead", language, known=counted(len(known), language), all=counted(len(frame), language))]
    lines += _reasons(frame, "soil_incubation.reason", language)
    cells, marks = [], []
    for r in frame.to_dict("records"):
        remark = codes("soil_incubation.reason", r["reason"], language)
        why = worded(f"soil_incubation.why.{r['why']}", language) if text(r["why"]) else ""
        cells.append([
            text(r["incubation"]),
            counted(r["readings"], language),
            numbers.plain(r["length"]),
            worded(f"soil_incubation.model.{r['model']}", language) if text(r["model"]) else "",
            numbers.number(r["r_squared"], language, 3),
            _short(float(r["released"]), language),
            say(f"basis_{r['basis']}", language) if text(r["basis"]) in ("soil", "carbon", "organic_matter", "jar")
            else "",
            remark or why,
        ])  # fmt: skip
        marks.append("open" if remark else "")
    columns = "incubation readings length incubation_model r_squared released basis comment"
    made = table(columns, cells, language, say("incubation_table", language), marks)
    tables = [capped(made, "soil/incubations", language), *_parameters(contents, language)]
    return Part(say("incubation", language), lines, [], tables, say("incubation_not", language))


def _parameters(contents: Contents, language: Language) -> list[Table]:
    """Parameters of the chosen models, with what the readings say of them."""
    frame = contents.frame("soil/incubation_parameters")
    if frame is None:
        return []
    cells, marks = [], []
    for r in frame.to_dict("records"):
        cells.append([
            text(r["incubation"]),
            say(f"parameter_{_alone(text(r['parameter']), text(r['model']))}", language),
            numbers.interval(r["value"], r.get("low"), r.get("high"), language),
            numbers.unit(text(r["unit"])),
            worded(f"soil_incubation.verdict.{r['verdict']}", language),
        ])  # fmt: skip
        marks.append("" if r["verdict"] == "identified" else "open")
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    columns = "incubation parameter estimate_with unit comment"
    made = table(columns, cells, language, say("parameter_table", language), marks, percent=percent)
    return [capped(made, "soil/incubation_parameters", language)]


def _alone(parameter: str, model: str) -> str:
    """The only pool of a model is neither fast nor slow."""
    return parameter.removesuffix("_fast") if model.startswith("one_pool") else parameter
