"""Fluxes of the closures: how many hold, by which model, the best and the worst fits, and each one with its reasons."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import closures, fluxes, numbers, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.tables import Table, table, text

GASES = ("co2", "ch4", "n2o", "h2o")
QUALITIES = ("good", "doubtful", "refused")
FEW = 40  # own choice: with fewer closures the ends of the middle 90 % are single closures
PLACES = ("site", "block", "plot", "core", "treatment", "light_condition", "replicate", "chamber", "date", "closure")


class Chamber(NamedTuple):
    lines: list[str]
    points: list[Figure]
    best: list[Figure]
    worst: list[Figure]
    models: Table
    refused: Table | None
    every: Table


def chamber(contents: Contents, language: Language) -> Chamber | None:
    """None without fluxes of closures."""
    frame = contents.frame("fluxes/chamber")
    if frame is None or "quality" not in frame:
        return None
    frame = frame.assign(_name=_names(frame)).sort_values("gas", key=_order, kind="stable")
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    good = frame[frame["flux"].notna()]
    points = [fluxes.draw(part, str(f), percent, language) for f, part in good.groupby("field", sort=False)]
    refused = frame[frame["flux"].isna()]
    return Chamber(
        _lines(frame, language),
        points,
        _gallery(contents, frame, "best", language),
        _gallery(contents, frame, "worst", language),
        _models(frame, language),
        _refused(refused, language) if len(refused) else None,
        _every(good, percent, language),
    )


def summary(contents: Contents, language: Language) -> list[str]:
    """The answer of a study that holds nothing but fluxes: the middle and the spread of each gas over the closures."""
    frame = contents.frame("fluxes/chamber")
    if frame is None or "quality" not in frame:
        return []
    lines = []
    known = frame[frame["flux"].notna()].sort_values("gas", key=_order, kind="stable")
    if known.empty:
        most = frame["reason"].value_counts()
        values = {"count": len(frame), "reason": _codes("reason", most.index[0], language), "hit": int(most.iloc[0])}
        return [_say("none", language, **values)]
    for field, part in known.groupby("field", sort=False):
        few = len(part) < FEW
        low, middle, high = part["flux"].quantile([0.0, 0.5, 1.0] if few else [0.05, 0.5, 0.95])
        lines.append(_say(
            "middle_few" if few else "middle", language,
            quantity=words.quantity(str(field), language), unit=words.unit(str(field)),
            count=numbers.count(len(part), language), middle=numbers.number(middle, language),
            low=numbers.number(low, language), high=numbers.number(high, language),
        ))  # fmt: skip
    return [*lines, _say("not_shown", language)]


def _order(gases: pd.Series) -> pd.Series:
    """Carbon first, water last."""
    return gases.map({gas: i for i, gas in enumerate(GASES)}).fillna(len(GASES))


def _names(frame: pd.DataFrame) -> list[str]:
    """Each closure by the parts of its key that tell it from others, without parts that all share."""
    parts = [c for c in PLACES if c in frame and frame[c].nunique() > 1] or [c for c in ("closure",) if c in frame]
    shown = [
        frame[c].dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(frame[c]) else frame[c] for c in parts
    ]
    if "closure" in parts and frame["closure"].nunique() == frame.groupby(parts, dropna=False).ngroups:
        shown = [frame["closure"]]
    return [" · ".join(text(v) for v in row if text(v)) for row in zip(*shown, strict=True)]


def _lines(frame: pd.DataFrame, language: Language) -> list[str]:
    closures_, gases = frame["_name"].nunique(), frame["field"].nunique()
    counts = {q: numbers.count(int((frame["quality"] == q).sum()), language) for q in QUALITIES}
    said = {
        "closures": numbers.count(closures_, language),
        "gases": gases,
        "fluxes": numbers.count(len(frame), language),
    }
    lines = [_say("lead", language, **said, **counts)]
    for field, part in frame.groupby("field", sort=False):
        limit = part["minimal_detectable_flux"].median()
        known = part[part["flux"].notna()]
        below = int((known["flux"].abs() < known["minimal_detectable_flux"]).sum())
        if len(known) and limit == limit:
            values = {
                "quantity": words.quantity(str(field), language),
                "limit": numbers.number(limit, language),
                "unit": words.unit(str(field)),
                "below": numbers.count(below, language),
                "count": numbers.count(len(known), language),
                "negative": numbers.count(int((known["high"] < 0).sum()), language),
            }
            lines.append(_say("detection", language, **values))
    return lines


def _models(frame: pd.DataFrame, language: Language) -> Table:
    """Gas by model and reason of the choice: how many."""
    known = frame[frame["flux"].notna()]
    cells = []
    for (field, model, choice), part in known.groupby(["field", "model", "choice"], sort=False):
        ratio = part["g_factor"].where(part["model"] == "hutchinson_mosier").median()
        cells.append([
            words.quantity(str(field), language),
            words.word("flux_model", model, language),
            coded("choice", str(choice), language),
            numbers.count(len(part), language),
            numbers.number(ratio, language, 2),
        ])  # fmt: skip
    return table("quantity flux_model choice n g_factor", cells, language, _say("models", language))


def _refused(frame: pd.DataFrame, language: Language) -> Table:
    cells = [
        [name, words.quantity(str(field), language), _codes("reason", reason, language)]
        for name, field, reason in zip(frame["_name"], frame["field"], frame["reason"], strict=True)
    ]
    return table("closure quantity comment", cells, language, _say("refused", language))


def _every(frame: pd.DataFrame, percent: str, language: Language) -> Table:
    cells = []
    for r in frame.to_dict("records"):
        digits = numbers.interval_digits(r["flux"], r["low"], r["high"])
        cells.append([
            r["_name"],
            words.quantity(str(r["field"]), language),
            numbers.number(r["flux"], language, digits),
            numbers.ends(r["flux"], r["low"], r["high"], language),
            words.unit(str(r["field"]), r["unit"]),
            words.word("flux_model", r["model"], language),
            numbers.number(r["r_squared"], language, 3),
            numbers.count(r["n"], language),
            "–".join(numbers.count(r[c], language) for c in ("window_start", "window_end")),
            coded("quality", str(r["quality"]), language),
            _codes("flag", r["flags"], language),
        ])  # fmt: skip
    marks = ["" if q == "good" else "open" for q in frame["quality"]]
    columns = "closure quantity estimate interval unit flux_model r_squared n window quality comment"
    return table(columns, cells, language, _say("every", language, percent=percent), marks, percent=percent)


def _gallery(contents: Contents, frame: pd.DataFrame, rank: str, language: Language) -> list[Figure]:
    """One figure per gas but water vapour, closures in the order in which the table of curves ranks them."""
    curves = contents.frame("fluxes/curves")
    if curves is None:
        return []
    keys = [c for c in PLACES if c in curves and c in frame]
    found = curves[(curves["rank"] == rank) & (curves["gas"] != "h2o")].sort_values("gas", key=_order, kind="stable")
    figures = []
    for gas, one in found.groupby("gas", sort=False):
        panels = []
        for key, part in one.groupby(keys, sort=False, dropna=False):
            row = _row(frame[frame["gas"] == gas], keys, key if isinstance(key, tuple) else (key,))
            if row is not None:
                panels.append(closures.Panel(row["_name"], _said(row, language), part, _line(row["model"], part)))
        if panels:
            field = str(frame.loc[frame["gas"] == gas, "field"].iloc[0])
            caption = words.say(f"closures.{rank}", language, quantity=words.quantity(field, language))
            figures.append(closures.draw(panels, f"closures-{rank}-{gas}", caption, language))
    return figures


def _line(model: str, curves: pd.DataFrame) -> str:
    """The kind of line that shows the model; where no curve fits better than the line, the line is the best curve."""
    return "hutchinson_mosier" if model == "hutchinson_mosier" and (curves["kind"] == model).any() else "linear"


def _row(frame: pd.DataFrame, keys: list[str], key: tuple[object, ...]) -> pd.Series | None:
    same = pd.Series(True, index=frame.index)
    for name, value in zip(keys, key, strict=True):
        same &= frame[name].isna() if value is None or value != value else frame[name] == value
    return frame[same].iloc[0] if same.any() else None


def _said(row: pd.Series, language: Language) -> str:
    if row["flux"] != row["flux"]:
        return _codes("reason", row["reason"], language)
    digits = numbers.interval_digits(row["flux"], row["low"], row["high"])
    flux = numbers.number(row["flux"], language, digits)
    return (
        f"{flux}\u00a0{words.unit(str(row['field']), row['unit'])} · {words.word('flux_model', row['model'], language)}"
    )


def coded(area: str, code: str, language: Language) -> str:
    """The sentence of a code; where there is none it is a check that refused the closure, and has a name."""
    key = f"chamber.{area}.{code}"
    return (
        words.gases(vocabulary.say(key, language)) if key in vocabulary.texts() else words.word("check", code, language)
    )


def _codes(area: str, joined: object, language: Language) -> str:
    codes = [c for c in text(joined).split(",") if c]
    return vocabulary.say("report.page.semicolon", language).join(coded(area, c, language) for c in codes)


def _say(key: str, language: Language, **values: object) -> str:
    said = vocabulary.say(f"report.chamber.{key}", language, **values)
    return words.spaced(said) if language == "zh" else words.singular(said)
