"""Which units of volume and area make a chamber of them: a volume over an area is a height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.chamber.checks.parts.traces import Array

VOLUMES = (("L", 1.0), ("cm3", 1e-3), ("m3", 1e3))
AREAS = (("m2", 1.0), ("cm2", 1e-4), ("dm2", 1e-2))
# own choice: effective heights, cm, beyond which no soil chamber is built (a thin microcosm, an ecosystem tent)
LOWEST, HIGHEST = 0.5, 1000.0
# own choice: height of a common chamber, cm; of several possible units the one that comes nearest to it is named
USUAL = 30.0
# own choice: an error in one unit is as likely as errors in two whose height is this many times nearer to the usual
BOTH = 10.0


@dataclass(frozen=True)
class Units:
    """Per closure the units that fit: places in VOLUMES and AREAS, 0 as given, -1 where nothing fits."""

    volume: NDArray[np.int64]
    area: NDArray[np.int64]
    height: Array


def height(volume: Array, area: Array) -> Array:
    """Effective height, cm, from L and m2."""
    return np.asarray(volume / area / 10.0)


def fitting(volume: Array, area: Array) -> Units:
    """The units in which volume [L as given] and area [m2 as given] of m closures make a possible chamber.

    What is given is kept where it is possible. A missing one is taken to fit whatever the other is.
    """
    cost = np.full((len(VOLUMES) * len(AREAS), volume.size), np.inf)
    for i, (_, v) in enumerate(VOLUMES):
        for j, (_, a) in enumerate(AREAS):
            cost[i * len(AREAS) + j] = _cost(volume * v, area * a, changed=(i > 0) + (j > 0))
    best = np.argmin(cost, axis=0)
    fits = np.isfinite(cost.min(axis=0))
    best = np.where(np.isfinite(cost[0]), 0, best)
    return Units(np.where(fits, best // len(AREAS), -1), np.where(fits, best % len(AREAS), -1), height(volume, area))


def _cost(volume: Array, area: Array, changed: int) -> Array:
    tall = height(volume, area)
    possible = _within("chamber_volume", volume) & _within("chamber_area", area)
    possible &= np.isnan(tall) | ((tall >= LOWEST) & (tall <= HIGHEST))
    distance = np.nan_to_num(np.abs(np.log(np.where(tall > 0, tall, 1.0) / USUAL)), nan=0.0)
    return np.where(possible, distance + changed * np.log(BOTH), np.inf)


def _within(name: str, values: Array) -> NDArray[np.bool_]:
    field = vocabulary.field(name)
    low, high = field.minimum or 0.0, field.maximum or np.inf
    return np.isnan(values) | ((values >= low) & (values <= high))
