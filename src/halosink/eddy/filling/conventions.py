"""What the two reference programs do where they differ, and the windows, tolerances and quality classes they share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from halosink.eddy.options import Convention as Convention

THREE_DRIVERS, MAIN_DRIVER, DIURNAL_MEAN = 1, 2, 3

# Largest full windows [days] of quality 1 and 2; beyond them 3. wutzler2018 and pastorello2020 alike.
QUALITY = {THREE_DRIVERS: (14, 56), MAIN_DRIVER: (14, 28), DIURNAL_MEAN: (1, 5)}


class Stage(NamedTuple):
    """One try: a method, with records up to `days` before and after."""

    method: int
    days: int


class Driver(NamedTuple):
    """A condition that is to be alike: values differ by less than the tolerance.

    With `least`, the tolerance is the value itself at the record to fill, between least and tolerance.
    `factor` brings the canonical unit to the one in which the tolerance stands.
    """

    name: str
    tolerance: float
    least: float | None = None
    factor: float = 1.0


# Radiation 20 to 50 W m-2, deficit 5 hPa, temperature 2.5 degC: reichstein2005; the narrowing at low radiation and the
# strict "less than" as wutzler2018 and pastorello2020 have them.
DRIVERS = {
    "shortwave_radiation": Driver("shortwave_radiation", 50.0, 20.0),
    "vapour_pressure_deficit": Driver("vapour_pressure_deficit", 5.0, factor=10.0),
    "air_temperature": Driver("air_temperature", 2.5),
    # own choice: the tolerance of air temperature, so that a site with a probe in the soil only can be filled
    "soil_temperature": Driver("soil_temperature", 2.5),
}
DEFAULT = ("shortwave_radiation", "vapour_pressure_deficit", "air_temperature")


@dataclass(frozen=True, slots=True)
class Rules:
    """The order in which a record is tried, and how windows and hours are cut.

    short: steps by which windows of like conditions end before their full length on either side. around: steps before
    and after the time of day that the diurnal mean takes.
    """

    stages: tuple[Stage, ...]
    short: int
    around: int


def rules(convention: Convention, per_day: int, length: int) -> Rules:
    """Rules of a convention for a series of `length` steps, `per_day` of them a day.

    Both begin with reichstein2005: three drivers within 7 and 14 days, radiation within 7, the same hour (falge2001)
    within 0, 1 and 2 days. Then "reddyproc" (wutzler2018) goes on with three drivers to 70 days, radiation to 70 and
    diurnal means to 210, all by 7, in windows that hold their last step on both sides; "oneflux" (pastorello2020) with
    three drivers and radiation to 77 days by 7, in windows one step shorter on both sides, and diurnal means by 3 days
    until the whole series is taken. The diurnal mean takes one hour before and after; of hourly data "reddyproc" takes
    two records, as its program does; steps of more than an hour take their own time of day only (own choice).

    Raises ValueError: an unknown convention.
    """
    begin = (
        *(Stage(THREE_DRIVERS, days) for days in (7, 14)),
        Stage(MAIN_DRIVER, 7),
        *(Stage(DIURNAL_MEAN, days) for days in (0, 1, 2)),
    )
    if convention == "reddyproc":
        stages = (
            *begin,
            *(Stage(THREE_DRIVERS, days) for days in range(21, 71, 7)),
            *(Stage(MAIN_DRIVER, days) for days in range(14, 71, 7)),
            *(Stage(DIURNAL_MEAN, days) for days in range(7, 211, 7)),
        )
        return Rules(stages, 0, 2 if per_day == 24 else per_day // 24)
    if convention == "oneflux":
        whole = math.ceil(length / per_day) + 3
        stages = (
            *begin,
            *(Stage(THREE_DRIVERS, days) for days in range(21, 78, 7)),
            *(Stage(MAIN_DRIVER, days) for days in range(14, 78, 7)),
            *(Stage(DIURNAL_MEAN, days) for days in range(3, whole + 1, 3)),
        )
        return Rules(stages, 1, per_day // 24)
    raise ValueError(f"convention is {convention!r}; known are 'reddyproc' and 'oneflux'")
