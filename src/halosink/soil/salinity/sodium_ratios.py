"""Ratios of sodium, calcium, magnesium and carbonate in a solution."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array
from halosink.vocabulary.substances import CHARGES, molar_mass


def charge_concentration(mass: ArrayLike, ion: str) -> Array:
    """mmol(c)/L of mg/L (or mmol(c)/kg of mg/kg) of an ion such as "Na" or "SO4". KeyError for an unknown ion."""
    return np.asarray(np.asarray(mass, dtype=float) * CHARGES[ion] / float(molar_mass(ion)))


def sodium_adsorption_ratio(sodium: ArrayLike, calcium: ArrayLike, magnesium: ArrayLike) -> Array:
    """SAR = Na / sqrt((Ca + Mg) / 2), all (n,) in mmol(c)/L. Source: richards1954.

    NaN where a concentration is negative; infinite where sodium stands without calcium and magnesium.
    """
    na, ca, mg = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (sodium, calcium, magnesium)))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = na / np.sqrt((ca + mg) / 2.0)
    return np.asarray(np.where((na < 0) | (ca < 0) | (mg < 0), np.nan, ratio))


def sodium_adsorption_ratio_of_mass(sodium: ArrayLike, calcium: ArrayLike, magnesium: ArrayLike) -> Array:
    """SAR of concentrations (n,) in mg/L."""
    return sodium_adsorption_ratio(
        charge_concentration(sodium, "Na"), charge_concentration(calcium, "Ca"), charge_concentration(magnesium, "Mg")
    )


def residual_sodium_carbonate(
    carbonate: ArrayLike, bicarbonate: ArrayLike, calcium: ArrayLike, magnesium: ArrayLike
) -> Array:
    """RSC = (CO3 + HCO3) - (Ca + Mg), all (n,) in mmol(c)/L; negative where calcium and magnesium prevail.

    Source: eaton1950.
    """
    co3, hco3, ca, mg = (np.asarray(v, dtype=float) for v in (carbonate, bicarbonate, calcium, magnesium))
    return np.asarray(co3 + hco3 - ca - mg)


def ion_balance_error(cations: Mapping[str, ArrayLike], anions: Mapping[str, ArrayLike]) -> Array:
    """100 (cations - anions) / (cations + anions) in per cent, of {ion: mmol(c)/L (n,)}. Source: richards1954.

    An ion that was not measured must not be left out silently: its charge shows as an error. NaN without any charge.
    ValueError when one side is empty.
    """
    if not cations or not anions:
        raise ValueError("cations and anions are both needed for a balance")
    plus = np.sum([np.asarray(v, dtype=float) for v in cations.values()], axis=0)
    minus = np.sum([np.asarray(v, dtype=float) for v in anions.values()], axis=0)
    total = np.asarray(plus + minus)
    return np.asarray(100.0 * np.divide(plus - minus, total, out=np.full(total.shape, np.nan), where=total > 0))
