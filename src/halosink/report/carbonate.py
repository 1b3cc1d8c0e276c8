"""Whether long series of soil CO2 flux need an abiotic part: the verdict in words, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import held_out, numbers, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.tables import Table, table, text

LITTLE = 0.1  # own choice: a model that takes less than a tenth off the squared error of the mean explains little


class Judged(NamedTuple):
    """One table of fluxes."""

    title: str
    lines: list[str]
    figures: list[Figure]


class Carbonate(NamedTuple):
    tables: list[Judged]
    series: Table | None
    parameters: Table
    left_out: Table | None


def carbonate(contents: Contents, language: Language) -> Carbonate | None:
    """None where no series was long enough."""
    found = contents.frame("carbonate/comparison")
    models, parameters = contents.frame("carbonate/models"), contents.frame("carbonate/parameters")
    if found is None or models is None or parameters is None:
        return None
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    several = len(found) > 1
    judged = []
    for _, row in found.iterrows():
        own = models[models["table"] == row["table"]]
        figures = [
            held_out.draw_errors(own, f"held-out-{row['table']}", language),
            held_out.draw_gain(row, f"held-out-gain-{row['table']}", percent, language),
        ]
        judged.append(Judged(str(row["table"]) if several else "", _lines(row, percent, language), figures))
    left_out = contents.frame("carbonate/left_out")
    return Carbonate(
        judged,
        _series(models, several, language),
        _parameters(parameters, several, percent, language),
        _left_out(left_out, several, language) if left_out is not None else None,
    )


def summary(contents: Contents, language: Language) -> list[str]:
    """The answer of a study that compares no classes: each verdict, what it is worth, and what it does not prove."""
    found = contents.frame("carbonate/comparison")
    if found is None:
        return []
    space = " " if language == "en" else ""
    said = [
        (row["table"], _worded(f"carbonate.verdict.{row['verdict']}", language) + space + _skill(row, language))
        for _, row in found.iterrows()
    ]
    colon = vocabulary.say("report.page.colon", language)
    lines = [f"{name}{colon}{line}" if len(said) > 1 else line for name, line in said]
    return [*lines, _say("not_shown", language)]


def _lines(row: pd.Series, percent: str, language: Language) -> list[str]:
    """The verdict first, then how much the models explain, the errors, the size and the fluxes below zero."""
    unit = words.unit("co2_flux")
    lag, lag_low, lag_high = (float(row[f"lag_{k}"]) for k in ("difference", "low", "high"))
    said = {
        "n": numbers.count(row["n"], language),
        "series": numbers.count(row["series"], language),
        "weeks": numbers.count(row["weeks"], language),
        "unit": unit,
        "percent": percent,
        **{m: numbers.number(row[f"rmse_{m}"], language, 3) for m in held_out.MODELS},
        "gain": _percents(row, ("percent", "percent_low", "percent_high"), 1, language, signed=True),
        "wins": numbers.percent(100 * row["wins"], language),
        "lag": numbers.interval(lag, lag_low, lag_high, language, signed=True),
        "share": _percents(row, [f"abiotic_share{k}" for k in ("", "_low", "_high")], 100, language),
        "mean_part": numbers.number(row["abiotic_mean"], language, 3, signed=True),
        **{
            k: numbers.percent(100 * row[c], language, 1) or _say("unknown", language)
            for k, c in (("negative", "negative"), ("day", "negative_day"), ("night", "negative_night"))
        },
    }
    lines = [_worded(f"carbonate.verdict.{row['verdict']}", language), _skill(row, language)]
    lines += [_say("gain", language, **said), _say(f"lag_{row['against_lag']}", language, **said)]
    lines.append(_say("share" if row["verdict"] == "two_part" else "share_unproven", language, **said))
    lines.append(_say("negative" if row["negative"] > 0 else "none_negative", language, **said))
    return lines


def _skill(row: pd.Series, language: Language) -> str:
    """How much both models explain, plainly where it is little or nothing."""
    skills = {m: 100 * float(row[f"skill_{m}"]) for m in ("biotic", "two_part")}
    said = {f"skill_{m}": numbers.percent(v, language, 1) for m, v in skills.items()}
    said |= {f"worse_{m}": numbers.percent(-v, language, 1, signed=True) for m, v in skills.items()}
    best = max(skills.values()) / 100
    return _say("worthless" if best <= 0 else "little" if best < LITTLE else "skill", language, **said)


def _percents(row: pd.Series, columns: Sequence[str], factor: float, language: Language, signed: bool = False) -> str:
    mid, low, high = (factor * float(row[c]) for c in columns)
    ends = numbers.span(low, high, language, 1, signed)
    return numbers.bracket(numbers.percent(mid, language, 1, signed), ends, language)


def _series(models: pd.DataFrame, several: bool, language: Language) -> Table | None:
    """Errors of each series; None where there is one series only, which the figure shows."""
    if models.groupby("table")["series"].nunique().max() < 3:
        return None
    cells = []
    for (source, name), part in models[models["series"] != ""].groupby(["table", "series"], sort=False):
        by_model = part.set_index("model")
        cells.append([
            _named(source, name, several, language),
            numbers.count(part["n"].iloc[0], language),
            *(numbers.number(by_model.loc[m, "rmse"], language, 3) for m in held_out.MODELS),
            *(numbers.number(by_model.loc[m, "skill"], language, 2) for m in ("biotic", "two_part")),
        ])  # fmt: skip
    columns = "series n rmse_mean rmse_biotic rmse_lagged rmse_two_part skill_biotic skill_two_part"
    return table(columns, cells, language, _say("series", language, unit=words.unit("co2_flux")))


def _parameters(frame: pd.DataFrame, several: bool, percent: str, language: Language) -> Table:
    cells = []
    for r in frame.to_dict("records"):
        value, low, high = (float(f"{r[k]:.4g}") for k in ("value", "low", "high"))
        digits = numbers.interval_digits(value, low, high)
        cells.append([
            _named(r["table"], r["series"], several, language),
            _worded(f"carbonate.parameter.{r['parameter']}", language),
            numbers.number(value, language, digits),
            numbers.ends(value, low, high, language) or _say("edge", language),
            _superscript(numbers.unit(str(r["unit"]))) or vocabulary.say("report.page.dimensionless", language),
        ])  # fmt: skip
    caption = _say("parameters", language, percent=percent)
    return table("series parameter estimate interval unit", cells, language, caption, percent=percent)


def _left_out(frame: pd.DataFrame, several: bool, language: Language) -> Table:
    comma = vocabulary.say("report.page.comma", language)
    cells = [
        [
            comma.join(_named(t, s, several, language) for t, s in zip(part["table"], part["series"], strict=True)),
            numbers.count(len(part), language),
            _worded(f"carbonate.reason.{reason}", language),
        ]
        for reason, part in frame.groupby("reason", sort=False)
    ]
    return table("series n reason", cells, language, _say("left_out", language))


def _named(source: object, series: object, several: bool, language: Language) -> str:
    parts = [str(source)] * several + [text(series) or _say("one_series", language)]
    return " · ".join(parts)


def _worded(key: str, language: Language) -> str:
    said = _superscript(words.gases(vocabulary.say(key, language)).replace("degC", "°C"))
    return words.spaced(said) if language == "zh" else said


def _superscript(said: str) -> str:
    return said.replace("m3", "m³").replace("m-3", "m⁻³")


def _say(key: str, language: Language, **values: object) -> str:
    said = vocabulary.say(f"report.carbonate.{key}", language, **values)
    return words.spaced(said) if language == "zh" else words.singular(said)
