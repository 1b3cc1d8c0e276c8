"""Radiation while the sun is down."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import LIGHT, Tower

SHARE = 0.01


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of dark records, an hour clear of dusk and dawn, with more than 20 W m-2 to either side."""
    light, sun = tower.get("shortwave_radiation"), tower.potential
    if light is None or sun is None:
        return
    width = max(1, round(3600 / tower.steps.seconds))
    dark = np.convolve(sun > 0, np.ones(2 * width + 1), "same")[: len(sun)] == 0 if len(sun) > 2 * width else sun <= 0
    judged = dark & np.isfinite(light)
    if np.count_nonzero(judged) < FEWEST:
        return
    hit = judged & (np.abs(light) > LIGHT)
    share = float(hit.sum() / judged.sum())
    column = "shortwave_radiation"
    said = {"share": f"{100 * share:.0f}", "value": f"{np.median(light[hit]) if hit.any() else 0:.0f}"}
    yield Finding(share <= SHARE, share, "<=", SHARE, "1", column, "W-EDDY-NIGHT-LIGHT", column, hit, said)


CHECK = Check(
    name="eddy_light_at_night",
    label=Text("Light at night", "夜间有光"),
    about=Text(
        "While the sun is well below the horizon a radiometer shows zero but for a small offset. More means a wrong "
        "clock, a wrong place, an offset or a lamp; nights would be taken for days.",
        "太阳远在地平线以下时，辐射表读数应为零（允许小的零漂）。否则说明时钟或地点有误、零点偏移或有灯光；黑夜会被当作白天。",
    ),
    needs=Text("Shortwave radiation and the place of the tower are needed.", "需要太阳短波辐射和塔的位置。"),
    source="own_choice",
    thresholds={
        "light": own(LIGHT, "W m-2", "Above any thermal offset of a radiometer.", "高于任何辐射表的热零漂。"),
        "share": own(SHARE, "1", "Room for single bad records.", "为个别坏记录留出余量。"),
    },
    judge=judge,
)
