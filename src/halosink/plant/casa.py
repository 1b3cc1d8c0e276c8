"""Net primary production of each month from absorbed light: the CASA model as it is used in China.

NPP  = APAR * epsilon,  APAR = 0.5 SOL * FPAR                      [g C m-2 per month], [MJ m-2 per month]
FPAR = mean of a line in NDVI and one in the simple ratio SR = (1 + NDVI) / (1 - NDVI), 0.001 to 0.95
epsilon = T1 T2 W epsilon_max
T1 = 0.8 + 0.02 Topt - 0.0005 Topt^2, 0 in months at -10 degC or below
T2 = 1.1814 / (1 + exp(0.2 (Topt - 10 - T))) / (1 + exp(0.3 (-Topt - 10 + T)))
W  = 0.5 + 0.5 E / Ep                                              0.5 bone dry to 1 wet

Sources: potter1993 for the stresses, zhu2007 and pan2017shule for FPAR and its limits. Topt is the temperature of the
month with the highest NDVI. T2 at Topt is 0.991, as the source has it; 1.184 in some works is a misprint of 1.1814. W
cannot fall below a half: in desert that, and the NDVI of bare soil, make this model's production an upper guess.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

VISIBLE = 0.5
"""Photosynthetically active share of solar radiation. Sources: potter1993, pan2017shule."""
FPAR_LEAST, FPAR_MOST = 0.001, 0.95
"""Source: zhu2007, pan2017shule."""
RATIO_SHARE = 0.5
"""Weight of the NDVI line beside the one in the simple ratio. Source: pan2017shule."""
FULLEST = 0.99
"""NDVI: at 1 the simple ratio has no value. Own choice."""
COLDEST = -10.0
"""degC: at and below, nothing is produced. Source: potter1993, zhu2007."""


def _given(value: ArrayLike) -> Any:
    """A plain number as it stands, so that it does not widen float32; anything else as an array."""
    return value if isinstance(value, (int, float)) else np.asarray(value)


def simple_ratio(ndvi: ArrayLike) -> Array:
    """(1 + NDVI) / (1 - NDVI) of NDVI below 1."""
    green = _given(ndvi)
    return np.asarray((1 + green) / (1 - green))


def absorbed_fraction(ndvi: ArrayLike, full: ArrayLike, bare: ArrayLike, *, method: str = "both") -> Array:
    """FPAR, 0.001 to 0.95; NaN where any is.

    ndvi: below 1; full, bare: NDVI of full (0.99 at most) and of no cover, per cell or one number. method: "ndvi",
    "ratio", or "both", their mean. ValueError for another method or full not above bare. Source: pan2017shule.
    """
    green, low = np.asarray(ndvi), _given(bare)
    top = min(full, FULLEST) if isinstance(full, (int, float)) else np.minimum(full, FULLEST)
    if np.any(top <= low):
        raise ValueError("NDVI of full cover must be above that of no cover")
    if method not in ("ndvi", "ratio", "both"):
        raise ValueError(f"no method {method!r} of absorbed light: ndvi, ratio or both")
    green = np.clip(green, low, top)
    least, most = (1 + low) / (1 - low), (1 + top) / (1 - top)
    by_ndvi = (green - low) / (top - low)
    by_ratio = (simple_ratio(green) - least) / (most - least)
    share = {"ndvi": 1.0, "ratio": 0.0, "both": RATIO_SHARE}[method]
    mixed = share * by_ndvi + (1 - share) * by_ratio
    return np.asarray(FPAR_LEAST + (FPAR_MOST - FPAR_LEAST) * mixed)


def optimum_temperature(ndvi: ArrayLike, temperature: ArrayLike) -> Array:
    """(...) temperature [degC] of the month with the highest NDVI, the first of equals; both (12, ...).

    Months without NDVI are passed over; NaN where all lack it. Source: potter1993.
    """
    green, warm = np.asarray(ndvi), np.asarray(temperature)
    month = np.argmax(np.where(np.isnan(green), -np.inf, green), axis=0)
    best = np.take_along_axis(warm, month[None], axis=0)[0]
    return np.where(np.isnan(green).all(axis=0), np.asarray(np.nan, best.dtype), best)


def temperature_stress(temperature: ArrayLike, optimum: ArrayLike) -> Array:
    """T1 T2, 0 to 1, of monthly temperature and of Topt [degC]. Source: potter1993."""
    warm, best = np.asarray(temperature), _given(optimum)
    first = np.clip(0.8 + 0.02 * best - 0.0005 * best * best, 0, 1)
    second = 1.1814 / (1 + np.exp(0.2 * (best - 10 - warm))) / (1 + np.exp(0.3 * (warm - best - 10)))
    return np.asarray(np.where(warm <= COLDEST, 0 * warm, first * second), dtype=np.result_type(warm, best))


def moisture_stress(actual: ArrayLike, potential: ArrayLike) -> Array:
    """W, 0.5 to 1, of actual and potential evaporation of a month in one unit; 1 where nothing can evaporate.

    Source: potter1993.
    """
    real, could = np.asarray(actual), np.asarray(potential)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(could > 0, np.clip(real / could, 0, 1), np.where(np.isnan(could) | np.isnan(real), np.nan, 1))
    return np.asarray(0.5 + 0.5 * share, dtype=np.result_type(real, could))


def regional_evaporation(precipitation: ArrayLike, potential: ArrayLike) -> tuple[Array, Array]:
    """Actual and potential evaporation of a region [mm] in a month or year, from precipitation and local potential.

    potential: for example by Thornthwaite [mm]. Net radiation as water Rn = sqrt(Ep0 P) (0.369 + 0.598 sqrt(Ep0 / P)),
    E = P Rn (P^2 + Rn^2 + P Rn) / ((P + Rn) (P^2 + Rn^2)), Ep = (E + Ep0) / 2 by the complementary relation. Source:
    zhou1995.
    """
    wet, could = np.maximum(np.asarray(precipitation), 0), np.maximum(np.asarray(potential), 0)
    sun = 0.369 * np.sqrt(could * wet) + 0.598 * could
    squares = wet * wet + sun * sun
    with np.errstate(invalid="ignore", divide="ignore"):
        real = wet * sun * (squares + wet * sun) / ((wet + sun) * squares)
    real = np.where((wet == 0) | (sun == 0), 0 * (wet + sun), real)
    return np.asarray(real), np.asarray((real + could) / 2)


def casa_npp(
    radiation: ArrayLike, absorbed: ArrayLike, stress: ArrayLike, moisture: ArrayLike, efficiency: ArrayLike
) -> Array:
    """(12, ...) NPP [g C m-2 per month]; the year is the sum over the first axis. NaN where any is.

    radiation: solar radiation on the ground [MJ m-2 per month]; absorbed: FPAR; stress: temperature_stress; moisture:
    moisture_stress; efficiency: maximum light use [g C MJ-1], per cell or one number. ValueError for radiation below
    zero. Sources: potter1993, zhu2007.
    """
    sun = np.asarray(radiation)
    if np.any(sun < 0):
        raise ValueError(f"solar radiation below zero: {float(np.nanmin(sun)):g}")
    return np.asarray(VISIBLE * sun * _given(absorbed) * _given(stress) * _given(moisture) * _given(efficiency))
