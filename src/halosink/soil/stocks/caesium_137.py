"""The layer of 1963 from the peak of caesium-137, the year of most fallout of nuclear tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PEAK_YEAR = 1963.0
"""Largest fallout in the northern hemisphere. Source: ritchie1990."""
STANDS_OUT = 2.0
"""Times the median of the core's positive activities that a peak must reach. Own choice: less is no peak but noise."""


@dataclass(frozen=True, slots=True)
class Peak:
    """index of the peak section; reason "" or why it is no date: few_sections, no_peak, at_surface, at_bottom."""

    index: int
    reason: str


def peak(activity: Array) -> Peak:
    """The section of 1963 of a core. activity: (n,) from the surface down, NaN where not measured; at least five.

    The highest activity must reach STANDS_OUT times the median and have lower ones on both sides: a maximum at the
    surface or in the deepest section only says that the peak lies above or below. Source: ritchie1990.
    """
    known = np.flatnonzero(np.isfinite(activity))
    if len(known) < 5:
        return Peak(-1, "few_sections")
    index = int(known[np.argmax(activity[known])])
    positive = activity[known][activity[known] > 0]
    if not positive.size or activity[index] < STANDS_OUT * float(np.median(positive)):
        return Peak(index, "no_peak")
    if index == known[0]:
        return Peak(index, "at_surface")
    if index == known[-1]:
        return Peak(index, "at_bottom")
    return Peak(index, "")
