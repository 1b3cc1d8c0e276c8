"""From a table of readings to series: every row is used or gets the code of the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.incubation.release_units import Basis, NotRelease, ReleaseUnit, read_unit
from halosink.soil.incubation.series import Array, Release, from_rates, from_totals

# Columns with a unit of their own: the vocabulary's unit in mg C per g of soil or of initial carbon.
COLUMNS = {
    "carbon_release_soil": ReleaseUnit(1.0, "soil", False),
    "carbon_release_carbon": ReleaseUnit(1.0, "carbon", False),
    "carbon_release_rate_soil": ReleaseUnit(1e-3, "soil", True),
    "carbon_release_rate_carbon": ReleaseUnit(1.0, "carbon", True),
}

USED, AVERAGED, BASELINE = "used", "averaged", "baseline"
NO_TIME, NEGATIVE_TIME, NO_VALUE = "no_time", "negative_time", "no_value"
OTHER_GAS, NOT_A_MEAN = "other_gas", "not_mean"
NO_NAME, MIXED_UNITS = "no_incubation", "mixed_units"
FEW, NONE, FALLING, RISING = "too_few_readings", "no_release", "falling_total", "rising_rate"
IMPOSSIBLE, ABOVE_INITIAL = "impossible_amount", "more_than_initial"

# own choice: the steady rate, the smallest model, needs as many for a corrected criterion
FEWEST = 4
# own choice: totals may fall by rounding and noise; beyond this share of all steps the numbers are no totals
MOST_FALL = 0.2
# own choice: no model of a closed substrate has a rate that rises nearly all the way to more than twice its start
LEAST_RISE, RISEN = 0.8, 2.0
# a gram holds no more than this many milligrams of carbon
GRAM = 1000.0


@dataclass(frozen=True, slots=True)
class Readings:
    """One series. `release` is None where `reason` says why; rows: index labels of the frame with a reason each."""

    name: str
    release: Release | None
    unit: ReleaseUnit | None
    reason: str
    rows: pd.Series
    unsorted: bool = False


def series_of(frame: pd.DataFrame) -> Iterator[Readings]:
    """The series of a table with a column `incubation`, in the order of their first rows; see table.incubations."""
    names = frame["incubation"] if "incubation" in frame else pd.Series("", index=frame.index)
    unnamed = names.isna() | (names.astype(str).str.strip() == "")
    if unnamed.any():
        yield Readings("", None, None, NO_NAME, pd.Series(NO_NAME, index=frame.index[unnamed]))
    for name, rows in frame[~unnamed].groupby("incubation", sort=False):
        yield _one(str(name), rows)


def _one(name: str, rows: pd.DataFrame) -> Readings:
    reasons = pd.Series("", index=rows.index, dtype=object)
    time = _numbers(rows, "incubation_time")
    reasons[_text(rows, "release_gas").str.upper().map(lambda g: g not in ("", "CO2")).to_numpy()] = OTHER_GAS
    statistic = _text(rows, "release_statistic").str.lower()
    reasons[(reasons == "") & ~statistic.isin(["", "mean", "none", "median"])] = NOT_A_MEAN
    try:
        value, unit = _value(rows, (reasons == "").to_numpy())
    except NotRelease as error:
        reasons[reasons == ""] = error.code
        return Readings(name, None, None, error.code, reasons)
    reasons[(reasons == "") & ~np.isfinite(value)] = NO_VALUE
    reasons[(reasons == "") & ~np.isfinite(time)] = NO_TIME
    reasons[(reasons == "") & (time < 0)] = NEGATIVE_TIME
    usable = (reasons == "").to_numpy()
    if not usable.any() or unit is None:
        first = str(reasons.iloc[0]) if len(reasons) else FEW
        return Readings(name, None, unit, first, reasons)
    release, reasons, unsorted = _release(rows, time, value, unit, usable, reasons)
    reason = _wrong(release, unit) if release is not None else FEW
    if reason:
        reasons[usable] = reason
        release = None
    return Readings(name, release, unit, reason, reasons, unsorted)


def _release(
    rows: pd.DataFrame, time: Array, value: Array, unit: ReleaseUnit, usable: NDArray[np.bool_], reasons: pd.Series
) -> tuple[Release | None, pd.Series, bool]:
    reasons = reasons.copy()
    t, y = time[usable], value[usable]
    unsorted = bool(np.any(np.diff(t) < 0))
    begin = _numbers(rows, "incubation_start")[usable]
    if unit.remaining:
        y = 100.0 * unit.factor - y
    when, place, count = np.unique(t, return_inverse=True, return_counts=True)
    mean = np.bincount(place, y) / count
    start = np.full(len(when), np.nan)
    start[place] = begin
    reasons[usable] = np.where(count[place] > 1, AVERAGED, USED)
    if not unit.rate and when[0] == 0:
        mean = mean - mean[0]
        reasons[usable & (time == 0)] = BASELINE
        when, mean, start = when[1:], mean[1:], start[1:]
    if len(when) < FEWEST:
        return None, reasons, unsorted
    start = np.where(start > when, np.nan, start)
    release = from_rates(when, mean, start) if unit.rate else from_totals(when, mean)
    most = _initial(rows, unit.basis)
    return Release(release.start, release.end, release.value, release.total, most), reasons, unsorted


def _initial(rows: pd.DataFrame, basis: Basis) -> float:
    if basis == "carbon":
        return GRAM
    carbon = _numbers(rows, "soil_organic_carbon")
    known = carbon[np.isfinite(carbon) & (carbon > 0)]
    return float(np.median(known)) if basis == "soil" and len(known) else float("nan")


def _wrong(release: Release, unit: ReleaseUnit) -> str:
    """Why a series cannot be what its unit says, or ""."""
    value = release.value
    steps = np.diff(value, prepend=0.0) if release.total else np.diff(value)
    moved = float(np.abs(steps).sum())
    if not np.max(value) > 0 or not moved > 0:
        return NONE
    if release.total and -steps[steps < 0].sum() > MOST_FALL * moved:
        return FALLING
    if not release.total and steps[steps > 0].sum() > LEAST_RISE * moved and value[-1] > RISEN * value[0]:
        return RISING
    given = float(np.max(value)) if release.total else float(np.sum(value * (release.end - release.start)))
    if unit.basis != "jar" and given > GRAM:
        return IMPOSSIBLE
    if np.isfinite(release.initial) and given > release.initial:
        return ABOVE_INITIAL
    return ""


def _value(rows: pd.DataFrame, wanted: NDArray[np.bool_]) -> tuple[Array, ReleaseUnit | None]:
    """Values in mg C per g of basis (and day), and their unit."""
    if "release_value" in rows and _numbers(rows, "release_value")[wanted].size:
        number = _numbers(rows, "release_value")
        if np.isfinite(number).any():
            units = _text(rows, "release_unit").to_numpy()[wanted]
            if len(set(units)) > 1:
                raise NotRelease(MIXED_UNITS)
            unit = read_unit(str(units[0]))
            return number * unit.factor, unit
    for column, unit in COLUMNS.items():
        number = _numbers(rows, column)
        if np.isfinite(number).any():
            return number * unit.factor, unit
    return np.full(len(rows), np.nan), None


def _numbers(rows: pd.DataFrame, column: str) -> Array:
    if column not in rows:
        return np.full(len(rows), np.nan)
    return np.asarray(pd.to_numeric(rows[column], errors="coerce"), dtype=float)


def _text(rows: pd.DataFrame, column: str) -> pd.Series:
    if column not in rows:
        return pd.Series("", index=rows.index, dtype=object)
    return rows[column].astype(object).where(rows[column].notna(), "").astype(str).str.strip()
