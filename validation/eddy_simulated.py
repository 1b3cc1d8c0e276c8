"""Simulated towers whose true sums are known.

A world of its own, with other equations than those that fill and partition: a non-rectangular hyperbola of light with
a bell of temperature and a conductance-like response to dryness, respiration by a Q10 of a lagged soil temperature with
substrate and rain pulses, departures of hours, days and weeks that no driver tells, night fluxes that fade as the air
calms, Laplace errors that grow with the flux, and gaps of single steps to weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tower:
    """table: canonical columns with gaps. truth: (n,) true nee. respiration: (n,) true. threshold: friction velocity
    [m s-1] at which 99 % of the night flux arrives. latitude [degree]."""

    table: pd.DataFrame
    truth: Array
    respiration: Array
    threshold: float
    latitude: float


def memory(rng: np.random.Generator, n: int, steps: float) -> Array:
    """Standard normal noise that forgets within that many steps."""
    from scipy.signal import lfilter

    kept = np.exp(-1 / steps)
    start = rng.normal()
    return np.asarray(lfilter([np.sqrt(1 - kept**2)], [1, -kept], rng.normal(size=n), zi=[kept * start])[0])


def tower(seed: int, years: int = 1, per_day: int = 48, long_gaps: bool = True, calm: bool = True) -> Tower:
    """calm: whether the night flux fades in calm air. long_gaps: whether there are gaps of one to four weeks."""
    rng = np.random.default_rng(seed)
    end, step = f"{2011 + years}-01-01", f"{1440 // per_day}min"
    time = pd.date_range("2011-01-01", end, freq=step, inclusive="left", unit="s")
    n, hourly = len(time), per_day / 24
    day = np.arange(n) / per_day
    hour = (np.arange(n) % per_day + 0.5) / hourly
    latitude = rng.uniform(35, 60)
    season = 2 * np.pi * (day - 172) / 365.25
    declination = np.radians(23.45) * np.cos(season)
    lat = np.radians(latitude)
    height = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos((hour - 12) * np.pi / 12)
    potential = 1361 * np.maximum(height, 0)
    cloud = 1 / (1 + np.exp(-(0.4 + 1.2 * memory(rng, n, 30 * hourly) + 0.8 * memory(rng, n, 2 * hourly))))
    light = potential * (0.12 + 0.63 * cloud)
    mean, swing = rng.uniform(4, 16), rng.uniform(6, 12)
    synoptic = rng.uniform(2, 4) * memory(rng, n, 80 * hourly)
    air = mean + swing * np.cos(season - 0.4) + synoptic
    air = air + (2 + 5 * light / 800) * np.cos((hour - 15) * np.pi / 12) + 0.4 * memory(rng, n, 3 * hourly)
    soil = pd.Series(air).ewm(halflife=18 * hourly).mean().to_numpy()
    dew = mean + swing * np.cos(season - 0.4) + synoptic - rng.uniform(3, 7) + 1.5 * memory(rng, n, 40 * hourly)
    deficit = np.maximum(0.6108 * (np.exp(17.27 * air / (air + 237.3)) - np.exp(17.27 * dew / (dew + 237.3))), 0.01)

    leaf = 1 / (1 + np.exp(-(np.cos(season - 0.15) - rng.uniform(-0.4, 0.3)) * rng.uniform(4, 8)))
    leaf = leaf * (1 + 0.10 * memory(rng, n, 500 * hourly)) + rng.uniform(0, 0.25)
    leaf = np.maximum(leaf, 0)
    most, slope, bend = rng.uniform(12, 30), rng.uniform(0.05, 0.12), rng.uniform(0.5, 0.9)
    full = most * leaf * np.exp(-(((air - mean - 8) / 16) ** 2)) / (1 + deficit / rng.uniform(1.5, 3.5))
    s = slope * light + full
    gross = (s - np.sqrt(s**2 - 4 * bend * slope * light * full)) / (2 * bend)
    gross = gross * np.exp(0.08 * memory(rng, n, 30 * hourly) + 0.10 * memory(rng, n, 3 * hourly) - 0.01)
    rain = rng.random(n) < 0.012 / hourly
    pulse = pd.Series(np.where(rain, rng.exponential(1, n), 0)).ewm(halflife=36 * hourly).mean().to_numpy()
    pulse = pulse / max(pulse.mean(), 1e-9)
    base = rng.uniform(1.5, 4) * (0.6 + 0.4 * leaf) * (0.85 + 0.15 * pulse)
    respiration = base * rng.uniform(1.7, 2.6) ** ((soil - 12) / 10)
    respiration = respiration * np.exp(0.10 * memory(rng, n, 250 * hourly) + 0.05 * memory(rng, n, 5 * hourly))
    truth = respiration - gross

    wind = np.exp(0.5 * memory(rng, n, 20 * hourly) + 0.45 * memory(rng, n, 2 * hourly))
    friction = rng.uniform(0.2, 0.35) * wind * (0.75 + 0.9 * np.sqrt(light / 800))
    scale = rng.uniform(0.05, 0.13) if calm else 1e-6
    arrives = -np.expm1(-((friction / scale) ** 2))
    heard = np.where(light > 10, truth, respiration * arrives)
    size = rng.uniform(0.2, 0.8) + rng.uniform(0.08, 0.2) * np.abs(truth)
    measured = heard + rng.laplace(size=n) * size / np.sqrt(2)

    gone = rng.random(n) < rng.uniform(0.03, 0.10)
    gone |= rain & (rng.random(n) < 0.7)
    lengths = [(rng.uniform(40, 90), 0.15, 0.6), (rng.uniform(4, 10), 1.0, 5.0)]
    lengths += [(rng.uniform(1, 3), 7.0, 28.0)] if long_gaps else []
    for number, least, longest in lengths:
        for _ in range(rng.poisson(number * years)):
            length = int(np.exp(rng.uniform(np.log(least), np.log(longest))) * per_day)
            first = int(rng.integers(0, n))
            gone[first : first + length] = True
    night_trouble = memory(rng, n, 8 * hourly) > rng.uniform(1.0, 1.6)
    gone |= night_trouble & (light < 10)
    lost = rng.random(n) < 0.01

    def sensor(values: Array) -> Array:
        return np.where(lost, np.nan, values)

    table = pd.DataFrame({
        "time": time, "nee": np.where(gone, np.nan, measured), "shortwave_radiation": sensor(light),
        "air_temperature": sensor(air), "soil_temperature": soil, "vapour_pressure_deficit": sensor(deficit),
        "friction_velocity": friction, "potential_radiation": potential,
    })  # fmt: skip
    return Tower(table, truth, respiration, float(scale * np.sqrt(-np.log(0.01))), latitude)
