"""Whether the clock of the field sheet and that of the logger differ by a constant, told from when readings exist.

The share of the closed time that has readings is looked at for every shift; the clocks differ if one shift covers
most of it and none does not. A logger that never pauses fits any shift: then nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOURS = 14
"""Largest time difference tried minute by minute, h: no two clocks on earth differ by more (IANA: UTC-12 to +14)."""
DAYS = (*range(1, 32), 365, 366)
"""Own choice: a wrong day, month or year written down; the clock time is right."""
COVERED, LACKING = 0.8, 0.5
"""Own choice: a shift is believed when it covers 80 % of the closed time while none covers less than half."""
FEWEST = 3
"""Own choice: fewer closures find readings at some shift by chance."""
NATURAL, NEARLY = 1800.0, 0.02
"""Own choice: shifts that cover within 2 % of the best are as good; of these whole half hours, s, as of time zones, are
taken first, and none is believed where the good ones lie further apart than that."""
PAUSE = 60.0
"""Own choice: a record counts as interrupted after so many seconds without a reading, or after ten usual steps."""


@dataclass(frozen=True, slots=True)
class Shift:
    """`seconds` to add to the sheet's times, and the covered share with and without it."""

    seconds: float
    covered: float
    before: float


def runs(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k, 2): begin and end of each uninterrupted run of readings. seconds: ascending."""
    gap = np.diff(seconds)
    usual = float(np.median(gap)) if gap.size else 0.0
    cut = np.flatnonzero(gap > max(PAUSE, 10 * usual))
    return np.column_stack([seconds[np.r_[0, cut + 1]], seconds[np.r_[cut, seconds.size - 1]]])


def best_shift(starts: NDArray[np.float64], ends: NDArray[np.float64], covered: NDArray[np.float64]) -> Shift | None:
    """The smallest shift that covers most closed time, None where none is called for, none helps or many would.

    starts, ends: (n,) s, of the closures; covered: (k, 2) runs of readings on the other clock, ascending, disjoint.
    """
    if starts.size < FEWEST or not len(covered):
        return None
    edges = covered.ravel()
    known = np.cumsum(np.column_stack([np.zeros(len(covered)), covered[:, 1] - covered[:, 0]]).ravel())
    closed = (ends - starts).sum()
    if closed <= 0:
        return None

    def share(shift: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = [np.interp(ends + s, edges, known).sum() - np.interp(starts + s, edges, known).sum() for s in shift]
        found: NDArray[np.float64] = np.array(inside) / closed
        return found

    before = float(share(np.zeros(1))[0])
    if before >= LACKING:
        return None
    minutes = np.arange(-HOURS * 60, HOURS * 60 + 1) * 60.0
    days = np.array([sign * d * 86_400.0 for d in DAYS for sign in (1, -1)])
    to_first = np.round((edges[0] - starts.min()) / 60) * 60 + minutes[np.abs(minutes) <= 3600]
    tried = np.concatenate([minutes, days, to_first])
    found = share(tried)
    if found.max() < COVERED:
        return None
    good = np.unique(tried[found >= found.max() - NEARLY])
    round_ones = good[np.isin(good % NATURAL, 0)]
    best = float(min(round_ones if len(round_ones) else good, key=abs))
    if len(round_ones) != 1 and np.ptp(good[np.abs(good - best) < 6 * 3600]) > NATURAL:
        return None
    return Shift(best, float(share(np.array([best]))[0]), before)
