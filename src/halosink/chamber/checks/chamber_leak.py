"""A concentration that goes back towards where it began while the chamber should be closed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.ambient import ambient
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

PARTS, READINGS, BACK, CLEAR, VISIBLE = 6, 18, 0.3, 6.0, 0.02


def judge(readings: Readings) -> Iterator[Finding]:
    """Means of six equal parts of the closure: the farthest from the first, against the last."""
    for name in readings.gases:
        trace = readings.trace(name)
        judged = trace.n >= READINGS
        if not judged.any():
            continue
        parts = np.column_stack([trace.fraction(trace.value, k / PARTS, (k + 1) / PARTS) for k in range(PARTS)])
        away = parts - parts[:, :1]
        farthest = np.argmax(np.nan_to_num(np.abs(away)), axis=1)
        every = np.arange(readings.m)
        went, left = away[every, farthest], away[:, -1]
        error = trace.noise / np.sqrt(trace.n / PARTS)
        with np.errstate(invalid="ignore"):
            returned = (went - left) * np.sign(went)
            clear = (np.abs(went) > CLEAR * error) & (returned > CLEAR * error)
            clear &= np.abs(went) > VISIBLE * ambient(name)
            hit = judged & clear & (returned > BACK * np.abs(went))
        share = f"{100 * np.median((returned / np.abs(went))[hit]):.0f}" if hit.any() else ""
        yield Finding("W-CHAMBER-LEAK", hit, judged, name, {"gas": name[:3].upper(), "percent": share})


CHECK = Check(
    name="chamber_leak",
    label=Text("Concentration falls back", "浓度回落"),
    about=Text(
        "The gas went up (or down) and then back while the chamber should have been closed: it was opened earlier than "
        "noted, it leaks, or the light changed.",
        "气体浓度上升（或下降）后又回落，而此时箱体应处于关闭状态：实际开箱早于记录、箱体漏气或光照发生变化。",
    ),
    needs=Text("This needs 18 readings of a gas in a closure.", "每次闭箱需要 18 个气体读数。"),
    source="own_choice",
    thresholds={
        "back": own(
            BACK,
            "1",
            "Share of the change that is lost again; saturation levels off but does not turn.",
            "变化量中又失去的比例；饱和只会趋平而不会反转。",
        ),
        "clear": own(CLEAR, "1", "Standard errors of a sixth of the closure.", "六分之一闭箱时段均值的标准误倍数。"),
        "visible": own(
            VISIBLE, "1", "Share of outside air that the change must exceed.", "变化量须超过外界空气浓度的这一比例。"
        ),
    },
    judge=judge,
    allowed=0.05,
)
