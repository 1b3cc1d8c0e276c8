"""How much each measured step counts in the sum of filled ones, and the variance of such sums."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

WINDOW = 7.0
"""Days on each side from which a filled step takes its donors: the first window of marginal distribution sampling
(reichstein2005); it is doubled until FEWEST are found."""
FEWEST = 5
"""Donors below which the window grows. Own choice: the sampling itself is content with 2, but rarely has so few."""
RADIATION_EDGES = (10.0, 100.0, 250.0, 450.0, 700.0)
"""Shortwave radiation [W m-2] between classes within which steps count as alike. Own choice: classes of about twice
the tolerance of 50 W m-2 of reichstein2005; the first is night."""
HOURS = 8
"""Classes of the time of day where radiation is missing."""


def classes(radiation: Array, hour: Array) -> NDArray[np.int64]:
    """Class of alike steps (n,): of shortwave radiation [W m-2], or of the hour where that is missing. 0 is night.

    Without radiation the hours 18 to 6 count as night.
    """
    known = np.isfinite(radiation)
    by_light = np.searchsorted(np.array(RADIATION_EDGES), np.where(known, radiation, 0.0), side="right")
    by_hour = 1 + len(RADIATION_EDGES) + (hour * HOURS / 24).astype(np.int64) % HOURS
    dark = (hour < 6) | (hour >= 18)
    return np.where(known, by_light, np.where(dark, 0, by_hour)).astype(np.int64)


@njit(cache=True)
def weights(
    targets: NDArray[np.int64], donors: NDArray[np.bool_], alike: NDArray[np.int64], half: int
) -> Array:  # fmt: skip
    """Weight (n,) of each step in the sum of the filled `targets` (indices), each the mean of alike donors around it.

    half: steps of the window on each side; it is doubled until FEWEST donors are found or it spans the record, in
    which case those that are there are taken. Targets without a donor give no weight.
    """
    n = len(donors)
    out = np.zeros(n)
    for t in targets:
        width, found = half, 0
        while True:
            found = 0
            for j in range(max(0, t - width), min(n, t + width + 1)):
                if donors[j] and alike[j] == alike[t]:
                    found += 1
            if found >= FEWEST or width >= n:
                break
            width *= 2
        if found > 0:
            for j in range(max(0, t - width), min(n, t + width + 1)):
                if donors[j] and alike[j] == alike[t]:
                    out[j] += 1.0 / found
    return out


@njit(cache=True)
def quadratic(a: Array, kept: float) -> float:
    """Sum over i, j of a_i a_j kept^|i - j|, with 0 <= kept < 1 the correlation of neighbouring steps."""
    total, before, last = 0.0, 0.0, 0.0
    for x in a:
        before = kept * (before + last)
        total += x * x + 2.0 * x * before
        last = x
    return total
