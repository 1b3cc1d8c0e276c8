"""Made-up but coherent results of a region: a dry county with mountains in the north and an oasis in the south."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.maps.landuse import classes as land_uses

ROWS, COLUMNS, CELL = 90, 120, 1000.0
LEFT, TOP = 300_000.0, 4_700_000.0
BREAKS = (0.0, 0.25, 0.35, 0.45, 0.55, 1.0)
AREA = CELL * CELL / 1e6  # km2 per cell
FACTORS = ("slope", "elevation", "land_use", "accumulated_temperature", "precipitation", "population")
WEIGHTS = (0.288, 0.325, 0.084, 0.235, 0.031, 0.037)


def maps() -> dict[str, np.ndarray]:
    """Layers (rows, columns); NaN or 0 outside an oval county."""
    rng = np.random.default_rng(3)
    row, column = np.mgrid[0:ROWS, 0:COLUMNS]
    inside = ((row - 45) / 43) ** 2 + ((column - 60) / 57) ** 2 < 1
    north = 1 - row / ROWS
    rough = sum(np.sin(row / a + column / b) for a, b in ((5, 9), (11, 4), (7, -6))) / 3
    height = 1000 + 3800 * north**1.6 + 250 * rough
    npp = np.clip(350 * np.exp(-(((height - 2400) / 700) ** 2)) + 60 * rough, 5, None)
    oasis = (height < 1350) & (np.hypot(row - 70, (column - 55) / 1.4) < 16)
    npp = np.where(oasis, 420 + 40 * rough, npp)
    respiration = np.clip(230 - 0.045 * (height - 1000), 20, None)
    land = np.where(height > 4200, 44, np.where(height > 3500, 66, np.where(height > 2600, 31, 33)))
    land = np.where((height > 2100) & (height < 2700) & (rough > 0.35), 21, land)
    land = np.where(height < 1700, 62, land)
    land = np.where((height < 1500) & (rough > 0.4), 63, land)
    land = np.where(oasis, 12, land)
    land = np.where(oasis & (rough > 0.62), 52, land)
    land = np.where((abs(column - 30 - row / 3) < 1) & (height < 2500), 46, land)
    vegetation = np.select([land == 21, land == 31, land == 12, land == 33], [52.0, 3.6, 5.7, 1.1], 0.2)
    soil = np.clip(90 - abs(height - 2600) / 25 + 8 * rough, 6, None)
    nep = npp - respiration
    index = 0.5 * (nep - nep.min()) / np.ptp(nep) + 0.25 * vegetation / 52 + 0.25 * soil / soil.max()
    importance = np.digitize(index, (0.25, 0.35, 0.45, 0.55)) + 1
    category = np.where((importance >= 4) & ~oasis, 1, np.where((importance >= 4) & oasis, 2, 4))
    resistance = np.clip(1 + 4 * north + 2 * rough + (land == 62) * 2, 1, 9)
    cost = CELL * resistance * np.sqrt((row - 66) ** 2 + (column - 50) ** 2) ** 0.9
    category = np.where((category == 4) & (cost < 60_000) & (height < 2200), 3, category)
    patch = np.zeros((ROWS, COLUMNS))
    for number, (kind, west) in enumerate(((1, True), (1, False), (2, True), (3, True), (3, False)), 1):
        patch[(category == kind) & ((column < 62) == west if kind != 2 else True)] = number
    doubt = np.clip(0.55 + 0.4 * abs(index - 0.5) * 4, 0.5, 1.0)
    found = {
        "land_use": land, "nep": nep, "npp": npp, "respiration": respiration, "vegetation_carbon": vegetation,
        "soil_carbon": soil, "importance": index, "importance_class": importance, "resistance": resistance,
        "cost": cost, "category": category, "patch": patch, "confidence": doubt, "importance_confidence": doubt,
        "nep_width": 60 + 0.3 * abs(nep), "soil_carbon_width": 0.5 * soil, "cost_width": 0.2 * cost,
        "trend_nep": 2.5 * rough - 0.4 + rng.normal(0, 0.3, rough.shape),
    }  # fmt: skip
    found |= {"trend_nep_low": found["trend_nep"] - 1.4, "trend_nep_high": found["trend_nep"] + 1.4}
    found["trend_nep_width"] = np.full(rough.shape, 2.8) + 0.5 * abs(rough)
    found |= {f"category_probability_{c}": np.where(category == c, doubt, 0.4 * (1 - doubt)) for c in (1, 2, 3)}
    changed = np.where((land == 62) & oasis_ring(row, column), 61, (land // 10) * 11)
    found["transition"] = np.where((land == 33) & (rough > 0.5), 36, changed)
    codes = {"land_use", "importance_class", "category", "patch", "transition"}
    return {k: np.where(inside, v, 0 if k in codes else np.nan).astype(np.float32) for k, v in found.items()}


def oasis_ring(row: np.ndarray, column: np.ndarray) -> np.ndarray:
    distance = np.hypot(row - 70, (column - 55) / 1.4)
    return (distance > 14) & (distance < 20)


METHODS = {"npp": "miami", "topsoil_organic_carbon": "tier1"}
UNITS = {
    "nep": "g C m-2 a-1", "npp": "g C m-2 a-1", "respiration": "g C m-2 a-1", "vegetation_carbon": "t hm-2",
    "soil_carbon": "t hm-2", "cost": "m", "nep_width": "g C m-2 a-1", "soil_carbon_width": "t hm-2",
    "cost_width": "m", "trend_nep": "g C m-2 a-2", "trend_nep_width": "g C m-2 a-2",
}  # fmt: skip


def pictures(found: dict[str, np.ndarray], convergence: float = 1.6) -> dict[str, pd.DataFrame]:
    row, column = np.mgrid[0:ROWS, 0:COLUMNS]
    cells = [
        pd.DataFrame({"layer": k, "row": row.ravel(), "column": column.ravel(), "value": v.ravel()})
        for k, v in found.items()
    ]
    index = pd.DataFrame([
        {"layer": k, "rows": ROWS, "columns": COLUMNS, "left": LEFT, "top": TOP, "width": COLUMNS * CELL,
         "height": ROWS * CELL, "crs": "EPSG:32644", "convergence": convergence, "unit": UNITS.get(k, "1")}
        for k in found
    ])  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 200)
    outline = pd.DataFrame({"ring": 1, "x": LEFT + CELL * (60.5 + 57 * np.cos(turn)),
                            "y": TOP - CELL * (45.5 + 43 * np.sin(turn))})  # fmt: skip
    return {"pictures": pd.concat(cells, ignore_index=True), "picture_index": index, "outline": outline}


def frames() -> dict[str, pd.DataFrame]:
    """All frames of a region, region/..., whose sums are those of the maps."""
    found = maps()
    inside = np.isfinite(found["nep"])
    whole = float(inside.sum()) * AREA
    nep_t = float(np.nansum(found["nep"])) * AREA  # g m-2 x km2 = t
    vegetation_t, soil_t = (float(np.nansum(found[k])) * AREA * 100 for k in ("vegetation_carbon", "soil_carbon"))
    totals = [
        ("area", "km2", whole, whole, whole), ("nep", "t C a-1", nep_t, nep_t - 3e5, nep_t + 3.2e5),
        ("npp", "t C a-1", float(np.nansum(found["npp"])) * AREA, 1.2e6, 2.1e6),
        ("respiration", "t C a-1", float(np.nansum(found["respiration"])) * AREA, 0.7e6, 1.5e6),
        ("vegetation_carbon", "t C", vegetation_t, 0.8 * vegetation_t, 1.25 * vegetation_t),
        ("soil_carbon", "t C", soil_t, 0.75 * soil_t, 1.3 * soil_t),
    ]  # fmt: skip
    note = {"note_en": "", "note_zh": ""}
    made: dict[str, list[dict[str, object]]] = {
        "totals": [dict(zip(("quantity", "unit", "value", "low", "high"), t, strict=True)) | note for t in totals],
        "layers": [_layer("land_use", "land.tif", False, 30.0, "m", "majority"),
                   _layer("npp", "", True, 1000.0, "m", "area", "Miami model of temperature and precipitation",
                          "由气温和降水按 Miami 模型计算"),
                   _layer("topsoil_organic_carbon", "", True, 1000.0, "m", "area", "IPCC stock by climate zone",
                          "IPCC 分气候带参考储量"),
                   _layer("elevation", "dem.tif", False, 90.0, "m", "area")],
    }  # fmt: skip
    made["classes"] = []
    for c in range(1, 6):
        cells = int((found["importance_class"] == c).sum())
        made["classes"].append({
            "class": c, "low_break": BREAKS[c - 1], "high_break": BREAKS[c],
            "cells": cells, "area_km2": cells * AREA, "share": cells * AREA / whole, "area_low": 0.8 * cells * AREA,
            "area_high": 1.3 * cells * AREA,
        })  # fmt: skip
    made["sinks"], made["patches"] = _sinks(found), _patches(found)
    made["vegetation"] = [
        {"code": c, "name_en": land_uses()[c].name.en, "name_zh": land_uses()[c].name.zh, "density": d,
         "area_hm2": n * 100, "storage_t": n * 100 * d, "low": n * 70 * d, "high": n * 140 * d}
        for c, d in ((21, 52.0), (31, 3.6), (12, 5.7), (33, 1.1))
        if (n := float((found["land_use"] == c).sum()) * AREA)
    ]  # fmt: skip
    made["weights"] = [
        {"factor": f, "entropy": 1 - 0.38 * w, "difference": 0.38 * w, "weight": w, "low": 0.9 * w, "high": 1.12 * w,
         "method": "entropy"}
        for f, w in zip(FACTORS, WEIGHTS, strict=True)
    ]  # fmt: skip
    made["levels"] = [
        {"factor": "slope", "lower": low, "upper": high, "class": "", "unit": "degree", "value": value}
        for low, high, value in ((np.nan, 5.0, 1.0), (5.0, 15.0, 3.0), (15.0, 25.0, 5.0), (25.0, np.nan, 9.0))
    ] + [{"factor": "land_use", "lower": np.nan, "upper": np.nan, "class": "62", "unit": "", "value": 8.0}]
    made["corridors"] = [
        {"from_patch": 1, "to_patch": 3, "cost": 61_000.0, "length_km": 21.4, "mean_resistance": 2.9},
        {"from_patch": 2, "to_patch": 3, "cost": 92_000.0, "length_km": 30.1, "mean_resistance": 3.1},
    ]
    made["corridor_lines"] = [
        {"corridor": k, "x": LEFT + CELL * (a + t * (b - a) / 10 + np.sin(t)), "y": TOP - CELL * (30 + 3 * t)}
        for k, a, b in ((1, 35, 50), (2, 90, 62)) for t in range(11)
    ]  # fmt: skip
    made["sensitivity"] = [
        {"what": f"importance.{name}", "option": moved, "category": c, "area_km2": 800.0 + change, "change_km2": change,
         "agreement": 0.93, "kappa": 0.88}
        for c, size in ((1, 120.0), (2, -40.0), (3, 300.0))
        for name, part in (("nep", 1.0), ("vegetation", 0.4), ("soil", -0.6))
        for moved, sign in (("+0.1", 1.0), ("-0.1", -0.9))
        for change in (size * part * sign,)
    ]  # fmt: skip
    made["transitions"] = [
        {"from_year": 2010, "to_year": 2020, "from_class": a, "to_class": b, "area_km2": km2, "carbon_change_t": t,
         "low": None if t is None else t - abs(t) / 2, "high": None if t is None else t + abs(t) / 2}
        for a, b, km2, t in ((62, 12, 310.0, 170_500.0), (33, 12, 120.0, 55_200.0), (33, 62, 95.0, -8_500.0),
                             (12, 52, 22.0, -12_000.0), (63, 33, 18.0, 1_600.0), (62, 62, 2000.0, 0.0))
    ]  # fmt: skip
    made["trends"] = [
        {"quantity": "nep", "unit": "g C m-2 a-2", "slope": 1.3, "low": 0.4, "high": 2.2, "p_value": 0.012,
         "share_up": 0.41, "share_down": 0.12, "share_unclear": 0.47, "years": 14},
        {"quantity": "vegetation_carbon", "unit": "t hm-2 a-1", "slope": 0.01, "low": -0.02, "high": 0.04,
         "p_value": 0.5, "share_up": 0.1, "share_down": 0.1, "share_unclear": 0.8, "years": 14},
    ]  # fmt: skip
    made["correction_skill"] = [
        {"quantity": "soil_organic_carbon", "method": m, "split": s, "rmse": e, "mae": 0.7 * e, "r2": r, "bias": 0.02,
         "coverage": 0.93, "n": 181, "folds": 10}
        for m, values in (("kriging", ((1.9, 0.61), (2.4, 0.38), (3.2, -0.05))),
                          ("forest", ((1.8, 0.64), (2.3, 0.41), (3.0, -0.02))))
        for s, (e, r) in zip(("random", "plot", "block"), values, strict=True)
    ]  # fmt: skip
    tables = {k: pd.DataFrame(v) for k, v in made.items()} | pictures(found)
    return {f"region/{k}": v for k, v in tables.items()}


def _layer(
    role: str, file: str, modelled: bool, cell: float, unit: str, resampling: str, en: str = "", zh: str = ""
) -> dict[str, object]:  # fmt: skip
    return {
        "layer": role, "role": role, "file": file, "band_count": 1, "year": 2020, "crs": "EPSG:4326", "cell": cell,
        "cell_unit": unit, "minimum": 0.0, "maximum": 4812.0, "no_data_share": 0.012, "resampling": resampling,
        "modelled": modelled, "method": METHODS.get(role, ""), "note_en": en, "note_zh": zh,
    }  # fmt: skip


def _sinks(found: dict[str, np.ndarray]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for category in (1, 2, 3):
        inside = found["category"] == category
        total = float(inside.sum()) * AREA
        for code in np.unique(found["land_use"][inside]):
            km2 = float((inside & (found["land_use"] == code)).sum()) * AREA
            rows.append({"category": category, "land_use": int(code), "area_km2": km2, "percent": 100 * km2 / total,
                         "area_low": 0.8 * km2, "area_high": 1.25 * km2})  # fmt: skip
        rows.append({"category": category, "land_use": 0, "area_km2": total, "percent": 100.0,
                     "area_low": 0.85 * total, "area_high": 1.2 * total})  # fmt: skip
    return rows


def _patches(found: dict[str, np.ndarray]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number in range(1, 6):
        inside = found["patch"] == number
        codes, count = np.unique(found["land_use"][inside], return_counts=True)
        order = np.argsort(-count, kind="stable")[:3]
        uses: dict[str, object] = {}
        for i in range(3):
            known = i < len(order)
            uses[f"land_use_{i + 1}"] = int(codes[order[i]]) if known else 0
            uses[f"share_{i + 1}"] = float(count[order[i]] / count.sum()) if known else 0.0
        place = np.argwhere(inside).mean(axis=0)
        rows.append({
            "patch": number, "category": int(found["category"][inside][0]), "cells": int(inside.sum()),
            "area_km2": float(inside.sum()) * AREA, "x": LEFT + CELL * place[1], "y": TOP - CELL * place[0],
            "importance": float(found["importance"][inside].mean()), "nep_t": float(found["nep"][inside].sum()) * AREA,
            "vegetation_t": float(found["vegetation_carbon"][inside].sum()) * 100 * AREA,
            "soil_t": float(found["soil_carbon"][inside].sum()) * 100 * AREA, "natural_share": 0.8,
            "confidence": 0.82, "pattern": (1, 1, 3, 5, 0)[number - 1], "pattern_share": 0.9, **uses,
        })  # fmt: skip
    return rows
