"""Water vapour above what the air in the chamber can hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.vapour import saturation
from halosink.contracts import Text

MOST, UNIT = 1.2, 20.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Relative humidity over the last quarter of the closure."""
    trace = readings.trace("h2o_mole_fraction")
    full = saturation(readings.constant("chamber_temperature"), readings.constant("chamber_pressure"))
    humidity = trace.fraction(trace.value, 0.75, 1.0) / full
    judged = np.isfinite(humidity) & (humidity < UNIT)
    hit = judged & (humidity > MOST)
    said = {"percent": f"{100 * np.max(humidity[hit]):.0f}" if hit.any() else ""}
    yield Finding("W-CHAMBER-CONDENSATION", hit, judged, "h2o_mole_fraction", said)


CHECK = Check(
    name="condensation",
    label=Text("Condensation in the chamber", "箱内凝结"),
    about=Text(
        "More water vapour than the air can hold at the temperature given: water condensed on walls or in tubes, or "
        "the "
        "temperature is not that of the chamber air. Wet tubes hold back gas and make the vapour reading wrong.",
        "水汽超过所给温度下空气的容纳量：水凝结在箱壁或管路中，或温度并非箱内气温。潮湿的管路会滞留气体，"
        "并使水汽读数失真。",
    ),
    needs=Text("Water vapour and chamber temperature are needed.", "需要水汽与箱内气温。"),
    source="alduchov1996",
    thresholds={
        "most": own(
            MOST,
            "1",
            "Relative humidity; a thermometer 2 K off makes 15 per cent of it.",
            "相对湿度；温度偏差 2 K 即可造成约 15% 的误差。",
        ),
    },
    judge=judge,
    allowed=0.05,
)
