"""A relative humidity as a fraction, or beyond 100 %."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST, fraction
from halosink.eddy.checks.parts.tower import Tower

MOST, SHARE = 105.0, 0.01


def judge(tower: Tower) -> Iterator[Finding]:
    """Fraction of one, else the share of records outside 0 to 105 %."""
    humidity = tower.get("relative_humidity")
    if humidity is None:
        return
    judged = np.isfinite(humidity)
    if np.count_nonzero(judged) < FEWEST:
        return
    column = "relative_humidity"
    top = float(np.nanpercentile(humidity, 99))
    if fraction(humidity):
        values = {"value": f"{top:.3g}"}
        yield Finding(False, top, ">", 1.5, "%", column, "E-EDDY-HUMIDITY-FRACTION", column, values=values)
        return
    hit = judged & ((humidity > MOST) | (humidity < 0))
    share = float(hit.sum() / judged.sum())
    values = {"share": f"{100 * share:.0f}", "value": f"{np.nanmax(humidity):.4g}"}
    yield Finding(
        share <= SHARE, share, "<=", SHARE, "1", column, "W-EDDY-HUMIDITY-RANGE", column, hit=hit, values=values
    )


CHECK = Check(
    name="eddy_humidity_range",
    label=Text("Range of the relative humidity", "相对湿度的范围"),
    about=Text(
        "Relative humidity is in per cent and hardly exceeds 100. Values up to 1 are a fraction; values far above 100 "
        "come from a wet or worn sensor.",
        "相对湿度以百分数表示，一般不超过 100。数值不大于 1 说明是小数；远高于 100 说明传感器受潮或老化。",
    ),
    needs=Text("Relative humidity is needed.", "需要相对湿度。"),
    source="own_choice",
    thresholds={
        "most": own(
            MOST,
            "%",
            "Capacitive sensors may read some per cent too high in fog.",
            "雾中电容式传感器可能偏高几个百分点。",
        ),
        "share": own(SHARE, "1", "Room for single bad records.", "为个别坏记录留出余量。"),
    },
    judge=judge,
)
