"""Time order: a record that stands before or after its time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import NO_TIME, Channel, Check, Clock, Hits


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """A small set of records without which the rest is in order, and records without a time.

    First single records that do not fit between their neighbours. Then, in each stretch where times still
    overlap, either those after a later one or those before an earlier one, whichever are fewer: one wrong clock
    reading does not blame all that follow.
    """
    if channel.clock is None:
        return channel.none()
    hits: Hits = np.asarray(channel.clock.seconds == NO_TIME)
    if channel.clock.differences.min(initial=0) >= 0:
        return hits
    known = np.flatnonzero(~hits)
    alone = known[_alone(channel.clock.seconds[known])]
    hits[alone] = True
    known = np.flatnonzero(~hits)
    hits[known[_overlapping(channel.clock.seconds[known])]] = True
    return hits


def _alone(times: NDArray[np.int64]) -> NDArray[np.intp]:
    """Of each pair that steps back, the one whose absence leaves its neighbours in order."""
    first = np.flatnonzero(np.diff(times) < 0)
    padded = np.concatenate(([np.iinfo(np.int64).min], times, [np.iinfo(np.int64).max]))
    without_second = padded[first + 1] <= padded[first + 3]
    without_first = padded[first] <= padded[first + 2]
    return np.unique(np.where(without_second, first + 1, first)[without_second | without_first])


def _overlapping(times: NDArray[np.int64]) -> Hits:
    highest = np.maximum.accumulate(times)
    lowest = np.minimum.accumulate(times[::-1])[::-1]
    late, early = times < highest, times > lowest
    stretch = np.concatenate(([0], np.cumsum(highest[:-1] <= lowest[1:])))[: times.size]
    fewer_late = np.bincount(stretch, late) <= np.bincount(stretch, early)
    return np.asarray(np.where(fewer_late[stretch], late, early), dtype=bool)


def example() -> tuple[Channel, tuple[int, ...]]:
    seconds = np.array([0, 900, 1800, 99900, 2700, 3600, NO_TIME, 4500], np.int64)
    return Channel(vocabulary.field("soil_temperature"), np.ones(8), clock=Clock(seconds)), (3, 6)


CHECK = Check(
    name="time_order",
    bit=2,
    label=Text("Out of time order", "时间顺序错乱"),
    about=Text(
        "The record stands before an earlier or after a later one, or has no time: a logger clock was reset or files "
        "were joined in the wrong order. The values are kept.",
        "该记录排在更早或更晚的记录之间，或没有时间：数据采集器时钟被重置，或文件拼接顺序有误。数值保留。",
    ),
    source="campbell2013quality",
    parameters={},
    series=True,
    excludes=False,
    flag=flag,
    example=example,
    records=True,
    allowed=0.0,
)
