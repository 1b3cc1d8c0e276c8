"""Duplicate: the same time a second time in one series."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import NO_TIME, Channel, Check, Clock, Hits


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """All records of one time but the first that holds a value (the first, if none does)."""
    hits = channel.none()
    if channel.clock is None or channel.clock.differences.min(initial=1) > 0:
        return hits
    seconds = channel.clock.seconds
    order = np.lexsort((np.isnan(channel.values), seconds))
    again = order[1:][seconds[order[1:]] == seconds[order[:-1]]]
    hits[again] = True
    hits &= seconds != NO_TIME
    return hits


def example() -> tuple[Channel, tuple[int, ...]]:
    seconds = np.array([0, 900, 900, 1800, 0], np.int64)
    values = np.array([7.0, np.nan, 7.1, 7.2, 7.0])
    return Channel(vocabulary.field("soil_temperature"), values, clock=Clock(seconds)), (1, 4)


CHECK = Check(
    name="duplicate",
    bit=3,
    label=Text("Duplicate time", "时间重复"),
    about=Text(
        "The same time stands more than once in the same series: files overlap or a clock was set back. The first "
        "record with a value counts; the others are left out of analyses so that nothing counts twice.",
        "同一序列中同一时间出现多次：文件重叠或时钟被回拨。以首个有数值的记录为准，其余不参与分析，避免重复计入。",
    ),
    source="campbell2013quality",
    parameters={},
    series=True,
    excludes=True,
    flag=flag,
    example=example,
    allowed=0.0,
)
