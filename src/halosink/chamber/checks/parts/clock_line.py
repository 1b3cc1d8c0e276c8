"""The record of an analyser against the closings of the field sheet: at which lag most closures hold one trend.

A chamber that is shut shows one rise or fall from end to end. Where the sheet is a minute off, most of its closures
hold an opening instead, and another lag gives them a trend.
"""

from __future__ import annotations

import numpy as np

from halosink.chamber.checks.parts.traces import Array

# own choice: lags looked at, s, and their step
NEAR, STEP = 600.0, 5.0
# own choice: no two clocks on earth differ by more, s (IANA: UTC-12 to UTC+14); so far off a clock is wrong by an hour
# of summer time, a time zone or by morning and afternoon, so only lags within NEAR_ZONE of whole half hours are looked
# at, and one within SAME of these is taken for it
FARTHEST, ZONE, NEAR_ZONE, SAME = 50_400.0, 1800.0, 180.0, 15.0
# own choice: a far lag is believed where the score falls to this part of it within one closure on both sides, which it
# does not in air that rises all evening
PEAK = 0.6
# own choice: closures that are looked at; of more, so many spread evenly
MOST = 60
# own choice: share of the variation that lines explain, on average over the closures, that makes a lag fit; and what
# part of the best score the clocks as they are must have
FITS, LACKING = 0.55, 0.7
# own choice: lags with this part of the best score are as good; the middle of those around the smallest is taken
NEARLY = 0.93
# own choice: s left out at both ends of a closure, where air mixes and hands move
MARGIN = 5.0
# own choice: times the usual change that one closure may count, so that no single one decides
LARGE = 2.0
FEWEST, READINGS = 5, 6


def trend_lag(seconds: Array, value: Array, closing: Array, length: Array) -> float:
    """The lag, s, to add to the closings; 0 where they fit as they are, NaN where none fits or too little is known.

    seconds, value: the record, any order. closing [s, same clock face], length [s]: the closures.
    """
    use = np.isfinite(seconds) & np.isfinite(value)
    long = np.flatnonzero(np.isfinite(closing) & (length >= (READINGS * 2) * STEP + 2 * MARGIN))
    if not use.any() or long.size < FEWEST:
        return float("nan")
    if long.size > MOST:
        long = long[np.linspace(0, long.size - 1, MOST).astype(np.int64)]
    seconds, value, closing, length = seconds[use], value[use], closing[long], length[long]
    begin = min(seconds.min(), closing.min()) - STEP
    size = int((max(seconds.max(), (closing + length).max()) - begin) / STEP) + 2
    place = ((seconds - begin) / STEP).astype(np.int64)
    count = np.bincount(place, minlength=size)
    level = np.bincount(place, weights=value - value.mean(), minlength=size) / np.maximum(count, 1)
    sums = _sums(level, count > 0)
    first = np.round((closing + MARGIN - begin) / STEP).astype(np.int64)
    last = np.round((closing + length - MARGIN - begin) / STEP).astype(np.int64)
    near = np.arange(-int(NEAR / STEP), int(NEAR / STEP) + 1)
    found = _best(sums, first, last, near)
    if np.isfinite(found):
        return found * STEP
    far = np.arange(-int(FARTHEST / STEP), int(FARTHEST / STEP) + 1)
    apart = np.abs(far * STEP - ZONE * np.round(far * STEP / ZONE))
    found = _best(sums, first, last, far[(apart <= NEAR_ZONE) | (np.abs(far) <= near[-1])], peaked=True) * STEP
    whole = ZONE * np.round(found / ZONE)
    return float(whole if abs(found - whole) <= SAME else found)


def _best(sums: Array, first: np.ndarray, last: np.ndarray, steps: np.ndarray, peaked: bool = False) -> float:
    """The best of these lags in steps, 0 where the clocks fit as they are, NaN where none does."""
    explained, change = _trend(sums, first + steps[:, None], last + steps[:, None])
    if explained.mean(axis=1).max() < FITS:
        return float("nan")
    usual = float(np.median(change[explained >= FITS]))
    score = (explained * np.minimum(change, LARGE * usual)).mean(axis=1)
    now, best = score[steps == 0][0], score.max()
    if now >= LACKING * best:
        return 0.0
    good = steps[score >= NEARLY * best]
    runs = np.split(good, np.flatnonzero(np.diff(good) > 1) + 1)
    lag = float(min((np.mean(run) for run in runs), key=abs))
    wide = float(np.median(last - first))
    sides = [score[(steps - lag > 0) & (steps - lag <= wide)], score[(steps - lag < 0) & (steps - lag >= -wide)]]
    if peaked and not all(side.size and side.min() <= PEAK * best for side in sides):
        return float("nan")
    return lag


def _sums(level: Array, there: np.ndarray) -> Array:
    """(6, q + 1) running sums of 1, x, xx, y, xy, yy over the bins that hold readings."""
    x = np.arange(level.size) - level.size / 2
    parts = np.array([np.ones(level.size), x, x * x, level, x * level, level * level]) * there
    return np.concatenate([np.zeros((6, 1)), np.cumsum(parts, axis=1)], axis=1)


def _trend(sums: Array, first: np.ndarray, last: np.ndarray) -> tuple[Array, Array]:
    """Share of the variation that a line explains, none where the halves go opposite ways; and its change."""
    middle = (first + last) // 2
    slope, explained, number = _line(sums, first, last)
    before, _, left = _line(sums, first, middle)
    after, _, right = _line(sums, middle, last)
    enough = (number >= 2 * READINGS) & (left >= 3) & (right >= 3) & (before * after > 0)
    return np.where(enough, explained, 0.0), np.abs(slope) * (last - first)


def _line(sums: Array, first: np.ndarray, last: np.ndarray) -> tuple[Array, Array, Array]:
    """Slope, explained share and number of bins of the least-squares line over bins first ... last - 1."""
    edge = sums.shape[1] - 1
    n, x, xx, y, xy, yy = sums[:, np.clip(last, 0, edge)] - sums[:, np.clip(first, 0, edge)]
    few = np.maximum(n, 1.0)
    sxx, sxy, syy = xx - x * x / few, xy - x * y / few, yy - y * y / few
    slope = sxy / np.maximum(sxx, 1e-9)
    return slope, slope * sxy / np.maximum(syy, 1e-12), n
