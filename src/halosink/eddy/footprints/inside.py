"""How much of the footprint lies inside the field: the share of the flux that is of the ground one wants to know."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from halosink.eddy.footprints.kljun import Scales, scaled_distance, scaled_spread

Array = NDArray[np.float64]

ALONG = 150
"""Nodes along the wind, of equal share. Own choice: between them the border is straight, so that shares are good to
about 1e-4 for a circle and 1e-3 for sectors."""
SMOOTH, ROUGH = 20, 40
"""Nodes across the wind: for a circle, where the share changes smoothly (Gauss and Hermite), and for sectors, where it
jumps (of equal share); even, so that none lies on the border of a sector along the wind. Own choice."""


def share_inside(scales: Scales, fetch: ArrayLike) -> Array:
    """Share of each footprint inside the field [0 to 1], (n,); NaN where there is no footprint.

    fetch [m]: how far the field reaches from the tower, one number for a circle, or (k,) of k equal sectors of the
    compass clockwise, the first beginning at north (k = 4: north to east, east to south, ...). Own form. Sampled at
    nodes of the footprint (see kljun), between which the border is taken as straight.

    Raises ValueError: a fetch that is negative, not a number, or empty.
    """
    reach = np.atleast_1d(np.asarray(fetch, dtype=np.float64)).ravel()
    if not len(reach) or not (reach >= 0).all():
        raise ValueError("fetch must be one or more distances from the tower in m, none negative")
    along = scaled_distance((np.arange(ALONG) + 0.5) / ALONG)
    if len(reach) == 1:
        node, part = hermegauss(SMOOTH)
    else:
        node, part = ndtri((np.arange(ROUGH) + 0.5) / ROUGH), np.ones(ROUGH)
    wind, share = np.radians(scales.wind_direction), part / part.sum()
    return np.asarray(_inside(scales.along, scales.spread, wind, along, scaled_spread(along), node, share, reach))


@njit(cache=True, error_model="numpy")
def _inside(
    along: Array, spread: Array, wind: Array, scaled: Array, across: Array, node: Array, part: Array, reach: Array
) -> Array:
    out = np.full(len(along), np.nan)
    sectors = len(reach)
    for i in range(len(along)):
        if math.isnan(along[i]):
            continue
        total = 0.0
        for j in range(len(node)):
            held, before = 0.0, 0.0
            for k in range(len(scaled)):
                x, y = scaled[k] * along[i], node[j] * across[k] * spread[i]
                limit = reach[0]
                if sectors > 1:
                    turn = (wind[i] - math.atan2(y, x)) / (2 * math.pi)
                    limit = reach[int((turn - math.floor(turn)) * sectors) % sectors]
                margin = limit - math.sqrt(x * x + y * y)
                if k == 0 or k == len(scaled) - 1:
                    held += 0.5 if margin >= 0 else 0.0
                if k > 0:
                    if margin >= 0 and before >= 0:
                        held += 1.0
                    elif margin >= 0 or before >= 0:
                        held += max(margin, before) / abs(margin - before)
                before = margin
            total += part[j] * held / len(scaled)
        out[i] = total
    return out
