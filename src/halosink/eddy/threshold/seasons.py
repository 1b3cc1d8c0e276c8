"""Seasons within which records are taken together, and the year to which each counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.steps import Steps

Integers = NDArray[np.int64]
Division = Literal["continuous", "calendar"] | tuple[int, ...]

STARTS: dict[str, tuple[int, ...]] = {"continuous": (3, 6, 9, 12), "calendar": (1, 4, 7, 10)}


@dataclass(frozen=True, slots=True)
class Seasons:
    """of_step: (n,) season of each step, counted from 0; name: (seasons,) month in which it starts, "1998-12";
    year: (seasons,) year to which it counts."""

    of_step: Integers
    name: tuple[str, ...]
    year: Integers


def divide(steps: Steps, seasons: Division) -> Seasons:
    """The season of each step.

    seasons: "continuous" starts them in March, June, September and December, so that December joins the next year
    (wutzler2018); "calendar" takes the quarters of the calendar year (pastorello2020); months (1 to 12) start seasons
    of the user, the last of which goes on into the next year. A season counts to the year in which the middle between
    its first and its last step lies, so that a December at the end of a table stays with its own year (wutzler2018).
    Raises ValueError for months that are none.
    """
    months = sorted(set(STARTS[seasons] if isinstance(seasons, str) else seasons))
    if not months or months[0] < 1 or months[-1] > 12:
        raise ValueError(f"seasons start in months 1 to 12, not {months}")
    month = steps.month
    place = np.searchsorted(np.array(months), month, side="right") - 1
    back = (month - np.array(months)[place]) % 12
    start = steps.middle.astype("datetime64[M]").astype(np.int64) - back
    first_month, first, of_step = np.unique(start, return_index=True, return_inverse=True)
    last = len(start) - 1 - np.unique(start[::-1], return_index=True)[1]
    middle = steps.middle[first] + (steps.middle[last] - steps.middle[first]) // 2
    names = tuple(str(one) for one in first_month.astype("datetime64[M]"))
    return Seasons(of_step.astype(np.int64), names, middle.astype("datetime64[Y]").astype(np.int64) + 1970)
