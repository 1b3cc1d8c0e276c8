"""Two closures that one analyser would have had to measure at the same time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

TOLERANCE = 30.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Begin and end of the closures of each analyser; and readings of a file that stand in two closures."""
    yield from _by_clock(readings)
    yield from _by_row(readings)


def _by_row(readings: Readings) -> Iterator[Finding]:
    """Where a row of a file is one reading; a record that holds a whole closure says nothing."""
    frame = readings.frame
    if "source_file" not in frame or "source_row" not in frame:
        return
    use = readings.closed & frame["source_row"].notna().to_numpy()
    places = frame.loc[use, ["source_file", "source_row"]].assign(code=readings.code[use])
    if places.duplicated().any():
        return
    code = readings.code[use]
    again = places.duplicated(["source_file", "source_row"], keep=False).to_numpy()
    hit = np.bincount(code[again], minlength=readings.m) > 0
    yield Finding("W-CHAMBER-READINGS-TWICE", hit, np.bincount(code, minlength=readings.m) > 0)


def _by_clock(readings: Readings) -> Iterator[Finding]:
    analyser = readings.text("analyser")
    begin = readings.closing
    if analyser is None:
        return
    clock = readings.trace("elapsed_time")
    end = begin + clock.high
    known = np.isfinite(begin) & np.isfinite(end) & pd.notna(analyser)
    if np.count_nonzero(known) < 2:
        return
    table = pd.DataFrame({"analyser": analyser, "begin": begin, "end": end})[known].sort_values(["analyser", "begin"])
    groups = table.groupby("analyser", sort=False)
    before = groups["end"].cummax().groupby(table["analyser"], sort=False).shift()
    common = np.minimum(before, table["end"]) - table["begin"]
    late = common > TOLERANCE
    following = late.groupby(table["analyser"], sort=False).shift(-1, fill_value=False)
    hit = np.zeros(readings.m, bool)
    hit[table.index[late | following]] = True
    longest = f"{common[late].max():.0f}" if late.any() else ""
    yield Finding("W-CHAMBER-OVERLAP", hit, known, "time", {"seconds": longest})


CHECK = Check(
    name="overlapping_closures",
    label=Text("Overlapping closures", "闭箱时间重叠"),
    about=Text(
        "One analyser measures one chamber at a time. Closures of it that overlap have a wrong time or length on the "
        "field sheet, or were written down twice.",
        "一台气体分析仪同一时间只测一个箱体。闭箱时间相互重叠，说明野外记录表上的时间或时长有误，或被重复登记。",
    ),
    needs=Text(
        "The time of closing and the analyser, or file and row of each reading, are needed.",
        "需要闭箱时刻与气体分析仪名称，或每个读数所在的文件与行号。",
    ),
    source="own_choice",
    thresholds={
        "tolerance": own(
            TOLERANCE,
            "s",
            "Half a minute is lost where a field sheet is kept in minutes.",
            "野外记录表若只记到分钟，会有半分钟的误差。",
        )
    },
    judge=judge,
)
