"""Net primary production of a year from the water it evaporates: the Thornthwaite Memorial model.

NPP = 3000 (1 - exp(-0.0009695 (E - 20)))   [g dry matter m-2 a-1], E actual evaporation [mm a-1]; 0 below 20 mm
E   = 1.05 P / sqrt(1 + (1.05 P / L)^2), L = 300 + 25 T + 0.05 T^3, at most P   (turc1954)

1.05 is 1 / sqrt(0.9) of Turc rounded, as the works that use this model in China write it. Some print 1 + 1.05 P / L
inside the square: then a place with boundless heat would evaporate 74 percent of its rain, so it is a misprint and not
offered. Sources: lieth1972 for the curve, turc1954 for evaporation. Potential vegetation only, as miami.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.plant.dry_matter import CARBON_FRACTION
from halosink.plant.priors import Prior

MOST, PER_MILLIMETRE, LEAST_EVAPORATION = 3000.0, 0.0009695, 20.0
"""g dry matter m-2 a-1, mm-1, mm. Source: lieth1972."""
RAIN = 1.05
"""1 / sqrt(0.9), rounded. Source: turc1954."""
HEAT = (300.0, 25.0, 0.05)
"""mm, mm degC-1, mm degC-3. Source: turc1954."""
LEAST_HEAT = 10.0
"""mm. Own choice: below -10 degC the polynomial of L falls below zero, where nothing evaporates; kept just above."""
ERROR = Prior(1.0, 0.3, 0.3, 1.9, "1", "own_choice")
"""Factor on the result. Own choice, as for the Miami model."""


def turc_evaporation(temperature: ArrayLike, precipitation: ArrayLike) -> NDArray[Any]:
    """Actual evaporation of a year [mm] from mean temperature [degC] and precipitation [mm]; NaN where either is.

    ValueError for precipitation below zero. Source: turc1954.
    """
    warm, wet = np.asarray(temperature), np.asarray(precipitation)
    if np.any(wet < 0):
        raise ValueError(f"precipitation below zero: {float(np.nanmin(wet)):g} mm")
    heat = np.maximum(HEAT[0] + HEAT[1] * warm + HEAT[2] * warm * warm * warm, LEAST_HEAT)
    rain = RAIN * wet
    ratio = rain / heat
    return np.asarray(np.minimum(rain / np.sqrt(1 + ratio * ratio), wet))


def thornthwaite_memorial_npp(
    temperature: ArrayLike, precipitation: ArrayLike, *, carbon_fraction: float = CARBON_FRACTION
) -> NDArray[Any]:
    """NPP [g C m-2 a-1] of any shape; NaN where either is.

    temperature: mean of the year [degC]; precipitation: of the year, with irrigation where there is [mm].
    carbon_fraction: g C per g of dry matter. ValueError for precipitation below zero. Sources: lieth1972, turc1954.
    """
    return npp_of_evaporation(turc_evaporation(temperature, precipitation), carbon_fraction=carbon_fraction)


def npp_of_evaporation(evaporation: ArrayLike, *, carbon_fraction: float = CARBON_FRACTION) -> NDArray[Any]:
    """NPP [g C m-2 a-1] from measured or modelled actual evaporation of a year [mm]. Source: lieth1972."""
    water = np.maximum(np.asarray(evaporation) - LEAST_EVAPORATION, 0)
    return np.asarray(-MOST * carbon_fraction * np.expm1(-PER_MILLIMETRE * water))
