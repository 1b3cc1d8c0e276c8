"""All that is computed of a batch of closures of one gas: window, models, posterior, choice, as fluxes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch
from halosink.chamber.flux.packing import VIALS
from halosink.chamber.flux.slopes import settled, weighed
from halosink.chamber.models import detection, hutchinson_mosier, kappa_max, robust, straight
from halosink.chamber.models.fit import divide
from halosink.chamber.models.stepwise_search import unfinished
from halosink.chamber.options import Options
from halosink.chamber.window.blocks import scatter
from halosink.chamber.window.cleaning import clean

Columns = dict[str, NDArray[Any]]


def estimate(
    batch: Batch,
    gas: str,
    moles: Array,
    height: Array,
    deadband: Array,
    length: Array,
    options: Options,
    seed: int,
) -> Columns:
    """Columns of `fluxes` for m closures: fluxes in the gas's unit; NaN where `reason` says why.

    moles, height, deadband, length: (m,), mol m-2, m, s, s (NaN: not said). A slope is taken at closing, or where the
    rise began if the gas came late, but not carried back over more than the window is long.
    """
    m = len(moles)
    found = clean(batch, options, gas, deadband, length)
    window, n = found.window, found.calm.valid.sum(axis=1)
    duration = np.where(n > 0, window.end - window.start, np.nan)
    origin = np.where(n > 0, np.maximum(found.late, window.start - duration), 0.0)
    time = np.where(found.calm.valid, found.calm.time - origin[:, None], 0.0)
    since, bubbly = (Batch(time, one.value, one.valid) for one in (found.calm, found.bubbly))
    few = np.where(batch.n < straight.FEWEST_POINTS, "few_points", "few_points_in_window")
    reason = np.select([n < straight.FEWEST_POINTS, ~(duration > 0)], [few, "no_time"], "").astype("<U24")
    bubbles = found.bubbles - origin[:, None]
    drift = options.drift.get(gas, 0.0) / 3600
    told = weighed(bubbly, height, bubbles, np.flatnonzero(reason == ""), options, drift, seed)
    since = _eased(since, bubbly, bubbles, told.jumps)
    line, firm, curve = straight.fit(since), robust.fit(since), hutchinson_mosier.fit(since)
    least = told.quantile(options.confidence) * told.line_error
    most = kappa_max.rate_max(line.slope, least, duration)
    if gas in options.precision:
        precision = np.full(m, options.precision[gas])
        least = detection.from_noise(since, precision, confidence=options.confidence)
        most = kappa_max.rate_max(line.slope, detection.from_precision(precision, duration), duration)
    bounded = _bounded(since, curve, most)
    if options.search == "goflux":
        curve, bounded = (unfinished(since, line, one, most) for one in (curve, bounded))
    slopes = settled(told, line, firm, curve, most, options, drift)
    residual = _residual(since, curve, line)
    squares = (residual**2).sum(axis=1)
    running = n >= VIALS
    events = np.isfinite(found.bubbles).sum(axis=1)
    known = reason == ""
    fluxes: dict[str, Array] = {
        "flux": slopes.value,
        "median": slopes.median,
        "low": slopes.low,
        "high": slopes.high,
        "standard_error": slopes.error,
        "linear_flux": line.slope,
        "linear_error": line.slope_error,
        "robust_flux": firm.slope,
        "robust_error": firm.slope_error,
        "hm_flux": curve.slope,
        "hm_error": curve.slope_error,
        "hmr_flux": bounded.slope,
        "minimal_detectable_flux": least,
        "ebullition": np.where(events > 0, divide(np.nansum(slopes.jumps, axis=1), duration), 0.0),
    }
    return {name: np.where(known, slope * moles, np.nan) for name, slope in fluxes.items()} | {
        "reason": reason,
        "model": slopes.model,
        "choice": slopes.choice,
        "freedom": slopes.freedom,
        "n": n,
        "duration": duration,
        "window_start": np.where(n > 0, window.start, np.nan),
        "window_end": np.where(n > 0, window.end, np.nan),
        "hm_rate": curve.rate,
        "hmr_rate": bounded.rate,
        "rate_max": most,
        "g_factor": divide(curve.slope * np.sign(line.slope), np.abs(line.slope)),
        "intercept": line.intercept - line.slope * origin,
        "r_squared": line.r_squared,
        "curve_r_squared": curve.r_squared,
        "rmse": line.rmse,
        "autocorrelation": divide((residual[:, 1:] * residual[:, :-1]).sum(axis=1), squares, running),
        "noise": np.where(running, np.sqrt(scatter(found.bubbly)), np.sqrt(divide(squares, n - 2.0))),
        "ebullition_events": events,
        "delay": np.where(n > 0, found.late, np.nan),
        "cut_start": window.cut_start,
        "cut_end": window.cut_end,
        "spiked": found.spiked,
        "whole": _span(batch),
    }


def _bounded(since: Batch, curve: hutchinson_mosier.Curve, most: Array) -> hutchinson_mosier.Curve:
    """The curve of a rate of at most `most`: only where the free one is beyond it, or is none, it needs another fit."""
    at = np.flatnonzero(~(curve.rate <= most) & np.isfinite(most))
    again = hutchinson_mosier.fit(Batch(since.time[at], since.value[at], since.valid[at]), most[at])
    columns = [one.copy() for one in curve]
    for column, found in zip(columns, again, strict=True):
        column[at] = found
    return hutchinson_mosier.Curve._make(columns)


def _eased(calm: Batch, bubbly: Batch, bubbles: Array, jumps: Array) -> Batch:
    """The readings without what each bubble brought where that is known of all of them, else as they were calmed."""
    known = (np.isfinite(bubbles) == np.isfinite(jumps)).all(axis=1) & np.isfinite(bubbles).any(axis=1)
    value = bubbly.value.copy()
    for at, jump in zip(bubbles.T, jumps.T, strict=True):
        behind = bubbly.time >= np.where(np.isfinite(at), at, np.inf)[:, None]
        value -= np.where(behind, np.nan_to_num(jump)[:, None], 0.0)
    return Batch(calm.time, np.where(known[:, None] & calm.valid, value, calm.value), calm.valid)


def _span(batch: Batch) -> Array:
    """(m,) s from the first to the last reading."""
    first, last = np.where(batch.valid, batch.time, np.inf), np.where(batch.valid, batch.time, -np.inf)
    span: Array = last.max(axis=1) - first.min(axis=1)
    return span


def _residual(since: Batch, curve: hutchinson_mosier.Curve, line: straight.Line) -> Array:
    """(m, n) of the curve where there is one, else of the line; 0 where a reading does not count."""
    bent = np.isfinite(curve.slope) & (curve.rate > 0)
    rate = np.where(bent, curve.rate, 1.0)[:, None]
    curved = curve.intercept[:, None] + curve.slope[:, None] * -np.expm1(-rate * since.time) / rate
    level = line.intercept[:, None] + line.slope[:, None] * since.time
    fitted = np.where(bent[:, None], curved, level)
    return np.where(since.valid & np.isfinite(fitted), since.value - fitted, 0.0)
