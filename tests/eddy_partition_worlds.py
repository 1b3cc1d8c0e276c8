"""Towers whose respiration and photosynthesis are known, for tests of partitioning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from halosink.eddy.partitioning.drivers import Drivers
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation

E0, RREF, ALPHA, BETA = 200.0, 3.0, 0.06, 25.0


@dataclass(frozen=True)
class World:
    drivers: Drivers
    reco: np.ndarray
    gpp: np.ndarray
    place: tuple[float, float, float]

    @property
    def nee(self) -> np.ndarray:
        return self.reco - self.gpp

    def table(self) -> pd.DataFrame:
        d = self.drivers
        return pd.DataFrame(
            {
                "time": d.steps.start,
                "shortwave_radiation": d.radiation_measured,
                "air_temperature": d.temperature,
                "vapour_pressure_deficit": d.deficit,
            }
        )


def world(
    days: int = 365,
    start: str = "2021-01-01",
    seconds: int = 1800,
    latitude: float = 45.0,
    seasonal: float = 10.0,
    daily: float = 4.0,
    mean: float = 12.0,
    e0: float = E0,
    seed: int = 1,
) -> World:
    """Air warms with the season of its hemisphere and with the hour, and from day to day; clouds take light away."""
    draw = np.random.default_rng(seed)
    begin = np.datetime64(start, "s")
    steps = Steps.of(begin + np.arange(0, days * 86_400, seconds).astype("timedelta64[s]"))
    potential = potential_radiation(steps, latitude, 0.0, 0.0)
    phase = 2 * np.pi * (steps.day_of_year - 200) / 365.25
    season = seasonal * np.cos(phase) * (1 if latitude >= 0 else -1)
    weather = np.repeat(draw.normal(0, daily / 2, days), steps.per_day)
    temperature = mean + season + weather + daily * np.cos(2 * np.pi * (steps.hour - 14) / 24)
    radiation = potential * np.repeat(draw.uniform(0.3, 0.75, days), steps.per_day)
    deficit = np.maximum(0.05, 0.04 * (temperature - 2))
    reco = RREF * np.exp(e0 * (1 / (15 + 46.02) - 1 / (np.maximum(temperature, -40) + 46.02)))
    gpp = ALPHA * BETA * radiation / (ALPHA * radiation + BETA)
    drivers = Drivers(steps, temperature, np.ones(len(steps), dtype=bool), radiation, radiation, deficit, potential)
    return World(drivers, reco, gpp, (latitude, 0.0, 0.0))


def filled(nee: np.ndarray, measured: np.ndarray, sd: np.ndarray | float = 0.5) -> dict[str, pd.DataFrame]:
    """The net exchange as fill_gaps gives it, where `measured` says what was."""
    source = pd.Categorical(np.where(measured, "measured", "mds"), categories=["measured", "mds", "forest", "empty"])
    return {"nee": pd.DataFrame({"value": nee, "source": source, "sd": np.broadcast_to(sd, nee.shape)})}
