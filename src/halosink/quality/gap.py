"""Gap: records are missing between two neighbours of a regular series."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import NEIGHBOUR_STEPS, NO_TIME, Channel, Check, Clock, Hits, Parameter


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """The two records beside a gap longer than `steps` times the commonest step, in order of time."""
    hits = channel.none()
    if channel.clock is None or not np.isfinite(channel.clock.step):
        return hits
    order, width = _in_order(channel.clock)
    wide = np.flatnonzero(width > parameters["steps"] * channel.clock.step)
    hits[order[wide]] = True
    hits[order[wide + 1]] = True
    return hits


def missing_records(clock: Clock | None, steps: float = NEIGHBOUR_STEPS) -> int:
    """How many records of a regular series are not there between its first and last; 0 if it is not regular."""
    if clock is None or not np.isfinite(clock.step):
        return 0
    _, width = _in_order(clock)
    wide = width[width > steps * clock.step]
    return int(np.sum(np.rint(wide / clock.step) - 1))


def _in_order(clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    if clock.differences.min(initial=1) > 0:
        return np.arange(clock.seconds.size), clock.differences
    order = np.argsort(clock.seconds, kind="stable")
    order = order[clock.seconds[order] != NO_TIME]
    return order, np.diff(clock.seconds[order])


def example() -> tuple[Channel, tuple[int, ...]]:
    seconds = 900 * np.array([0, 1, 2, 3, 8, 9, 10], np.int64)
    return Channel(vocabulary.field("soil_temperature"), np.ones(7), clock=Clock(seconds)), (3, 4)


CHECK = Check(
    name="gap",
    bit=4,
    label=Text("Beside a gap", "紧邻缺口（缺测段）"),
    about=Text(
        "Records are missing before or after this one; the series is regular otherwise. The value is kept. How many "
        "records are missing stands in the overview.",
        "该记录之前或之后有记录缺失，而序列在其余时段是等间隔的。数值保留；缺失的记录数见概览表。",
    ),
    source="qartod2016",
    parameters={
        "steps": Parameter(
            NEIGHBOUR_STEPS,
            "1",
            "own_choice",
            Text(
                "A gap is longer than this many steps; half a step of delay is not yet a lost record.",
                "间隔超过多少个步长算作缺口；延迟半个步长尚不算丢失记录。",
            ),
        )
    },
    series=True,
    excludes=False,
    flag=flag,
    example=example,
    regular=True,
    records=True,
)
