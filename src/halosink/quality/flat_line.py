"""Flat line: a sensor that no longer follows anything."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Clock, Hits, Parameter, Values
from halosink.quality.robust import fill_runs, measured, runs

HOUR = 3600.0
# Fields that change slowly and therefore repeat at the resolution of the logger: wet soil, groundwater, deep soil.
SLOW = frozenset(
    {
        "soil_temperature",
        "soil_moisture",
        "soil_permittivity",
        "soil_ec_bulk",
        "soil_ec_pore_probe",
        "soil_matric_potential",
        "soil_redox_potential",
        "soil_oxygen",
    }
)
SLOW_GROUPS = frozenset({"groundwater", "porewater"})
# Values at which a field truly rests: no rain, night, calm air that is saturated, soil water that is freezing.
RESTS: Mapping[str, tuple[float, float]] = {
    "precipitation": (0.0, 0.0),
    "irrigation_amount": (0.0, 0.0),
    "inundation_depth": (0.0, 0.0),
    "snow_depth": (0.0, 0.0),
    "sunshine_duration": (0.0, 0.0),
    "vapour_pressure_deficit": (0.0, 0.05),
    "shortwave_radiation": (-20.0, 5.0),
    "shortwave_radiation_out": (-20.0, 5.0),
    "photosynthetic_photon_flux": (-10.0, 5.0),
    "soil_oxygen": (0.0, 0.5),
    "relative_humidity": (99.0, 105.0),
    "soil_temperature": (-0.5, 0.5),
}


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """Constant for longer than the channel's own habit explains, or noise only at an impossible level.

    1. A run of equal values (missing ones between do not interrupt it) is flagged when it lasts longer than `factor`
       times the channel's usual run (weighted by duration, runs up to `least` hours), but at least `least` and at
       most `most` hours (`slow` for slowly varying fields). A sensor with coarse resolution in quiet soil repeats
       often, so its usual runs are long and it is given more patience. A channel that never changed is given `most`
       hours. Zero rain, night radiation, saturated air and freezing soil rest truly.
    2. A run of values outside the plausible range whose standard deviation in `plateau` hours is below `noise` of
       the range: the plateau of Dorigo et al. (2013, variance <= 0.05 in per cent volume squared over 12 h, here as a
       share of the 0.6 m3 m-3 range of soil moisture).
    """
    hits = channel.none()
    clock = channel.clock
    if clock is None or not measured(channel.field) or not np.isfinite(clock.step) or channel.values.size < 2:
        return hits
    return _constant(channel, clock, parameters) | _stuck_outside(channel, clock, parameters)


def _constant(channel: Channel, clock: Clock, parameters: Mapping[str, float]) -> Hits:
    hits = channel.none()
    present = np.flatnonzero(np.isfinite(channel.values))
    values = channel.values if present.size == hits.size else channel.values[present]
    starts, lengths = runs(values)
    least = max(parameters["least"] * HOUR / clock.step, parameters["records"])
    dead = lengths >= least
    if not dead.any():
        return hits
    slow = channel.field.name in SLOW or channel.field.group in SLOW_GROUPS
    longest = max(parameters["slow" if slow and lengths.size > 1 else "most"] * HOUR / clock.step, least)
    usual = lengths[~dead].astype(float)
    if usual.sum() >= parameters["known"] * values.size:
        limit = float(np.clip(parameters["factor"] * np.sum(usual**2) / usual.sum(), least, longest))
    else:
        limit = longest if slow else least
    dead = lengths >= limit
    rest = RESTS.get(channel.field.name)
    if rest is not None:
        dead &= ~((values[starts] >= rest[0]) & (values[starts] <= rest[1]))
    hits[present[fill_runs(starts[dead], lengths[dead], values.size)]] = True
    return hits


def _stuck_outside(channel: Channel, clock: Clock, parameters: Mapping[str, float]) -> Hits:
    low, high = channel.field.minimum, channel.field.maximum
    hits = channel.none()
    if low is None or high is None:
        return hits
    outside = (channel.values < low) | (channel.values > high)
    size = int(np.ceil(max(parameters["plateau"] * HOUR / clock.step, parameters["records"])))
    where = np.flatnonzero(outside)
    if where.size < size:
        return hits
    pieces = np.split(where, np.flatnonzero(np.diff(where) > 1) + 1)
    for piece in (p for p in pieces if p.size >= size):
        blocks = piece.size // size
        deviation = _deviation(channel.values[piece[: blocks * size]].reshape(blocks, size))
        quiet = deviation <= parameters["noise"] * (high - low)
        hits[piece[: blocks * size].reshape(blocks, size)[quiet].ravel()] = True
        hits[piece[blocks * size :]] = quiet[-1]
    return hits


def _deviation(blocks: Values) -> Values:
    return np.asarray(blocks.std(axis=1, ddof=1))


def example() -> tuple[Channel, tuple[int, ...]]:
    count = np.arange(960)
    values = 0.3 + 0.02 * np.sin(count / 96 * 2 * np.pi)
    values[300:500] = values[300]
    clock = Clock(900 * count.astype(np.int64))
    return Channel(vocabulary.field("soil_moisture"), values, clock=clock), tuple(range(300, 500))


CHECK = Check(
    name="flat_line",
    bit=7,
    label=Text("Flat line (dead sensor)", "平线（传感器失效）"),
    about=Text(
        "The value stays the same for longer than this sensor's resolution and habit explain, or sits at an impossible "
        "level with nothing but noise: the sensor is dead or stuck.",
        "数值保持不变的时间超出该传感器分辨率和平常表现所能解释的范围，或停在不可能的水平上仅有噪声：即传感器失效或卡死。",
    ),
    source="dorigo2013",
    parameters={
        "least": Parameter(
            24.0,
            "h",
            "own_choice",
            Text(
                "Shortest run ever flagged: a whole day without a daily course.",
                "可被标记的最短时长：一整天没有日变化。",
            ),
        ),
        "most": Parameter(168.0, "h", "own_choice", Text("Longest run ever tolerated.", "容许的最长恒定时长。")),
        "slow": Parameter(
            720.0,
            "h",
            "own_choice",
            Text(
                "The same for slowly varying fields: deep soil may rest for weeks at logger resolution.",
                "缓变变量容许的最长恒定时长：深层土壤在数据采集器的分辨率下可数周不变。",
            ),
        ),
        "factor": Parameter(
            10.0,
            "1",
            "own_choice",
            Text(
                "Times the usual run; runs of random length exceed ten times their mean once in 22,000.",
                "平常恒定时长的倍数；随机时长超过其均值十倍的概率约为 1/22000。",
            ),
        ),
        "known": Parameter(
            0.1,
            "1",
            "own_choice",
            Text("Share of records that must show the sensor's habit.", "用于了解传感器平常表现的记录所占的最小比例。"),
        ),
        "records": Parameter(12.0, "1", "dorigo2013", Text("Fewest records in a run.", "平线所含的最少记录数。")),
        "plateau": Parameter(
            12.0, "h", "dorigo2013", Text("Shortest plateau outside the range.", "超范围平台期的最短时长。")
        ),
        "noise": Parameter(
            0.0037,
            "1",
            "dorigo2013",
            Text(
                "Standard deviation of a plateau as share of the plausible range: sqrt(0.05) of 60 per cent volume.",
                "平台期标准差占合理取值范围的比例：0.05 的平方根除以 60（体积百分数）。",
            ),
        ),
    },
    series=True,
    excludes=True,
    flag=flag,
    example=example,
    regular=True,
)
