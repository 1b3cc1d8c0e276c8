"""Slope of the land from elevations on a regular grid."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

ORDER = (1, 3, 5, 7, 0, 2, 6, 8)


@njit(cache=True, nogil=True)
def slope(
    elevation: NDArray[np.float32], width: NDArray[np.float64], height: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Slope (degree, float32) of the inner cells of `elevation` (m, rows x columns); NaN where a cell has none.

    Third-order finite differences over the eight neighbours, those beside counting twice (horn1981):
    dz/dx = ((c + 2f + i) - (a + 2d + g)) / (8 width), dz/dy likewise, slope = atan(hypot(dz/dx, dz/dy)).
    `elevation` has one row and column more on every side than the result, so that tiles give what the whole gives;
    beyond the layer they are NaN. A neighbour without elevation is continued straight from the opposite one; if that
    has none either, one beside the cell is level with it and one at its corner continues the two sides. `width` and
    `height` (m on the ground) of the cells of each inner row.
    """
    rows, columns = elevation.shape[0] - 2, elevation.shape[1] - 2
    out = np.full((rows, columns), np.nan, np.float32)
    around = np.empty(9)
    for i in range(rows):
        for j in range(columns):
            centre = float(elevation[i + 1, j + 1])
            if math.isnan(centre):
                continue
            for k in ORDER:
                own = float(elevation[i + k // 3, j + k % 3])
                if math.isnan(own):
                    opposite = float(elevation[i + 2 - k // 3, j + 2 - k % 3])
                    if not math.isnan(opposite):
                        own = 2.0 * centre - opposite
                    elif k % 2 == 1:
                        own = centre
                    else:
                        own = around[1 if k < 3 else 7] + around[3 if k % 3 == 0 else 5] - centre
                around[k] = own
            east = around[2] + 2.0 * around[5] + around[8] - around[0] - 2.0 * around[3] - around[6]
            south = around[6] + 2.0 * around[7] + around[8] - around[0] - 2.0 * around[1] - around[2]
            out[i, j] = math.degrees(math.atan(math.hypot(east / (8.0 * width[i]), south / (8.0 * height[i]))))
    return out
