"""Day-time partitioning: light response curves of the days, with the temperature sensitivity of the nights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.filling import conventions, sampling
from halosink.eddy.partitioning import light_response, sensitivity
from halosink.eddy.partitioning.drivers import Drivers, own
from halosink.eddy.partitioning.night_time import E0_BOUNDS, night_time
from halosink.eddy.partitioning.parts import Parts, Window, share_negative
from halosink.eddy.partitioning.respiration import lloyd_taylor

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAYLIGHT = 4.0  # W m-2: more is day, else night, where potential radiation agrees (lasslop2010)
# Windows of light response: days, step [days], least records (lasslop2010, as in REddyProc: wutzler2018).
WINDOW, STEP, LEAST_RECORDS = 4, 2, 10
# sd of a flux that has none: this share of it, and at least so much [umol m-2 s-1]; sd below this quantile of those of
# a window count as it (wutzler2018).
SD_SHARE, SD_LEAST, SD_QUANTILE = 0.2, 0.7, 0.3
FAR = 14  # days to the nearest fit from which its result is extrapolated (wutzler2018)
OUTCOMES = ("", "not_converged", "light_response_out_of_bounds", "singular_fit", "few_records")
FEW = 4


def day_time(drivers: Drivers, measured: Floats, sd: Floats, *, temperature: str = "air_temperature") -> Parts:
    """Respiration and photosynthesis of every step from curves of light fitted to windows of four days.

    measured: (n,) net exchange where it was measured and kept [umol m-2 s-1], NaN elsewhere; sd: (n,) its standard
    deviation, by which the fits are weighted; where missing or not above zero, a fifth of the flux and at least 0.7;
    where there is none at all, that of records under like conditions (sampling.sample), and the reason says so: weights
    that follow the flux itself would lower both sums by a quarter (own choice).
    Photosynthesis: alpha beta R / (alpha R + beta) with radiation R and beta falling by exp(-k (D - 10 hPa)) with a
    deficit D above 10 hPa; respiration: Lloyd and Taylor with e0 of the nights around (sensitivity.through_time). Every
    second day a window of four days is fitted from its day-time records (10 at least); k below 0 is set to 0, and alpha
    above 0.22 to that of the window before. Fluxes of the fits before and after a step are weighted by its distance to
    the middles of their records. Where the deficit is missing, fits without it serve. A window that cannot be fitted is
    passed over, and says why; further than 14 days from a fit, the reason is "far_from_fit" for the whole.
    Source: lasslop2010, as in REddyProc (wutzler2018). sd: from the curvature of the fits, widened where they fit worse
    than sd says, and from the sd of e0 (own choice; the reference draws 30 bootstraps).
    """
    measured, sd = own(measured), own(sd)
    n, per_day = len(measured), drivers.steps.per_day
    deficit = np.round(drivers.deficit * 10, 9)
    known = np.isfinite(measured) & np.isfinite(drivers.temperature)
    night = np.flatnonzero(known & (drivers.radiation <= DAYLIGHT) & (drivers.potential <= 0))
    day = known & (drivers.radiation > DAYLIGHT) & (drivers.potential > 0)
    negative = share_negative(measured[night])
    centres = (np.arange(0, -(-n // per_day) - WINDOW // 2, STEP) + WINDOW // 2) * per_day
    turn = np.log(lloyd_taylor(1.0, 1.0, drivers.temperature))
    if not len(night) or not len(centres):
        return Parts.none(n, (), "no_night" if len(centres) else "few_days", len(night), negative)
    nightly = (measured[night], drivers.temperature[night], turn[night], night, centres, per_day)
    reason = ""
    found = sensitivity.through_time(*nightly, (np.nan, np.nan))
    if found is None:
        whole = night_time(drivers, measured, measured, temperature=temperature)
        low, high = E0_BOUNDS[temperature]
        found = sensitivity.through_time(*nightly, (float(whole.e0[0]), (high - low) / 4))
        reason = "e0_of_the_whole"
    if found is None:
        return Parts.none(n, (), "no_e0", len(night), negative)
    if not (np.isfinite(sd) & (sd > 0))[day].any():
        sd = _random_error(drivers, measured)
        reason = reason or "sd_derived"
    usual = np.where(np.isfinite(sd) & (sd > 0), sd, np.maximum(SD_SHARE * np.abs(measured), SD_LEAST))
    half = WINDOW * per_day // 2
    fits = _fits(measured, usual, drivers.radiation, deficit, turn, day, centres, half, found)
    windows = _windows(fits, found, centres, half, n)
    if not (fits.outcome == light_response.FITTED).any():
        return Parts.none(n, windows, "no_light_response", len(night), negative)
    out, near = _fluxes(fits, drivers.radiation, deficit, turn)
    missing = ~np.isfinite(deficit)
    if missing.any():
        moist = np.zeros(n)
        without = _fits(measured, usual, drivers.radiation, moist, turn, day, centres, half, found)
        if (without.outcome == light_response.FITTED).any():
            out[:, missing] = _fluxes(without, drivers.radiation, moist, turn)[0][:, missing]
            reason = reason or "without_deficit"
    if (near > FAR * per_day).any():
        reason = reason or "far_from_fit"
    e0 = np.interp(np.arange(n), centres, found.e0)
    return Parts(out[0], out[1], out[2], out[3], e0, windows, reason, len(night), negative)


def _random_error(drivers: Drivers, measured: Floats) -> Floats:
    """(n,) sd of the records under like conditions around each measured one."""
    warmth = np.where(drivers.temperature_measured, drivers.temperature, np.nan)
    series = [drivers.radiation_measured, drivers.deficit, warmth]
    pairs = [(conventions.DRIVERS[name], values) for name, values in zip(conventions.DEFAULT, series, strict=True)]
    used = pairs if np.isfinite(drivers.deficit).any() else pairs[:1]
    known = np.isfinite(measured)
    if known.sum() < 2:
        return np.full(len(measured), np.nan)
    return sampling.sample(measured, used, drivers.steps.per_day, rows=known).sd


class Fits(NamedTuple):
    """Per window: what came of it, records, the middle of its records (-1 none), parameters (w, 5) and covariance."""

    outcome: Integers
    records: Integers
    middle: Integers
    theta: Floats
    covariance: Floats


def _fits(
    measured: Floats,
    sd: Floats,
    light: Floats,
    deficit: Floats,
    turn: Floats,
    day: Flags,
    centres: Integers,
    half: int,
    found: sensitivity.Sensitivity,
) -> Fits:
    w = len(centres)
    fits = Fits(
        np.full(w, FEW), np.zeros(w, np.int64), np.full(w, -1), np.full((w, 5), np.nan), np.full((w, 5, 5), np.nan)
    )
    last_alpha = light_response.MOST_ALPHA
    known = day & np.isfinite(deficit)
    for i, centre in enumerate(centres):
        low, high = max(centre - half, 0), min(centre + half, len(measured))
        rows = np.flatnonzero(known[low:high]) + low
        moist = len(rows) < LEAST_RECORDS
        if moist:
            rows = np.flatnonzero(day[low:high]) + low
        fits.records[i] = len(rows)
        if len(rows) < LEAST_RECORDS:
            continue
        fits.middle[i] = round(float((rows - low + 1).mean())) + low - 1
        spread = np.maximum(sd[rows], np.quantile(sd[rows], SD_QUANTILE))
        warmth = np.exp(found.e0[i] * turn[rows])
        air = np.zeros(len(rows)) if moist else deficit[rows]
        data = np.stack([light[rows], air, -measured[rows], spread, warmth, turn[rows]])
        fits.outcome[i], fits.theta[i], fits.covariance[i] = light_response.fit(
            data, found.e0[i], found.sd[i], found.rref[i], last_alpha
        )
        if fits.outcome[i] == light_response.FITTED:
            last_alpha = fits.theta[i, light_response.ALPHA]
            if moist:
                fits.theta[i, light_response.K] = 0.0
    return fits


def _fluxes(fits: Fits, light: Floats, deficit: Floats, turn: Floats) -> tuple[Floats, Integers]:
    """(4, n) respiration, photosynthesis and their sd, and the distance [steps] to the nearest fit."""
    good = np.flatnonzero(fits.outcome == light_response.FITTED)
    place, first = np.unique(fits.middle[good], return_index=True)
    good = good[first]
    steps = np.arange(len(light))
    after = np.clip(np.searchsorted(place, steps), 0, len(place) - 1)
    before = np.clip(np.searchsorted(place, steps, side="right") - 1, 0, len(place) - 1)
    apart = place[after] - place[before]
    share = np.where(apart > 0, (steps - place[before]) / np.maximum(apart, 1), 0.5)
    near = np.minimum(np.abs(steps - place[before]), np.abs(steps - place[after]))
    # neighbouring windows share half of their records, so that their errors are added, not their variances
    out = (1 - share) * _predicted(fits, good[before], light, deficit, turn)
    return out + share * _predicted(fits, good[after], light, deficit, turn), near


def _predicted(fits: Fits, window: Integers, light: Floats, deficit: Floats, turn: Floats) -> Floats:
    """(4, n) respiration, photosynthesis and their sd of each step by the parameters of its window."""
    theta = fits.theta[window].T
    warmth = np.exp(theta[light_response.E0] * turn)
    reco = theta[light_response.RREF] * warmth
    gpp = light_response.photosynthesis(theta, light, deficit)
    by_reco = np.stack([warmth, reco * turn])
    by_gpp = np.stack(light_response.by_parameter(theta, light, deficit))
    inner = fits.covariance[window]
    reco_variance = np.einsum("in,nij,jn->n", by_reco, inner[:, 3:, 3:], by_reco)
    gpp_variance = np.einsum("in,nij,jn->n", by_gpp, inner[:, :3, :3], by_gpp)
    return np.stack([reco, gpp, np.sqrt(np.maximum(reco_variance, 0)), np.sqrt(np.maximum(gpp_variance, 0))])


def _windows(fits: Fits, found: sensitivity.Sensitivity, centres: Integers, half: int, n: int) -> tuple[Window, ...]:
    outcome, records, middle, theta = fits.outcome, fits.records, fits.middle, fits.theta
    return tuple(
        Window(
            "light",
            max(int(centre) - half, 0),
            min(int(centre) + half, n),
            at=int(middle[i]),
            records=int(records[i]),
            e0=float(found.e0[i]),
            rref=float(theta[i, light_response.RREF]),
            alpha=float(theta[i, light_response.ALPHA]),
            beta=float(theta[i, light_response.BETA]),
            k=float(theta[i, light_response.K]),
            reason=OUTCOMES[int(outcome[i])] or ("" if np.isfinite(found.fitted[i]) else "e0_of_neighbours"),
        )
        for i, centre in enumerate(centres)
    )
