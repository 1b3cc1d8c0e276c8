"""Parts on change over the years, correction by plots and how much the pattern hangs on each choice."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import map_change, numbers, region_sensitivity, region_skill, region_transitions, words
from halosink.figures.canvas import Figure
from halosink.figures.map_words import amount, field, land, named, option, per_year, quantity, say, unit
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part
from halosink.report.region_answer import valued
from halosink.report.region_shared import (
    CATEGORIES,
    area,
    boundary,
    get,
    in_tonnes,
    interval,
    layers_drawn,
    made,
    percent,
    picture,
    share,
    told,
    united,
)
from halosink.report.tables import Table

PARTS = ("_width", "_clear", "_low", "_high")
"""Ends of names of layers that belong to another one."""
BARE = frozenset({"", "1"})


def change(contents: Contents, language: Language) -> Part | None:
    moved, trends = contents.frame("region/transitions"), contents.frame("region/trends")
    lines, tables = [], []
    figures: list[Figure] = []
    if trends is not None:
        lines += [_trend(r, language) for _, r in trends.iterrows()]
        cells = [
            [
                quantity(r["quantity"], language),
                interval(get(r, "slope"), get(r, "low"), get(r, "high"), language, signed=True),
                unit(told(r, "unit")),
                numbers.number(get(r, "p_value"), language, 3),
                share(get(r, "share_up"), language),
                share(get(r, "share_down"), language),
                share(get(r, "share_unclear"), language),
                _years(r),
            ]
            for _, r in trends.iterrows()
        ]
        columns = "quantity:k slope:n unit:w p_value:n up:n down:n unclear:n year_count:n"
        tables.append(made(columns, cells, language, say("change.trends", language), percent(contents)))
    figures += _trend_maps(contents, language)
    if moved is not None:
        before, after = int(moved["from_year"].min()), int(moved["to_year"].max())
        whole = moved[(moved["from_year"] == before) & (moved["to_year"] == after)]
        pair = whole if len(whole) else moved[moved["to_year"] == after]
        other = pair[pair["from_class"] != pair["to_class"]]
        lines.append(_moved(other, int(pair["from_year"].iloc[0]), after, language))
        if len(other) and (other["area_km2"] > 0).any():
            figures.append(region_transitions.draw(pair, language))
        tables.append(_transitions(moved, contents, language))
        drawn = picture(contents, "transition")
        if drawn is not None:
            figures.append(map_change.transitions(drawn, f"{before}\u2013{after}", boundary(contents), language))
    if not (lines or figures):
        return None
    return Part(say("change.title", language), lines, figures, tables, not_shown=say("change.not_shown", language))


def correction(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("region/correction_skill")
    if frame is None:
        return None
    lines, figures = [say("skill.lead", language)], []
    for name, part in frame.groupby("quantity", sort=False):
        known = vocabulary_unit(str(name))
        figures.append(region_skill.draw(part, known, language))
        lines += _verdict(str(name), part, known, language)
    cells = [
        [
            field(r["quantity"], language),
            named("method", r["method"], language),
            named("split", r["split"], language),
            *(amount(get(r, k), language) for k in ("rmse", "mae")),
            numbers.number(get(r, "r2"), language, 2),
            amount(get(r, "bias"), language),
            share(get(r, "coverage"), language),
            numbers.count(get(r, "n"), language),
            numbers.count(get(r, "folds"), language),
        ]
        for _, r in frame.iterrows()
    ]
    columns = "quantity:k method split rmse:n mae:n r2:n bias:n coverage:n n:n folds:n"
    table = made(columns, cells, language, say("skill.table", language))
    return Part(say("skill.title", language), lines, figures, [table])


def sensitivity(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("region/sensitivity")
    if frame is None:
        return None
    lines = [say("sensitivity.lead", language)]
    known = frame[frame["change_km2"].notna()]
    for category in CATEGORIES:
        own = known[known["category"] == category]
        if len(own) and float(own["change_km2"].abs().max()) > 0:
            top = own.iloc[int(own["change_km2"].abs().to_numpy().argmax())]
            name = named("category", str(category), language)
            lines.append(_capital(say("sensitivity.most", language, category=name,
                                      what=option(top["what"], top["option"], language),
                                      change=_signed(float(top["change_km2"]), language)), language))  # fmt: skip
    figures = [region_sensitivity.draw(known, language)] if len(known) else []
    cells = [
        [
            option(r["what"], r["option"], language),
            named("category", str(int(r["category"])), language),
            area(get(r, "area_km2"), language),
            _signed(get(r, "change_km2"), language),
            share(get(r, "agreement"), language),
            numbers.number(get(r, "kappa"), language, 2),
        ]
        for _, r in frame.iterrows()
    ]
    table = made("choice:k category:k area:n change:n agreement:n kappa:n", cells, language,
                 say("sensitivity.table", language))  # fmt: skip
    return Part(say("sensitivity.title", language), lines, figures, [table],
                not_shown=say("sensitivity.not_shown", language))  # fmt: skip


def vocabulary_unit(name: str) -> str:
    """The unit of a field; "" where it is none."""

    known = vocabulary.fields().get(name)
    return known.unit if known else ""


def _trend_maps(contents: Contents, language: Language) -> list[Figure]:
    found = []
    names = [n for n in layers_drawn(contents) if n.startswith("trend_") and not n.endswith(PARTS)]
    for name in names:
        slope = picture(contents, name)
        if slope is None:
            continue
        low, high, sign = (picture(contents, f"{name}{end}") for end in ("_low", "_high", "_clear"))
        clear = None
        if low is not None and high is not None:
            clear = (low.values > 0) | (high.values < 0)
        elif sign is not None:
            clear = np.nan_to_num(sign.values) != 0
        found.append(map_change.trend(name.removeprefix("trend_"), slope, clear, picture(contents, f"{name}_width"),
                                      boundary(contents), language, percent(contents)))  # fmt: skip
    return found


def _trend(row: pd.Series, language: Language) -> str:
    slope, low, high = (get(row, k) for k in ("slope", "low", "high"))
    kind = "up" if low > 0 else "down" if high < 0 else "none"
    if kind == "down":
        slope, low, high = -slope, -high, -low
    shown = unit(per_year(told(row, "unit")))
    size = united(interval(slope, low, high, language), shown, language)
    line = say(f"change.trend_{kind}", language, quantity=quantity(row["quantity"], language), slope=size,
               years=_years(row))  # fmt: skip
    if math.isfinite(get(row, "share_up")):
        up, down, unclear = (share(get(row, f"share_{k}"), language) for k in ("up", "down", "unclear"))
        line += (" " if language == "en" else "") + say("change.cells", language, up=up, down=down, unclear=unclear)
    return _capital(line, language)


def _moved(other: pd.DataFrame, before: int, after: int, language: Language) -> str:
    carbon = ""
    if "carbon_change_t" in other and other["carbon_change_t"].notna().any():
        total = pd.Series(
            {"value": float(other["carbon_change_t"].sum()), "low": math.nan, "high": math.nan, "unit": "t"}
        )
        carbon = say("change.carbon", language, carbon=valued(total, language))
    return say("change.moved", language, before=str(before), after=str(after),
               area=area(float(other["area_km2"].sum()), language), carbon=carbon)  # fmt: skip


def _transitions(moved: pd.DataFrame, contents: Contents, language: Language) -> Table:
    rows = moved[(moved["from_class"] != moved["to_class"]) & (moved["area_km2"] > 0)]
    rows = rows.sort_values(["from_year", "to_year", "area_km2"], ascending=[True, True, False], kind="stable")
    cells = [
        [
            f"{int(r['from_year'])}\u2013{int(r['to_year'])}",
            land(r["from_class"], language),
            land(r["to_class"], language),
            area(get(r, "area_km2"), language),
            in_tonnes(r, "carbon_change_t", language, signed=True),
        ]
        for _, r in rows.iterrows()
    ]
    return made("years:n before:k after:k area:n carbon:n", cells, language, say("change.transitions", language),
                percent(contents))  # fmt: skip


def _verdict(name: str, part: pd.DataFrame, raw_unit: str, language: Language) -> list[str]:
    """What the best method is worth by blocks, against what random splits say."""
    blocks = part[part["split"] == "block"]
    if blocks.empty:
        return []
    best = blocks.iloc[int(blocks["rmse"].to_numpy().argmin())]
    lines = []
    random = part[(part["split"] == "random") & (part["method"] == best["method"])]
    shown = f"\u00a0{unit(raw_unit)}" if raw_unit not in BARE else ""
    called = field(name, language)
    if len(random) and float(random.iloc[0]["rmse"]) > 0:
        low, high = float(random.iloc[0]["rmse"]), float(best["rmse"])
        if high > 1.05 * low:
            lines.append(say("skill.worse", language, quantity=called, random=amount(low, language) + shown,
                             block=amount(high, language) + shown,
                             times=numbers.number(high / low, language, 1)))  # fmt: skip
    if float(best["r2"]) <= 0:
        lines.append(say("skill.useless", language, quantity=called, r2=numbers.number(float(best["r2"]), language, 2)))
    return lines


def _years(row: pd.Series) -> str:
    """How many years, or which, as the row tells it."""
    count = get(row, "years")
    return told(row, "years") if math.isnan(count) else f"{count:.0f}"


def _signed(value: float, language: Language) -> str:
    return numbers.number(value, language, 0 if abs(value) >= 100 else 1, signed=True) if math.isfinite(value) else ""


def _capital(text: str, language: Language) -> str:
    return text[:1].upper() + text[1:] if language == "en" else words.spaced(text)
