"""The whole record of an analyser against the closings of the field sheet: the lag at which they fit best."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.chamber.checks.parts.clock_line import trend_lag
from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.traces import Array

# own choice: an hour of summer time and a clock that is far out are looked for, s, in steps of STEP
FARTHEST, STEP = 7500.0, 5.0
# own choice: the change is judged over this time, s, so that noise does not count
SMOOTH = 30.0
# own choice: the correlation of change and closing that is needed to speak of a fit, and how much better than that of
# the clocks as they are it must be; where another lag fits nearly as well, as with closures at regular times, nothing
# is said
FITS, BETTER, NEARLY = 0.5, 0.25, 0.85
# own choice: a change this many times the usual one is the opening of a chamber and not its closure
OPENING = 2.0
CLOSURES = 5


def lag(readings: Readings, mine: np.ndarray) -> float:
    """s to add to the closings of the sheet so that the gas changes while the chambers are closed.

    NaN without a record (`readings.record`), with fewer than five closures, or where no lag fits; 0 where the clocks
    fit as they are. Where the whole record leaves several lags, that which gives most closures one trend is taken.
    mine: (m,) the closures of the analyser.
    """
    record, closing = readings.record, readings.closing[mine]
    stated = readings.constant("closure_length")
    length = np.where(np.isfinite(stated), stated, readings.trace("elapsed_time").high)[mine]
    known = np.isfinite(closing) & (length > 3 * SMOOTH)
    if record is None or np.count_nonzero(known) < CLOSURES:
        return float("nan")
    name = next((g for g in readings.gases if g in record), None)
    if name is None:
        return float("nan")
    seconds = pd.to_datetime(record["time"]).to_numpy("datetime64[ns]").astype(np.int64) / 1e9
    given = (seconds, record[name].to_numpy(float), closing[known], length[known])
    whole = best_lag(*given)
    return whole if np.isfinite(whole) else trend_lag(*given)


def best_lag(seconds: Array, value: Array, closing: Array, length: Array) -> float:
    """The lag, s. seconds, value: the record, any order. closing [s, same clock face], length [s]: the closures."""
    use = np.isfinite(seconds) & np.isfinite(value)
    seconds, value = seconds[use], value[use]
    begin = min(seconds.min(), closing.min()) - FARTHEST
    size = int((max(seconds.max(), (closing + length).max()) + FARTHEST - begin) / STEP) + 1
    place = ((seconds - begin) / STEP).astype(np.int64)
    count = np.bincount(place, minlength=size)
    level = np.bincount(place, weights=value, minlength=size) / np.maximum(count, 1)
    level[count == 0] = np.nan
    width = int(SMOOTH / STEP)
    change = np.abs(level[width:] - level[:-width])
    there = np.isfinite(change)
    if not there.any():
        return float("nan")
    usual = np.quantile(change[there], 0.9)
    change = np.where(there, np.where(change > OPENING * usual, 0.0, np.minimum(change, usual)), np.nan)
    change = np.where(there, change - np.nanmean(change), 0.0)
    closed = np.zeros(change.size + 1)
    first = np.clip(((closing - begin) / STEP).astype(np.int64), 0, change.size)
    last = np.clip(((closing + length - begin) / STEP).astype(np.int64) - width, first, change.size)
    np.add.at(closed, first, 1.0)
    np.add.at(closed, last, -1.0)
    inside = (np.cumsum(closed)[:-1] > 0).astype(float)
    steps = int(FARTHEST / STEP)
    lags = np.arange(-steps, steps + 1)
    fit = _correlation(change, there, inside)[lags]
    top = fit.max()
    if top < FITS:
        return float("nan")
    if fit[steps] + BETTER >= top:
        return 0.0
    near = lags[fit >= NEARLY * top]
    alone = not (np.diff(near) > width).any()
    return float(lags[np.argmax(fit)] * STEP) if alone else float("nan")


def _correlation(change: Array, there: np.ndarray, inside: Array) -> Array:
    """Of the change (mean 0 where `there`) with the closures moved by each lag; 0 where less than half of them lies in
    the record."""
    full = 2 * change.size
    moved = np.conj(np.fft.rfft(inside, full))
    shared = np.fft.irfft(np.fft.rfft(change, full) * moved, full)
    covered = np.fft.irfft(np.fft.rfft(there.astype(float), full) * moved, full)
    number = np.count_nonzero(there)
    spread = np.sqrt(np.sum(change**2) * np.maximum(covered * (1 - covered / number), 1.0))
    return np.where(covered >= 0.5 * inside.sum(), shared / np.maximum(spread, 1e-300), 0.0)
