"""A chamber temperature in kelvin or Fahrenheit read as degrees Celsius."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

COLDEST, HOTTEST, SWELTERING, APART = -50.0, 75.0, 45.0, 20.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Chamber air against what air has, and against soil or outside air where these are known."""
    celsius = readings.constant("chamber_temperature")
    judged = np.isfinite(celsius)
    impossible = judged & ((celsius < COLDEST) | (celsius > HOTTEST))
    from_kelvin, from_fahrenheit = celsius - 273.15, (celsius - 32) / 1.8
    kelvin = impossible & (from_kelvin >= COLDEST) & (from_kelvin <= HOTTEST)
    yield Finding(
        "E-CHAMBER-TEMPERATURE-UNIT", kelvin, judged, "chamber_temperature", _said("K", celsius, from_kelvin, kelvin)
    )
    fahrenheit = impossible & ~kelvin & (from_fahrenheit >= COLDEST) & (from_fahrenheit <= HOTTEST)
    said = _said("degF", celsius, from_fahrenheit, fahrenheit)
    yield Finding("E-CHAMBER-TEMPERATURE-UNIT", fahrenheit, judged, "chamber_temperature", said)
    neither = impossible & ~kelvin & ~fahrenheit
    said = _said("", celsius, celsius, neither)
    yield Finding("E-CHAMBER-TEMPERATURE", neither, judged, "chamber_temperature", said)
    doubtful = judged & ~impossible & _fahrenheit(readings, celsius, from_fahrenheit)
    said = _said("degF", celsius, from_fahrenheit, doubtful)
    yield Finding("W-CHAMBER-FAHRENHEIT", doubtful, judged, "chamber_temperature", said)


def _fahrenheit(readings: Readings, given: np.ndarray, converted: np.ndarray) -> np.ndarray:
    """Closures that are all hot, or hotter than soil and outside air by what the conversion takes away."""
    ground = readings.constant("air_temperature")
    ground = np.where(np.isfinite(ground), ground, readings.constant("soil_temperature"))
    apart, near = np.abs(given - ground), np.abs(converted - ground)
    known = np.isfinite(ground)
    if known.any():
        clear = np.median(apart[known]) > APART and np.median(near[known]) < APART / 2
        return np.asarray(known & (apart > APART) & clear)
    some = given[np.isfinite(given)]
    return np.full(given.shape, bool(some.size and np.median(some) > SWELTERING))


def _said(unit: str, given: np.ndarray, meant: np.ndarray, hit: np.ndarray) -> dict[str, str]:
    if not hit.any():
        return {}
    return {"unit": unit, "value": f"{given[hit][0]:.4g}", "meant": f"{meant[hit][0]:.3g}"}


CHECK = Check(
    name="temperature_unit",
    label=Text("Unit of the chamber temperature", "箱内气温单位"),
    about=Text(
        "A temperature that chamber air does not have means kelvin or Fahrenheit in a column taken for degrees "
        "Celsius.",
        "箱内气温超出可能范围，说明开尔文或华氏度的数值被当成了摄氏度。",
    ),
    needs=Text("chamber_temperature is lacking.", "缺少 chamber_temperature。"),
    source="own_choice",
    thresholds={
        "coldest": own(COLDEST, "degC", "Colder than chambers are worked in.", "低于可能开展箱法测定的气温。"),
        "hottest": own(
            HOTTEST, "degC", "Hotter than a closed chamber gets in the sun.", "高于日晒下闭箱可达到的温度。"
        ),
        "sweltering": own(
            SWELTERING, "degC", "Half of all closures are not that hot.", "不可能有一半的闭箱高于这一温度。"
        ),
        "apart": own(
            APART, "K", "Chamber and ground do not differ that much as a rule.", "箱内与地面通常不会相差这么大。"
        ),
    },
    judge=judge,
)
