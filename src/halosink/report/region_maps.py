"""Parts on flow, stock and importance: maps of numbers with the width of their intervals, and their tables."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import map_classes, numbers, region_totals
from halosink.figures.canvas import Figure
from halosink.figures.map_words import amount, named, quantity, say, unit
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part
from halosink.report.region_answer import flow as flow_answer
from halosink.report.region_answer import parted, region_answer, valued
from halosink.report.region_answer import stock as stock_answer
from halosink.report.region_shared import (
    INDEX_UNITS,
    area,
    boundary,
    drawn,
    get,
    in_tonnes,
    layers_drawn,
    made,
    percent,
    picture,
    share,
    told,
    value_maps,
)
from halosink.report.tables import Table


def answer(contents: Contents, language: Language) -> Part | None:
    """Totals with their intervals, in words, drawn and as a table."""
    frame = contents.frame("region/totals")
    lines = region_answer(contents, language)
    if frame is None:
        return Part(say("answer.title", language), lines) if lines else None
    figures = []
    for raw, part in frame.groupby("unit", sort=False):
        known = part[part["value"].notna() & part["low"].notna()]
        if len(known) and str(raw).startswith("t"):
            figures.append(region_totals.draw(known, percent(contents), language))
    cells = [
        [
            quantity(r["quantity"], language),
            *_total(r, language),
            told(r, f"note_{language}"),
        ]
        for _, r in frame.iterrows()
    ]
    table = made("quantity:k value:n unit:w note:l", cells, language, say("answer.table", language), percent(contents))
    return Part(say("answer.title", language), lines, figures, [table])


def layers(contents: Contents, language: Language) -> Part | None:
    """Every layer with where it comes from, those that are modelled first."""
    frame = contents.frame("region/layers")
    land = picture(contents, "land_use")
    if frame is None and land is None:
        return None
    figures = [map_classes.land_use(land, boundary(contents), language)] if land is not None else []
    if frame is None:
        return Part(say("layers.title", language), [], figures)
    frame = frame.reset_index(drop=True)
    modelled = (
        frame["modelled"].fillna(False).astype(bool) if "modelled" in frame else pd.Series(False, index=frame.index)
    )
    order = [*frame.index[modelled], *frame.index[~modelled]]
    cells = []
    for i in order:
        r = frame.loc[i]
        low, high = _bound(get(r, "minimum"), language), _bound(get(r, "maximum"), language)
        cell = numbers.plain(get(r, "cell"))
        cells.append([
            named("role", told(r, "role", "layer"), language),
            say("layers.is_modelled" if modelled[i] else "layers.measured", language),
            told(r, "file"),
            "" if get(r, "year") != get(r, "year") or get(r, "year") <= 0 else str(int(get(r, "year"))),
            f"{cell}\u00a0{unit(told(r, 'cell_unit'))}" if cell else "",
            numbers.joined([low, high], language),
            share(get(r, "no_data_share"), language),
            named("resampling", told(r, "resampling"), language),
            told(r, f"note_{language}"),
        ])  # fmt: skip
    table = made("layer:k origin file:k year:n cell:n range:n no_data:n resampling:k note:l", cells, language,
                 say("layers.table", language))  # fmt: skip
    return Part(say("layers.title", language), [say("layers.lead", language)], figures, [table])


def flow(contents: Contents, language: Language) -> Part | None:
    drawn = _maps(contents, ("nep", "npp", "respiration"), language)
    if not drawn:
        return None
    first = flow_answer(contents, language)
    lines = [*([first] if first else []), say("flow.lead", language)]
    if apart := _apart(contents, language):
        lines.append(apart)
    return Part(say("flow.title", language), lines, drawn, not_shown=say("flow.not_shown", language))


def _apart(contents: Contents, language: Language) -> str:
    """Why NPP minus respiration is not NEP: respiration of cells without NPP."""
    frame = contents.frame("region/totals")
    rows = {} if frame is None else {str(r["quantity"]): r for _, r in frame.iterrows()}
    if not {"npp", "respiration", "nep"} <= set(rows):
        return ""
    npp, respiration, nep = (get(rows[name], "value") for name in ("npp", "respiration", "nep"))
    beyond = respiration - (npp - nep)
    if not beyond > APART * respiration:
        return ""
    row = rows["respiration"].copy()
    row["value"], row["low"], row["high"] = beyond, math.nan, math.nan
    return say("flow.apart", language, beyond=valued(row, language))


APART = 0.005
"""Share of respiration without NPP that is worth a sentence. Own choice: below it totals of three figures add up."""
STOCKS = ("vegetation_carbon", "soil_carbon", "soil_organic_carbon", "soil_inorganic_carbon")


def stock(contents: Contents, language: Language) -> Part | None:
    drawn = _maps(contents, STOCKS, language)
    table = _vegetation(contents, language)
    if not drawn and table is None:
        return None
    first = stock_answer(contents, language)
    lines = [*([first] if first else [])]
    if picture(contents, "vegetation_carbon") is not None or table is not None:
        lines.append(say("stock.lead", language))
    soil = picture(contents, "soil_carbon")
    if soil is not None:
        lines.append(say(f"stock.{soil_kind(contents, soil.unit)}", language))
    return Part(say("stock.title", language), lines, drawn, [table] if table else [],
                not_shown=say("stock.not_shown", language))  # fmt: skip


def soil_kind(contents: Contents, raw_unit: str) -> str:
    """index, tier1 or soil (a stock from measured profiles)."""
    if raw_unit in INDEX_UNITS:
        return "index"
    found = contents.frame("region/layers")
    mode = contents.settings.region.soil.mode
    soils = found is not None and found["role"].astype(str).str.startswith("topsoil_organic").any()
    by_zone = found is not None and "method" in found and bool(found["method"].eq("tier1").any())
    return "tier1" if mode == "tier1" or by_zone or (mode == "auto" and found is not None and not soils) else "soil"


def importance(contents: Contents, language: Language) -> Part | None:
    classes = picture(contents, "importance_class")
    frame = contents.frame("region/classes")
    if classes is None and frame is None:
        return None
    set_ = contents.settings.region.importance
    weights = [say("importance.weight", language, name=quantity(k, language), share=share(v, language))
               for k, v in set_.weights.items() if v > 0]  # fmt: skip
    how = say("importance.by_limits" if set_.breaks else "importance.by_breaks", language)
    line = say("importance.lead", language, weights=say("map.comma", language).join(weights), how=how)
    figures = []
    if classes is not None:
        doubt = picture(contents, "importance_confidence")
        figures.append(map_classes.importance(classes, doubt, boundary(contents), language))
    tables = []
    if frame is not None:
        cells = [
            [
                named("class", str(int(r["class"])), language),
                numbers.joined([numbers.number(get(r, k), language, 3) for k in ("low_break", "high_break")], language),
                area(get(r, "area_km2"), language),
                share(get(r, "share"), language),
                drawn(r, language),
            ]
            for _, r in frame.iterrows()
        ]
        tables.append(made("class limits:n area:n share:n drawn:n", cells, language, say("importance.table", language),
                           percent(contents)))  # fmt: skip
    return Part(say("importance.title", language), [line], figures, tables)


def _maps(contents: Contents, names: tuple[str, ...], language: Language) -> list[Figure]:
    """Maps with the width of their interval each, those without in pairs. A corrected map stands for its own."""
    drawn = layers_drawn(contents)
    known = [n for name in names for n in [f"corrected_{name}", name] if n in drawn]
    known = [n for n in known if f"corrected_{n}" not in known]
    maps = [(name, own) for name in known if (own := picture(contents, name)) is not None]
    return value_maps(maps, contents, language)


def _vegetation(contents: Contents, language: Language) -> Table | None:
    frame = contents.frame("region/vegetation")
    if frame is None:
        return None
    frame = frame.sort_values("storage_t", ascending=False, kind="stable")
    cells = [
        [
            told(r, f"name_{language}", "name_en") or str(r.get("code", "")),
            numbers.number(get(r, "density"), language, 2),
            numbers.number(get(r, "area_hm2"), language, 0)
            if language == "en"
            else amount(get(r, "area_hm2") / 1e4, language),
            in_tonnes(r, "storage_t", language),
        ]
        for _, r in frame.iterrows()
    ]
    return made(
        "type:k density:n hectares:n storage:n", cells, language, say("stock.table", language), percent(contents)
    )


def _bound(value: float, language: Language) -> str:
    return numbers.number(value, language, 0) if abs(value) >= 100 else numbers.plain(value)


def _total(row: pd.Series, language: Language) -> tuple[str, str]:
    """Areas whole, stocks and flows in the digits of their interval."""
    if told(row, "unit") == "km2":
        return area(get(row, "value"), language), unit("km2")
    return parted(row, language)
