"""Whether the heat that the tower measures adds up: turbulent fluxes against available energy.

turbulent = LE + H (+ heat stored below the sensor), available = Rn - G, all W m-2, measured values only. Closure is
told in the two ways of wilson2002: the slope of the ordinary regression of turbulent on available, and the ratio of
their sums over the same steps. Neither is corrected by default: where the missing energy goes is not known (foken2008,
mauder2020), and carbon fluxes are not scaled with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from halosink.eddy.steps import Steps
from halosink.eddy.threshold.seasons import Division, divide

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
By = Literal["all", "year", "season"]
Averaging = Literal["step", "day"]

FEWEST_DAYS = 7
"""Days with measurements below which closure is not told. Own choice: fewer give no honest interval."""
FEWEST_RECORDS = 20
"""Pairs below which no line is fitted. Own choice."""
DAY_SHARE = 0.5
"""Share of a day's steps in which every term is measured, from which its mean counts. Own choice: both sides are
averaged over the same steps, so that gaps do not tilt the comparison."""
TERM_SHARE = 0.5
"""Share of the steps with turbulent fluxes and radiation in which soil heat flux, or storage, must be measured for it
to be used at all. Own choice."""
WINDOW = 15
"""Days to either side over which `close_by_bowen_ratio` takes the sums. Own choice after the windows of
pastorello2020."""
LEAST_RATIO, MOST_RATIO = 0.3, 2.0
"""Closure outside which it does not correct. Own choice: such sums tell of a fault, not of missing eddies."""

BALANCE = (("shortwave", "out"), ("longwave", "in"), ("longwave", "out"))
COLUMNS = (
    "period", "year", "season", "averaging", "slope", "slope_low", "slope_high", "intercept", "ratio", "ratio_low",
    "ratio_high", "r2", "records", "soil_heat", "storage", "reason",
)  # fmt: skip
REASONS = ("no_latent_heat", "no_sensible_heat", "no_net_radiation", "too_few_records", "soil_heat_flux_missing")


def latent_heat_of_vaporisation(temperature: ArrayLike) -> Array:
    """Latent heat of vaporisation of water [J kg-1] at `temperature` [degC], any shape: (2.501 - 0.00237 T) 1e6.

    Source: stull1988 as in bigleaf; for water, above freezing.
    """
    return np.asarray((2.501 - 0.00237 * np.asarray(temperature, dtype=np.float64)) * 1e6)


def evapotranspiration(latent_heat_flux: ArrayLike, air_temperature: ArrayLike, seconds: float) -> Array:
    """Water evaporated and transpired in a step of so many seconds [mm], (n,): LE seconds / lambda.

    latent_heat_flux [W m-2]; air_temperature [degC], NaN gives NaN; see `latent_heat_of_vaporisation`.
    """
    heat = np.asarray(latent_heat_flux, dtype=np.float64)
    return np.asarray(heat * seconds / latent_heat_of_vaporisation(air_temperature))


@dataclass(frozen=True, slots=True)
class Terms:
    """Energy of n steps [W m-2]: available (Rn - G) and turbulent (LE + H + storage), NaN where a part is not
    measured. soil_heat, storage: whether these are in it. reason: one of REASONS, "" without a reservation."""

    available: Array
    turbulent: Array
    soil_heat: bool
    storage: bool
    reason: str


def energy_terms(table: pd.DataFrame, worst_flag: int = 1) -> Terms:
    """Both sides of the energy balance of a tower table.

    Uses net_radiation, soil_heat_flux, latent_heat_flux, sensible_heat_flux, and the storages latent_heat_storage and
    sensible_heat_storage where they are measured; net radiation that is missing is made of its four parts. Steps whose
    latent_heat_quality or sensible_heat_quality exceeds worst_flag, or whose latent_heat_flux_source or
    sensible_heat_flux_source is not "measured", are left out. A period in which soil heat flux (or storage) is
    measured in less than half of the steps does without it. Without soil heat flux the net radiation stands alone,
    and the reason says so: closure then looks smaller than it
    is by day.
    """
    return _joined(_parts(table, worst_flag), np.ones(len(table), dtype=bool))


@dataclass(frozen=True, slots=True)
class _Parts:
    latent: Array
    sensible: Array
    net: Array
    soil: Array
    storage: Array


def _parts(table: pd.DataFrame, worst_flag: int) -> _Parts:
    net = _column(table, "net_radiation")
    four = [_column(table, f"{wave}_radiation_{way}") for wave, way in BALANCE]
    net = np.where(np.isfinite(net), net, _column(table, "shortwave_radiation") - four[0] + four[1] - four[2])
    return _Parts(
        _measured(table, "latent_heat", worst_flag),
        _measured(table, "sensible_heat", worst_flag),
        net,
        _column(table, "soil_heat_flux"),
        _column(table, "latent_heat_storage") + _column(table, "sensible_heat_storage"),
    )


def _joined(parts: _Parts, inside: Mask) -> Terms:
    """Both sides, where soil heat flux and storage are decided on inside the period."""
    nothing = np.full(len(inside), np.nan)
    named = ((parts.latent, "no_latent_heat"), (parts.sensible, "no_sensible_heat"), (parts.net, "no_net_radiation"))
    for values, reason in named:
        if not np.isfinite(values[inside]).any():
            return Terms(nothing, nothing, False, False, reason)
    turbulent = parts.latent + parts.sensible
    known = inside & np.isfinite(turbulent + parts.net)
    stored, soiled = _mostly(parts.storage, known), _mostly(parts.soil, known)
    return Terms(
        np.where(inside, parts.net - parts.soil if soiled else parts.net, np.nan),
        np.where(inside, turbulent + parts.storage if stored else turbulent, np.nan),
        soiled,
        stored,
        "" if soiled else "soil_heat_flux_missing",
    )


def energy_balance(
    table: pd.DataFrame,
    *,
    by: By = "year",
    averaging: Averaging = "step",
    seasons: Division = "continuous",
    worst_flag: int = 1,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Closure of the energy balance per year, per season or over all, with COLUMNS.

    slope, intercept [W m-2], r2: of the ordinary regression of turbulent on available energy; ratio: of their sums;
    intervals of `confidence` by the jackknife over blocks of days (see `_errors`), for neighbouring steps and days
    hang together; nothing is drawn, so that `seed` (which every step of the chain takes) changes nothing.
    averaging "day" compares means of days instead of steps. records: pairs. year: 0 over all; season: month in which
    it starts. reason: one of REASONS; "soil_heat_flux_missing" comes with values, all others without.

    table: regular steps with `time` and the columns of `energy_terms`. Source: wilson2002.
    Raises ValueError: an unknown `by` or `averaging`, a confidence outside 0 to 1, irregular times.
    """
    if by not in ("all", "year", "season") or averaging not in ("step", "day") or not 0 < confidence < 1:
        raise ValueError(f"by {by!r}, averaging {averaging!r} or confidence {confidence!r} is not possible")
    if not len(table):
        return pd.DataFrame(columns=list(COLUMNS))
    steps = Steps.of(table["time"].to_numpy())
    parts = _parts(table, worst_flag)
    if by == "season":
        division = divide(steps, seasons)
        named = enumerate(zip(division.name, division.year.tolist(), strict=True))
        periods = [(year, name, division.of_step == i) for i, (name, year) in named]
    elif by == "year":
        periods = [(int(y), "", steps.year == y) for y in np.unique(steps.year)]
    else:
        periods = [(0, "", np.ones(len(steps), dtype=bool))]
    rows: list[dict[str, object]] = []
    for year, season, inside in periods:
        terms = _joined(parts, inside)
        x, y, day = _averaged(terms, np.isfinite(terms.available + terms.turbulent), steps, averaging)
        told = {"period": by, "year": year, "season": season, "averaging": averaging}
        told |= {"soil_heat": terms.soil_heat, "storage": terms.storage}
        rows.append(told | _closure(x, y, day, terms.reason, confidence))
    return pd.DataFrame(rows)[list(COLUMNS)]


