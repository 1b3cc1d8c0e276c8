"""Carbon down to a fixed depth: thickness of each layer above it times carbon per volume."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PER_CENTIMETRE = 0.1
"""t ha-1 per cm of a soil with 1 g kg-1 and 1 g cm-3: 1e8 cm2 per ha * 1 g cm-3 * 1e-3 * 1e-6 t per g."""
SOIL_PER_CENTIMETRE = 100.0
"""t ha-1 of soil per cm at 1 g cm-3."""
GRAVEL_DENSITY = 2.6
"""g cm-3 of rock fragments. Source: poeplau2017."""


def thickness_above(top: Array, bottom: Array, depth: float) -> Array:
    """(n,) centimetres of each layer that lie above `depth`."""
    return np.clip(np.minimum(bottom, depth) - top, 0.0, None)


def fine_earth(density: Array, fine: Array, *, whole_soil: bool) -> Array:
    """Mass of fine earth per volume of soil [g cm-3].

    density: of the fine earth (mass of it by its own volume), or of the whole soil with its gravel (whole_soil);
    fine: share of the volume that is not gravel. Fine earth: density * fine; whole soil: density - 2.6 (1 - fine),
    not below zero. Taking one for the other is the most common error in stony soil. Source: poeplau2017.
    """
    if whole_soil:
        return np.maximum(density - GRAVEL_DENSITY * (1 - fine), 0.0)
    return density * fine


def bridged(top: Array, bottom: Array, start: NDArray[np.intp], widest: float) -> tuple[Array, Array]:
    """Tops and bottoms after gaps up to `widest` cm are shared between the layers above and below, half each.

    A missing surface up to `widest` is given to the first layer. start: (p,) first layer of each profile.
    """
    top, bottom = top.copy(), bottom.copy()
    first = np.zeros(len(top), dtype=bool)
    first[start] = True
    below = np.flatnonzero(~first)
    gap = top[below] - bottom[below - 1]
    close = (gap > 0) & (gap <= widest)
    rows = below[close]
    middle = (top[rows] + bottom[rows - 1]) / 2
    top[rows], bottom[rows - 1] = middle, middle
    surface = start[(top[start] > 0) & (top[start] <= widest)]
    top[surface] = 0.0
    return top, bottom
