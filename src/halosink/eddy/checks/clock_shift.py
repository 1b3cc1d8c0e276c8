"""The clock of the table against the sun."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.daylight import shifts
from halosink.eddy.checks.parts.split import two_levels
from halosink.eddy.checks.parts.tower import Tower

MOST, SHORT, WRONG = 20.0, 45.0, 90.0
FEW = 3


def judge(tower: Tower) -> Iterator[Finding]:
    """Median shift of all windows; of those nearer to the sun where a part of the year differs."""
    found = shifts(tower)
    if found is None:
        return
    parts = two_levels(found)
    minutes = found.minutes if parts is None else found.minutes[~parts.off]
    middle = float(np.median(minutes))
    size = abs(middle)
    most = MOST if len(minutes) >= FEW else SHORT
    said = {
        "minutes": f"{size:.0f}",
        "hours": f"{middle / 60:+.1f}",
        "direction": Text("ahead of", "快于") if middle > 0 else Text("behind", "慢于"),
    }
    code = "E-EDDY-CLOCK" if size > WRONG else "W-EDDY-CLOCK"
    yield Finding(size <= most, size, "<=", most, "min", "time", code, "time", values=said)


CHECK = Check(
    name="eddy_clock_shift",
    label=Text("Clock against the sun", "时钟与太阳"),
    about=Text(
        "The clearest days of each fortnight show when the sun rises, peaks and sets. A table whose radiation runs "
        "before or after the sun has another clock than was said: stamps of the end instead of the start, UTC or "
        "daylight saving time, or a wrong place. Day and night would be mixed.",
        "每两周中最晴朗的日子显示日出、正午与日落的时刻。若表中辐射早于或晚于太阳，则时钟与所述不符："
        "时间戳为时段末而非时段初、使用了世界时或夏令时，或地点有误。这会混淆昼夜。",
    ),
    needs=Text(
        "Shortwave radiation and latitude, longitude and utc_offset (or potential radiation) are needed.",
        "需要太阳短波辐射以及纬度、经度和 utc_offset（或潜在辐射）。",
    ),
    source="pastorello2020",
    thresholds={
        "most": own(
            MOST,
            "min",
            "Ends of half-hours taken for their starts shift by half an hour, in winter by five minutes less; morning "
            "fog and hills by up to a quarter of an hour.",
            "把半小时的末尾当作开始会偏移半小时，冬季少五分钟；晨雾与地形可造成约一刻钟的偏移。",
        ),
        "short": own(
            SHORT,
            "min",
            "For tables shorter than three fortnights, where a cloudy week shifts by half an hour.",
            "用于不足三个两周的短表，阴雨的一周可造成半小时的偏移。",
        ),
        "wrong": own(WRONG, "min", "From here on nights are taken for days.", "超过此值，黑夜会被当作白天。"),
    },
    judge=judge,
)
