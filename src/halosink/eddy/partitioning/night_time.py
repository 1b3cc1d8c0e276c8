"""Night-time partitioning: respiration of the night carried into the day by temperature."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.eddy.partitioning.drivers import Drivers, own
from halosink.eddy.partitioning.parts import Parts, Window, share_negative
from halosink.eddy.partitioning.respiration import ITERATIONS, basal, fit, lloyd_taylor

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Night: the sun is down and radiation is at most this [W m-2] (wutzler2018; 20 in reichstein2005).
NIGHT_RADIATION = 10.0
# Windows of e0: half their length and their step [days]; least records and range of temperature [K]; share of the
# residuals trimmed at each end; how many of the surest are averaged; bounds of e0 -+ sd [K]: reichstein2005, as in
# REddyProc (wutzler2018). NARROW_RANGE: what its authors advise where 5 K are hardly reached.
E0_HALF, E0_STEP, E0_RECORDS, E0_RANGE, NARROW_RANGE, TRIM, BEST = 7, 5, 7, 5.0, 3.0, 0.05, 3
E0_BOUNDS = {"air_temperature": (30.0, 350.0), "soil_temperature": (30.0, 550.0)}
# Windows of respiration at 15 degC: half their length and their step [days], least records (wutzler2018).
RREF_HALF, RREF_STEP, RREF_RECORDS = 3, 4, 3
START_RREF, START_E0 = 2.0, 200.0  # of the regression [umol m-2 s-1], [K] (own choice: a temperate ecosystem)


def night_time(
    drivers: Drivers,
    measured: Floats,
    filled: Floats,
    sd: Floats | None = None,
    *,
    temperature: str = "air_temperature",
    yearly: bool = False,
) -> Parts:
    """Respiration from fluxes of the night, for every step, and photosynthesis as respiration less net exchange.

    measured: (n,) net exchange where it was measured and kept [umol m-2 s-1], NaN elsewhere; filled: (n,) without gaps;
    sd: (n,) of filled, for that of gpp. temperature: which one drivers holds, "air_temperature" or "soil_temperature".
    A nightly flux counts where radiation was measured and is at most 10 W m-2, the sun is down, and temperature was
    measured. e0: over windows of 15 days every 5 days with 7 records and 5 K or more, Lloyd and Taylor's curve is
    fitted, then again without the residuals below 5 and above 95 %; the mean of the three surest e0 within bounds,
    rounded to 0.01 K, serves the whole table, or with yearly each year its own; a year with fewer than three takes that
    of the whole. Where the whole has fewer than three, windows with 3 K count too, and the reason says so. Then rref
    over 7 days every 4 days, linear in between and constant at the ends. Fluxes below zero stay in; a window whose rref
    is below zero is set aside with its reason. Source: reichstein2005, as in REddyProc (wutzler2018). sd: first order,
    of rref and e0 (own choice: the reference gives none).
    """
    measured = own(measured)
    night = drivers.radiation_measured <= NIGHT_RADIATION
    night &= (drivers.potential <= 0) & drivers.temperature_measured & np.isfinite(drivers.temperature + measured)
    index = np.flatnonzero(night)
    flux, degrees = measured[index], drivers.temperature[index]
    turn = _slowness(degrees)
    negative = share_negative(flux)
    per_day, n = drivers.steps.per_day, len(measured)
    day, last = (index + 1) // per_day, n // per_day
    middles = np.arange(E0_HALF + 1, last + 1, E0_STEP)
    bounds = _bounds(day, middles, E0_HALF)
    found, reason = _sensitivities(flux, turn, degrees, bounds, E0_BOUNDS[temperature])
    whole = _surest(found)
    windows = _e0_windows(found, middles, bounds, per_day, n)
    if not np.isfinite(whole[0]):
        return Parts.none(n, windows, "no_e0" if len(index) else "no_night", len(index), negative)
    e0, e0_sd = np.full(n, whole[0]), np.full(n, whole[1])
    if yearly:
        year = drivers.steps.year
        of_window = year[np.minimum(middles * per_day, n - 1)]
        for one in np.unique(year):
            its = _surest(found[of_window == one])
            if np.isfinite(its[0]):
                e0[year == one], e0_sd[year == one] = its
            else:
                reason = reason or "e0_of_other_years"
    middles = np.arange(RREF_HALF + 1, last + 1, RREF_STEP)
    bounds = _bounds(day, middles, RREF_HALF)
    rref, rref_sd = _basals(flux, np.exp(e0[index] * turn), bounds)
    at = np.array([round(float(np.mean(index[low:high] + 1))) - 1 if high > low else -1 for low, high in bounds])
    windows += _rref_windows(rref, e0, at, middles, bounds, per_day, n)
    good = rref >= 0
    if not good.any():
        return Parts.none(n, windows, "no_rref", len(index), negative)
    place, row = np.unique(at[good][::-1], return_index=True)  # of two with one middle the later stands
    steps = np.arange(n)
    base = np.interp(steps, place, rref[good][::-1][row])
    reco = lloyd_taylor(base, e0, drivers.temperature)
    per_rref = lloyd_taylor(1.0, e0, drivers.temperature)
    base_sd = np.interp(steps, place, rref_sd[good][::-1][row])
    reco_sd = np.hypot(per_rref * base_sd, reco * _slowness(drivers.temperature) * e0_sd)
    gpp_sd = reco_sd if sd is None else np.hypot(reco_sd, np.nan_to_num(sd))
    return Parts(reco, reco - filled, reco_sd, gpp_sd, e0, windows, reason, len(index), negative)


def _slowness(temperature: Floats) -> Floats:
    return np.log(lloyd_taylor(1.0, 1.0, temperature))


def _bounds(day: Integers, middles: Integers, half: int) -> Integers:
    """(windows, 2) first record and the one after the last of the days middle - half to middle + half."""
    low, high = np.searchsorted(day, middles - half), np.searchsorted(day, middles + half, side="right")
    return np.stack([low, high], axis=1).astype(np.int64)


def _sensitivities(
    flux: Floats, turn: Floats, degrees: Floats, bounds: Integers, limits: tuple[float, float]
) -> tuple[Floats, str]:
    """(windows, 3): e0, its sd, and what came of it (see _trimmed_fits); the reason where the range was narrowed."""
    found = _trimmed_fits(flux, turn, degrees, bounds, E0_RANGE, limits[0], limits[1])
    if np.isfinite(_surest(found)[0]):
        return found, ""
    narrow = _trimmed_fits(flux, turn, degrees, bounds, NARROW_RANGE, limits[0], limits[1])
    return narrow, "e0_of_narrow_range"


def _surest(found: Floats) -> tuple[float, float]:
    """Mean e0 of the three windows with the smallest sd, to 0.01 K, and the sd of that mean; NaN where fewer are."""
    kept = found[found[:, 2] == 0]
    if len(kept) < BEST:
        return np.nan, np.nan
    best = kept[np.argsort(kept[:, 1], kind="stable")[:BEST]]
    return round(float(best[:, 0].mean()), 2), float(np.sqrt((best[:, 1] ** 2).sum()) / BEST)


# What came of a window, by the number in the last column of _trimmed_fits.
OUTCOMES = ("", "few_records", "narrow_temperature_range", "not_converged", "e0_out_of_bounds")


def _trimmed_fits(
    flux: Floats, turn: Floats, degrees: Floats, bounds: Integers, least_range: float, least: float, most: float
) -> Floats:
    found = np.full((len(bounds), 3), np.nan)
    for w in range(len(bounds)):
        low, high = bounds[w]
        y, x = flux[low:high], turn[low:high]
        if high - low < E0_RECORDS:
            found[w, 2] = 1
            continue
        if degrees[low:high].max() - degrees[low:high].min() < least_range:
            found[w, 2] = 2
            continue
        good, rref, e0, _, _ = fit(y, x, START_RREF, START_E0, ITERATIONS)
        if good:
            rest = y - rref * np.exp(e0 * x)
            limits = np.quantile(rest, (TRIM, 1 - TRIM))
            inside = (rest >= limits[0]) & (rest <= limits[1])
            good, rref, e0, _, sd = fit(y[inside], x[inside], START_RREF, START_E0, ITERATIONS)
        if not good:
            found[w, 2] = 3
            continue
        found[w, 0], found[w, 1] = e0, sd
        found[w, 2] = 0 if e0 - sd > least and e0 + sd < most else 4
    return found


@njit(cache=True)
def _basals(flux: Floats, shape: Floats, bounds: Integers) -> tuple[Floats, Floats]:
    rref, sd = np.full(len(bounds), np.nan), np.full(len(bounds), np.nan)
    for w in range(len(bounds)):
        low, high = bounds[w]
        if high - low >= RREF_RECORDS:
            rref[w], sd[w] = basal(flux[low:high], shape[low:high])
    return rref, sd


def _span(middle: int, half: int, per_day: int, n: int) -> tuple[int, int]:
    """Steps of a window of days counted so that day 1 begins with the last step of the first day (the reference's)."""
    return max((middle - half) * per_day - 1, 0), min((middle + half + 1) * per_day - 1, n)


def _e0_windows(found: Floats, middles: Integers, bounds: Integers, per_day: int, n: int) -> tuple[Window, ...]:
    return tuple(
        Window(
            "e0",
            *_span(int(middle), E0_HALF, per_day, n),
            at=min(int(middle) * per_day, n - 1),
            records=int(high - low),
            e0=float(e0),
            reason=OUTCOMES[int(outcome)],
        )
        for middle, (low, high), (e0, _, outcome) in zip(middles, bounds, found, strict=True)
    )


def _rref_windows(
    rref: Floats, e0: Floats, at: Integers, middles: Integers, bounds: Integers, per_day: int, n: int
) -> tuple[Window, ...]:
    return tuple(
        Window(
            "rref",
            *_span(int(middle), RREF_HALF, per_day, n),
            at=int(place),
            records=int(high - low),
            e0=float(e0[place]) if place >= 0 else np.nan,
            rref=float(value),
            reason="few_records" if not np.isfinite(value) else "negative_respiration" if value < 0 else "",
        )
        for middle, place, (low, high), value in zip(middles, at, bounds, rref, strict=True)
    )
