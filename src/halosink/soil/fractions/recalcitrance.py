"""What acid does not hydrolyse, and how far humus has ripened. (n,) or (n, draws)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.fractions.particle import ratio

Array = NDArray[np.float64]


def recalcitrance_index(unhydrolysable: ArrayLike, total: ArrayLike) -> Array:
    """Unhydrolysed share of organic carbon or nitrogen [1]; both in the same unit. Source: rovira2002.

    RI_C = unhydrolysed C / total C after hydrolysis with sulfuric acid. Not all that resists acid is old: lignin and
    waxes of fresh litter do too.
    """
    return ratio(unhydrolysable, total)


def unhydrolysed(hydrolysable: ArrayLike, total: ArrayLike) -> Array:
    """total - hydrolysable [unit of both], where only the hydrolysate was measured; below 0 it is NaN."""
    left = np.asarray(total, dtype=float) - np.asarray(hydrolysable, dtype=float)
    return np.where(left >= 0, left, np.nan)
