"""A clock on two levels: most of the time on one, for some weeks in a row on another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.checks.parts.daylight import Shifts

# min, own choice: what clouds and horizon move a fortnight by is less
JUMP = 35.0
# own choice: windows that make a level, and the share of neighbours that must agree
FEWEST, TOGETHER = 2, 0.6


@dataclass(frozen=True)
class Parts:
    """off: (w,) windows on the level farther from the sun; minutes: by how much it lies above the other."""

    off: NDArray[np.bool_]
    minutes: float


def two_levels(found: Shifts) -> Parts | None:
    """The windows of two levels, if their medians lie far apart, most windows close to one, and either holds together.

    The cut is the one that leaves the smallest sum of deviations from the two medians.
    """
    minutes = found.minutes
    order = np.sort(minutes)
    if len(order) < 2 * FEWEST:
        return None
    cuts = [n for n in range(FEWEST, len(order) - FEWEST + 1) if order[n] > order[n - 1]]
    if not cuts:
        return None
    cut = order[min(cuts, key=lambda n: _deviation(order[:n]) + _deviation(order[n:])) - 1]
    high = minutes > cut
    low_level, high_level = float(np.median(minutes[~high])), float(np.median(minutes[high]))
    off = np.abs(minutes - np.where(high, high_level, low_level))
    changes = int(np.count_nonzero(high[1:] != high[:-1]))
    smaller = int(min(high.sum(), (~high).sum()))
    near = float(np.percentile(off, 75)) < JUMP / 2
    if high_level - low_level < JUMP or not near or changes > 2 * max(1.0, smaller * (1 - TOGETHER)):
        return None
    if abs(high_level) >= abs(low_level):
        return Parts(high, high_level - low_level)
    return Parts(~high, low_level - high_level)


def _deviation(values: NDArray[np.float64]) -> float:
    return float(np.abs(values - np.median(values)).sum())
