"""Series of soil CO2 flux with the temperature, moisture and warming that models of it need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from halosink.chamber.batch import Array
from halosink.chamber.carbonate import warming
from halosink.chamber.carbonate.held_out import Series

NEEDED = ("time", "co2_flux", "soil_temperature", "soil_moisture")
SERIES = ("site", "block", "plot", "treatment", "light_condition", "replicate", "chamber", "port")
FEWEST_WEEKS = 8
"""Own choice: with fewer, five groups of weeks hold one or two each."""
FEWEST_ROWS = 200
LAGS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
"""Hours by which temperature may run ahead or behind. Own choice: a daily wave crosses some 10 cm of soil in 3 h."""


class TooShort(ValueError):
    """No series is long enough for weeks to be held out."""


def prepared(frame: pd.DataFrame, by: Sequence[str]) -> tuple[list[Series], list[tuple[str, str]], int]:
    """The series long enough, those left out with the reason, and the number of weeks they span together."""
    frame = frame.assign(time=pd.to_datetime(frame["time"])).dropna(subset=["time"])
    begin = frame["time"].min()
    groups = frame.groupby(list(by), dropna=False, sort=True, observed=True) if by else [((), frame)]
    found, left_out = [], []
    for key, part in groups:
        keys = key if isinstance(key, tuple) else (key,)
        name = " / ".join(str(k) for k in keys if k == k)
        one = _series(name, part.sort_values("time", kind="stable"), begin)
        if len(np.unique(one.week)) < FEWEST_WEEKS or len(one.flux) < FEWEST_ROWS:
            left_out.append((name, "few_weeks"))
        else:
            found.append(one)
    return found, left_out, 1 + max((int(s.week.max()) for s in found), default=0)


def _series(name: str, part: pd.DataFrame, begin: pd.Timestamp) -> Series:
    hours: Array = np.asarray((part["time"] - begin).dt.total_seconds() / 3600.0, dtype=float)
    flux, temperature, moisture = (part[c].to_numpy(dtype=float) for c in NEEDED[1:])
    pressed = "air_pressure" in part and part["air_pressure"].notna().any()
    pressure = part["air_pressure"].to_numpy(dtype=float) if pressed else None
    known = np.isfinite(temperature)
    shifted = np.full((len(part), len(LAGS)), np.nan)
    if known.sum() > 1:
        shifted = warming.at(hours[known], temperature[known], hours[:, None] - np.array(LAGS))
    terms = warming.terms(hours, temperature, moisture, pressure)
    same = LAGS.index(0.0)
    shifted[:, same] = temperature
    use = np.isfinite(flux) & (moisture >= 0) & np.isfinite(shifted).all(axis=1) & np.isfinite(terms).all(axis=1)
    week = np.floor(hours / 168.0).astype(np.int64)
    time = part["time"].to_numpy()
    return Series(
        name, time[use], week[use], flux[use], temperature[use], moisture[use], terms[use], shifted[use], same
    )
