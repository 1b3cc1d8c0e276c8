"""The clock of the field sheet against that of the analyser."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.clock_break import breaks
from halosink.chamber.checks.parts.clock_record import lag
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

EARLY, LATE, CLOSURES, SURE, RECORD = -20.0, 60.0, 5, 4.0, 40.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Median break of the closures of each analyser; the whole record against all closings where it is given."""
    analyser = readings.text("analyser")
    groups = np.array([str(a) for a in analyser], object) if analyser is not None else np.full(readings.m, "", object)
    if not readings.gases:
        return
    found, clear = breaks(readings.trace(readings.gases[0], before=True))
    for name in dict.fromkeys(groups):
        mine = groups == name
        whole = lag(readings, mine)
        if np.isfinite(whole):
            beside = abs(whole) > np.nanmedian(readings.trace(readings.gases[0]).span[mine])
            yield _finding(mine & (abs(whole) > RECORD), mine, whole, name, beside)
            continue
        judged = mine & clear
        if np.count_nonzero(judged) < CLOSURES:
            continue
        middle = float(np.median(found[judged]))
        spread = 1.4826 * float(np.median(np.abs(found[judged] - middle)))
        off = abs(middle) > SURE * spread / np.sqrt(np.count_nonzero(judged))
        yield _finding(judged & bool(off and (middle < EARLY or middle > LATE)), judged, middle, name)


def _finding(hit: np.ndarray, judged: np.ndarray, seconds: float, name: str, beside: bool = False) -> Finding:
    """beside: the shift is longer than the closures, so that no reading is of the closure it stands for."""
    said = {
        "seconds": f"{abs(seconds):.0f}",
        "signed": f"{seconds:+.0f}",
        "direction": Text("after", "晚于") if seconds > 0 else Text("before", "早于"),
        "analyser": name or Text("the analyser", "气体分析仪"),
    }
    return Finding("E-CHAMBER-CLOCK" if beside else "W-CHAMBER-CLOCK", hit, judged, "time", said)


CHECK = Check(
    name="clock_shift",
    label=Text("Clock of the field sheet", "野外记录表与仪器的时钟差"),
    about=Text(
        "The gas begins to change when the chamber closes. If it does so long before or after the closing on the field "
        "sheet in most closures, the two clocks differ, and the flux is fitted to the wrong readings. A shift longer "
        "than the closures, seen in the whole record, refuses them.",
        "箱体关闭时气体浓度开始变化。若多数闭箱的变化明显早于或晚于野外记录表的闭箱时刻，说明两个时钟不一致，"
        "通量所用读数有误。若整段记录显示的时差超过闭箱时长，则拒绝这些闭箱。",
    ),
    needs=Text(
        "Five closures with a clear beginning of the change, read at least every few seconds, are needed.",
        "需要五次起始变化清晰、每隔数秒至少一个读数的闭箱。",
    ),
    source="licor_li8100a",
    thresholds={
        "late": own(
            LATE,
            "s",
            "Tubes and mixing delay the rise by up to a minute: dead bands of 10 to 60 s are usual.",
            "管路与混匀可使上升延迟至一分钟：常用死区时间为 10–60 s。",
        ),
        "early": own(
            EARLY,
            "s",
            "Nothing can rise before the chamber closes; the rest is for times kept in minutes.",
            "闭箱之前浓度不会上升；余量留给只记到分钟的时刻。",
        ),
        "record": own(
            RECORD,
            "s",
            "The same for the whole record, whose lag is known to some ten seconds.",
            "以整段记录判断时的界限，其时差的精度约为十秒。",
        ),
        "closures": own(CLOSURES, "1", "Fewer closures do not show a habit of a clock.", "闭箱过少无法看出时钟差。"),
    },
    judge=judge,
)
