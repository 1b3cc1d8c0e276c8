"""Particulate and mineral-associated, light and heavy: shares and ratios of physical fractions. (n,) or (n, draws)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def ratio(above: ArrayLike, below: ArrayLike) -> Array:
    """above / below, NaN where below is not above 0. Both in the same unit; no unit, or that of the quotient."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=float), np.asarray(below, dtype=float))
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def share(part: ArrayLike, other: ArrayLike) -> Array:
    """part / (part + other) [1]: of what was recovered, so that a loss in fractionation falls out.

    MAOC share: maoc, poc [g C kg-1 soil] (cambardella1992, lavallee2020). Heavy share: heavy, light fraction carbon.
    """
    part, other = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(other, dtype=float))
    return ratio(part, part + other)
