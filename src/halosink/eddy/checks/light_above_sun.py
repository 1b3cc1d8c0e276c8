"""More shortwave radiation than the sun sends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.daylight import shifts
from halosink.eddy.checks.parts.tower import Tower

FACTOR, ROOM, SHARE, PHOTONS, LATE = 1.1, 50.0, 0.02, 1.3, 25.0


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of daylight records above 1.1 times the potential radiation and 50 W m-2 more."""
    light, sun = tower.get("shortwave_radiation"), tower.potential
    if light is None or sun is None:
        return
    judged = np.isfinite(light) & (sun > 50)
    if np.count_nonzero(judged) < FEWEST:
        return
    found = shifts(tower)
    if found is not None and abs(float(np.median(found.minutes))) > LATE:
        return
    hit = judged & (light > FACTOR * sun + ROOM)
    share = float(hit.sum() / judged.sum())
    high = judged & (sun > 300)
    ratio = float(np.percentile((light / np.where(sun > 0, sun, 1))[high], 95)) if high.any() else 1.0
    column = "shortwave_radiation"
    code = "E-EDDY-LIGHT-UNIT" if ratio > PHOTONS else "W-EDDY-LIGHT-HIGH"
    said = {"share": f"{100 * share:.0f}", "ratio": f"{ratio:.2f}"}
    yield Finding(share <= SHARE, share, "<=", SHARE, "1", column, code, column, hit, said)


CHECK = Check(
    name="eddy_light_above_sun",
    label=Text("Radiation above the sun's", "辐射超过太阳"),
    about=Text(
        "Averaged over a half-hour the ground receives less than the sun sends to the top of the atmosphere. More "
        "comes from a wrong calibration, photons (umol) read as watts, or a wrong place. A wrong clock is told by its "
        "own check.",
        "半小时平均而言，地面接收的辐射少于大气顶。若更多，则标定有误、把光量子（umol）当作瓦，或地点有误。时钟错误由另一项检查判断。",
    ),
    needs=Text(
        "Shortwave radiation, the place of the tower and a right clock are needed.",
        "需要太阳短波辐射、塔的位置和正确的时钟。",
    ),
    source="own_choice",
    thresholds={
        "factor": own(
            FACTOR,
            "1",
            "Edges of clouds exceed the sun for minutes, hardly for half an hour.",
            "云缘增强只持续数分钟，很少达半小时。",
        ),
        "room": own(
            ROOM, "W m-2", "For low sun, where a few minutes of clock matter.", "为太阳较低时数分钟时差留出余量。"
        ),
        "share": own(SHARE, "1", "Room for bright broken skies.", "为多云明亮天空留出余量。"),
        "photons": own(
            PHOTONS,
            "1",
            "Ratios beyond it are of unit: one W m-2 of sunlight has about 2 umol of photons.",
            "比值超过此值为单位问题：1 W m-2 日光约含 2 umol 光量子。",
        ),
    },
    judge=judge,
)
