"""The clock of a table against the sun, from the course of its radiation over the day."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.checks.parts.tower import Tower

Values = NDArray[np.float64]

# own choices: days of one window, so that some are clear at every hour; days it needs at least; minutes of the grid
WINDOW, FEWEST_DAYS, MINUTES = 15, 5, 5
# own choice: the course of the clearest days correlates better than this with the sun at some shift, or it is no sun
CLEAR = 0.9
COARSEST = 7200


@dataclass(frozen=True)
class Shifts:
    """first: (w,) first day of each window; minutes: (w,) by how much the clock of the table is ahead of the sun's."""

    first: NDArray[np.datetime64]
    minutes: Values


def shifts(tower: Tower) -> Shifts | None:
    """The shift of the clock in windows of 15 days, where radiation and the sun are known.

    In each window the largest radiation of every time of the day is taken (clouds only take away) and compared with
    the radiation above the atmosphere at all shifts of five minutes; the best correlation gives the shift.
    """
    light, sun = tower.get("shortwave_radiation"), tower.potential
    seconds = tower.steps.seconds
    if light is None or sun is None or seconds > COARSEST:
        return None
    per_day = tower.steps.per_day
    begin = int((-(tower.steps.start[0].astype(np.int64) % 86_400) % 86_400) // seconds)
    days = (len(tower.steps) - begin) // per_day
    if days < FEWEST_DAYS:
        return None
    clock = np.arange(per_day) * seconds / 60 + seconds / 120
    grid = np.arange(0, 1440, MINUTES)
    shift = np.where(grid > 720, grid - 1440, grid)
    starts = list(range(0, days - FEWEST_DAYS + 1, WINDOW))
    first, minutes = [], []
    for day in starts:
        part = slice(begin + day * per_day, begin + min(day + WINDOW, days) * per_day)
        seen = light[part].reshape(-1, per_day)
        if (np.isfinite(seen).sum(axis=0) < FEWEST_DAYS).any():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            top = np.nanmax(seen, axis=0)
            course = np.nanmean(sun[part].reshape(-1, per_day), axis=0)
        if top.std() < 20 or not course.std() > 0.4 * course.mean():
            continue
        shifted = np.interp((clock[None, :] - grid[:, None]) % 1440, clock, course, period=1440)
        fit = _correlation(shifted, top)
        if fit.max() > CLEAR:
            first.append(tower.steps.start[part.start])
            minutes.append(float(shift[int(np.argmax(fit))]))
    return Shifts(np.array(first), np.array(minutes)) if first else None


def _correlation(rows: Values, column: Values) -> Values:
    rows = rows - rows.mean(axis=1, keepdims=True)
    column = column - column.mean()
    return np.asarray(rows @ column / np.sqrt((rows**2).sum(axis=1) * (column**2).sum()))
