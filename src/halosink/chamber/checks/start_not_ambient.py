"""A chamber that was closed over air which is not that of outside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.ambient import SOURCE, ambient
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

HIGH, OTHERS, LOW, UNIT = 2.0, 1.5, 0.5, 0.05


def judge(readings: Readings) -> Iterator[Finding]:
    """The first readings after closing against outside air and against the other closures."""
    for name in readings.gases:
        first = readings.trace(name).head() / ambient(name)
        judged = np.isfinite(first) & (first > UNIT) & (first < 300)
        if not judged.any():
            continue
        usual = float(np.median(first[judged]))
        high = judged & (first > HIGH) & ((first > OTHERS * usual) | (usual > HIGH * OTHERS))
        low = judged & (first < LOW)
        for code, hit in (("W-CHAMBER-NOT-VENTED", high), ("W-CHAMBER-BELOW-AMBIENT", low)):
            value = f"{np.median(first[hit]) * ambient(name):.4g}" if hit.any() else ""
            said = {"gas": name[:3].upper(), "value": value, "air": f"{ambient(name):.4g}"}
            yield Finding(code, hit, judged, name, said)


CHECK = Check(
    name="start_not_ambient",
    label=Text("First reading far from outside air", "起始浓度偏离外界空气"),
    about=Text(
        "A closure should begin with outside air. Air left from the closure before, breath or exhaust makes the "
        "gradient "
        "smaller and the flux too small or negative.",
        "闭箱应从外界空气开始。上一次闭箱的残留气体、呼出气或尾气会减小浓度梯度，使通量偏小甚至为负。",
    ),
    needs=Text("No gas was read after closing.", "闭箱后没有气体读数。"),
    source=SOURCE,
    thresholds={
        "high": own(
            HIGH,
            "1",
            "Times outside air; still nights under plants stay below.",
            "外界空气的倍数；静风夜间植被下的浓度低于此值。",
        ),
        "others": own(OTHERS, "1", "Times the usual beginning of the other closures.", "其他闭箱通常起始浓度的倍数。"),
        "low": own(LOW, "1", "Share of outside air.", "占外界空气的比例。"),
    },
    judge=judge,
    allowed=0.05,
)
