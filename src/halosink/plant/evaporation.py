"""Potential evaporation from temperature alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MIDDLE = np.cumsum(DAYS) - DAYS / 2
"""Day of the year in the middle of each month."""


def day_length(latitude: float) -> Floats:
    """(12,) hours between sunrise and sunset in the middle of each month; latitude [degree].

    24 w / pi with cos w = -tan l tan d, d = 0.409 sin(2 pi J / 365 - 1.39). Source: allen1998 (equations 24, 25, 34).
    """
    declination = 0.409 * np.sin(2 * np.pi * MIDDLE / 365 - 1.39)
    angle = np.clip(-np.tan(np.radians(np.clip(latitude, -89, 89))) * np.tan(declination), -1, 1)
    return np.asarray(24 / np.pi * np.arccos(angle))


def thornthwaite(temperature: ArrayLike, latitude: float) -> Floats:
    """(12, ...) potential evaporation [mm per month] of mean temperatures (12, ...) [degC]; 0 in frost, NaN where any
    month is.

    16 (L / 12) (N / 30) (10 T / I)^a, I = sum (T / 5)^1.514, a = 6.75e-7 I^3 - 7.71e-5 I^2 + 1.792e-2 I + 0.49239.
    Known to be too low in dry air. The same curve above 26.5 degC, where the source has a table (own choice). Source:
    thornthwaite1948.
    """
    warm = np.maximum(np.asarray(temperature, float), 0.0)
    index = np.sum((warm / 5) ** 1.514, axis=0)
    power = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    usual = 16 * (10 * warm / np.where(index > 0, index, 1)) ** power
    days = (day_length(latitude) / 12 * DAYS / 30).reshape(12, *(1 for _ in np.shape(index)))
    return np.asarray(np.where(index == 0, 0.0, usual * days))
