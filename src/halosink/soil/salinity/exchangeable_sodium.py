"""Share of sodium in the exchange capacity, measured or from the sodium adsorption ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import Seed, generator

INTERCEPT, SLOPE = -0.0126, 0.01475
"""ESR = INTERCEPT + SLOPE SAR. Source: richards1954."""
INTERCEPT_SPREAD = 0.0126
"""Own choice: as large as the intercept, which has no meaning of its own; tabriz_gapon has 0.011."""
CATIONS, SLOPES = (39.0, 1057.0), (0.0163, 0.0085)
"""Slopes at total cations in mmol(c)/L. Source: esr_cations1982; between them the slope follows a power of the total
(own choice: the simplest curve through two points; at 65 it meets SLOPE, which the source puts between 39 and 110)."""
NEAR, FAR = 0.2, 0.5
"""Own choice: standard deviation of ln slope between soils up to SAR 20, where SAR alone serves (esr_cations1982), and
from SAR 100, where chi2011esp has half of what richards1954 gives."""
UNKNOWN_SLOPE, UNKNOWN_SPREAD = 0.0135, 0.35
"""Own choice where total cations are unknown: between the slopes 0.0163 and 0.0085 of esr_cations1982, 0.01475 of
richards1954 and 0.0072 of tabriz_gapon."""
SAR_NEAR, SAR_FAR = 20.0, 100.0
SUM_TOLERANCE = 0.005
"""Own choice: relative; a CEC of its own method does not agree with the sum of cations so well in row after row."""
SUM_SHARE, SUM_ROWS = 0.9, 3


def soluble_sodium_per_soil(concentration: ArrayLike, saturation_percentage: ArrayLike) -> Array:
    """cmol(c)/kg of sodium in the water of the saturated paste: mmol(c)/L times SP / 1000. Source: richards1954."""
    return np.asarray(np.asarray(concentration, dtype=float) * np.asarray(saturation_percentage, dtype=float) / 1000.0)


def exchangeable_sodium_percentage(extractable: ArrayLike, soluble: ArrayLike, capacity: ArrayLike) -> Array:
    """ESP = 100 (extractable - soluble sodium) / CEC in per cent, all (n,) in cmol(c)/kg. Source: richards1954.

    extractable: sodium in the ammonium acetate extract, which holds the soluble sodium too. NaN where CEC is not
    positive or soluble exceeds extractable sodium.
    """
    total, dissolved, cec = (np.asarray(v, dtype=float) for v in (extractable, soluble, capacity))
    held = total - dissolved
    good = (cec > 0) & (held >= 0)
    return np.asarray(np.where(good, 100.0 * held / np.where(good, cec, 1.0), np.nan))


def exchangeable_sodium_ratio(esp: ArrayLike) -> Array:
    """ESR = ESP / (100 - ESP); infinite at 100, NaN beyond. Source: richards1954."""
    value = np.asarray(esp, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where((value < 0) | (value > 100), np.nan, value / (100.0 - value)))


def esp_of_ratio(sar: ArrayLike) -> Array:
    """ESP in per cent by the line of Handbook 60 alone: 100 ESR / (1 + ESR), ESR = -0.0126 + 0.01475 SAR."""
    ratio = INTERCEPT + SLOPE * np.asarray(sar, dtype=float)
    return np.asarray(100.0 * ratio / (1.0 + ratio))


def slope_at(total_cations: ArrayLike) -> Array:
    """Slope of ESR on SAR at total cations in mmol(c)/L; UNKNOWN_SLOPE where they are unknown.

    Held at its ends outside CATIONS.
    """
    total = np.asarray(total_cations, dtype=float)
    power = np.log(SLOPES[1] / SLOPES[0]) / np.log(CATIONS[1] / CATIONS[0])
    slope = SLOPES[0] * (np.clip(total, *CATIONS) / CATIONS[0]) ** power
    return np.asarray(np.where(np.isfinite(total), slope, UNKNOWN_SLOPE))


def esp_from_sar(sar: ArrayLike, total_cations: ArrayLike | None = None, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) ESP in per cent from SAR (n,) or (n, draws) of the saturation extract.

    total_cations: (n,) mmol(c)/L, about 10 ECe; NaN where unknown.
    ESR = a + b SAR with a normal about INTERCEPT and b log-normal about slope_at, shared by the rows of one draw;
    an ESR below 0 is 0, since sodium cannot be less than none. NaN for a negative SAR.
    """
    ratio = np.asarray(sar, dtype=float)
    ratio = ratio[:, None] if ratio.ndim == 1 else ratio
    ratio = np.where(ratio >= 0, ratio, np.nan)
    n = len(ratio)
    total = np.full(n, np.nan) if total_cations is None else np.asarray(total_cations, dtype=float)
    random = generator(seed, "soil", "salinity", "esp")
    start = INTERCEPT + INTERCEPT_SPREAD * random.standard_normal(draws)
    tilt = random.standard_normal(draws)
    with np.errstate(divide="ignore"):
        beyond = np.clip(np.log(ratio / SAR_NEAR) / np.log(SAR_FAR / SAR_NEAR), 0.0, 1.0)
    near = np.where(np.isfinite(total), NEAR, UNKNOWN_SPREAD)[:, None]
    slope = slope_at(total)[:, None] * np.exp((near + (FAR - near) * beyond) * tilt)
    esr = np.maximum(start + slope * ratio, 0.0)
    return np.asarray(100.0 * esr / (1.0 + esr))


def capacity_is_sum(capacity: ArrayLike, cations: ArrayLike) -> NDArray[np.bool_]:
    """(n,) rows whose CEC is only the sum of exchangeable cations; all False unless this holds in nearly all rows.

    capacity: (n,), cations: (n, k) Ca, Mg, K, Na in cmol(c)/kg. Such a sum holds dissolved carbonate, gypsum and salt,
    and ESP by it is a share of cations, not of the exchange capacity.
    """
    cec, parts = np.asarray(capacity, dtype=float), np.asarray(cations, dtype=float)
    total = parts.sum(axis=1)
    judged = np.isfinite(total) & (cec > 0)
    same = judged & (np.abs(cec - total) <= SUM_TOLERANCE * np.where(judged, cec, 1.0))
    enough = judged.sum() >= SUM_ROWS and same.sum() >= SUM_SHARE * judged.sum()
    return same if enough else np.zeros(len(cec), dtype=bool)
