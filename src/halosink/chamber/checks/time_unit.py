"""Elapsed time in hours or minutes read as seconds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

SHORTEST, FEW, BY_HAND = 10.0, 8, 120.0
# own choice: samples of a closure of hours are few; many readings in a short span were written in minutes
LONGEST, BY_HAND_MOST = 3.0, 12


def judge(readings: Readings) -> Iterator[Finding]:
    """Closures of a few seconds, and few samples in less time than they take by hand."""
    use = np.isfinite(readings.time)
    clock = readings.trace("elapsed_time", before=True)
    span, judged = clock.span, clock.n >= 3
    short = judged & use.any() & (span > 0) & (span < SHORTEST)
    hours = short & (span <= LONGEST) & (clock.n <= BY_HAND_MOST)
    yield Finding("E-CHAMBER-TIME-UNIT", hours, judged, "elapsed_time", _said("h", "min", span, hours))
    yield Finding(
        "E-CHAMBER-TIME-UNIT", short & ~hours, judged, "elapsed_time", _said("min", "h", span, short & ~hours)
    )
    quick = judged & ~short & (clock.n <= FEW) & (span > 0) & (span <= BY_HAND)
    yield Finding("W-CHAMBER-TIME-UNIT", quick, judged, "elapsed_time", _said("min", "h", span, quick))


def _said(unit: str, other: str, span: np.ndarray, hit: np.ndarray) -> dict[str, str]:
    if not hit.any():
        return {}
    return {"unit": unit, "other": other, "span": f"{np.median(span[hit]):.3g}"}


CHECK = Check(
    name="time_unit",
    label=Text("Unit of the elapsed time", "闭箱后时间单位"),
    about=Text(
        "A closure that seems to last a few seconds was written in minutes or hours.",
        "看似只持续数秒的闭箱，其时间实为分钟或小时。",
    ),
    needs=Text("No closure has three readings.", "没有闭箱具有三个读数。"),
    source="own_choice",
    thresholds={
        "shortest": own(SHORTEST, "s", "No flux is measured in less.", "没有通量能在更短时间内测得。"),
        "by_hand": own(
            BY_HAND, "s", "Up to eight samples taken by hand last longer.", "手工采集不超过八个样品所需的时间更长。"
        ),
    },
    judge=judge,
)
