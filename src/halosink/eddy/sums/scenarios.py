"""Net exchange and its parts under other thresholds of friction velocity and other random errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.filling import sampling
from halosink.eddy.filling.conventions import Convention
from halosink.eddy.partitioning.drivers import Drivers
from halosink.eddy.steps import Steps
from halosink.eddy.sums.learn import Drivers as Alike

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Progress = Callable[[int, int], None]
LOST = 0.01
"""Share of the steps of a year that a version may lack and still be summed. Own choice: a sum is then off by about as
much."""


@dataclass(frozen=True, slots=True)
class Series:
    """One flux as it is filled again and again.

    clean: (n,) kept by all filters but that of turbulence. value: (n,) filled, NaN where it stays empty. fixed: (n,)
    steps whose fill stays as it is (forest) or that stay empty. drivers, convention: of sampling.
    """

    clean: Array
    value: Array
    fixed: Mask
    drivers: Alike
    convention: Convention

    def again(self, measured: Array, steps: Steps) -> Array:
        """The series filled from `measured` (n,): gaps by sampling, fixed steps as they are."""
        gone = ~np.isfinite(measured)
        open_ = gone & ~self.fixed
        filled = sampling.sample(measured, self.drivers, steps.per_day, convention=self.convention, rows=open_).mean
        out = np.where(gone, self.value, measured)
        return np.where(open_ & np.isfinite(filled), filled, out)


def yearly(values: Array, steps: Steps, years: NDArray[np.int64], wanted: Mask | None = None) -> Array:
    """(years,) sums of what is there; NaN for a year that lacks more than LOST of the steps that are wanted."""
    of_year = np.searchsorted(years, steps.year)
    sums = np.asarray(np.bincount(of_year, np.nan_to_num(values), len(years)), dtype=float)
    if wanted is None:
        return sums
    asked = np.bincount(of_year, wanted, len(years))
    lost = np.bincount(of_year, wanted & ~np.isfinite(values), len(years))
    return np.where(lost > LOST * asked, np.nan, sums)


def whole(sums: Array) -> Array:
    """(versions, years) sums, where a version could not be made the mean of those that could."""
    known = np.isfinite(sums)
    middle = np.where(known, sums, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known, sums, middle)


def parts(method: str, drivers: Drivers, measured: Array, filled: Array, sd: Array) -> tuple[Array, Array]:
    """Respiration and photosynthesis (n,) of one version of the net exchange; the sd of its records weighs day-time
    fits only."""
    if method == "night_time":
        from halosink.eddy.partitioning.night_time import night_time

        night = night_time(drivers, measured, filled)
        return night.reco, night.gpp
    from halosink.eddy.partitioning.day_time import day_time

    day = day_time(drivers, measured, sd)
    return day.reco, day.gpp
