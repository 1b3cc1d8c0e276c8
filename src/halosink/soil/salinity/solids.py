"""Dissolved solids of water or extract and its conductivity, each from the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import Seed, generator

DILUTE, STRONG = 640.0, 800.0
"""mg/L per dS/m in dilute water (richards1954) and in strong water (as soilassessment codes it, above 5 dS/m)."""
CHANGE = (3.0, 10.0)
"""Own choice: dS/m between which the one passes into the other, about 5."""
BETWEEN, WITHIN = 0.18, 0.08
"""Own choice: standard deviation of ln(mg/L per dS/m) between salts (NaCl of 10 mmol/L gives 497, a solution saturated
with gypsum about 910) and between samples of one salt."""


def mass_per_conductivity(ec: ArrayLike) -> Array:
    """mg/L per dS/m in the middle of the prior at EC in dS/m."""
    value = np.asarray(ec, dtype=float)
    share = np.clip(np.log(np.maximum(value, 1e-9) / CHANGE[0]) / np.log(CHANGE[1] / CHANGE[0]), 0.0, 1.0)
    return np.asarray(DILUTE * (STRONG / DILUTE) ** share)


def _error(n: int, draws: int, seed: Seed) -> Array:
    random = generator(seed, "soil", "salinity", "solids")
    shared, own = random.standard_normal(draws), random.standard_normal((n, draws))
    return np.asarray(BETWEEN * shared + WITHIN * own)


def dissolved_solids(ec: ArrayLike, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) dissolved solids in mg/L of EC (n,) in dS/m. NaN for a negative EC.

    TDS = k EC, k log-normal about 640 to 800; the error between salts is shared by the rows of one draw.
    """
    value = np.asarray(ec, dtype=float).ravel()
    value = np.where(value >= 0, value, np.nan)
    return np.asarray((value * mass_per_conductivity(value))[:, None] * np.exp(_error(len(value), draws, seed)))


def conductivity_of_solids(solids: ArrayLike, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) EC in dS/m of dissolved solids (n,) in mg/L: the inverse of dissolved_solids in every draw."""
    value = np.asarray(solids, dtype=float).ravel()
    value = np.where(value >= 0, value, np.nan)
    grid = np.geomspace(1e-6, 1e4, 4001)
    middle = value[:, None] / np.exp(_error(len(value), draws, seed))
    with np.errstate(divide="ignore"):
        log = np.interp(np.log(middle), np.log(grid * mass_per_conductivity(grid)), np.log(grid))
    return np.asarray(np.where(middle == 0, 0.0, np.exp(log)))
