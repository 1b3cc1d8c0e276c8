"""Temperature sensitivity through the year from fluxes of the night, smoothed by a Gaussian process."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import linalg, optimize

from halosink.eddy.partitioning.respiration import basal, fit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Nightly windows [days]: the longer ones where the shorter ones fail; least records; frost is left out below this
# temperature [degC] where at least that many records stay; first guess and bounds of e0 [K]; steps of the iteration.
# lasslop2010, as in REddyProc (wutzler2018).
WINDOWS, LEAST_RECORDS, FROST, LEAST_FROSTLESS = (12, 24, 48), 10, -1.0, 12
FIRST_E0, LEAST_E0, MOST_E0, ITERATIONS = 100.0, 50.0, 400.0, 20
# Nothing is smoothed where e0 varies by less than this share (wutzler2018).
ALIKE = 0.01
YEAR = 365  # days that are smoothed together (wutzler2018)
# A last year with fewer windows is smoothed with the one before (own choice: leap days alone make such a remainder).
LEAST_WINDOWS = 10
# Grids at which the search for the process begins, and its bounds: length scale as a share of the span of the windows,
# variance of the process as a multiple of that of its errors (own choice: from one window to the whole, and from
# hardly any to all).
LENGTHS, RATIOS = (0.01, 0.03, 0.1, 0.3, 1.0), (0.01, 0.1, 1.0, 10.0)


class Sensitivity(NamedTuple):
    """(w,) each: e0 [K] and its sd as used, e0 as fitted (NaN where it was not), rref of the nights [umol m-2 s-1]."""

    e0: Floats
    sd: Floats
    fitted: Floats
    rref: Floats


def through_time(
    flux: Floats,
    degrees: Floats,
    turn: Floats,
    index: Integers,
    centres: Integers,
    per_day: int,
    whole: tuple[float, float],
) -> Sensitivity | None:
    """Sensitivity around each of the centres (steps) from nightly fluxes [umol m-2 s-1] at the steps `index`.

    degrees: temperature T [degC]; turn: 1 / (15 - T0) - 1 / (T - T0) [K-1] (respiration.lloyd_taylor). whole: e0 and
    its sd for all, used where no window gives one; None comes back where that is NaN too. Lloyd and Taylor's curve is
    fitted to 12 days around each centre, or 24 or 48 where that fails; e0 is then smoothed (smooth), and rref fitted
    with it over 12 days; windows without rref take that of the one before. Source: lasslop2010, as in REddyProc
    (wutzler2018).
    """
    fitted, sd = np.full(len(centres), np.nan), np.full(len(centres), np.nan)
    for days in WINDOWS:
        found = _fits(flux, degrees, turn, _bounds(index, centres, days, per_day))
        fresh = np.isnan(fitted)
        fitted[fresh], sd[fresh] = found[fresh, 0], found[fresh, 1]
    year = np.maximum(centres - WINDOWS[0] * per_day // 2, 0) // (YEAR * per_day)
    e0, e0_sd = smooth(centres, fitted, sd, year)
    if not np.isfinite(e0).any():
        if not np.isfinite(whole[0]):
            return None
        e0[:], e0_sd[:] = whole
    rref = _rrefs(flux, degrees, turn, _bounds(index, centres, WINDOWS[0], per_day), e0)
    good = np.flatnonzero(np.isfinite(rref))
    if not len(good):
        shape = np.exp(e0.mean() * turn)
        return Sensitivity(e0, e0_sd, fitted, np.full(len(centres), max(basal(flux, shape)[0], 0.0)))
    before = np.maximum(np.searchsorted(good, np.arange(len(centres)), side="right") - 1, 0)
    return Sensitivity(e0, e0_sd, fitted, rref[good[before]])


def smooth(at: Integers, e0: Floats, sd: Floats, year: Integers) -> tuple[Floats, Floats]:
    """e0 at every window (at [steps]), and its sd, from those that were fitted (NaN elsewhere); each year for itself.

    A year without any takes the mean of the others, with 1.5 times the 90 % point of their sd (wutzler2018). NaN
    throughout where nothing was fitted.
    """
    e0 = np.where(np.append(False, np.diff(e0) == 0), np.nan, e0)
    out, out_sd = np.full(len(e0), np.nan), np.full(len(e0), np.nan)
    last = year == year[-1]
    years = np.where(last & (last.sum() < LEAST_WINDOWS), year - 1, year)
    for one in np.unique(years):
        of = years == one
        if np.isfinite(e0[of]).any():
            out[of], out_sd[of] = _process(at[of].astype(float), e0[of], sd[of])
    wanting = np.isnan(out)
    if wanting.any() and not wanting.all():
        out_sd[wanting] = 1.5 * np.quantile(out_sd[~wanting], 0.9)
        out[wanting] = out[~wanting].mean()
    return out, out_sd


def _process(at: Floats, value: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Mean and sd of a Gaussian process: constant mean, squared exponential, errors in proportion to the given sd.

    Its length, its variance and the size of its errors are those of maximum likelihood.
    """
    known = np.isfinite(value)
    x, z, spread = at[known], value[known], sd[known]
    if len(z) < 3 or z.std(ddof=1) / z.mean() < ALIKE:
        return np.full(len(at), z.mean()), np.full(len(at), spread.max())
    relative = spread**2 / np.mean(spread**2)
    away = ((x[:, None] - x) / (at[-1] - at[0])) ** 2

    def solved(log_length: float, log_ratio: float) -> tuple[float, float, float, Floats, tuple[Floats, bool]]:
        within = np.exp(log_ratio - away / (2 * np.exp(2 * log_length)))
        within[np.diag_indices(len(z))] += relative
        factor = linalg.cho_factor(within, lower=True, check_finite=False)
        one = linalg.cho_solve(factor, np.ones(len(z)), check_finite=False)
        mean = float(one @ z / one.sum())
        weights = linalg.cho_solve(factor, z - mean, check_finite=False)
        size = float((z - mean) @ weights) / len(z)
        return float(len(z) * np.log(size) + 2 * np.log(np.diag(factor[0])).sum()), mean, size, weights, factor

    def misfit(at_logs: Floats) -> float:
        if not (np.abs(at_logs) < 12).all():
            return 1e12
        return solved(*at_logs)[0]

    starts = [(np.log(length), np.log(ratio)) for length in LENGTHS for ratio in RATIOS]
    best = min(starts, key=lambda start: misfit(np.array(start)))
    logs = optimize.minimize(misfit, best, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-5}).x
    _, mean, size, weights, factor = solved(*logs)
    reach = ((at[:, None] - x) / (at[-1] - at[0])) ** 2
    across = np.exp(logs[1] - reach / (2 * np.exp(2 * logs[0])))
    explained = (across * linalg.cho_solve(factor, across.T, check_finite=False).T).sum(axis=1)
    errors = size * relative
    here = np.full(len(at), np.quantile(errors, 0.9))
    here[known] = errors
    spread_of_mean = np.sqrt(np.maximum(size * (np.exp(logs[1]) - explained), 0.0))
    return mean + across @ weights, spread_of_mean + np.sqrt(here)


