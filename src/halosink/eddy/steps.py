"""The time steps of a tower: one after the other without a hole, of any length that divides a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Steps:
    """n averaging intervals. start: (n,) datetime64[s], local standard time at which each begins; seconds: their
    length.

    What belongs to which day, month or year goes by the middle of the interval, so that stamps of the end of an
    interval and of its start, once read, give the same.
    """

    start: Times
    seconds: int

    @staticmethod
    def of(start: Times) -> Steps:
        """The steps of regular times.

        Raises ValueError: fewer than two times, times that are not equally spaced, or a spacing that does not divide
        a day.
        """
        times = np.asarray(start).astype("datetime64[s]")
        gaps = np.diff(times).astype(np.int64)
        if len(gaps) == 0 or (gaps != gaps[0]).any() or gaps[0] <= 0 or 86_400 % gaps[0]:
            raise ValueError("times are not equally spaced by a step that divides a day; put them on a regular grid")
        return Steps(times, int(gaps[0]))

    def __len__(self) -> int:
        return len(self.start)

    @property
    def per_day(self) -> int:
        return 86_400 // self.seconds

    @property
    def middle(self) -> Times:
        return self.start + np.timedelta64(self.seconds // 2, "s")

    @property
    def year(self) -> Integers:
        return self.middle.astype("datetime64[Y]").astype(np.int64) + 1970

    @property
    def month(self) -> Integers:
        """1 to 12."""
        return self.middle.astype("datetime64[M]").astype(np.int64) % 12 + 1

    @property
    def day(self) -> Integers:
        """Days since 1970-01-01."""
        return self.middle.astype("datetime64[D]").astype(np.int64)

    @property
    def day_of_year(self) -> Integers:
        """1 to 366."""
        days = self.middle.astype("datetime64[D]")
        return np.asarray((days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1)

    @property
    def hour(self) -> NDArray[np.float64]:
        """Hour of the day of the middle of the interval, 0 to 24."""
        inside = (self.middle - self.middle.astype("datetime64[D]")).astype("timedelta64[s]").astype(np.int64)
        return np.asarray(inside / 3600)
