"""An analyser or logger that repeats its last value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

FEWEST, LEAST, SHARE, USUAL = 8, 10, 0.3, 0.5


def judge(readings: Readings) -> Iterator[Finding]:
    """All readings of a closure equal, or a long run of equal ones below the top of the series.

    An analyser that shows few digits repeats itself in other closures too; then a constant closure may be a flux near
    zero, which must not be refused.
    """
    for name in readings.gases:
        trace = readings.trace(name)
        if not trace.value.size:
            continue
        judged = trace.n >= FEWEST
        dead = judged & (trace.high == trace.low)
        repeats = (trace.total(trace.steps == 0) / (trace.n - 1))[judged & ~dead]
        fine = repeats.size > 0 and float(np.median(repeats)) < USUAL
        gas = name[:3].upper()
        yield Finding("E-CHAMBER-FROZEN", dead & fine, judged, name, {"gas": gas}, gas=name)
        inner = trace.value < trace.back(trace.high)
        run = np.where(dead, trace.n, trace.largest(np.where(inner, trace.steady, 0.0)))
        stuck = judged & ~(dead & fine) & (run >= LEAST) & (run >= SHARE * trace.n)
        longest = f"{np.max(run[stuck]):.0f}" if stuck.any() else ""
        yield Finding("W-CHAMBER-FROZEN", stuck, judged, name, {"gas": gas, "run": longest})


CHECK = Check(
    name="frozen_readings",
    label=Text("Frozen readings", "读数卡死"),
    about=Text(
        "The same value comes again and again: the analyser or the logger had stopped. A flux of zero from it is not a "
        "measurement.",
        "同一数值反复出现：气体分析仪或数据采集器已停止更新。由此得到的零通量不是测定结果。",
    ),
    needs=Text("This needs eight readings of a gas in a closure.", "每次闭箱需要八个气体读数。"),
    source="own_choice",
    thresholds={
        "fewest": own(
            FEWEST,
            "1",
            "Fewer equal readings may be chance where digits are few.",
            "位数较少时，更少的相等读数可能出于偶然。",
        ),
        "least": own(LEAST, "1", "Shortest run of equal readings that counts.", "计入的最短相等读数串。"),
        "usual": own(
            USUAL,
            "1",
            "Where the other closures repeat more than this share of their readings, constant ones are doubted only.",
            "若其他闭箱重复读数的比例高于此值，则恒定读数仅作怀疑而不剔除。",
        ),
        "share": own(SHARE, "1", "Share of the closure that one value must fill.", "同一数值须占该次闭箱的比例。"),
    },
    judge=judge,
)