def _bounds(index: Integers, centres: Integers, days: int, per_day: int) -> Integers:
    half = days * per_day // 2
    return np.stack([np.searchsorted(index, centres - half), np.searchsorted(index, centres + half)], 1).astype(
        np.int64
    )


@njit(cache=True)
def _used(degrees: Floats) -> NDArray[np.bool_]:
    frostless = degrees > FROST
    return frostless if frostless.sum() >= LEAST_FROSTLESS else np.ones(len(degrees), dtype=np.bool_)


@njit(cache=True)
def _fits(flux: Floats, degrees: Floats, turn: Floats, bounds: Integers) -> Floats:
    """(w, 2) e0 and its sd, NaN where it was not found or lies beyond 50 to 400 K."""
    found = np.full((len(bounds), 2), np.nan)
    guess = np.nan
    for w in range(len(bounds)):
        low, high = bounds[w]
        guess_here, guess = guess, np.nan
        if high - low < LEAST_RECORDS:
            continue
        used = _used(degrees[low:high])
        y, x = flux[low:high][used], turn[low:high][used]
        if len(y) < LEAST_RECORDS:
            continue
        start = guess_here if np.isfinite(guess_here) else FIRST_E0
        # fitted around the middle temperature, where rref and e0 are hardly correlated
        good, _, e0, _, sd = fit(y, x - np.median(x), y.mean(), start, ITERATIONS)
        if good and LEAST_E0 <= e0 <= MOST_E0:
            found[w, 0], found[w, 1] = e0, sd
            guess = e0
    return found


@njit(cache=True)
def _rrefs(flux: Floats, degrees: Floats, turn: Floats, bounds: Integers, e0: Floats) -> Floats:
    """(w,) rref of the nights, at least 0 as it is a starting value; NaN with fewer than 10 records."""
    rref = np.full(len(bounds), np.nan)
    for w in range(len(bounds)):
        low, high = bounds[w]
        if high - low >= LEAST_RECORDS:
            used = _used(degrees[low:high])
            if used.sum() >= LEAST_RECORDS:
                rref[w] = max(0.0, basal(flux[low:high][used], np.exp(e0[w] * turn[low:high][used]))[0])
    return rref
