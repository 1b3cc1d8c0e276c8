"""Carbon down to an equal mass of soil per area instead of down to an equal depth.

When bulk density changes between two dates, a fixed depth holds more or less soil than before and so more or less
carbon, although no carbon came or went. Down to the same mass of soil the two can be compared (ellert1995). Carbon per
area is read from a cubic spline on cumulative soil mass (wendt2013, vonhaden2020).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.soil.stocks.cumulative_spline import interpolate

Array = NDArray[np.float64]


def down_to_mass(mass: Array, carbon: Array, reference: Array, *, linear: bool = False) -> Array:
    """(q, ...) carbon per area down to each reference mass, in the unit of `carbon`.

    mass, carbon: (n, ...) soil mass and carbon per area of each layer, from the surface down without gaps, mass > 0;
    reference: (q, ...) cumulative masses in the unit of `mass`. linear: carbon content constant within a layer, as
    ellert1995 and the script SimpleESM take it (ferchaud2023); else the cubic spline. Beyond the deepest layer its own
    content goes on; callers say where that is not allowed. Sources: ellert1995, wendt2013, vonhaden2020.
    """
    zero = np.zeros((1, *mass.shape[1:]))
    x = np.concatenate([zero, np.cumsum(mass, axis=0)])
    y = np.concatenate([zero, np.cumsum(carbon, axis=0)])
    if not linear:
        return interpolate(x, y, reference)
    shape = np.broadcast_shapes(reference.shape[1:], x.shape[1:])
    out = np.empty((reference.shape[0], *shape))
    for q in range(reference.shape[0]):
        point = np.broadcast_to(reference[q], shape)
        taken = np.clip(point[None] - x[:-1], 0, np.diff(x, axis=0))
        rest = np.maximum(point - x[-1], 0)
        out[q] = (taken * carbon / mass).sum(axis=0) + rest * carbon[-1] / mass[-1]
    return out
