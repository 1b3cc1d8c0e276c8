"""Step: the level of a series changes within one record and stays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Clock, Hits, Parameter
from halosink.quality.robust import measured

HOUR = 3600.0


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """The first record of the new level.

    Following the breaks of Dorigo et al. (2013): a change of at least `relative` of the level, more than `factor`
    times the mean absolute change in `window` hours around it, and a second derivative that is large only there. The
    change is more than `counts` times the smallest of the series, and the medians of `stay` hours before and after
    differ by half of it, so that a pulse is no step.
    """
    hits = channel.none()
    if channel.clock is None or not measured(channel.field) or not np.isfinite(channel.clock.step):
        return hits
    values = channel.values
    change = channel.change
    jumps = np.flatnonzero((np.abs(change) >= _least(channel, parameters)) & (change != 0))
    jumps = jumps[(jumps > 0) & (jumps < change.size - 1)]
    if jumps.size == 0:
        return hits
    resolution = np.min(np.abs(change[np.isfinite(change) & (change != 0)]))
    jumps = jumps[np.abs(change[jumps]) > parameters["counts"] * resolution]
    size = np.abs(change[jumps])
    beside = np.fmax(np.abs(change[jumps - 1]), np.abs(change[jumps + 1]))
    jumps = jumps[size > parameters["factor"] * beside]
    if jumps.size == 0:
        return hits
    half = int(np.ceil(0.5 * parameters["window"] * HOUR / channel.clock.step))
    known = np.isfinite(change)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, np.abs(change), 0.0))))
    count = np.concatenate(([0], np.cumsum(known)))
    first, last = np.maximum(jumps - half, 0), np.minimum(jumps + half + 1, change.size)
    size = np.abs(change[jumps])
    usual = (total[last] - total[first] - size) / np.maximum(count[last] - count[first] - 1, 1)
    jumps = jumps[size > parameters["factor"] * usual]
    length = int(np.ceil(parameters["stay"] * HOUR / channel.clock.step))
    jumps = jumps[(jumps >= length - 1) & (jumps + length < values.size)]
    after = _middle(values[jumps[:, None] + np.arange(1, length + 1)])
    before = _middle(values[jumps[:, None] - np.arange(length)])
    hits[jumps[np.sign(change[jumps]) * (after - before) >= 0.5 * np.abs(change[jumps])] + 1] = True
    return hits


def _least(channel: Channel, parameters: Mapping[str, float]) -> np.ndarray | float:
    low, high = channel.field.minimum, channel.field.maximum
    if low is not None and low >= 0:
        return parameters["relative"] * np.abs(channel.values[1:])
    return parameters["span"] * (high - low) if low is not None and high is not None else np.inf


def _middle(windows: np.ndarray) -> np.ndarray:
    """Median of each row; NaN where a value is missing."""
    return np.median(windows, axis=1) if len(windows) else np.zeros(0)


def example() -> tuple[Channel, tuple[int, ...]]:
    count = np.arange(400)
    values = 0.3 + 0.01 * np.sin(count / 96 * 2 * np.pi)
    values[250:] -= 0.15
    return Channel(vocabulary.field("soil_moisture"), values, clock=Clock(900 * count.astype(np.int64))), (250,)


CHECK = Check(
    name="step",
    bit=6,
    label=Text("Step", "突变（阶跃）"),
    about=Text(
        "The level changes within one record and stays changed: a probe was moved, replaced or reprogrammed, or water "
        "arrived suddenly. The values are kept; compare before and after.",
        "数值水平在一条记录内骤变并保持：探头被移动、更换或重新设置，或来水突然到达。数值保留，请对照前后时段判断。",
    ),
    source="dorigo2013",
    parameters={
        "relative": Parameter(
            0.1, "1", "dorigo2013", Text("Least change, as share of the level.", "最小变化，占当前水平的比例。")
        ),
        "factor": Parameter(
            10.0, "1", "dorigo2013", Text("How many times the usual change it must be.", "须达到常见变化幅度的倍数。")
        ),
        "window": Parameter(
            25.0, "h", "dorigo2013", Text("Hours that show the usual change.", "用于估计常见变化的小时数。")
        ),
        "stay": Parameter(
            12.0,
            "h",
            "own_choice",
            Text(
                "Hours the new level must last; a tide passes within this time.",
                "新水平须保持的小时数；一次潮汐在此时间内会过去。",
            ),
        ),
        "counts": Parameter(
            5.0,
            "1",
            "own_choice",
            Text(
                "Times the resolution of the series: a change of a few last digits is no step.",
                "序列分辨率的倍数：末位数的几个单位变化不算突变。",
            ),
        ),
        "span": Parameter(
            0.05,
            "1",
            "own_choice",
            Text(
                "Least change of fields whose zero is arbitrary, as share of the plausible range: 5 degC for soil "
                "temperature.",
                "零点任意的变量的最小变化，占合理取值范围的比例：土壤温度为 5 ℃。",
            ),
        ),
    },
    series=True,
    excludes=False,
    flag=flag,
    example=example,
    regular=True,
)
