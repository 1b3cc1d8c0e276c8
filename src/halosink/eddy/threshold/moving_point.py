"""Threshold of friction velocity by the moving point test, forward mode 2, in classes of air temperature.

The flux in a class of friction velocity is compared with the mean of the ten that follow; the threshold is the first
class at which it, and the next one likewise, reach that (papale2006, the two-fold test as in pastorello2020 and
wutzler2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.eddy.threshold.classes import correlation, temperature_classes, velocity_means

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TEMPERATURE_CLASSES, VELOCITY_CLASSES, AHEAD = 7, 20, 10  # papale2006; ten classes ahead: pastorello2020, wutzler2018
LARGEST_CORRELATION = 0.5  # of temperature and friction velocity within a class: wutzler2018, pastorello2020
CALM_BELOW = 0.2  # m s-1, mean of the calmest class: wutzler2018, pastorello2020
FOUND, TIED, WINDY, NO_PLATEAU, EMPTY = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Rules:
    """In what REddyProc (wutzler2018) and ONEFlux (pastorello2020) differ.

    plateau: share of the mean ahead that has to be reached; after: classes that have to follow the threshold;
    placed: see `velocity_means`; least_in_class: records in a class of temperature; least_share: of the classes of
    temperature in which there must be a threshold.
    """

    plateau: float
    after: int
    placed: bool
    least_in_class: int
    least_share: float


REDDYPROC = Rules(plateau=0.95, after=3, placed=False, least_in_class=2, least_share=0.2)
ONEFLUX = Rules(plateau=1.0, after=2, placed=True, least_in_class=100, least_share=0.0)


@njit(cache=True, error_model="numpy")
def plateau_start(velocity: Floats, flux: Floats, number: int, plateau: float, after: int) -> float:
    """Velocity of the first of `number` classes that passes; NaN where none does."""
    for one in range(number - after):
        passes = True
        for at in (one, one + 1):
            end = min(at + 1 + AHEAD, number)
            if not flux[at] >= plateau * np.mean(flux[at + 1 : end]):
                passes = False
                break
        if passes:
            return float(velocity[one])
    return np.nan


@njit(cache=True, error_model="numpy")
def season_classes(
    temperature: Floats,
    velocity: Floats,
    flux: Floats,
    warmer: Integers,
    count: Integers,
    plateau: float,
    after: int,
    placed: bool,
    least_in_class: int,
) -> tuple[Floats, Integers, Floats, Floats]:
    """Thresholds in the classes of temperature of one season.

    temperature (degC), velocity (m s-1), flux (umol m-2 s-1): (records,) from calm to windy; warmer: (records,) the
    records from cold to warm; count: (records,) how often each counts. Gives (7,) thresholds, NaN where there is none,
    (7,) what was found, and the means of velocity and flux (7, 20), NaN where there is no class.
    """
    thresholds = np.full(TEMPERATURE_CLASSES, np.nan)
    found = np.full(TEMPERATURE_CLASSES, EMPTY)
    u_means = np.full((TEMPERATURE_CLASSES, VELOCITY_CLASSES), np.nan)
    y_means = np.full((TEMPERATURE_CLASSES, VELOCITY_CLASSES), np.nan)
    of_class = temperature_classes(temperature, warmer, count, TEMPERATURE_CLASSES)
    for one in range(TEMPERATURE_CLASSES):
        members = np.flatnonzero(of_class == one)
        total = 0
        for record in members:
            total += count[record]
        if total < least_in_class:
            continue
        tie = abs(correlation(temperature, velocity, count, members))
        if not tie < LARGEST_CORRELATION:
            found[one] = TIED
            continue
        u, y, number = velocity_means(velocity, flux, count, members, VELOCITY_CLASSES, placed)
        for slot in range(number):
            if u[slot] != 0 or y[slot] != 0:
                u_means[one, slot], y_means[one, slot] = u[slot], y[slot]
        if u[0] > CALM_BELOW:
            found[one] = WINDY
            continue
        thresholds[one] = plateau_start(u, y, number, plateau, after)
        found[one] = NO_PLATEAU if np.isnan(thresholds[one]) else FOUND
    return thresholds, found, u_means, y_means
