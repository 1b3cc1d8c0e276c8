"""Water vapour in ppm, per cent or mol per mol read as mmol per mol."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.vapour import saturation
from halosink.contracts import Text

MOST, DRY, HOT = 150.0, 0.1, 45.0
HIGH = (("ppm", 1e-3), ("ppb", 1e-6))
LOW = (("%", 10.0), ("mol mol-1", 1e3))


def judge(readings: Readings) -> Iterator[Finding]:
    """More vapour than air can hold, or so little that another unit would give the humidity of outside air."""
    water = readings.trace("h2o_mole_fraction")
    mean = water.mean(water.value)
    judged = np.isfinite(mean)
    wrong = judged & (mean > MOST)
    for unit, factor in HIGH:
        hit = wrong & (mean * factor <= MOST)
        wrong = wrong & ~hit
        yield Finding("E-CHAMBER-WATER-UNIT", hit, judged, "h2o_mole_fraction", _said(unit, factor, mean, hit))
    celsius = readings.constant("chamber_temperature")
    full = saturation(np.where(celsius <= HOT, celsius, np.nan), readings.constant("chamber_pressure"))
    left = judged & (mean > 0) & (mean < DRY * full)
    for unit, factor in LOW:
        hit = left & (mean * factor > 0.3 * full) & (mean * factor <= 1.2 * full)
        left = left & ~hit
        yield Finding("W-CHAMBER-WATER-UNIT", hit, judged, "h2o_mole_fraction", _said(unit, factor, mean, hit))


def _said(unit: str, factor: float, mean: np.ndarray, hit: np.ndarray) -> dict[str, str]:
    if not hit.any():
        return {}
    value = float(np.median(mean[hit]))
    return {"unit": unit, "factor": f"{factor:g}", "value": f"{value:.4g}", "meant": f"{value * factor:.3g}"}


CHECK = Check(
    name="water_unit",
    label=Text("Unit of the water vapour", "水汽单位"),
    about=Text(
        "Water vapour above what air can hold, or far below the humidity of a chamber over soil, means that it is in "
        "another unit; the correction of the other gases rests on it.",
        "水汽超过空气所能容纳的量，或远低于土壤上方箱内的湿度，说明单位不对；其他气体的水汽校正以此为依据。",
    ),
    needs=Text("h2o_mole_fraction is lacking.", "缺少 h2o_mole_fraction。"),
    source="alduchov1996",
    thresholds={
        "most": own(MOST, "mmol mol-1", "Saturated air of about 54 degC.", "约 54 °C 饱和空气的水汽含量。"),
        "hot": own(
            HOT, "degC", "Above this the thermometer is doubted, not the vapour.", "高于此温度时应怀疑温度计而非水汽。"
        ),
        "dry": own(
            DRY,
            "1",
            "Relative humidity below which a chamber over soil is doubted.",
            "低于这一相对湿度的箱内空气值得怀疑。",
        ),
    },
    judge=judge,
    allowed=0.5,
)
