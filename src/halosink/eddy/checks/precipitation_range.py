"""Rain below zero or beyond belief."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

PER_HOUR, PER_YEAR = 200.0, 12_000.0


def judge(tower: Tower) -> Iterator[Finding]:
    """Records below zero or above 200 mm per hour, and the sum as a rate per year."""
    rain = tower.get("precipitation")
    if rain is None:
        return
    known = np.isfinite(rain)
    if np.count_nonzero(known) < FEWEST:
        return
    column = "precipitation"
    hit = known & ((rain < 0) | (rain > PER_HOUR * max(tower.steps.seconds / 3600, 0.25)))
    said = {"count": int(hit.sum()), "value": f"{rain[hit][0]:.3g}" if hit.any() else ""}
    yield Finding(not hit.any(), float(hit.sum()), "==", 0.0, "1", column, "W-EDDY-RAIN", column, hit, said)
    days = known.sum() * tower.steps.seconds / 86_400
    if days >= 90:
        rate = float(rain[known].sum() / days * 365.25)
        said = {"rate": f"{rate:.0f}"}
        yield Finding(rate <= PER_YEAR, rate, "<=", PER_YEAR, "mm", column, "W-EDDY-RAIN-SUM", column, values=said)


CHECK = Check(
    name="eddy_precipitation_range",
    label=Text("Range of the precipitation", "降水量的范围"),
    about=Text(
        "Rain is never negative and hardly more than 200 mm in an hour. A running total of the gauge, read as rain of "
        "the interval, gives absurd sums.",
        "降水量不为负，一小时内也几乎不超过 200 mm。若把雨量筒的累计值当作时段降水，总量会荒谬。",
    ),
    needs=Text("Precipitation is needed.", "需要降水量。"),
    source="own_choice",
    thresholds={
        "hour": own(PER_HOUR, "mm", "Beyond all but records of the tropics.", "仅热带极端记录可超过。"),
        "year": own(PER_YEAR, "mm", "The wettest places of the Earth.", "地球上最湿润的地方。"),
    },
    judge=judge,
)
