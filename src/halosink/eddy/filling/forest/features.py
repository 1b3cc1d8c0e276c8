"""What the trees see: drivers, their means over hours, days and weeks, the hour, the season and the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.steps import Steps

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Drivers that towers commonly have (own choice of the list; irvin2021: soil temperature and season matter for methane).
# Friction velocity is left out: the gaps of filtered nights lie where it is low, and no record tells of it.
MAIN = ("shortwave_radiation", "air_temperature", "vapour_pressure_deficit")
MORE = (
    "photosynthetic_photon_flux",
    "net_radiation",
    "soil_temperature",
    "soil_moisture",
    "groundwater_level",
    "groundwater_depth",
)
# own choice: methane leaves bubbling as pressure falls, and through plants and water with wind
OF_METHANE = ("air_pressure", "wind_speed")
# own choice: a driver that is missing in more than half of the records tells the trees mostly of its own gaps
LEAST_SHARE = 0.5
# Days on either side of the mean of the same hour that stands for a missing driver: a week as falge2001's mean diurnal
# variation, then a season and a half when that is empty too (own choice).
AROUND = (7, 45)
DAY, WEEK = 1, 7


@dataclass(frozen=True, slots=True)
class Drivers:
    """Series on the grid of the tower, without holes.

    values: name -> (n,); missing: name -> (n,) where the value is a mean of the same hour and not measured.
    """

    values: dict[str, Array]
    missing: dict[str, Flags]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.values)

    def lacking(self, length: int) -> Flags:
        """(n,) records at which every one of the main drivers that the tower has is missing."""
        gaps = [self.missing[name] for name in MAIN if name in self.missing]
        return np.logical_and.reduce(gaps) if gaps else np.zeros(length, dtype=bool)


def drivers(table: pd.DataFrame, field: str, steps: Steps, *, erased: Flags | None = None) -> Drivers:
    """The drivers that the table has in at least half of its records, holes filled by means of the same hour.

    erased: (n,) records at which all of them are taken for missing.
    """
    values: dict[str, Array] = {}
    missing: dict[str, Flags] = {}
    for name in (*MAIN, *MORE, *(OF_METHANE if field == "ch4_flux" else ())):
        if name not in table:
            continue
        series = table[name].to_numpy(dtype=float, na_value=np.nan)
        gone = ~np.isfinite(series)
        if np.mean(gone) > 1 - LEAST_SHARE:
            continue
        if erased is not None:
            gone |= erased
        values[name] = by_hour(np.where(gone, np.nan, series), steps.per_day)
        missing[name] = gone
    return Drivers(values, missing)


def by_hour(series: Array, per_day: int) -> Array:
    """(n,) with each hole filled by the mean of the same time of day within 7, then 45 days, then of all days."""
    filled = series.copy()
    for days in (*AROUND, None):
        holes = np.isnan(filled)
        if not holes.any():
            return filled
        filled[holes] = _hourly(series, per_day, days)[holes]
    holes = np.isnan(filled)
    filled[holes] = np.nanmean(series) if np.isfinite(series).any() else 0.0
    return filled


def _hourly(series: Array, per_day: int, days: int | None) -> Array:
    """(n,) mean of the same time of day within `days` before and after (all days)."""
    count = -(-len(series) // per_day)
    padded = np.full(count * per_day, np.nan)
    padded[: len(series)] = series
    square = padded.reshape(count, per_day)
    known = np.isfinite(square)
    total, number = (_window(np.where(known, square, 0.0), days), _window(known.astype(float), days))
    mean = np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)
    return mean.ravel()[: len(series)]


def _window(square: Array, days: int | None) -> Array:
    if days is None:
        return np.broadcast_to(square.sum(axis=0), square.shape).copy()
    running = np.vstack([np.zeros((1, square.shape[1])), np.cumsum(square, axis=0)])
    rows = np.arange(len(square))
    below, above = np.maximum(rows - days, 0), np.minimum(rows + days + 1, len(square))
    return running[above] - running[below]


def matrix(found: Drivers, table: pd.DataFrame, steps: Steps) -> NDArray[np.float32]:
    """(n, p) what the trees see.

    Each driver as it is; the main ones also as means over a day and a week around the record; radiation and air
    temperature as means of the three hours before, and air temperature of the 30 days around, as respiration and
    methane follow slowly; radiation above the atmosphere if given; sine and cosine of hour and season; days
    since the beginning, by which trees follow what changes without a driver. Which means are taken: own choice, by
    held-out gaps.
    """
    n, per_day = len(steps), steps.per_day
    columns: list[Array] = []
    for name, series in found.values.items():
        columns.append(series)
        if name in MAIN:
            columns += [around(series, DAY * per_day), around(series, WEEK * per_day)]
        if name in ("shortwave_radiation", "air_temperature"):
            columns.append(before(series, max(1, per_day // 8)))
        if name == "air_temperature":
            columns.append(around(series, 30 * per_day))
    if "potential_radiation" in table:
        columns.append(by_hour(table["potential_radiation"].to_numpy(dtype=float, na_value=np.nan), per_day))
    hour = 2 * np.pi * steps.hour / 24
    season = 2 * np.pi * (steps.day_of_year - 1 + steps.hour / 24) / 365.25
    columns += [np.sin(hour), np.cos(hour), np.sin(season), np.cos(season), np.arange(n) / per_day]
    return np.column_stack(columns).astype(np.float32)


def around(series: Array, width: int) -> Array:
    """(n,) mean of the `width` records around each; at the ends of those that there are."""
    half = width // 2
    rows = np.arange(len(series))
    return _between(series, np.maximum(rows - half, 0), np.minimum(rows - half + width, len(series)))


def before(series: Array, width: int) -> Array:
    """(n,) mean of each record and of the width - 1 before it."""
    rows = np.arange(len(series))
    return _between(series, np.maximum(rows - width + 1, 0), rows + 1)


def _between(series: Array, first: NDArray[np.int64], end: NDArray[np.int64]) -> Array:
    running = np.concatenate([[0.0], np.cumsum(series)])
    return np.asarray((running[end] - running[first]) / np.maximum(end - first, 1), dtype=np.float64)


def share_missing(found: Drivers, rows: Flags, names: Sequence[str] = MAIN) -> dict[str, float]:
    """Share of these records at which each driver is a mean of the same hour and not measured."""
    return {name: float(np.mean(found.missing[name][rows])) for name in names if name in found.missing and rows.any()}
