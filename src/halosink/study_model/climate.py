"""Climate of a site as the model takes it: twelve months, evaporation and production where they are not measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.plant.evaporation import DAYS, MIDDLE

Floats = NDArray[np.float64]
GROWING = 5.0
"""degC above which plants grow: what is above it shares out the production of the year. Own choice, the usual base of
temperate plants."""
CARBON = 0.45
"""g C per g of plant dry matter. Own choice: the middle of what is found, 0.40 to 0.50; halophytes hold more ash."""


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


def over_months(production: float, temperature: ArrayLike) -> Floats:
    """(12,) production of a year shared out by the warmth of months above GROWING; evenly where none is."""
    warm = np.maximum(np.asarray(temperature, float) - GROWING, 0.0)
    share = warm / warm.sum() if warm.sum() > 0 else np.full(12, 1 / 12)
    return np.asarray(production * share)
