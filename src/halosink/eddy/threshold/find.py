"""Thresholds of friction velocity of a tower: per season and year, with resamples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.steps import Steps
from halosink.eddy.threshold import bootstrap, tables
from halosink.eddy.threshold.period import Convention, Method
from halosink.eddy.threshold.records import NEEDED, select
from halosink.eddy.threshold.seasons import Division, Seasons, divide
from halosink.eddy.threshold.years import estimate

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Threshold:
    """What was found, all thresholds in m s-1.

    seasons: a row per season and, with season "", per year, with the columns of eddy/ustar.parquet but the tower.
    curves: the means behind it, with the columns of eddy/ustar_curves.parquet but the tower.
    years: (years,); year: (years,) thresholds; draws: (years, bootstraps) those of resamples; season, season_draws:
    the same for seasons, in the order of `division.name`, those without one of their own with that of their year.
    division: which season each step belongs to.
    """

    seasons: pd.DataFrame
    curves: pd.DataFrame
    years: Integers
    year: Floats
    draws: Floats
    season: Floats
    season_draws: Floats
    division: Seasons

    def per_step(self, draw: int | None = None, *, by: Literal["year", "season"] = "year") -> Floats:
        """(n,) threshold of each step; NaN where there is none.

        draw: of this resample, else of the table itself; a resample without a threshold takes that of the table.
        by: the threshold of the year to which the season of the step counts, or of the season.
        """
        single, draws = (self.year, self.draws) if by == "year" else (self.season, self.season_draws)
        values = single if draw is None else np.where(np.isnan(draws[:, draw]), single, draws[:, draw])
        if by == "year":
            values = values[np.searchsorted(self.years, self.division.year)]
        return values[self.division.of_step]


def ustar_threshold(
    table: pd.DataFrame,
    *,
    method: Method = "moving_point",
    seasons: Division = "continuous",
    convention: Literal["auto"] | Convention = "auto",
    bootstraps: int = 0,
    seed: int = 0,
    confidence: float = 0.9,
    progress: Progress | None = None,
) -> Threshold:
    """Friction velocity from which the night-time flux no longer rises with turbulence.

    table: regular steps with `time` and `nee` [umol m-2 s-1], `friction_velocity` [m s-1], `air_temperature` [degC],
    `shortwave_radiation` [W m-2]; a column that is missing counts as empty. Records are those at night (below
    10 W m-2) on which all four are known.

    method: "moving_point" (papale2006) or "change_point" (barr2013, in the several classes of temperature of
    wutzler2018). seasons: see `divide`. convention: in which way of two the moving point is found, see `Rules` and
    `estimate`; "auto" is "oneflux" for calendar seasons and "reddyproc" for others, as those two do. The change point
    always follows wutzler2018. The counts of records that are asked for hold for any length of step, as in both.

    bootstraps: resamples; seed: of these. A resample draws the steps of each season with replacement (wutzler2018),
    by the convention "oneflux" those of each year (pastorello2020). low, median, high: the middle of the resamples
    and what holds `confidence` of them, empty where fewer than 40 % have a threshold (wutzler2018). progress: called
    with resamples done and in all.

    Nothing is raised for data that are missing: the row of the season or year has its reason. Raises ValueError for
    times that are not regular (`Steps.of`), months that are none, or an unknown method or convention.
    """
    if method not in ("moving_point", "change_point") or convention not in ("auto", "reddyproc", "oneflux"):
        raise ValueError(f"unknown method {method!r} or convention {convention!r}")
    steps = Steps.of(table["time"].to_numpy())
    division = divide(steps, seasons)
    rule = _rule(method, seasons, convention)
    empty = np.full(len(steps), np.nan)
    columns = {name: table[name].to_numpy(dtype=float) if name in table else empty for name in NEEDED}
    of_seasons = [select(columns, np.flatnonzero(division.of_step == one)) for one in range(len(division.name))]
    years = np.unique(division.year)
    year_of_step = division.year[division.of_step]
    of_years = [select(columns, np.flatnonzero(year_of_step == one)) for one in years]

    single = estimate(division, years, of_seasons, of_years, None, method, rule)
    draws, season_draws = np.full((len(years), bootstraps), np.nan), np.full((len(of_seasons), bootstraps), np.nan)
    parts = of_years if rule == "oneflux" else of_seasons
    for draw in range(bootstraps):
        count = bootstrap.counts([one.steps for one in parts], len(steps), seed, draw)
        again = estimate(division, years, of_seasons, of_years, count, method, rule)
        draws[:, draw], season_draws[:, draw] = again.year, again.season
        if progress is not None:
            progress(draw + 1, bootstraps)
    label = seasons if isinstance(seasons, str) else "user"
    return Threshold(
        seasons=tables.seasons(
            division, years, single, of_seasons, of_years, draws, season_draws, method, label, confidence
        ),
        curves=tables.curves(division, years, single),
        years=years,
        year=single.year,
        draws=draws,
        season=single.season,
        season_draws=season_draws,
        division=division,
    )


def _rule(method: Method, seasons: Division, convention: Literal["auto"] | Convention) -> Convention:
    if method == "change_point":
        return "reddyproc"
    if convention != "auto":
        return convention
    return "oneflux" if seasons == "calendar" else "reddyproc"
