"""Spikes in half-hourly fluxes by the median absolute deviation of double differences (papale2006)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

BLOCK_DAYS = 13
# papale2006 tries 4, 5.5 and 7; the middle one is what energy fluxes are cleaned with in pastorello2020
Z = (4.0, 5.5, 7.0)
# the normal distribution has a median absolute deviation of 0.6745 standard deviations (papale2006)
TO_SD = 0.6745
# own choice: fewer double differences give no median absolute deviation worth the name
FEWEST = 20


def spikes(values: Values, day: Hits, per_day: int, z: float = 5.5) -> Hits:
    """(n,) True where a value is a spike.

    values: (n,) on regular steps, NaN where missing. day: (n,) True by day; day and night are judged apart.
    per_day: steps of a day. d_i = (x_i - x_{i-1}) - (x_{i+1} - x_i); a spike lies outside
    median(d) -+ z median|d - median(d)| / 0.6745 of the days (or nights) of its block of 13 days; what is left after
    the last whole block joins it. A value beside a gap has no double difference and is not judged; a block of equal
    values (no deviation) has no spikes. The large neighbours of a spike may be taken with it, as in the paper.
    """
    found = np.zeros(values.size, bool)
    if values.size < 3:
        return found
    double = np.full(values.size, np.nan)
    double[1:-1] = 2 * values[1:-1] - values[:-2] - values[2:]
    judged = np.isfinite(double)
    size = BLOCK_DAYS * per_day
    blocks = max(values.size // size, 1)
    block = np.minimum(np.arange(values.size) // size, blocks - 1)
    for number in range(blocks):
        for part in (day, ~day):
            at = np.flatnonzero(judged & part & (block == number))
            if at.size < FEWEST:
                continue
            middle = np.median(double[at])
            off = np.abs(double[at] - middle)
            spread = np.median(off)
            if spread > 0:
                found[at[off > z * spread / TO_SD]] = True
    return found
