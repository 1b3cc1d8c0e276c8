"""Net primary production of a year from mean temperature and precipitation: the Miami model.

NPP = min(3000 / (1 + exp(1.315 - 0.119 T)), 3000 (1 - exp(-0.000664 P)))   [g dry matter m-2 a-1]

A regression on potential natural vegetation, some fifty places from desert to rain forest. It knows no irrigation,
groundwater, salt, grazing or bare rock: oases and meadows on groundwater are far below the truth (give it the water
that plants have, rain and irrigation), Gobi and ice far above. Source: lieth1975.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.plant.dry_matter import CARBON_FRACTION
from halosink.plant.priors import Prior

MOST = 3000.0
"""g dry matter m-2 a-1. Source: lieth1975."""
WARMTH, PER_DEGREE = 1.315, 0.119
"""1 and degC-1. Source: lieth1975."""
PER_MILLIMETRE = 0.000664
"""mm-1. Source: lieth1975."""
VALID_TEMPERATURE, VALID_PRECIPITATION = (-15.0, 30.0), (0.0, 4000.0)
"""degC and mm per year between which the curves were drawn, read generously; own choice of the ends."""
ERROR = Prior(1.0, 0.3, 0.3, 1.9, "1", "own_choice")
"""Factor on the result. Own choice: the source gives no error; productions measured in one climate scatter by a third.
"""


def miami_npp(
    temperature: ArrayLike, precipitation: ArrayLike, *, carbon_fraction: float = CARBON_FRACTION
) -> NDArray[Any]:
    """NPP [g C m-2 a-1] of any shape; NaN where either is.

    temperature: mean of the year [degC]; precipitation: of the year, with irrigation where there is [mm]; float32
    stays float32. carbon_fraction: g C per g of dry matter, see dry_matter. ValueError for precipitation below zero.
    Source: lieth1975.
    """
    warm, wet = np.asarray(temperature), np.asarray(precipitation)
    if np.any(wet < 0):
        raise ValueError(f"precipitation below zero: {float(np.nanmin(wet)):g} mm")
    most = MOST * carbon_fraction
    by_warmth = most / (1 + np.exp(WARMTH - PER_DEGREE * warm))
    by_water = -most * np.expm1(-PER_MILLIMETRE * wet)
    return np.asarray(np.minimum(by_warmth, by_water))
