"""Thresholds of seasons and years together: a year takes the largest of its seasons, and gaps are closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.threshold.period import LEAST_IN_PERIOD, Convention, Found, Method, once, threshold
from halosink.eddy.threshold.records import Records
from halosink.eddy.threshold.seasons import Seasons

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Counts = Integers | None

LEAST_IN_YEAR = 3000  # records: wutzler2018; with the steps by day: pastorello2020
LEAST_ONEFLUX = 160  # records for one big season: pastorello2020


@dataclass(frozen=True, slots=True)
class Estimates:
    """season, year: thresholds, NaN where there is none at all; season_found, year_pooled: what the period itself gave
    (year_pooled None where a year was not pooled); filled: (years,) whether a year took the median of the others."""

    season: Floats
    year: Floats
    season_found: list[Found]
    year_pooled: list[Found | None]
    filled: NDArray[np.bool_]


def estimate(
    seasons: Seasons,
    years: Integers,
    of_seasons: list[Records],
    of_years: list[Records],
    count: Counts,
    method: Method,
    convention: Convention,
) -> Estimates:
    """Thresholds of all seasons and years. count: (n,) how often each step stands in a resample, None for the table.

    REddyProc (wutzler2018): the year takes the largest of its seasons; a year with fewer than 3000 records, or in which
    no season has a threshold, is pooled into one season, which counts where it has a threshold. ONEFlux
    (pastorello2020): a year is pooled where records and steps by day are fewer than 3000, or no season has 700 records.
    In both: a year still without takes the median of the other years, and a season without takes that of its year
    (wutzler2018).
    """
    oneflux = convention == "oneflux" and method == "moving_point"
    found = [threshold(one, _of(one, count), method, convention, count is None) for one in of_seasons]
    own = np.array([one.threshold for one in found], dtype=float)
    year = np.full(len(years), np.nan)
    pooled: list[Found | None] = [None] * len(years)
    for place, name in enumerate(years):
        of_year = np.flatnonzero(seasons.year == name)
        records = [found[one].records for one in of_year]
        if oneflux and _big_season(of_years[place], count, records):
            own[of_year] = np.nan
            pooled[place] = _pooled(of_years[place], count, method, convention)
        year[place] = _largest(own[of_year])
        few = sum(records) < LEAST_IN_YEAR or np.isnan(year[place])
        if not oneflux and few and sum(records) > 0:
            pooled[place] = _pooled(of_years[place], count, method, convention)
        whole = pooled[place]
        if whole is not None and np.isfinite(whole.threshold):
            year[place] = whole.threshold
    filled = np.isnan(year) & np.isfinite(year).any()
    if filled.any():
        year[filled] = np.median(year[np.isfinite(year)])
    place_of = np.searchsorted(years, seasons.year)
    return Estimates(np.where(np.isnan(own), year[place_of], own), year, found, pooled, filled)


def _of(records: Records, count: Counts) -> Integers:
    return once(records) if count is None else count[records.of_step]


def _largest(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else np.nan


def _pooled(records: Records, count: Counts, method: Method, convention: Convention) -> Found:
    return threshold(records, _of(records, count), method, convention, count is None)


def _big_season(records: Records, count: Counts, of_seasons: list[int]) -> bool:
    number = sum(of_seasons)
    by_day = int(records.day.sum() if count is None else count[records.steps][records.day].sum())
    if number + by_day >= LEAST_IN_YEAR:
        return max(of_seasons, default=0) < LEAST_IN_PERIOD
    return number > LEAST_ONEFLUX
