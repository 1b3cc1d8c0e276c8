"""One incubation as arrays: what was released between which times.

Every reading is the release over an interval (a, b], as a mean flux or as a running total from time 0; a reading of
no width is a flux at one moment. Models are integrated over these intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Release:
    """(n,) each: interval from `start` to `end` [d], `value`; `total`: values are running totals since time 0.

    value: mean flux [amount d-1], or amount where `total`. initial: the most that can ever be released [amount], NaN
    where it is not known.
    """

    start: Array
    end: Array
    value: Array
    total: bool = False
    initial: float = float("nan")

    @property
    def n(self) -> int:
        return len(self.value)

    @property
    def length(self) -> float:
        """The last time [d]."""
        return float(self.end[-1])

    @property
    def middle(self) -> Array:
        """Time that a reading stands for in the autocorrelation [d]: its end for a total, else its middle."""
        return self.end if self.total else (self.start + self.end) / 2

    def increments(self) -> Release:
        """The mean fluxes between successive totals; itself where it holds fluxes already."""
        if not self.total:
            return self
        start = np.concatenate([[0.0], self.end[:-1]])
        flux = np.diff(self.value, prepend=0.0) / (self.end - start)
        return Release(start, self.end, flux, False, self.initial)


def from_totals(time: ArrayLike, amount: ArrayLike, initial: float = float("nan")) -> Release:
    """Running totals of release at times > 0 [d], ascending. ValueError for times that do not ascend from above 0."""
    time, amount = np.asarray(time, dtype=float), np.asarray(amount, dtype=float)
    _ascending(time, amount)
    if time[0] <= 0:
        raise ValueError("running totals need times above 0")
    return Release(np.zeros_like(time), time, amount, True, initial)


def from_rates(
    time: ArrayLike, rate: ArrayLike, start: ArrayLike | None = None, initial: float = float("nan")
) -> Release:
    """Mean fluxes of the intervals that end at `time` [d].

    start: where the intervals begin [d]; without it each begins where the one before ends, the first at 0. NaN in
    `start` means the same for that reading. start equal to time is a flux at one moment.
    """
    time, rate = np.asarray(time, dtype=float), np.asarray(rate, dtype=float)
    _ascending(time, rate)
    before = np.concatenate([[min(0.0, time[0])], time[:-1]])
    begin = before if start is None else np.where(np.isnan(start), before, np.asarray(start, dtype=float))
    if np.any(begin > time):
        raise ValueError("an interval begins after its end")
    return Release(begin, time, rate, False, initial)


def _ascending(time: Array, value: Array) -> None:
    if time.shape != value.shape or time.ndim != 1 or not len(time):
        raise ValueError("times and values must be two lists of one length")
    if not (np.all(np.isfinite(time)) and np.all(np.isfinite(value)) and np.all(np.diff(time) > 0) and time[0] >= 0):
        raise ValueError("times must be finite, not negative and ascending, values finite")
