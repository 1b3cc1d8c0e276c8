"""Spike: one to three records that leave the course of the series and come back to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Clock, Hits, Parameter, Values
from halosink.quality.robust import block_medians, measured, spread
from halosink.vocabulary import Field

DAY = 86400.0
# Scale of a normal distribution over its median absolute deviation.
NORMAL = 0.6745
# Fields that truly come and go within one record: showers, gusts, broken clouds.
INTERMITTENT = frozenset(
    {
        "precipitation",
        "irrigation_amount",
        "evaporation_pan",
        "sunshine_duration",
        "wind_speed",
        "wind_gust",
        "wind_direction",
        "shortwave_radiation",
        "shortwave_radiation_out",
        "net_radiation",
        "photosynthetic_photon_flux",
        "obukhov_length",
        "stability_parameter",
    }
)


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """Double differences beyond `z` robust deviations, where the series also returns to its course.

    d_i = (v_i - v_(i-1)) - (v_(i+1) - v_i) is an outlier if |d_i - median(d)| > z MAD / 0.6745 in blocks of `block`
    days (Papale et al. 2006). A step and a rain or tide front give outlying d as well; a spike comes back, so the
    second derivatives at its two feet agree within `return` (Dorigo et al. 2013: their ratio lies in 0.8 to 1.2). It
    may last up to `width` records, flat within `return`, and is at least `height` of the level or, where zero is
    arbitrary, `span` of the field's range.
    """
    hits = channel.none()
    if channel.clock is None or not _follows(channel.field) or not np.isfinite(channel.clock.step):
        return hits
    change = channel.change
    size = max(int(parameters["block"] * DAY / channel.clock.step), int(parameters["records"]))
    limit = _limit(change, size, parameters)
    if limit is None:
        return hits
    rises = np.flatnonzero(np.abs(change) > 0.5 * limit)
    floor = _floor(channel, parameters)
    for width in range(1, int(parameters["width"]) + 1):
        first = rises[rises + width < change.size]
        last = first + width
        before, after = channel.values[first], channel.values[last + 1]
        place = np.arange(1, width + 1)
        course = before[:, None] + (after - before)[:, None] * place / (width + 1)
        away = np.sign(change[first])[:, None] * (channel.values[first[:, None] + place] - course)
        up = change[first] - np.nan_to_num(change[np.maximum(first - 1, 0)])
        down = np.nan_to_num(change[np.minimum(last + 1, change.size - 1)]) - change[last]
        up, down = np.where(up == 0, np.nan, up), np.where(down == 0, np.nan, down)
        found = np.isfinite(change[first[:, None] + np.arange(width + 1)]).all(axis=1)
        found &= 2 * away.min(axis=1) > limit[first]
        found &= away.min(axis=1) >= (1 - parameters["return"]) * away.max(axis=1)
        found &= np.minimum(up / down, down / up) >= 1 - parameters["return"]
        found &= away.max(axis=1) >= floor(np.maximum(np.abs(before), np.abs(after)))
        hits[(first[found, None] + place).ravel()] = True
    return hits


def _follows(field: Field) -> bool:
    return measured(field) and field.name not in INTERMITTENT


def _limit(change: Values, size: int, parameters: Mapping[str, float]) -> Values | None:
    """Per change the deviation of d that is too much; None if the series is too short to know."""
    double = change[:-1] - change[1:]
    finite = np.isfinite(double)
    whole = bool(finite.all())
    known = double if whole else double[finite]
    if known.size < parameters["records"]:
        return None
    middle = block_medians(known, size)
    deviation = np.abs(known - spread(middle, size, known.size)) if np.any(middle) else np.abs(known)
    scale = block_medians(deviation, size)
    step = np.abs(change)
    scale = np.maximum(scale, np.min(step, initial=np.inf, where=(step > 0) & np.isfinite(step)))
    limit = parameters["z"] / NORMAL * scale
    if whole:
        return spread(limit, size, change.size)
    everywhere = np.full(change.size, np.nan)
    position = np.minimum(np.cumsum(finite) // size, limit.size - 1)
    everywhere[:-1] = limit[position]
    everywhere[-1] = limit[-1]
    return everywhere


def _floor(channel: Channel, parameters: Mapping[str, float]) -> Callable[[Values], Values | float]:
    low, high = channel.field.minimum, channel.field.maximum
    if low is not None and low >= 0:
        return lambda level: parameters["height"] * level
    width = (high - low) if low is not None and high is not None else 0.0
    return lambda level: parameters["span"] * width


def example() -> tuple[Channel, tuple[int, ...]]:
    count = np.arange(400)
    values = 0.3 + 0.02 * np.sin(count / 96 * 2 * np.pi)
    values[200] += 0.2
    return Channel(vocabulary.field("soil_moisture"), values, clock=Clock(900 * count.astype(np.int64))), (200,)


CHECK = Check(
    name="spike",
    bit=5,
    label=Text("Spike", "尖峰"),
    about=Text(
        "One to three records jump away from their neighbours and back. Fronts of rain or tide, which do not come back "
        "at once, are not spikes.",
        "一至三条记录突然偏离相邻值后又回到原水平。降雨或潮水引起的骤升不会立即回落，不算尖峰。",
    ),
    source="papale2006",
    parameters={
        "z": Parameter(
            7.0,
            "1",
            "papale2006",
            Text(
                "Robust deviations; the strictest of the three published (4, 5.5, 7).",
                "稳健偏差倍数；取文献三个值（4、5.5、7）中最严格者。",
            ),
        ),
        "block": Parameter(13.0, "day", "papale2006", Text("Length of a block.", "数据块长度。")),
        "records": Parameter(
            50.0, "1", "own_choice", Text("Fewest records that give a robust scale.", "获得稳健尺度所需的最少记录数。")
        ),
        "return": Parameter(
            0.2,
            "1",
            "dorigo2013",
            Text(
                "Flanks differ at most by this share (ratio 0.8 to 1.2).", "两侧高差的最大相对差异（比值 0.8 至 1.2）。"
            ),
        ),
        "height": Parameter(
            0.15, "1", "dorigo2013", Text("Least height, as share of the level.", "尖峰最小高度，占当前水平的比例。")
        ),
        "span": Parameter(
            0.02,
            "1",
            "own_choice",
            Text(
                "Least height of fields whose zero is arbitrary (temperature), as share of the plausible range: 2 degC "
                "for soil temperature, more than soil at depth can change within one record.",
                "零点任意的变量（如温度）的最小高度，占合理取值范围的比例：土壤温度为 2 ℃，"
                "超过土壤在一个记录间隔内可能的变化。",
            ),
        ),
        "width": Parameter(3.0, "1", "own_choice", Text("Most records in one spike.", "一个尖峰最多包含的记录数。")),
    },
    series=True,
    excludes=True,
    flag=flag,
    example=example,
    regular=True,
)
