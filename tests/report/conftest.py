"""Contents of a made-up study, with the columns that the steps write."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from halosink.contracts import Text
from halosink.report.contents import Contents
from halosink.settings import Settings

CLASSES = ("非盐渍化", "轻度", "中度", "重度")
QUANTITIES = {
    "co2_flux": ("umol m-2 s-1", 3.0, -0.5),
    "soil_organic_carbon": ("g kg-1", 9.0, -0.9),
    "total_nitrogen": ("g kg-1", 0.9, -0.05),
    "maoc": ("g kg-1", 5.0, -0.6),
    "ec_1_5": ("dS m-1", 0.4, 1.2),
    "ph_water": ("1", 8.1, 0.3),
    "aboveground_biomass": ("g m-2", 410.0, -70.0),
    "microbial_biomass_carbon": ("mg kg-1", 220.0, -30.0),
    "bulk_density": ("g cm-3", 1.35, 0.05),
    "made_up_quantity": ("mg kg-1", 12.0, 0.0),
}
SETTINGS = {
    "study": {
        "title": {"en": "Salinity classes on a test farm", "zh": "试验农场的盐渍化等级"},
        "about": {"en": "Twelve plots.", "zh": "十二个样地。"},
        "synthetic": True,
        "citation": ["Someone (2024) A data set. https://doi.org/10.1000/xyz"],
        "licence": "CC-BY-4.0",
    },
    "tables": {
        "soil": {"file": "soil.csv", "kind": "soil"},
        "sensors": {"file": "sensors.csv", "kind": "sensors"},
    },
    "design": {
        "factors": [{"field": "salinity_class", "reference": CLASSES[0], "order": list(CLASSES)}],
        "gradients": [{"field": "ec_1_5", "transform": "log10"}],
    },
}


def means_and_ratios(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    means, ratios, points = [], [], []
    for quantity, (unit, level, step) in QUANTITIES.items():
        base: np.ndarray | None = None
        for i, name in enumerate(CLASSES):
            values = level + step * i + rng.normal(0, level * 0.12, 6)
            half = 2.2 * values.std(ddof=1) / math.sqrt(6)
            mean = float(values.mean())
            shared = {"quantity": quantity, "unit": unit, "table": "soil", "factor": "salinity_class", "class": name}
            means.append(shared | {
                "rows": 18, "units": 6, "sites": 3, "mean": mean, "standard_error": half / 2.2, "df": 5.0,
                "low": mean - half, "high": mean + half, "level": "plot", "method": "REML",
            })  # fmt: skip
            points += [{**shared, "site": f"S{k % 3}", "value": float(v)} for k, v in enumerate(values)]
            if base is None:
                base = values
                continue
            log, error = math.log(mean / base.mean()), 0.08 + 0.02 * i
            low, high = log - 2.2 * error, log + 2.2 * error
            ratios.append(shared | {
                "reference": CLASSES[0], "mean": mean, "reference_mean": float(base.mean()), "log_ratio": log,
                "standard_error": error, "df": 9.0, "low": low, "high": high, "percent": 100 * math.expm1(log),
                "percent_low": 100 * math.expm1(low), "percent_high": 100 * math.expm1(high), "p_value": 0.03,
                "difference": mean - base.mean(), "difference_low": mean - base.mean() - 2 * half,
                "difference_high": mean - base.mean() + 2 * half, "minimum_detectable_percent": 31.0,
                "minimum_detectable_difference": level * 0.3, "separable": low > 0 or high < 0,
                "confounded": quantity == "maoc", "units": 12, "sites": 3, "loso_low": log - 0.05,
                "loso_high": log + 0.07, "loso_site": "S2", "loso_flips": quantity == "ec_1_5" and i == 3,
                "level": "plot", "method": "lnRR: REML",
            })  # fmt: skip
    below = {"quantity": "ch4_flux", "unit": "nmol m-2 s-1", "log_ratio": math.nan, "percent": math.nan,
             "percent_low": math.nan, "percent_high": math.nan, "minimum_detectable_percent": math.nan,
             "mean": -0.4, "reference_mean": 0.3, "difference": -0.7, "difference_low": -1.6, "difference_high": 0.2,
             "low": -1.6, "high": 0.2, "separable": False, "minimum_detectable_difference": 1.3,
             "loso_low": -0.9, "loso_high": -0.4}  # fmt: skip
    ratios.append(ratios[0] | below)
    return pd.DataFrame(means), pd.DataFrame(ratios), pd.DataFrame(points)


def gradients(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    ec = rng.uniform(0.2, 8, 40)
    points = pd.DataFrame({
        "quantity": "soil_organic_carbon", "gradient": "ec_1_5", "gradient_value": ec, "site": "S1",
        "value": 9 - 2.5 * np.log10(ec) + rng.normal(0, 1, 40),
    })  # fmt: skip
    row = {
        "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "gradient": "ec_1_5",
        "gradient_unit": "dS m-1", "transform": "log10(gradient)", "slope": -2.5, "standard_error": 0.4, "df": 30.0,
        "low": -3.3, "high": -1.7, "p_value": 0.0001, "within_site_slope": -0.4, "within_site_low": -1.9,
        "within_site_high": 1.1, "units": 40, "sites": 5, "separable": True, "minimum_detectable_slope": 1.2,
        "loso_low": -2.9, "loso_high": -2.1, "loso_site": "S1", "loso_flips": False, "method": "REML",
    }  # fmt: skip
    null = row | {"quantity": "co2_flux", "unit": "umol m-2 s-1", "slope": -0.3, "low": -0.9, "high": 0.3,
                  "separable": False, "within_site_slope": math.nan, "within_site_low": math.nan,
                  "within_site_high": math.nan, "minimum_detectable_slope": 0.9}  # fmt: skip
    return pd.DataFrame([row, null]), points


def sensors(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    time = pd.date_range("2024-05-01", periods=6000, freq="30min")
    frames, flags = [], []
    for sensor in ("P1", "P2"):
        value = 20 + 6 * np.sin(np.arange(6000) / 24) + rng.normal(0, 0.5, 6000)
        mask = np.zeros(6000, np.uint16)
        if sensor == "P1":
            value[3000:3005] = 3903.84
            mask[3000:3005] = 1
            value[100:140] = np.nan
        frames.append(pd.DataFrame({"sensor": sensor, "time": time, "soil_temperature": value}))
        flags.append(pd.DataFrame({"soil_temperature": mask}))
    overview = pd.DataFrame({
        "table": "sensors", "sensor": ["P1", "P2"], "field": "soil_temperature", "rows": [6000, 6000],
        "missing": [40, 0], "flagged": [5, 0], "range": [5, 0], "spike": [0, 0],
    })  # fmt: skip
    return {
        "tables/sensors": pd.concat(frames, ignore_index=True),
        "quality/flags_sensors": pd.concat(flags, ignore_index=True),
        "quality/overview": overview,
    }


def evidence(rng: np.random.Generator, rows: int = 60) -> dict[str, pd.DataFrame]:
    groups = ["biochar", "gypsum", "afforestation_shrubs"]
    numbers = pd.DataFrame([
        {
            "id": f"A{i:04d}", "class": "A", "intervention": f"biochar {i} t/ha", "intervention_group": groups[i % 3],
            "variable": ["SOC_conc", "EC", "pH"][i % 4 % 3], "control_value": 5.0, "treatment_value": 6.1,
            "effect_value": 22.0, "effect_kind": "percent", "unit": "g/kg", "n": 3.0 if i % 2 else math.nan,
            "depth_cm_top": 0.0, "depth_cm_bottom": 20.0, "duration_years": math.nan, "place": "Dongying, Shandong",
            "confidence": "abstract only", "source_key": f"key{i % 9}",
            "citation": f"Author {i % 9} (2020) Title. Journal. https://doi.org/10.1000/{i % 9}",
        }
        for i in range(rows)
    ])  # fmt: skip
    pairs = pd.DataFrame([
        {"id": f"A{k:04d}", "intervention_group": g, "family": v, "log_ratio": float(x), "source_key": f"key{k}",
         "reason_en": "used", "reason_zh": "已采用"}
        for g in groups for v in ("SOC_conc", "EC") for k, x in enumerate(rng.normal(0.2, 0.3, 7))
    ])  # fmt: skip
    pooled = pd.DataFrame([
        {"intervention_group": g, "variable": v, "intervention_en": g, "intervention_zh": "措施 " + g, "variable_en": v,
         "variable_zh": "变量 " + v, "n_numbers": 7, "n_sources": 5,
         "mean_log_ratio": 0.2 if v != "pH" else math.nan, "low": 0.05 if v != "pH" else math.nan,
         "high": 0.41 if v != "pH" else math.nan, "percent": 22.0, "percent_low": 5.0, "percent_high": 51.0,
         "pooled": v != "pH", "note_en": "enough sources" if v != "pH" else "too few sources",
         "note_zh": "文献足够" if v != "pH" else "文献过少"}
        for g in groups for v in ("SOC_conc", "EC", "pH")
    ])  # fmt: skip
    return {"evidence/numbers": numbers, "evidence/pairs": pairs, "evidence/pooled": pooled}


def checks() -> pd.DataFrame:
    return pd.DataFrame([
        {"check": "shared_measurement", "subject": "soil / co2_flux", "value": 2.0, "operator": "<=", "threshold": 1.0,
         "unit": "1", "passed": False, "comment_en": "Two depths share one flux; it counts once per core.",
         "comment_zh": "两个土层共用一个通量值，每个土芯只计一次。", "source": "own_choice"},
        {"check": "few_units", "subject": "soil", "value": 24.0, "operator": ">=", "threshold": 6.0, "unit": "1",
         "passed": True, "comment_en": "Enough.", "comment_zh": "足够。", "source": "own_choice"},
        {"check": "unequal_effort", "subject": "counts", "value": math.nan, "operator": "<=", "threshold": 2.0,
         "unit": "1", "passed": None, "comment_en": "No depth known.", "comment_zh": "测序深度未知。",
         "source": "own_choice"},
    ])  # fmt: skip


def recovery() -> pd.DataFrame:
    return pd.DataFrame([
        {"quantity": q, "class": c, "kind": "mean", "label_en": f"{c}, mean", "label_zh": f"{c}均值", "truth": 5.0,
         "estimate": 5.0 + d,
         "low": 4.0 + d, "high": 6.0 + d, "unit": "g kg-1", "inside": abs(d) < 1}
        for q in ("soil_organic_carbon", "maoc") for c, d in zip(CLASSES, (0.2, -0.6, 1.4, 0.1), strict=True)
    ])  # fmt: skip


def make(**study: object) -> Contents:
    rng = np.random.default_rng(7)
    means, ratios, points = means_and_ratios(rng)
    slopes, dots = gradients(rng)
    frames = {
        "effects/class_means": means,
        "effects/response_ratios": ratios,
        "effects/points": points,
        "effects/gradients": slopes,
        "effects/gradient_points": dots,
        "effects/checks": checks(),
        "recovery/recovery": recovery(),
        **sensors(rng),
        **evidence(rng),
    }
    settings = SETTINGS | {"study": SETTINGS["study"] | study}  # type: ignore[operator]
    return Contents(
        settings=Settings.model_validate(settings),
        frames=frames,
        steps=[
            {"name": "read", "label": Text("Read tables", "读取数据表"), "status": "cached", "reason": Text("", ""),
             "add": Text("", ""), "seconds": 0.0},
            {"name": "chamber", "label": Text("Chamber fluxes", "箱法通量"), "status": "skipped",
             "reason": Text("no chamber table", "没有箱法数据表"), "add": Text("add one", "请添加一个"),
             "seconds": 0.1},
        ],
        provenance={"halosink": "0.1.0", "inputs": {"soil.csv": "ab" * 32}, "libraries": {"numpy": "2.4"}},
        sources=("own_choice",),
        version="0.1.0",
    )  # fmt: skip


@pytest.fixture(scope="session")
def contents() -> Contents:
    return make()
