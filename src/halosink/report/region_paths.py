"""Parts on resistance and cost distance, and on the corridors between patches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import map_corridors, numbers, region_weights
from halosink.figures.map_picture import Picture
from halosink.figures.map_words import amount, land, named, say, unit
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part
from halosink.report.region_shared import boundary, get, interval, made, percent, picture, told, value_maps


def resistance(contents: Contents, language: Language) -> Part | None:
    weights, levels = contents.frame("region/weights"), contents.frame("region/levels")
    drawn = [(name, p) for name in ("resistance", "cost") if (p := picture(contents, name)) is not None]
    if weights is None and levels is None and not drawn:
        return None
    figures, tables = [], []
    lines = [say("resistance.lead", language)]
    if weights is not None:
        settings = contents.settings.region.resistance
        kind = "published" if settings.published else "given" if settings.weights else "entropy"
        lines.append(say(f"resistance.{kind}", language))
        figures.append(region_weights.draw(weights, percent(contents), language))
        cells = [
            [
                named("factor", r["factor"], language),
                numbers.number(get(r, "entropy"), language, 4),
                numbers.number(get(r, "difference"), language, 4),
                interval(100 * get(r, "weight"), 100 * get(r, "low"), 100 * get(r, "high"), language),
                named("method", told(r, "method"), language) if told(r, "method") else "",
            ]
            for _, r in weights.iterrows()
        ]
        tables.append(made("factor:k entropy:n difference:n weight:n method", cells, language,
                           say("resistance.weights", language), percent(contents)))  # fmt: skip
    if levels is not None:
        cells = [
            [named("factor", r["factor"], language), _level(r, language), unit(told(r, "unit")),
             numbers.plain(get(r, "value"))]
            for _, r in levels.iterrows()
        ]  # fmt: skip
        tables.append(made("factor:k level unit:w resistance:n", cells, language, say("resistance.levels", language)))
    figures += value_maps(drawn, contents, language)
    if any(name == "cost" for name, _ in drawn):
        lines.append(say("resistance.cost", language))
    return Part(say("resistance.title", language), lines, figures, tables)


def corridors(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("region/corridors")
    if frame is None:
        return None
    lines_, ground = contents.frame("region/corridor_lines"), picture(contents, "resistance")
    figures = []
    if lines_ is not None and ground is not None:
        patch, patches = _linked(picture(contents, "patch"), frame), contents.frame("region/patches")
        figures.append(map_corridors.draw(ground, lines_, patch, patches, boundary(contents), language))
    cells = [
        [
            str(int(r["from_patch"])),
            str(int(r["to_patch"])),
            amount(get(r, "cost"), language),
            numbers.number(get(r, "length_km"), language, 1),
            numbers.number(get(r, "mean_resistance"), language, 1),
        ]
        for _, r in frame.sort_values("cost", kind="stable").iterrows()
    ]
    table = made("from:n to:n cost:n length:n mean_resistance:n", cells, language, say("corridors.table", language))
    total = numbers.number(float(frame["length_km"].sum()), language, 0)
    line = say("corridors.lead", language, count=str(len(frame)), length=total)
    return Part(say("corridors.title", language), [line], figures, [table],
                not_shown=say("corridors.not_shown", language))  # fmt: skip


def _level(row: pd.Series, language: Language) -> str:
    """`10 to 20`, `< 10`, `≥ 20`, or the class of land use."""
    low, high = get(row, "lower"), get(row, "upper")
    shown = [numbers.plain(v) for v in (low, high)]
    if all(shown):
        return numbers.joined(shown, language)
    if shown[1]:
        return "< " + shown[1]
    if shown[0]:
        return "≥ " + shown[0]
    code = row.get("class")
    return land(code, language) if row.get("factor") == "land_use" else told(row, "class")


def _linked(patch: Picture | None, frame: pd.DataFrame) -> Picture | None:
    """The patches that corridors link, without the others."""
    if patch is None:
        return None
    ends = frame[["from_patch", "to_patch"]].to_numpy(float).ravel()
    return replace(patch, values=np.where(np.isin(patch.values, ends), patch.values, 0))
