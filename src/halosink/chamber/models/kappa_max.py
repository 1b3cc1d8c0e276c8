"""How bent a curve may be before it says more of noise than of the soil, and which flux of vials is taken then."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array

# a curve whose slope is this close to the line's and whose error is this many times its slope is the line (huppi2018)
SAME_SLOPE = 5e-5
NO_INFORMATION = 1e10
LINEAR, ROBUST, CURVE = "linear", "robust_linear", "hutchinson_mosier"


def rate_max(linear_flux: Array, detectable: Array | float, duration: Array | float, *, uptake: bool = True) -> Array:
    """kappa.max = F_linear / (f_detect t): the largest rate that is believed, in 1 / unit of duration.

    linear_flux and detectable (smallest flux that can be told from none) in the same unit. uptake: the size of the flux
    counts, so that uptake is treated as emission is; False: as published with emissions of N2O in mind, the limit of a
    negative flux is negative and no curve passes it. Source: huppi2018.
    """
    below = np.asarray(detectable, dtype=float) * np.asarray(duration, dtype=float)
    return (np.abs(linear_flux) if uptake else linear_flux) / np.where(below > 0, below, np.nan)


def choose(
    linear: Array, robust: Array, curve: Array, curve_error: Array, rate: Array, most: Array
) -> tuple[Array, NDArray[np.str_]]:
    """(m,) flux taken and the name of its model ("" where there is none), for series of few vials.

    The curve where its rate is below `most`, else the robust line, else the line. A curve that is the line in disguise
    is left. All fluxes in one unit; NaN where a model gave none. Source: huppi2018.
    """
    usable = np.isfinite(robust) & np.isfinite(curve) & (rate < most)
    size = np.where(usable & (curve != 0), np.abs(curve), 1.0)
    disguise = (np.abs(curve_error) / size > NO_INFORMATION) & (np.abs(linear - curve) / size < SAME_SLOPE)
    usable &= (rate > 0) & ~disguise
    taken = [usable, np.isfinite(robust), np.isfinite(linear)]
    return np.select(taken, [curve, robust, linear], np.nan), np.select(taken, [CURVE, ROBUST, LINEAR], "")
