"""The true values of the twin, from its parameters alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from halosink.samples.twin import community, weather
from halosink.samples.twin import parameters as p

DIVERSITY_UNITS = {
    "sequencing_depth": "count",
    "richness_observed": "count",
    "richness_rarefied": "count",
    "shannon_diversity": "1",
    "goods_coverage": "1",
}


def cell_means() -> dict[str, tuple[str, str, np.ndarray]]:
    """quantity -> (table, unit, true means of shape (classes, treatments)), over layers, dates or record times."""
    found: dict[str, tuple[str, str, np.ndarray]] = {}
    land = weather.records()
    for name, q in p.QUANTITIES.items():
        mean = np.array([[q.mean(s, t) for t in range(2)] for s in range(4)])
        if q.layers:
            mean = mean * np.mean(q.layers)
        if name == "soil_temperature":
            mean = mean + land["temperature"].mean()
        elif name == "soil_moisture":
            mean = mean * land["wetness"].mean()
        found[name] = (q.table, q.unit, mean)
    for name, unit in DIVERSITY_UNITS.items():
        cells = [[community.expected(s, t)[name] for t in range(2)] for s in range(4)]
        found[name] = ("diversity", unit, np.array(cells))
    return found


def truth(seed: int, drawn: dict[str, Any]) -> dict[str, Any]:
    """What truth.json holds; see its first key."""
    means, ratios = [], []
    for quantity, (table, unit, cells) in cell_means().items():
        for factor, classes, values in (
            ("salinity_class", p.CLASSES, cells.mean(axis=1)),
            ("treatment", p.TREATMENTS, cells.mean(axis=0)),
        ):
            same = {"quantity": quantity, "unit": unit, "table": table, "factor": factor}
            for name, value in zip(classes, values, strict=True):
                means.append({**same, "class": name, "mean": _short(value)})
            for name, value in list(zip(classes, values, strict=True))[1:]:
                positive = bool((cells > 0).all())
                ratio = _short(math.log(value / values[0])) if positive else None
                known = {"log_ratio": ratio, "difference": _short(value - values[0])}
                ratios.append({**same, "class": name, "reference": classes[0], **known})
    return {
        "synthetic": "Synthetic data: every number of this study was drawn by a random number generator; no such farm"
        " exists. 合成数据：本研究的全部数值均由随机数生成器产生，并无此农场。",
        "about": "True values follow from the generator's parameters, not from the drawn data: the mean of a class over"
        " all transects of the farm, both treatments (or all four classes) weighing the same, over the layers, dates"
        " and record times of the study weighing the same.",
        "seed": seed,
        "class_means": means,
        "response_ratios": ratios,
        "closure_fluxes": [{**f, "flux": _short(f["flux"])} for f in drawn["fluxes"]],
        "faults": drawn["faults"],
        "evidence": {name: list(q.evidence) for name, q in p.QUANTITIES.items()},
    }


def _short(value: float) -> float:
    return float(f"{value:.10g}")
