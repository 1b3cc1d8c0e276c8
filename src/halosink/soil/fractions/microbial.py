"""Quotients of the living biomass. (n,) or (n, draws)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.fractions.particle import ratio

Array = NDArray[np.float64]
MG_PER_G = 1000.0


def microbial_quotient(biomass: ArrayLike, organic_carbon: ArrayLike) -> Array:
    """C_mic : C_org [1] from biomass [mg C kg-1] and organic carbon [g C kg-1]. Source: anderson1989."""
    return ratio(np.asarray(biomass, dtype=float) / MG_PER_G, organic_carbon)


def metabolic_quotient(respiration: ArrayLike, biomass: ArrayLike) -> Array:
    """qCO2 [mg CO2-C (g C_mic)-1 h-1]: basal respiration [mg C kg-1 h-1] over biomass [mg C kg-1].

    Rises where microbes spend more on maintenance, as under salt: a sign of stress, not of how carbon is held.
    Source: anderson1993.
    """
    return np.asarray(ratio(respiration, biomass) * MG_PER_G)


def mineralisable_share(mineralisable: ArrayLike, organic_carbon: ArrayLike) -> Array:
    """Share of organic carbon that microbes can respire [1]: mineralisable [mg C kg-1], organic carbon [g C kg-1]."""
    return ratio(np.asarray(mineralisable, dtype=float) / MG_PER_G, organic_carbon)
