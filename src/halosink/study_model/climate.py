"""Climate of a site as the model takes it: twelve months, evaporation and production where they are not measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MIDDLE = np.cumsum(DAYS) - DAYS / 2
"""Day of the year in the middle of each month."""
GROWING = 5.0
"""degC above which plants grow: what is above it shares out the production of the year. Own choice, the usual base of
temperate plants."""
CARBON = 0.45
"""g C per g of plant dry matter. Own choice: the middle of what is found, 0.40 to 0.50; halophytes hold more ash."""


def day_length(latitude: float) -> Floats:
    """(12,) hours between sunrise and sunset in the middle of each month; latitude [degree].

    24 w / pi with cos w = -tan l tan d, d = 0.409 sin(2 pi J / 365 - 1.39). Source: allen1998 (equations 24, 25, 34).
    """
    declination = 0.409 * np.sin(2 * np.pi * MIDDLE / 365 - 1.39)
    angle = np.clip(-np.tan(np.radians(np.clip(latitude, -89, 89))) * np.tan(declination), -1, 1)
    return np.asarray(24 / np.pi * np.arccos(angle))


def sky_radiation(latitude: float) -> Floats:
    """(12,) radiation at the top of the atmosphere as the water it could evaporate [mm d-1].

    Source: allen1998 (equations 20 to 25), solar constant 0.0820 MJ m-2 min-1, 0.408 mm per MJ m-2.
    """
    place = np.radians(np.clip(latitude, -89, 89))
    declination = 0.409 * np.sin(2 * np.pi * MIDDLE / 365 - 1.39)
    nearness = 1 + 0.033 * np.cos(2 * np.pi * MIDDLE / 365)
    angle = np.arccos(np.clip(-np.tan(place) * np.tan(declination), -1, 1))
    height = angle * np.sin(place) * np.sin(declination) + np.cos(place) * np.cos(declination) * np.sin(angle)
    return np.asarray(0.408 * 24 * 60 / np.pi * 0.0820 * nearness * height)


def hargreaves(temperature: ArrayLike, daily_range: ArrayLike, latitude: float) -> Floats:
    """(12,) potential evaporation [mm per month]: 0.0023 Ra (T + 17.8) sqrt(range of the day) days, not below 0.

    temperature, daily_range: (12,) [degC]. Source: hargreaves1985, as in allen1998 (equation 52).
    """
    warm, wide = np.asarray(temperature, float), np.asarray(daily_range, float)
    daily = 0.0023 * sky_radiation(latitude) * (warm + 17.8) * np.sqrt(np.maximum(wide, 0))
    return np.asarray(np.maximum(daily * DAYS, 0.0))


def thornthwaite(temperature: ArrayLike, latitude: float) -> Floats:
    """(12,) potential evaporation [mm per month] of mean temperatures (12,) [degC]; 0 in frost.

    16 (L / 12) (N / 30) (10 T / I)^a, I = sum (T / 5)^1.514, a = 6.75e-7 I^3 - 7.71e-5 I^2 + 1.792e-2 I + 0.49239.
    Known to be too low in dry air. The same curve above 26.5 degC, where the source has a table (own choice). Source:
    thornthwaite1948.
    """
    warm = np.maximum(np.asarray(temperature, float), 0.0)
    index = float(np.sum((warm / 5) ** 1.514))
    if index <= 0:
        return np.zeros(12)
    power = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    usual = 16 * (10 * warm / index) ** power
    return np.asarray(usual * day_length(latitude) / 12 * DAYS / 30)


def miami(temperature: float, precipitation: float) -> float:
    """Net primary production of a year [g C m-2] of its mean temperature [degC] and water [mm].

    The lesser of 3000 / (1 + exp(1.315 - 0.119 T)) and 3000 (1 - exp(-0.000664 P)) g of dry matter, times CARBON.
    Source: lieth1975.
    """
    warmth = 3000 / (1 + np.exp(1.315 - 0.119 * temperature))
    water = 3000 * (1 - np.exp(-0.000664 * max(precipitation, 0.0)))
    return float(CARBON * min(warmth, water))


def over_months(production: float, temperature: ArrayLike) -> Floats:
    """(12,) production of a year shared out by the warmth of months above GROWING; evenly where none is."""
    warm = np.maximum(np.asarray(temperature, float) - GROWING, 0.0)
    share = warm / warm.sum() if warm.sum() > 0 else np.full(12, 1 / 12)
    return np.asarray(production * share)
