"""Gas fluxes in CO2-equivalents: what each gas adds, per class and per place, and what the sums are not."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.budget.potentials import metrics
from halosink.contracts import Language
from halosink.figures import greenhouse as figure
from halosink.figures import numbers, words
from halosink.figures.canvas import Figure
from halosink.report import choose
from halosink.report.contents import Contents
from halosink.report.labels import names
from halosink.report.tables import Table, table, text

GASES = ("co2", "ch4", "n2o")
PLACES = ("region", "site", "block", "plot", "treatment", "salinity_class", "light_condition")
DRAWN = 14  # own choice: rows of bars that still fit a page
CAUTIONS = ("carbon_kept", "one_visit", "rate_not_sum")  # gas_missing is told with its counts


class Greenhouse(NamedTuple):
    lines: list[str]
    not_shown: str
    figures: list[Figure]
    classes: Table | None
    places: Table | None


def greenhouse(contents: Contents, language: Language) -> Greenhouse | None:
    """None without a balance."""
    frame = contents.frame("greenhouse/balance")
    if frame is None or not (whole := frame[frame["gas"].eq("sum") & frame["co2e"].notna()]).size:
        return None
    frame = frame.assign(
        label=_labels(frame, contents, language),
        part=frame["level"].eq("class").map({True: "class", False: "plot"}),
    )
    frame = frame[frame["label"].isin(frame.loc[whole.index, "label"])]
    named = {c: frame[c].astype(object).where(frame[c].notna(), "") for c in ("factor", "class") if c in frame}
    frame = choose.in_order(frame.assign(quantity="", **named), contents)
    if not frame.loc[frame["gas"].isin(("ch4", "n2o")), "co2e"].notna().any():
        frame = frame[frame["metric"] == frame["metric"].iloc[0]]
    classes, places = frame[frame["part"] == "class"], frame[frame["part"] == "plot"]
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    return Greenhouse(
        _lines(frame, contents.settings.greenhouse.fossil, language),
        _not_shown(frame, language),
        _figures(classes if len(classes) else places, percent, language),
        _table(classes, "class", percent, language),
        _table(places, "place", percent, language),
    )


def _labels(frame: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """Classes by their names, places by the columns that tell them from others."""
    called = {f.field: names(f, language) for f in contents.settings.design.factors}
    plots = frame[frame["level"] != "class"]
    shown = [c for c in PLACES if c in plots and plots[c].nunique() > 1] or [c for c in PLACES if c in plots][-1:]
    several = {
        "class": [c for c in ("table", "factor") if frame.loc[frame["level"] == "class", c].nunique() > 1]
        if "factor" in frame else [],
        "plot": ["table"] if plots["table"].nunique() > 1 else [],
    }  # fmt: skip
    found = []
    for row in frame.to_dict("records"):
        if row["level"] == "class":
            before = [words.quantity(row[c], language) if c == "factor" else row[c] for c in several["class"]]
            parts = [*before, row["class"]]
        else:
            parts = [*(row[c] for c in several["plot"]), *(called.get(c, {}).get(row[c], row[c]) for c in shown)]
        found.append(" · ".join(text(p) for p in parts if text(p)) or _say("all", language))
    return found


def _lines(frame: pd.DataFrame, fossil: bool, language: Language) -> list[str]:
    known = metrics()
    weighed = vocabulary.say("report.page.semicolon", language).join(
        _say(
            "weight", language, metric=name, horizon=known[name].horizon, report=known[name].report.to(language),
            **{g: f"{known[name].of(g, fossil):g}" for g in GASES},
        )
        for name in frame["metric"].unique()
        if name in known
    )  # fmt: skip
    lines = [_say("lead", language, weights=weighed)]
    plots = frame[(frame["part"] == "plot") & (frame["gas"] == "sum") & frame["co2e"].notna()]
    alike = plots[plots["missing"] == plots["missing"].mode().iloc[0]] if len(plots) else plots
    if "light_condition" in plots and plots["light_condition"].nunique() > 1:
        alike = plots.iloc[:0]
    for metric, part in alike.groupby("metric", sort=False):
        low, middle, high = part["co2e"].quantile([0.0, 0.5, 1.0])
        if len(part) > 1:
            lines.append(_say(
                "range", language, metric=metric, count=numbers.count(len(part), language), unit=_unit(part),
                low=numbers.number(low, language), middle=numbers.number(middle, language),
                high=numbers.number(high, language),
            ))  # fmt: skip
    whole = frame[frame["gas"] == "sum"].drop_duplicates(["part", "label"])
    missing = {g: int(whole["missing"].map(lambda m, g=g: g in text(m).split(",")).sum()) for g in GASES}
    listed = [
        _say("everywhere" if n == len(whole) else "lacks", language, gas=words.gases(g.upper()),
             count=numbers.count(n, language), all=numbers.count(len(whole), language))
        for g, n in missing.items() if n
    ]  # fmt: skip
    return [*lines, _say("missing", language, list=_joined(listed, language))] if listed else lines


def _not_shown(frame: pd.DataFrame, language: Language) -> str:
    """What the sums do not say; where only some rows are meant, how many."""
    whole = frame[frame["gas"] == "sum"].drop_duplicates(["part", "label"])
    said = []
    for code in CAUTIONS:
        count = int(whole["caution"].map(lambda joined, code=code: code in text(joined).split(",")).sum())
        if count:
            caution = words.gases(vocabulary.say(f"greenhouse.caution.{code}", language))
            every = numbers.count((whole["part"] == "plot").sum(), language)
            counts = {"count": numbers.count(count, language), "all": every}
            said.append(_say("some", language, caution=caution, **counts) if code == "one_visit" else caution)
            said += [_say("not_shown", language)] if code == "carbon_kept" else []
    return (" " if language == "en" else "").join(words.spaced(s) if language == "zh" else s for s in said)


def _figures(frame: pd.DataFrame, percent: str, language: Language) -> list[Figure]:
    """One figure per table and factor; where bars are many, the first metric only; none where they fill more pages."""
    keys = [c for c in ("table", "factor") if c in frame]
    found = []
    for key, part in frame.groupby(keys, sort=False, dropna=False):
        part = part[part["metric"] == part["metric"].iloc[0]] if part["label"].nunique() > DRAWN // 2 else part
        if part["label"].nunique() > DRAWN * 2:
            continue
        name = "-".join(["balance", *(text(k) for k in key if text(k))])
        what = _say("classes" if part["part"].iloc[0] == "class" else "places", language)
        found.append(figure.draw(part, name, _unit(part), percent, what, language))
    return found


def _table(frame: pd.DataFrame, which: str, percent: str, language: Language) -> Table | None:
    """One row per class or place and metric; a gas that was not measured is named so."""
    if frame.empty:
        return None
    cells = []
    for (label, metric), part in frame.groupby(["label", "metric"], sort=False):
        by_gas = part.drop_duplicates("gas").set_index("gas")["co2e"]
        whole = part[part["gas"] == "sum"].iloc[0]
        middle, low, high = figure.rounded(*(float(whole[c]) for c in ("co2e", "low", "high")))
        digits = numbers.interval_digits(middle, low, high)
        cells.append([
            str(label),
            str(metric),
            *(numbers.number(_short(by_gas.get(g)), language) or _say("unmeasured", language) for g in GASES),
            numbers.mean(middle, digits, language),
            numbers.ends(middle, low, high, language),
            _measured(whole, language),
        ])  # fmt: skip
    caption = _say(f"{which}_table", language, unit=_unit(frame))
    columns = f"{'class' if which == 'class' else 'place'} metric co2_part ch4_part n2o_part co2e_sum interval measured"
    return table(columns, cells, language, caption, percent=percent)


def _short(value: float | None) -> float:
    return float(f"{math.nan if value is None else value:.3g}")


def _measured(row: pd.Series, language: Language) -> str:
    """Rows, and days where they are known."""
    days = row.get("visits")
    shown = numbers.count(days, language) if days == days and days else ""
    return numbers.bracket(numbers.count(row["rows"], language), shown, language)


def _unit(frame: pd.DataFrame) -> str:
    return words.gases(numbers.unit(str(frame["unit"].iloc[0])))


def _joined(listed: list[str], language: Language) -> str:
    return vocabulary.say("report.page.comma", language).join(listed)


def _say(key: str, language: Language, **values: object) -> str:
    said = words.gases(vocabulary.say(f"report.greenhouse.{key}", language, **values))
    return words.spaced(said) if language == "zh" else words.singular(said)
