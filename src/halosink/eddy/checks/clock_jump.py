"""A clock that is changed for a part of the year, as for daylight saving time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.daylight import WINDOW, shifts
from halosink.eddy.checks.parts.split import JUMP, two_levels
from halosink.eddy.checks.parts.tower import Tower


def judge(tower: Tower) -> Iterator[Finding]:
    """Two levels of the shift, each over several fortnights in a row."""
    found = shifts(tower)
    if found is None or len(found.minutes) < 4:
        return
    parts = two_levels(found)
    if parts is None:
        spread = float(np.percentile(np.abs(found.minutes - np.median(found.minutes)), 75))
        yield Finding(True, spread, "<", JUMP, "min", "time")
        return
    begin = int(np.argmax(parts.off))
    length = int(np.argmin(np.append(parts.off[begin:], False)))
    first = found.first[begin]
    end = found.first[begin + length - 1] + np.timedelta64(WINDOW * 86_400, "s")
    hour = 45 <= abs(parts.minutes) <= 75
    said = {
        "minutes": f"{abs(parts.minutes):.0f}",
        "direction": Text("ahead", "快") if parts.minutes > 0 else Text("behind", "慢"),
        "first": str(first)[:10],
        "last": str(end)[:10],
        "cause": Text("daylight saving time", "夏令时") if hour else Text("a clock that was set", "时钟被调整"),
    }
    size = abs(parts.minutes)
    yield Finding(False, size, "<", JUMP, "min", "time", "W-EDDY-CLOCK-JUMP", "time", values=said)


CHECK = Check(
    name="eddy_clock_jump",
    label=Text("Clock changed within the year", "年内时钟变动"),
    about=Text(
        "Tables stay on standard time all year. Where a part of the year runs an hour ahead, daylight saving time was "
        "kept; other jumps come from a clock that was set.",
        "数据表应全年使用标准时间。若一年中有一段快一小时，则使用了夏令时；其他跳变源于时钟被调整。",
    ),
    needs=Text("Two months of radiation, and the place of the tower, are needed.", "需要两个月的辐射数据和塔的位置。"),
    source="pastorello2020",
    thresholds={"jump": own(JUMP, "min", "Weather shifts a fortnight by less.", "天气对两周平均的影响小于此值。")},
    judge=judge,
)
