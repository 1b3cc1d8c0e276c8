"""An analyser that has reached its highest value while the gas went on rising."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

LEAST, ROSE, ELSEWHERE = 5, 1.2, 0.2


def judge(readings: Readings) -> Iterator[Finding]:
    """A run of readings at one highest value, in a series that otherwise never stands still."""
    for name in readings.gases:
        trace = readings.trace(name)
        if not trace.value.size:
            continue
        top = trace.value >= trace.back(trace.high)
        count = trace.total(top)
        run = trace.largest(np.where(top, trace.steady, 0.0))
        still = trace.total((trace.steps == 0) & ~top) / np.maximum(trace.n - count, 1)
        judged = trace.n >= 2 * LEAST
        with np.errstate(invalid="ignore"):
            hit = judged & (run >= LEAST) & (trace.high > ROSE * trace.head()) & (still < ELSEWHERE)
        said = {"gas": name[:3].upper(), "value": f"{np.max(trace.high[hit]):.6g}" if hit.any() else ""}
        yield Finding("E-CHAMBER-SATURATED", hit, judged, name, said, gas=name)


CHECK = Check(
    name="saturated_analyser",
    label=Text("Saturated analyser", "气体分析仪饱和"),
    about=Text(
        "The readings end in a flat top at one value: the gas went beyond what the analyser can show, and the slope "
        "there is not that of the chamber.",
        "读数在某一数值处形成平顶：气体浓度超出气体分析仪的量程，该段斜率不代表箱内变化。",
    ),
    needs=Text("This needs ten readings of a gas in a closure.", "每次闭箱需要十个气体读数。"),
    source="own_choice",
    thresholds={
        "least": own(
            LEAST,
            "1",
            "Equal readings in a row at the top; noise alone does not give them.",
            "最高处连续相等的读数个数；仅有噪声时不会出现。",
        ),
        "rose": own(
            ROSE, "1", "The top must lie this many times above the first readings.", "平顶应为最初读数的这一倍数以上。"
        ),
        "elsewhere": own(
            ELSEWHERE,
            "1",
            "An analyser that repeats more of its other readings shows few digits only.",
            "若其余读数重复的比例更高，则只是气体分析仪显示位数少。",
        ),
    },
    judge=judge,
)
