"""The tables of a region: what the passes and the draws found, in the units of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import CheckRow, Text
from halosink.maps.ensemble import SUMS, Ensemble, interval
from halosink.maps.patches.profile import CODES
from halosink.maps.sink_areas import land_use_areas
from halosink.maps.stock.vegetation import types_of, vegetation_table, wensu_types
from halosink.maps.strategies.advise import advise_measures
from halosink.maps.strategies.catalogue import GoalProfile, patterns
from halosink.maps.strategies.recognise import recognise_patterns
from halosink.study_region import align
from halosink.study_region.crs import crs_name
from halosink.study_region.passes import Job, Mapped
from halosink.study_region.sources import Source

FLOWS = ("npp", "respiration", "nep")


def ends(
    draws: Any, mapped: Any, value: Any, confidence: float, least: float = -np.inf, most: Any = np.inf
) -> tuple[Any, Any, Any]:
    """Low end, middle and high end of draws (first axis) of a number that the map has as `value` and the map on the
    cells of the draws as `mapped`. least, most: that it can be."""
    return interval(np.asarray(draws, np.float64) + (value - mapped), confidence, value, least, most)


def totals(job: Job, mapped: Mapped, ensemble: Ensemble | None, confidence: float) -> pd.DataFrame:
    """Carbon of the region and its area."""
    area = float(mapped.prepared.land_use[1:].sum()) * job.cell_area / 1e6
    rows: list[tuple[Any, ...]] = [("area", "km2", area, np.nan, np.nan, area, "", "")]
    index = job.methods.soil == "index"
    inorganic = "soil_inorganic_carbon" in mapped.prepared.sums
    for name, zonal in mapped.prepared.sums.items():
        if name == "soil_organic_carbon" and not inorganic:
            continue
        value = zonal.total() * job.cell_area / SUMS[name]
        low = high = np.nan
        if ensemble:
            low, _, high = ends(ensemble.totals[name], ensemble.mapped.totals[name], value, confidence)
        unit = "1" if index and name == "soil_carbon" else "t C a-1" if name in FLOWS else "t C"
        note = MADE["index"] if unit == "1" else ("", "")
        known = float(zonal.cells.sum()) * job.cell_area / 1e6
        rows.append((name, unit, value, low, high, known, *note))
    columns = ["quantity", "unit", "value", "low", "high", "area_km2", "note_en", "note_zh"]
    return pd.DataFrame(rows, columns=columns)


def classes(job: Job, mapped: Mapped, ensemble: Ensemble | None, confidence: float) -> pd.DataFrame:
    """Area of each class of importance."""
    cells = mapped.counted.classes[1:6]
    km2 = cells * job.cell_area / 1e6
    low = middle = high = np.full(5, np.nan)
    if ensemble:
        low, middle, high = ends(ensemble.class_km2, ensemble.mapped.class_km2, km2, confidence, 0.0)
    edges = mapped.edges
    found = pd.DataFrame({
        "class": np.arange(1, 6), "low_break": np.pad(edges[:-1], (0, 6 - len(edges)), constant_values=np.nan)[:5],
        "high_break": np.pad(edges[1:], (0, 6 - len(edges)), constant_values=np.nan)[:5], "cells": cells,
        "area_km2": km2, "share": km2 / km2.sum(), "area_low": low, "area_middle": middle, "area_high": high,
    })  # fmt: skip
    return found[found["low_break"].notna()].reset_index(drop=True)


def sinks(job: Job, mapped: Mapped, ensemble: Ensemble | None, confidence: float) -> pd.DataFrame:
    """Land use of each category of sinks, as Tables 7 to 9 of the Wensu study; land use 0 is the whole category."""
    km2 = mapped.counted.land_use[1:4] * job.cell_area / 1e6
    nothing = np.full(km2.shape, np.nan)
    of_use, of_all = (nothing, nothing, nothing), (nothing[:, 0],) * 3
    if ensemble:
        drawn, coarse = ensemble.land_km2, ensemble.mapped.land_km2
        there = mapped.prepared.land_use[list(CODES)] * job.cell_area / 1e6
        of_use = ends(drawn, coarse, km2, confidence, 0.0, there)
        of_all = ends(drawn.sum(axis=2), coarse.sum(axis=1), km2.sum(axis=1), confidence, 0.0)
    names = ["area_low", "area_middle", "area_high"]
    uses = land_use_areas(mapped.counted.land_use[1:4], job.cell_area).astype({"category": int, "land_use": int})
    place = uses["category"] - 1, np.searchsorted(CODES, uses["land_use"])
    uses = uses.assign(**{name: end[place] for name, end in zip(names, of_use, strict=True)})
    there_is = km2.sum(axis=1) > 0
    whole = pd.DataFrame({"category": [1, 2, 3], "land_use": 0, "area_km2": km2.sum(axis=1), "percent": 100.0})
    whole = whole.assign(**dict(zip(names, of_all, strict=True)))[there_is]
    found: pd.DataFrame = pd.concat([uses, whole]).sort_values("category", kind="stable", ignore_index=True)
    return found


def vegetation(job: Job, mapped: Mapped) -> pd.DataFrame:
    """Carbon by type of vegetation, or by land use where that sets the density; as Table 2 of the Wensu study."""
    from halosink.maps.landuse import classes as land_uses

    density = job.methods.density
    if job.methods.vegetation == "vegetation":
        known = {one.code: one for one in wensu_types()}
        rows = [
            {"code": c, "density": d, "name_en": known[c].title.en, "name_zh": known[c].title.zh} if c in known
            else {"code": c, "density": d, "name_en": str(c)}
            for c, d in density.items()
        ]  # fmt: skip
        return vegetation_table(mapped.prepared.vegetation, job.cell_area, types_of(rows))
    rows = [
        {"code": c, "density": d, "name_en": land_uses()[c].name.en, "name_zh": land_uses()[c].name.zh}
        for c, d in density.items() if c in land_uses()
    ]  # fmt: skip
    return vegetation_table(mapped.prepared.land_use, job.cell_area, types_of(rows))


def patches(job: Job, mapped: Mapped, confident: NDArray[np.float64] | None) -> pd.DataFrame:
    """A row per patch: place, size, carbon, composition, pattern and strategy. confident: (patches + 1,) mean share of
    draws in which its cells have its category."""
    grid, counted = job.stack.grid, mapped.counted
    table = counted.profile.table(job.choices.rules, grid.width, grid.height)
    cells = counted.profile.land_use[1:]
    around = counted.around[1:]
    seen = recognise_patterns(cells, CODES, table["category"].to_numpy(), around if around.any() else None)
    of_pattern = {p.number: p for p in patterns()}
    strategy = [of_pattern[int(p)].strategy if p else None for p in seen.pattern]
    out = pd.DataFrame({
        "patch": table["patch"], "category": table["category"], "cells": table["cells"], "area_km2": table["area_km2"],
        "x": grid.left + (table["column"] + 0.5) * grid.width, "y": grid.top - (table["row"] + 0.5) * grid.height,
        "importance": table["importance"],
    })  # fmt: skip
    for name, column in (("nep", "nep_t"), ("vegetation_carbon", "vegetation_t"), ("soil_carbon", "soil_t")):
        sums = counted.sums.get(name)
        out[column] = sums.sums()[1:] * grid.cell_area / SUMS[name] if sums is not None else np.nan
    out["natural_share"] = table["natural_share"]
    out["confidence"] = confident[1:] if confident is not None else np.nan
    out["pattern"], out["pattern_share"] = seen.pattern, seen.share
    out["strategy_en"] = [s.en if s else "" for s in strategy]
    out["strategy_zh"] = [s.zh if s else "" for s in strategy]
    order = np.argsort(-cells, axis=1, kind="stable")[:, :3]
    for i in range(3):
        of = order[:, i]
        number = np.take_along_axis(cells, order[:, i : i + 1], axis=1)[:, 0] if len(cells) else np.zeros(0)
        out[f"land_use_{i + 1}"] = np.where(number > 0, np.array(CODES)[of], 0).astype(np.int64)
        out[f"share_{i + 1}"] = number / np.maximum(table["cells"].to_numpy(), 1)
    return out


def measures(mapped: Mapped, found: pd.DataFrame, profile: GoalProfile) -> pd.DataFrame:
    """What to do on each patch, most needed first: the measures of its pattern, then those of its land-use types."""
    rows = [
        (int(patch), a.order, a.origin, a.name.en, a.name.zh, a.share, a.goal, a.measure.en, a.measure.zh)
        for patch, pattern in zip(found["patch"], found["pattern"], strict=True)
        for a in advise_measures(int(pattern), mapped.counted.profile.land_use[int(patch)], CODES, profile)
    ]
    columns = ["patch", "order", "origin", "name_en", "name_zh", "share", "goal", "measure_en", "measure_zh"]
    return pd.DataFrame(rows, columns=columns)


def pattern_table(found: pd.DataFrame) -> pd.DataFrame:
    """Patches and area of each typical pattern that was recognised, with what the Wensu study advises (Table 10)."""
    rows = []
    for one in patterns():
        own = found[found["pattern"] == one.number]
        if own.empty:
            continue
        texts = {"name": one.name, "character": one.character, "strategy": one.strategy}
        listed = {"aims": one.aims, "measures": one.measures}
        row: dict[str, Any] = {
            "pattern": one.number, "category": one.category, "patches": len(own), "area_km2": own["area_km2"].sum()
        }  # fmt: skip
        for language, semicolon in (("en", "; "), ("zh", "；")):
            row |= {f"{key}_{language}": text.to(language) for key, text in texts.items()}  # type: ignore[arg-type]
            row |= {
                f"{key}_{language}": semicolon.join(t.to(language) for t in many)  # type: ignore[arg-type]
                for key, many in listed.items()
            }
        rows.append(row)
    return pd.DataFrame(rows)


def weights(mapped: Mapped, ensemble: Ensemble | None, given: bool, confidence: float) -> pd.DataFrame:
    """Weights of the factors of resistance, as Table 4 of the Wensu study."""
    rows = []
    for name, one in mapped.weights.items():
        drawn = ensemble.weights.get(f"resistance_{name}") if ensemble else None
        low, _, high = (np.nan,) * 3 if drawn is None else interval(drawn.to_numpy(), confidence, one.weight, 0.0, 1.0)
        ends_of = (round(float(low), 6), round(float(high), 6))
        rows.append((name, one.entropy, one.difference, one.weight, *ends_of, "given" if given else "entropy"))
    columns = ["factor", "entropy", "difference", "weight", "low", "high", "method"]
    return pd.DataFrame(rows, columns=columns)


def levels(job: Job) -> pd.DataFrame:
    """Levels of resistance, as Table 5 of the Wensu study."""
    rows = [row for name in job.factors for row in job.choices.of_levels(name).rows()]
    found = pd.DataFrame(rows, columns=["factor", "lower", "upper", "class", "unit", "value"])
    found["class"] = ["" if c is None or c != c else str(int(c)) for c in found["class"]]
    return found.astype({"lower": float, "upper": float, "value": float})


MOST_RESPIRED = 1.25
"""Respiration over production of a whole region above which the equation does not fit it. Own choice: soil cannot
respire more than plants bring for long; a quarter is left for years of drought and land that was cleared."""


def checks(mapped: Mapped) -> list[CheckRow]:
    """Whether flow and stock of the region can be so."""
    sums = mapped.prepared.sums
    if "npp" not in sums or "nep" not in sums:
        return []
    production = sums["npp"].total()
    ratio = (production - sums["nep"].total()) / production if production > 0 else float("nan")
    comment = Text(
        "Heterotrophic respiration over net primary production, where both are known. Above the limit the equation of "
        "respiration, made for cold steppe, does not fit the region: only the order of places by NEP can be used, not "
        "its sign or size.",
        "土壤异养呼吸与净初级生产力之比（仅计两者均有数据的像元）。超过上限说明呼吸公式（源自高寒草原）"
        "不适用于本区：NEP 只能用于比较高低，其正负与大小不可采用。",
    )
    row = CheckRow("respiration_above_production", "nep", ratio, "<=", MOST_RESPIRED, "1",
                   bool(ratio <= MOST_RESPIRED) if ratio == ratio else None, comment, "own_choice")  # fmt: skip
    return [row]


MADE = {
    "own": ("density of each code as study.toml gives it", "各代码的碳密度取自 study.toml"),
    "given": ("", ""),
    "ratio": ("from gross primary production times a ratio", "总初级生产力乘以固定比值"),
    "casa": (
        "light use model CASA from greenness, radiation and climate",
        "由植被指数、辐射与气候按 CASA 光能利用率模型计算",
    ),
    "miami": ("Miami model of temperature and precipitation", "由气温和降水按 Miami 模型计算"),
    "thornthwaite_memorial": (
        "Thornthwaite Memorial model of temperature and precipitation",
        "由气温和降水按 Thornthwaite Memorial 模型计算",
    ),
    "respiration": (
        "empirical equation of monthly temperature and precipitation, not measured",
        "由逐月气温和降水按经验公式计算，并非实测",
    ),
    "tier1": ("IPCC reference stock of the climate zone, topsoil, organic only", "IPCC 分气候带参考储量，仅表土有机碳"),
    "index": ("sum of contents after the Wensu study, no stock", "按温宿研究的含量加权和，不是储量"),
    "stock": ("content times bulk density times depth", "含量乘以容重和土层厚度"),
    "vegetation": ("published density of each type of vegetation", "各植被类型的已发表碳密度"),
    "land_use": (
        "published density of a vegetation type that stands for each land use",
        "以相近植被类型的已发表碳密度代表各土地利用类型",
    ),
}
"""How a quantity was made."""
MODELLED = frozenset(
    {"ratio", "casa", "miami", "thornthwaite_memorial", "respiration", "tier1", "index", "vegetation", "land_use"}
)


def layers(sources: Mapping[str, Source], job: Job, mapped: Mapped) -> pd.DataFrame:
    """What each layer is and how it came to the grid; then the quantities made of them, modelled or not."""
    grid, methods, extremes = job.stack.grid, job.methods, mapped.prepared.extremes
    area = max(int(mapped.prepared.land_use[1:].sum()), 1)
    made = {
        "npp": methods.production, "respiration": "respiration" if methods.respiration else None,
        "vegetation_carbon": methods.vegetation, "soil_carbon": methods.soil,
    }  # fmt: skip
    rows = []
    for role, source in sources.items():
        raster = source.files[-1][1][0] if source.files else None
        frame = raster.frame if raster else None
        seen = extremes.get(f"layer_{role}")
        rows.append(
            {
                "layer": role, "role": role, "file": raster.file if raster else "",
                "band_count": source.bands, "year": source.years[-1] if source.years else 0,
                "crs": crs_name(frame.crs) if frame else "", "cell": abs(frame.transform[0]) if frame else np.nan,
                "cell_unit": ("degree" if align.geographic(frame.crs) else "m") if frame else "",
                "minimum": seen.minimum if seen and seen.count else np.nan,
                "maximum": seen.maximum if seen and seen.count else np.nan,
                "no_data_share": 1 - seen.count / (area * source.bands) if seen else np.nan,
                "resampling": source.method(grid), "modelled": bool(source.modelled.en), "method": "",
                "note_en": source.modelled.en, "note_zh": source.modelled.zh,
            }
        )  # fmt: skip
    for name, method in made.items():
        if not method or method == "given":
            continue
        if name == "vegetation_carbon" and job.own_densities:
            method = "own"
        seen = extremes[name]
        rows.append(
            {
                "layer": name, "role": name, "file": "", "band_count": 1, "year": 0, "crs": "", "cell": grid.width,
                "cell_unit": "m", "minimum": seen.minimum, "maximum": seen.maximum,
                "no_data_share": 1 - seen.count / area, "resampling": "", "modelled": method in MODELLED,
                "method": method, "note_en": MADE[method][0], "note_zh": MADE[method][1],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
