"""Readings missing in the middle of a closure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.traces import Trace
from halosink.contracts import Text

READINGS, SHARE, TIMES = 10, 0.25, 5.0


def judge(readings: Readings) -> Iterator[Finding]:
    """The longest time without any gas against the length of the closure and the usual step."""
    if not readings.gases:
        return
    present = readings.frame[list(readings.gases)].notna().any(axis=1).to_numpy() & readings.closed
    time = readings.time[present]
    trace = Trace(readings.code[present], time, time, readings.m)
    longest = trace.largest(np.nan_to_num(trace.steps))
    judged = trace.n >= READINGS
    with np.errstate(invalid="ignore"):
        hit = judged & (longest > SHARE * trace.span) & (longest > TIMES * trace.span / trace.n)
    said = {"seconds": f"{np.max(longest[hit]):.0f}" if hit.any() else "", "limit": f"{100 * SHARE:.0f}"}
    yield Finding("W-CHAMBER-GAP", hit, judged, "elapsed_time", said)


CHECK = Check(
    name="gaps_in_closure",
    label=Text("Gap in a closure", "闭箱内数据间断"),
    about=Text(
        "A quarter of a closure or more is without readings, so its curve cannot be judged.",
        "一次闭箱有四分之一以上的时段没有读数，无法判断其曲线形状。",
    ),
    needs=Text("This needs ten readings in a closure.", "每次闭箱需要十个读数。"),
    source="own_choice",
    thresholds={
        "share": own(SHARE, "1", "Share of the closure without a reading.", "无读数时段占闭箱时长的比例。"),
        "times": own(TIMES, "1", "Times the usual step between readings.", "通常读数间隔的倍数。"),
    },
    judge=judge,
    allowed=0.05,
)
