"""Fluxes larger than any soil, plant cover or water gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.fitted import by_gas
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

MOST: Mapping[str, float] = {"co2": 100.0, "ch4": 1e5, "n2o": 3e3, "h2o": 20.0}


def judge(readings: Readings) -> Iterator[Finding]:
    """|flux| against a limit per gas that only a wrong unit passes."""
    for gas, unit, one in by_gas(readings, "flux"):
        if gas not in MOST:
            continue
        size = np.abs(one["flux"])
        judged = np.isfinite(size)
        hit = judged & (size > MOST[gas])
        value = f"{np.max(size[hit]):.3g}" if hit.any() else ""
        said = {"gas": gas.upper(), "value": value, "unit": unit, "limit": f"{MOST[gas]:g}"}
        yield Finding("W-CHAMBER-FLUX-SIZE", hit, judged, f"{gas}_flux", said)


CHECK = Check(
    name="flux_size",
    label=Text("Flux too large to be true", "通量大得不可能"),
    about=Text(
        "A flux beyond what ecosystems reach comes from a unit of volume, area, time or gas, or from a bubble.",
        "通量超出生态系统可能达到的水平，原因是体积、面积、时间或气体的单位有误，或有气泡排放。",
    ),
    needs=Text("This is judged from the fluxes.", "需先算出通量才能判断。"),
    source="own_choice",
    thresholds={
        "co2": own(
            100.0, "umol m-2 s-1", "Twice the photosynthesis of the densest crops.", "约为最茂密作物光合的两倍。"
        ),
        "ch4": own(
            1e5,
            "nmol m-2 s-1",
            "Beyond steady emission of wetlands; bubbles alone reach it.",
            "超过湿地的稳定排放；只有气泡排放才能达到。",
        ),
        "n2o": own(3e3, "nmol m-2 s-1", "Beyond the peaks after manure or fertiliser.", "超过施肥后的排放峰值。"),
        "h2o": own(20.0, "mmol m-2 s-1", "More than the sun can evaporate.", "超过太阳辐射所能蒸发的水量。"),
    },
    judge=judge,
)
