"""Activity coefficients of single species, and the activity of water.

log10 g = -A z^2 sqrt(I) / (1 + B size sqrt(I)) + slope I     species with a size (truesdell1974; slope 0: Debye-Hückel)
log10 g = -A z^2 (sqrt(I) / (1 + sqrt(I)) - 0.3 I)            charged species without a size (davies1962)
log10 g = 0.1 I                                               species without charge (parkhurst2013)
a(H2O)  = 1 - 0.017 (sum of all dissolved species)            (garrels1965, by parkhurst2013)

Valid to I of about 0.5 mol kg-1 (LIMIT); beyond it the interaction of each pair of ions counts, which needs the
equations of Pitzer.
"""

from __future__ import annotations

import numpy as np

from halosink.soil.carbonates.constants import LN_10
from halosink.soil.carbonates.species import SPECIES
from halosink.soil.carbonates.water import Array

LIMIT = 0.5
"""mol kg-1. Davies holds to 0.5 (davies1962); Truesdell and Jones reach further for the salts they were fitted to."""

CHARGES = np.array([s.charge for s in SPECIES], dtype=float)
_SQUARES = CHARGES[:, None] ** 2
_SIZES = np.array([1.0 if s.size is None else s.size for s in SPECIES])[:, None]
_SLOPES = np.array([s.slope for s in SPECIES])[:, None]
_DAVIES = [i for i, s in enumerate(SPECIES) if s.charge and s.size is None]
_NEUTRAL = [i for i, s in enumerate(SPECIES) if not s.charge]


def log_coefficients(strength: Array, a: Array, b: Array) -> Array:
    """(species, n) natural logarithms; strength [mol kg-1], a, b of debye_huckel: (n,)."""
    root = np.sqrt(strength)
    found = -a * _SQUARES * root / (1 + b * _SIZES * root) + _SLOPES * strength
    found[_DAVIES] = -a * _SQUARES[_DAVIES] * (root / (1 + root) - 0.3 * strength)
    found[_NEUTRAL] = 0.1 * strength
    return np.asarray(LN_10 * found)


def of_water(dissolved: Array) -> Array:
    """Activity of water from the sum of molalities [mol kg-1]."""
    return np.asarray(1 - 0.017 * dissolved)
