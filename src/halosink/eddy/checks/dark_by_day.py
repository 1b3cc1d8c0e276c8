"""No radiation while the sun is up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.light_above_sun import LATE
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.daylight import shifts
from halosink.eddy.checks.parts.tower import Tower

HIGH, DEAD, SHARE = 300.0, 1.0, 0.02


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of records below 1 W m-2 while more than 300 W m-2 reach the top of the atmosphere."""
    light, sun = tower.get("shortwave_radiation"), tower.potential
    if light is None or sun is None:
        return
    judged = np.isfinite(light) & (sun > HIGH)
    if np.count_nonzero(judged) < FEWEST:
        return
    found = shifts(tower)
    if found is not None and abs(float(np.median(found.minutes))) > LATE:
        return
    hit = judged & (light < DEAD)
    share = float(hit.sum() / judged.sum())
    column = "shortwave_radiation"
    said = {"share": f"{100 * share:.0f}"}
    yield Finding(share <= SHARE, share, "<=", SHARE, "1", column, "E-EDDY-DARK-DAY", column, hit, said)


CHECK = Check(
    name="eddy_dark_by_day",
    label=Text("Dark by day", "白天无光"),
    about=Text(
        "Under the thickest cloud a few per cent of the sun reach the ground. A radiometer that shows nothing by day "
        "is dead, covered, or its gaps were written as zero; its days would be taken for nights. A wrong clock is told "
        "by its own check.",
        "再厚的云下也有百分之几的太阳辐射到达地面。白天读数为零，说明辐射表失效、被遮盖，或缺测被写成零；白天会被当作黑夜。"
        "时钟错误由另一项检查判断。",
    ),
    needs=Text(
        "Shortwave radiation, the place of the tower and a right clock are needed.",
        "需要太阳短波辐射、塔的位置和正确的时钟。",
    ),
    source="own_choice",
    thresholds={
        "high": own(HIGH, "W m-2", "The sun stands well above hills and fog.", "太阳已明显高于山丘与雾层。"),
        "dead": own(
            DEAD,
            "W m-2",
            "A three-hundredth of that sun; thunderclouds let more through.",
            "不足该辐射的三百分之一，雷雨云透过的也多于此。",
        ),
        "share": own(SHARE, "1", "A week of a year.", "约为一年中的一周。"),
    },
    judge=judge,
)
