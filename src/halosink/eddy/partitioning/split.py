"""Partitioning of the net exchange of a tower table, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.eddy.partitioning.drivers import Drivers
from halosink.eddy.partitioning.parts import Parts, Window
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation
from halosink.problems import Problem
from halosink.vocabulary import say

Floats = NDArray[np.float64]
Method = Literal["night_time", "day_time"]
COLUMNS = ("reco", "gpp", "reco_sd", "gpp_sd")
# Share of nightly fluxes below zero from which uptake at night is spoken of (own choice: noise alone gives 9 % over the
# forest of DE-Tha 1998, and at one half the middle flux is no respiration any more).
# UPTAKE_WINDOWS: the same of the share of windows whose fitted respiration is below zero (own choice: more than chance
# at the level of 5 %).
UPTAKE_SHARE, UPTAKE_WINDOWS = 0.25, 0.05


@dataclass(frozen=True, slots=True)
class Partition:
    """table: one row per step of the tower table, on its index: reco, gpp, reco_sd, gpp_sd [umol m-2 s-1].

    parameters: one row per window: method, kind ("e0", "rref", "light"), year, start, end (of its last step), records,
    e0 [K], rref, beta [umol m-2 s-1], alpha [umol J-1], k [hPa-1], reason. reason: code of why nothing was done, or of
    the fallback; "" when neither. nights: nightly fluxes used; negative_nights: share of them below zero.
    """

    table: pd.DataFrame
    parameters: pd.DataFrame
    reason: str
    nights: int
    negative_nights: float
    problems: tuple[Problem, ...]


def partition(
    table: pd.DataFrame,
    filled: Mapping[str, pd.DataFrame],
    *,
    method: Method,
    latitude: float | None,
    longitude: float | None,
    utc_offset: float | None,
    temperature: Literal["air_temperature", "soil_temperature"] = "air_temperature",
    yearly: bool = False,
) -> Partition:
    """Respiration and photosynthesis of every step by fluxes of the night (reichstein2005) or the day (lasslop2010).

    table: tower table with `time` and, as measured, shortwave_radiation, the temperature and, for the day,
    vapour_pressure_deficit [kPa]. filled: by field what fill_gaps gave for nee, and for those drivers that have gaps;
    a driver that is not among them is taken from the table. latitude, longitude [degree], utc_offset [h]: of the tower
    and of the clock of its table. yearly: a temperature sensitivity for each year (night_time only).

    Never fails for want of data: what cannot be done is NaN, and reason says why. Raises ValueError: an unknown method,
    `nee` not among filled, or times that are no regular grid. See night_time and day_time for how they go about it.
    """
    if method not in ("night_time", "day_time"):
        raise ValueError(f"method is night_time or day_time, not {method}")
    if "nee" not in filled:
        raise ValueError("filled holds no nee; give what fill_gaps gave for it")
    steps = Steps.of(table["time"].to_numpy())
    nee = filled["nee"]
    measured = np.where(nee["source"].astype(str).to_numpy() == "measured", _numbers(nee, "value"), np.nan)
    reason = _lacking(table, temperature, (latitude, longitude, utc_offset))
    if reason or latitude is None or longitude is None or utc_offset is None:
        parts = Parts.none(len(table), (), reason, 0, np.nan)
    else:
        drivers = drivers_of(table, filled, potential_radiation(steps, latitude, longitude, utc_offset), temperature)
        parts = _split(method, drivers, measured, nee, temperature, yearly)
    columns = {name: getattr(parts, name) for name in COLUMNS}
    return Partition(
        pd.DataFrame(columns, index=table.index),
        parameters_of(parts.windows, method, steps),
        parts.reason,
        parts.nights,
        parts.negative_nights,
        _problems(parts, method),
    )


def drivers_of(
    table: pd.DataFrame,
    filled: Mapping[str, pd.DataFrame],
    potential: Floats,
    temperature: Literal["air_temperature", "soil_temperature"] = "air_temperature",
) -> Drivers:
    """The drivers of a tower table (see partition): once for many versions of its net exchange."""

    def without_gaps(name: str) -> Floats:
        return _numbers(filled[name], "value") if name in filled else _numbers(table, name)

    return Drivers(
        Steps.of(table["time"].to_numpy()),
        without_gaps(temperature),
        np.isfinite(_numbers(table, temperature)),
        _numbers(table, "shortwave_radiation"),
        without_gaps("shortwave_radiation"),
        without_gaps("vapour_pressure_deficit"),
        potential,
    )


def parameters_of(windows: tuple[Window, ...], method: Method, steps: Steps) -> pd.DataFrame:
    """The windows as rows of the table of parameters."""
    first = np.array([window.first for window in windows], dtype=np.int64)
    end = np.array([window.end for window in windows], dtype=np.int64)
    middle = np.minimum((first + end) // 2, len(steps) - 1)
    names = ("records", "e0", "rref", "alpha", "beta", "k", "reason")
    kinds: dict[str, Any] = {
        "method": pd.Series([method] * len(windows), dtype=object),
        "kind": pd.Series([window.kind for window in windows], dtype=object),
        "year": steps.year[middle],
        "start": steps.start[first],
        "end": steps.start[end - 1] + np.timedelta64(steps.seconds, "s"),
    }
    return pd.DataFrame(kinds | {name: [getattr(window, name) for window in windows] for name in names})


def _split(
    method: Method, drivers: Drivers, measured: Floats, nee: pd.DataFrame, temperature: str, yearly: bool
) -> Parts:
    from halosink.eddy.partitioning.day_time import day_time
    from halosink.eddy.partitioning.night_time import night_time

    sd = _numbers(nee, "sd")
    if method == "night_time":
        return night_time(drivers, measured, _numbers(nee, "value"), sd, temperature=temperature, yearly=yearly)
    return day_time(drivers, measured, sd)


def _lacking(table: pd.DataFrame, temperature: str, place: tuple[float | None, ...]) -> str:
    if any(value is None for value in place):
        return "no_place"
    for name, reason in (("shortwave_radiation", "no_radiation"), (temperature, "no_temperature")):
        if not np.isfinite(_numbers(table, name)).any():
            return reason
    return ""


def _problems(parts: Parts, method: Method) -> tuple[Problem, ...]:
    found = []
    fitted = [window.reason for window in parts.windows if np.isfinite(window.rref)]
    uptake = fitted.count("negative_respiration")
    if parts.nights and (parts.negative_nights >= UPTAKE_SHARE or uptake > UPTAKE_WINDOWS * len(fitted)):
        percent = f"{100 * parts.negative_nights:.0f}"
        values = {"percent": percent, "records": parts.nights, "windows": uptake}
        found.append(Problem("N-EDDY-NIGHT-UPTAKE", column="nee", count=parts.nights, values=values))
    if parts.reason and not np.isfinite(parts.reco).any():
        texts = {"method": _text(f"method_{method}"), "reason": _text(f"reason_{parts.reason}")}
        found.append(Problem("W-EDDY-NO-PARTITION", column="nee", values=texts))
    return tuple(found)


def _text(key: str) -> Text:
    return Text(say(f"eddy_partitioning.{key}", "en"), say(f"eddy_partitioning.{key}", "zh"))


def _numbers(table: pd.DataFrame, name: str) -> Floats:
    if name not in table:
        return np.full(len(table), np.nan)
    return table[name].to_numpy(dtype=np.float64, na_value=np.nan)
