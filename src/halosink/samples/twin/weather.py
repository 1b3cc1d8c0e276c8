"""The course of the two seasons, the same for every seed: shared by all plots, so not part of any plot's scatter."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.samples.twin import parameters as p

Q10 = 2.79
"""Of soil respiration on a salt-lake shore (evidence row B0025)."""
RAIN = {"spring": (6, 19, 31), "summer": (4, 11, 22, 34)}
"""Days with rain or irrigation: own choice, three in spring, four in summer."""


def record_times(season: str) -> pd.DatetimeIndex:
    start = dict(p.SEASONS)[season]
    return pd.date_range(start, periods=p.SEASON_DAYS * 24 // p.RECORD_HOURS, freq=f"{p.RECORD_HOURS}h")


def temperature(season: str, day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Soil at 10 cm, degC: seasonal mean, slow wave of 3 degC over the season, daily wave of 4 degC (own choice)."""
    slow = 3.0 * np.sin(2 * np.pi * day / p.SEASON_DAYS)
    daily = 4.0 * np.sin(2 * np.pi * (day - 10 / 24))
    warmth: NDArray[np.float64] = p.SEASON_TEMPERATURE[season] + slow + daily
    return warmth


def wetness(season: str, day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative soil moisture: dries with a time constant of 9 days after each wetting (own choice)."""
    last = np.full(day.shape, -8.0)
    for rain in RAIN[season]:
        last = np.where(day >= rain, float(rain), last)
    relative: NDArray[np.float64] = 0.8 + 0.45 * np.exp(-(day - last) / 9.0)
    return relative


def respiration(days: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Relative CO2 flux on the chamber days at 10 h, mean 1 over all days of both seasons."""
    raw = {s: Q10 ** ((temperature(s, days + 10 / 24) - 19.0) / 10.0) for s, _ in p.SEASONS}
    mean = float(np.mean(np.concatenate(list(raw.values()))))
    return {s: v / mean for s, v in raw.items()}


def records() -> pd.DataFrame:
    """All record times of both seasons with the temperature and the relative moisture of the land."""
    parts = []
    for season, _ in p.SEASONS:
        time = record_times(season)
        day = np.arange(len(time)) * p.RECORD_HOURS / 24.0
        parts.append(
            pd.DataFrame(
                {
                    "season": season,
                    "time": time,
                    "temperature": temperature(season, day),
                    "wetness": wetness(season, day),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
