"""Resamples of steps, as how often each step stands in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def counts(parts: list[Integers], number: int, seed: int, draw: int) -> Integers:
    """(number,) how often each step stands in resample `draw`: within each part (its steps), as many are drawn with
    replacement as it has. The same seed and draw give the same, however many resamples are made."""
    stream = np.random.default_rng((seed, draw))
    found = np.zeros(number, dtype=np.int64)
    for steps in parts:
        found[steps] = np.bincount(stream.integers(0, len(steps), len(steps)), minlength=len(steps))
    return found


def percentiles(
    draws: NDArray[np.float64], confidence: float = 0.9, least_share: float = 0.4
) -> tuple[float, float, float]:
    """Ends and middle of the interval that holds `confidence` of (draws,); NaN where fewer than 40 % of them have a
    value (wutzler2018)."""
    known = draws[np.isfinite(draws)]
    if len(known) == 0 or len(known) < least_share * len(draws):
        return np.nan, np.nan, np.nan
    low, median, high = np.quantile(known, [(1 - confidence) / 2, 0.5, (1 + confidence) / 2])
    return float(low), float(median), float(high)
