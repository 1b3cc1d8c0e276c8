"""The tables of thresholds and of the means behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.threshold.bootstrap import percentiles
from halosink.eddy.threshold.period import Found
from halosink.eddy.threshold.records import Records
from halosink.eddy.threshold.seasons import Seasons
from halosink.eddy.threshold.years import Estimates

Floats = NDArray[np.float64]

SEASONS = ["year", "season", "method", "seasons", "threshold", "low", "median", "high", "records", "reason"]
CURVES = ["year", "season", "temperature_class", "friction_velocity", "nee", "threshold"]


def seasons(
    division: Seasons,
    years: NDArray[np.int64],
    single: Estimates,
    of_seasons: list[Records],
    of_years: list[Records],
    draws: Floats,
    season_draws: Floats,
    method: str,
    label: str,
    confidence: float,
) -> pd.DataFrame:
    """A row per season, and after those of a year one with season "" for it."""
    rows: list[tuple[object, ...]] = []
    for place, year in enumerate(years):
        for one in np.flatnonzero(division.year == year):
            rows.append(
                (
                    int(year),
                    division.name[one],
                    method,
                    label,
                    single.season[one],
                    *percentiles(season_draws[one], confidence),
                )
                + (len(of_seasons[one]), single.season_found[one].reason)
            )
        rows.append(
            (int(year), "", method, label, single.year[place], *percentiles(draws[place], confidence))
            + (len(of_years[place]), _reason(single, place, of_years[place], division.year == year))
        )
    return pd.DataFrame(rows, columns=SEASONS)


def _reason(single: Estimates, place: int, records: Records, of_year: NDArray[np.bool_]) -> str:
    pooled = single.year_pooled[place]
    if single.filled[place]:
        return "other_years"
    if np.isfinite(single.year[place]):
        return "pooled_year" if pooled is not None and np.isfinite(pooled.threshold) else ""
    if records.lacking:
        return records.lacking
    reasons = [single.season_found[one].reason for one in np.flatnonzero(of_year)]
    return pooled.reason if pooled is not None else next((one for one in reasons if one), "too_few_records")


def curves(division: Seasons, years: NDArray[np.int64], single: Estimates) -> pd.DataFrame:
    """The means of flux and velocity in each class of each season; of a pooled year too, with season ""."""
    parts = [
        _curve(int(division.year[one]), division.name[one], found) for one, found in enumerate(single.season_found)
    ]
    parts += [_curve(int(year), "", one) for year, one in zip(years, single.year_pooled, strict=True) if one]
    return pd.concat(parts, ignore_index=True)


def _curve(year: int, season: str, found: Found) -> pd.DataFrame:
    of_class, slot = np.nonzero(np.isfinite(found.velocity))
    return pd.DataFrame(
        {
            "year": np.full(len(of_class), year, dtype=np.int64),
            "season": pd.Series([season] * len(of_class), dtype=object).astype("str"),
            "temperature_class": of_class.astype(np.int64) + 1,
            "friction_velocity": found.velocity[of_class, slot],
            "nee": found.flux[of_class, slot],
            "threshold": found.classes[of_class],
        },
        columns=CURVES,
    )
