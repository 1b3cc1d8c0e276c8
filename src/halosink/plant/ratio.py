"""Net from gross primary production: NPP = c GPP, c the carbon use efficiency.

c = 0.47 +- 0.04 (standard deviation) in forests, which waring1998 takes for universal. Over 200 studies since keep the
mean at 0.46 but with a standard deviation of 0.12 and a range of 0.22 to 0.79 (collalti2019); from satellites it is
0.52 over all land and higher where it is dry, cold and sparse (zhang2009). Steppe and desert have hardly been measured
on the ground, so there the ratio, and all that is made of it, is a guess within a third.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.plant.priors import Prior

EFFICIENCIES: Mapping[str, Prior] = MappingProxyType(
    {
        "arid": Prior(0.50, 0.12, 0.22, 0.79, "1", "own_choice"),
        "studies": Prior(0.46, 0.12, 0.22, 0.79, "1", "collalti2019"),
        "waring": Prior(0.47, 0.04, 0.22, 0.79, "1", "waring1998"),
    }
)
"""{name: NPP per GPP}. "arid": own choice, the mean between collalti2019 and zhang2009 and the spread of collalti2019.
All end at the range of collalti2019."""


def npp_of_gpp(gross: ArrayLike, efficiency: ArrayLike = EFFICIENCIES["arid"].mean) -> NDArray[Any]:
    """NPP in the unit and shape of `gross`; efficiency: one number or an array; NaN where either is.

    ValueError for an efficiency outside 0 to 1.
    """
    ratio = np.asarray(efficiency)
    if np.any((ratio < 0) | (ratio > 1)):
        raise ValueError("carbon use efficiency outside 0 to 1")
    whole = np.asarray(gross)
    kind = np.result_type(whole.dtype, np.float32) if ratio.ndim == 0 else np.result_type(whole, ratio)
    return np.asarray(whole * ratio, dtype=kind)
