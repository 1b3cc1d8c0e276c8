"""Threshold of one period, a season or a pooled year: the median over its classes of temperature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.threshold import change_point, moving_point
from halosink.eddy.threshold.moving_point import NO_PLATEAU, ONEFLUX, REDDYPROC, TIED, WINDY, season_classes
from halosink.eddy.threshold.records import Records

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Method = Literal["moving_point", "change_point"]
Convention = Literal["reddyproc", "oneflux"]

LEAST_IN_CLASS = 100  # records for each class of temperature: wutzler2018, pastorello2020
LEAST_IN_PERIOD = LEAST_IN_CLASS * moving_point.TEMPERATURE_CLASSES
REASON_OF = {TIED: "temperature_tied", WINDY: "always_windy", NO_PLATEAU: "no_plateau"}


@dataclass(frozen=True, slots=True)
class Found:
    """threshold [m s-1], NaN where there is none, with the reason; records that counted; classes: (7,) thresholds in
    classes of temperature; velocity, flux: (7, 20) means in classes of friction velocity, NaN where there is none."""

    threshold: float
    reason: str
    records: int
    classes: Floats
    velocity: Floats
    flux: Floats


def once(records: Records) -> Integers:
    return np.ones(len(records), dtype=np.int64)


def threshold(records: Records, count: Integers, method: Method, convention: Convention, means: bool = True) -> Found:
    """Threshold over the records, each of which counts `count` times; means: whether they are wanted.

    The median over the classes of temperature in which there is one. By the rules of REddyProc, and for the change
    point, a period has one only if at least 20 % of its classes do (wutzler2018).
    """
    number = int(count.sum())
    rules = ONEFLUX if convention == "oneflux" and method == "moving_point" else REDDYPROC
    shape = (moving_point.TEMPERATURE_CLASSES, moving_point.VELOCITY_CLASSES)
    if number < LEAST_IN_PERIOD:
        none = np.full(shape, np.nan)
        return Found(np.nan, records.lacking or "too_few_records", number, none[:, 0], none, none)
    arrays = (records.temperature, records.velocity, records.flux, records.warmer, count)
    velocity = flux = np.full(shape, np.nan)
    if method == "moving_point" or means:
        values, codes, velocity, flux = season_classes(
            *arrays, rules.plateau, rules.after, rules.placed, rules.least_in_class
        )
    if method == "change_point":
        values, codes = change_point.season_classes(*arrays)
    classes = values[: moving_point.TEMPERATURE_CLASSES]
    known = values[np.isfinite(values)]
    if len(known) == 0 or len(known) < rules.least_share * len(values):
        return Found(np.nan, _reason(codes), number, classes, velocity, flux)
    return Found(float(np.median(known)), "", number, classes, velocity, flux)


def _reason(codes: Integers) -> str:
    """What kept most classes without a threshold."""
    failed = [int(one) for one in codes if int(one) in REASON_OF]
    return REASON_OF[max(sorted(set(failed)), key=failed.count)] if failed else "no_plateau"