def _averaged(terms: Terms, known: Mask, steps: Steps, averaging: Averaging) -> tuple[Array, Array, NDArray[np.int64]]:
    x, y, day = terms.available[known], terms.turbulent[known], steps.day[known]
    if averaging == "step":
        return x, y, day
    days, place = np.unique(day, return_inverse=True)
    count = np.bincount(place, minlength=len(days))
    enough = count >= DAY_SHARE * steps.per_day
    with np.errstate(invalid="ignore"):
        means = [np.bincount(place, weights=v, minlength=len(days)) / count for v in (x, y)]
    return means[0][enough], means[1][enough], days[enough]


def _closure(x: Array, y: Array, day: NDArray[np.int64], reason: str, confidence: float) -> dict[str, object]:
    """Slope, ratio and their intervals from moments summed per day."""
    days, place = np.unique(day, return_inverse=True)
    if len(x) < FEWEST_RECORDS or len(days) < FEWEST_DAYS or np.ptp(x) == 0:
        told = reason if reason and reason != "soil_heat_flux_missing" else "too_few_records"
        empty: dict[str, object] = dict.fromkeys(COLUMNS[4:12], float("nan"))
        return empty | {"records": len(x), "reason": told}
    centre = float(x.mean()), float(y.mean())
    u, v = x - centre[0], y - centre[1]
    parts = (np.ones_like(u), u, v, u * u, u * v, v * v)
    moments: Array = np.column_stack([np.bincount(place, weights=p, minlength=len(days)) for p in parts])
    slope, intercept, ratio, r2 = (float(v) for v in _line(moments.sum(axis=0), centre))
    slope_error, ratio_error, freedom = _errors(moments, centre, slope, ratio)
    wide = float(stdtrit(freedom, (1 + confidence) / 2))
    values = (
        slope, slope - wide * slope_error, slope + wide * slope_error, intercept,
        ratio, ratio - wide * ratio_error, ratio + wide * ratio_error, r2,
    )  # fmt: skip
    return dict(zip(COLUMNS[4:12], values, strict=True)) | {"records": len(x), "reason": reason}


