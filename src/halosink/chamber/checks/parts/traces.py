"""The readings of one field, closure after closure, and what can be reckoned for all closures at once."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


class Trace:
    """The readings that count, sorted by closure and time.

    closure: (q,) number of the closure of each reading, ascending. time: (q,) s. value: (q,). number: how many
    closures there are, with or without readings. Results have shape (number,), NaN for a closure without readings.
    """

    def __init__(self, closure: Index, time: Array, value: Array, number: int):
        self.closure, self.time, self.value, self.number = closure, time, value, number
        self.starts = np.flatnonzero(np.diff(closure, prepend=-1)) if closure.size else np.zeros(0, np.int64)
        self.present = closure[self.starts]
        self.sizes = np.diff(np.append(self.starts, closure.size))
        self.ends = self.starts + self.sizes - 1

    def spread(self, per: NDArray[np.generic]) -> Array:
        """(number,) from one value per closure that has readings."""
        out = np.full(self.number, np.nan)
        out[self.present] = per
        return out

    def total(self, values: NDArray[np.generic]) -> Array:
        """(number,) sum over each closure."""
        return self.spread(np.add.reduceat(np.asarray(values, float), self.starts) if self.starts.size else self.starts)

    def mean(self, values: NDArray[np.generic]) -> Array:
        return self.total(values) / self.n

    def largest(self, values: NDArray[np.generic]) -> Array:
        return self.spread(
            np.maximum.reduceat(np.asarray(values, float), self.starts) if self.starts.size else self.starts
        )

    def back(self, per: Array) -> Array:
        """(q,) value of its closure for each reading."""
        found: Array = per[self.closure]
        return found

    @cached_property
    def n(self) -> Array:
        return self.spread(self.sizes)

    @cached_property
    def high(self) -> Array:
        return self.largest(self.value)

    @cached_property
    def low(self) -> Array:
        return -self.largest(-self.value)

    @cached_property
    def span(self) -> Array:
        """s from the first reading to the last."""
        return self.spread(self.time[self.ends] - self.time[self.starts])

    @cached_property
    def rank(self) -> Index:
        """(q,) place of each reading within its closure, from 0."""
        return np.arange(self.closure.size) - np.repeat(self.starts, self.sizes)

    def head(self, count: int = 3) -> Array:
        """Median of the first `count` readings, but of no more than the first quarter: of four samples the first."""
        last = self.starts + (self.sizes - 1) // 4
        places = np.minimum(self.starts[:, None] + np.arange(count), last[:, None])
        return self.spread(np.median(self.value[places], axis=1) if self.starts.size else self.starts)

    def fraction(self, values: Array, begin: float, end: float) -> Array:
        """Mean of `values` over the readings whose rank lies in that part (0 to 1) of the closure."""
        share = (self.rank + 0.5) / np.repeat(self.sizes, self.sizes)
        inside = (share >= begin) & (share <= end)
        with np.errstate(invalid="ignore"):
            return self.total(np.where(inside, values, 0.0)) / self.total(inside)

    @cached_property
    def steps(self) -> Array:
        """(q,) change from the reading before; NaN for the first of a closure."""
        change = np.diff(self.value, prepend=np.nan)
        change[self.starts] = np.nan
        return np.asarray(change)

    @cached_property
    def noise(self) -> Array:
        """Standard deviation of the reading noise from second differences, which a smooth curve leaves alone.

        For independent normal noise the mean of |c[i+1] - 2 c[i] + c[i-1]| is sigma sqrt(6) sqrt(2 / pi).
        """
        bend = np.zeros(self.value.size)
        if self.value.size > 2:
            bend[1:-1] = np.abs(self.value[2:] - 2 * self.value[1:-1] + self.value[:-2])
            bend[self.starts], bend[self.ends] = 0.0, 0.0
        count = self.n - 2
        return np.asarray(self.total(bend) / np.where(count > 0, count, np.nan) * np.sqrt(np.pi / 12))

    @cached_property
    def steady(self) -> Array:
        """(q,) length of the run of equal values each reading stands in."""
        same = self.steps == 0
        begin = np.flatnonzero(~same)
        length = np.diff(np.append(begin, same.size))
        return np.asarray(np.repeat(length, length), float)
