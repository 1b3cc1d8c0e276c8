"""Carbon pool management index of permanganate-oxidised carbon. Source: blair1995.

    L = C_L / C_NL = C_L / (C_T - C_L)   lability
    LI = L / L_reference                  lability index
    CPI = C_T / C_T,reference             carbon pool index
    CMI = 100 CPI LI                      carbon (pool) management index [%]

C_L: carbon oxidised by permanganate (333 mmol L-1), C_T: organic carbon, the same unit each. The index is one of
management, 100 for the reference: a larger one means more carbon and more of it labile, so it does not say that carbon
is held more firmly. What permanganate oxidises is not exactly the labile carbon (margenot2024).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.fractions.particle import ratio

Array = NDArray[np.float64]


def lability(labile: ArrayLike, total: ArrayLike) -> Array:
    """L [1]; NaN where the labile carbon is all of it or more."""
    labile, total = np.asarray(labile, dtype=float), np.asarray(total, dtype=float)
    return ratio(labile, total - labile)


def labile_amount(labile: ArrayLike, total: ArrayLike) -> Array:
    """C_T L [unit of both]: CMI is 100 times its ratio to that of the reference."""
    return np.asarray(np.asarray(total, dtype=float) * lability(labile, total))


def lability_index(labile: ArrayLike, total: ArrayLike, labile_reference: ArrayLike, reference: ArrayLike) -> Array:
    """LI [1] against the lability of the reference soil."""
    return ratio(lability(labile, total), lability(labile_reference, reference))


def carbon_pool_index(total: ArrayLike, reference: ArrayLike) -> Array:
    """CPI [1]."""
    return ratio(total, reference)


def carbon_management_index(
    labile: ArrayLike, total: ArrayLike, labile_reference: ArrayLike, reference: ArrayLike
) -> Array:
    """CMI [%], 100 for the reference soil itself."""
    return np.asarray(
        100.0 * carbon_pool_index(total, reference) * lability_index(labile, total, labile_reference, reference)
    )