def _errors(moments: Array, centre: tuple[float, float], slope: float, ratio: float) -> tuple[float, float, float]:
    """Standard errors of slope and ratio, and the degrees of freedom that they carry.

    Jackknife over moving blocks (kunsch1989): with blocks of l of d days left out in turn, the variance is the mean
    squared change times (d - l)/l. l = sqrt(d), at most d/4; d/l - 1 degrees of freedom: own choice. Over simulated
    towers whose closure wanders from day to day, 95 % intervals held the truth in 90 to 97 %, also where a day goes
    with the next (correlation 0.6), for which the bootstrap of single days held it in 70 % only.
    """
    number = len(moments)
    block = max(1, min(round(number**0.5), number // 4))
    running = np.vstack([np.zeros(6), np.cumsum(moments, axis=0)])
    slopes, _, ratios, _ = _line((running[-1] - (running[block:] - running[:-block])).T, centre)
    factor = (number - block) / block
    spread = [float(np.sqrt(factor * np.mean((left - all_) ** 2))) for left, all_ in ((slopes, slope), (ratios, ratio))]
    return spread[0], spread[1], number / block - 1


def _line(moments: Array, centre: tuple[float, float]) -> tuple[Array, Array, Array, Array]:
    """Slope, intercept, ratio of sums and r2 from n, Su, Sv, Suu, Suv, Svv about the centre."""
    n, su, sv, suu, suv, svv = moments
    with np.errstate(divide="ignore", invalid="ignore"):
        across, both, up = suu - su * su / n, suv - su * sv / n, svv - sv * sv / n
        slope = both / across
        intercept = sv / n + centre[1] - slope * (su / n + centre[0])
        total = su + n * centre[0]
        ratio = np.where(np.abs(total) > 1e-9 * n, (sv + n * centre[1]) / total, np.nan)
        r2 = np.where(up > 0, both * slope / up, np.nan)
    return slope, intercept, ratio, r2


def close_by_bowen_ratio(table: pd.DataFrame, worst_flag: int = 1, window: int = WINDOW) -> tuple[Array, Array, Array]:
    """LE and H [W m-2] raised so that the energy balance closes, keeping their ratio: (LE, H, factor), (n,) each.

    factor: sum of available over sum of turbulent energy of the steps within `window` days to either side. NaN where
    fewer than FEWEST_DAYS days of records lie there, or where closure is outside LEAST_RATIO to MOST_RATIO. The
    missing energy is given to both fluxes in proportion (twine2000); that it belongs there is an assumption
    (mauder2020), and soil heat flux must be measured: without it all is NaN.
    """
    steps = Steps.of(table["time"].to_numpy())
    terms = energy_terms(table, worst_flag)
    factor = np.full(len(steps), np.nan)
    if terms.soil_heat:
        known = np.isfinite(terms.available + terms.turbulent)
        days, place = np.unique(steps.day, return_inverse=True)
        sums = [
            np.bincount(place, weights=np.where(known, v, 0.0), minlength=len(days))
            for v in (terms.available, terms.turbulent, known.astype(float))
        ]
        running = np.cumsum(np.column_stack([*sums, sums[2] > 0]), axis=0)
        running = np.vstack([np.zeros(4), running])
        first, last = np.searchsorted(days, days - window, "left"), np.searchsorted(days, days + window, "right")
        inside = running[last] - running[first]
        with np.errstate(divide="ignore", invalid="ignore"):
            closure = inside[:, 1] / inside[:, 0]
        good = (inside[:, 3] >= FEWEST_DAYS) & (closure >= LEAST_RATIO) & (closure <= MOST_RATIO)
        factor = np.where(good, 1 / np.where(good, closure, 1.0), np.nan)[place]
    latent, sensible = _column(table, "latent_heat_flux"), _column(table, "sensible_heat_flux")
    return latent * factor, sensible * factor, factor


def _column(table: pd.DataFrame, name: str) -> Array:
    if name not in table:
        return np.full(len(table), np.nan)
    return np.asarray(pd.to_numeric(table[name], errors="coerce"), dtype=np.float64)


def _measured(table: pd.DataFrame, name: str, worst_flag: int) -> Array:
    values = _column(table, f"{name}_flux")
    with np.errstate(invalid="ignore"):
        values = np.where(_column(table, f"{name}_quality") > worst_flag, np.nan, values)
    if f"{name}_flux_source" in table:
        values = np.where(table[f"{name}_flux_source"].astype(str) == "measured", values, np.nan)
    return values


def _mostly(values: Array, known: Mask) -> bool:
    return bool(known.any() and np.isfinite(values[known]).mean() >= TERM_SHARE)
