"""Where the sun stands, and the radiation it would send on a level surface without an atmosphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.steps import Steps, Times

Floats = NDArray[np.float64]

# W m-2 at the mean distance of the sun; days of a year: both as in the reference (wutzler2018)
SOLAR_CONSTANT = 1366.1
DAYS_OF_YEAR = 365.24
# Series of the day angle: constant, then cosines and sines of its multiples.
DECLINATION = (0.33281, (-22.984, -0.34990, -0.13980), (3.7872, 0.03205, 0.07187))  # degree, iso52010
EQUATION_OF_TIME = (0.0, (0.0072, -0.0528, -0.0012), (-0.1229, -0.1565, -0.0041))  # h, wutzler2018
DISTANCE = (1.00011, (0.034221, 0.000719), (0.00128, 0.000077))  # (mean distance / distance)^2, spencer1971

Series = tuple[float, tuple[float, ...], tuple[float, ...]]


def potential_radiation(at: Steps | Times, latitude: float, longitude: float, utc_offset: float) -> Floats:
    """(n,) Shortwave radiation on a level surface at the top of the atmosphere [W m-2]; 0 while the sun is down.

    at: (n,) steps, whose middle counts, or instants, in the standard time of a clock utc_offset [h] ahead of UTC.
    latitude, longitude [degree, north and east positive]. S E sin(h): S solar constant, E for the distance of the sun
    on that day, h its elevation: sin h = sin d sin l + cos d cos l cos w with declination d, latitude l and hour angle
    w of the true solar time, clock + longitude / 15 - utc_offset + equation of time.
    Source: spencer1971 (distance), iso52010 (declination), wutzler2018 (solar constant and equation of time, as in
    REddyProc). Raises ValueError: a latitude beyond 90 degrees, a longitude beyond 360, or an offset beyond 14 h.
    """
    if not (abs(latitude) <= 90 and abs(longitude) <= 360 and abs(utc_offset) <= 14):
        raise ValueError(f"no place or clock on Earth: {latitude} N, {longitude} E, UTC {utc_offset:+} h")
    instant = (at.middle if isinstance(at, Steps) else np.asarray(at)).astype("datetime64[s]")
    days = instant.astype("datetime64[D]")
    angle = 2 * np.pi * (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) / DAYS_OF_YEAR
    clock = (instant - days).astype(np.int64) / 3600
    hour = clock + longitude / 15 - utc_offset + _sum(EQUATION_OF_TIME, angle)
    declination, place = np.radians(_sum(DECLINATION, angle)), np.radians(latitude)
    across = np.cos(declination) * np.cos(place) * np.cos((hour - 12) * np.pi / 12)
    height = np.sin(declination) * np.sin(place) + across
    return np.where(height > 0, SOLAR_CONSTANT * _sum(DISTANCE, angle) * height, 0.0)


def _sum(series: Series, angle: Floats) -> Floats:
    constant, cosines, sines = series
    total = np.full(angle.shape, constant)
    for order, (cosine, sine) in enumerate(zip(cosines, sines, strict=True), start=1):
        total += cosine * np.cos(order * angle) + sine * np.sin(order * angle)
    return total
