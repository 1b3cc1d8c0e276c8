"""Osmotic potential of the soil solution, from its conductivity or from its ions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import Seed, generator

COEFFICIENT, SPREAD = 0.040, 0.005
"""MPa per dS/m. Own choice: richards1954 has 0.36 atm = 0.0365 MPa for mixed salts, NaCl of 100 mmol/L 0.044."""
GAS_CONSTANT = 8.314462618
"""J mol-1 K-1. Source: tiesinga2021."""
DEBYE_HUCKEL = 0.3915
"""(kg/mol)^1/2 at 25 degC. Source: harvie1984."""
CHARGE = {"Na": 1, "K": 1, "Ca": 2, "Mg": 2, "Cl": 1, "SO4": 2, "HCO3": 1, "CO3": 2}
PAIRS: Mapping[tuple[str, str], tuple[float, float, float, float]] = {
    ("Na", "Cl"): (0.0765, 0.2664, 0.0, 0.00127),
    ("K", "Cl"): (0.04835, 0.2122, 0.0, -0.00084),
    ("Mg", "Cl"): (0.35235, 1.6815, 0.0, 0.00519),
    ("Ca", "Cl"): (0.3159, 1.6140, 0.0, -0.00034),
    ("Na", "SO4"): (0.01958, 1.1130, 0.0, 0.00497),
    ("K", "SO4"): (0.04995, 0.7793, 0.0, 0.0),
    ("Mg", "SO4"): (0.2210, 3.3430, -37.23, 0.025),
    ("Ca", "SO4"): (0.2000, 3.1973, -54.24, 0.0),
    ("Na", "HCO3"): (0.0277, 0.0411, 0.0, 0.0),
    ("K", "HCO3"): (0.0296, -0.0130, 0.0, -0.008),
    ("Mg", "HCO3"): (0.3290, 0.6072, 0.0, 0.0),
    ("Ca", "HCO3"): (0.4000, 2.9770, 0.0, 0.0),
    ("Na", "CO3"): (0.0399, 1.3890, 0.0, 0.0044),
    ("K", "CO3"): (0.1488, 1.4300, 0.0, -0.0015),
}
"""beta0, beta1, beta2, C phi at 25 degC. Source: harvie1984."""


def osmotic_potential_of_ec(ec: ArrayLike, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) osmotic potential in MPa, negative, of a solution of EC (n,) or (n, draws) in dS/m.

    psi = -c EC; c is normal and shared by the rows of one draw. Valid from 3 to 30 dS/m (richards1954); NaN for a
    negative EC.
    """
    value = np.asarray(ec, dtype=float)
    value = value[:, None] if value.ndim == 1 else value
    coefficient = COEFFICIENT + SPREAD * generator(seed, "soil", "salinity", "osmosis").standard_normal(draws)
    return np.asarray(-np.where(value >= 0, value, np.nan) * np.maximum(coefficient, 0.0))


def osmotic_coefficient(molality: Mapping[str, ArrayLike]) -> Array:
    """Osmotic coefficient at 25 degC of {ion: mol/kg (n,)} by the equation of Pitzer without its mixing terms.

    phi - 1 = 2 / sum(m) [ -A I^1.5 / (1 + 1.2 sqrt I) + sum m_c m_a (B + Z C) ]. Source: harvie1984.
    Valid up to an ionic strength of about 6; 1 without ions. KeyError for an ion that is not in CHARGE.
    """
    amount = {ion: np.asarray(m, dtype=float) for ion, m in molality.items()}
    total = np.asarray(sum(amount.values()))
    strength = np.asarray(0.5 * sum(m * CHARGE[ion] ** 2 for ion, m in amount.items()))
    charge = sum(m * CHARGE[ion] for ion, m in amount.items())
    root = np.sqrt(strength)
    terms = -DEBYE_HUCKEL * strength**1.5 / (1.0 + 1.2 * root)
    for (cation, anion), (b0, b1, b2, c) in PAIRS.items():
        if cation in amount and anion in amount:
            z = CHARGE[cation] * CHARGE[anion]
            alpha = 1.4 if z == 4 else 2.0
            second = b0 + b1 * np.exp(-alpha * root) + b2 * np.exp(-12.0 * root)
            terms = terms + amount[cation] * amount[anion] * (second + charge * c / (2.0 * np.sqrt(z)))
    return np.asarray(1.0 + 2.0 * np.divide(terms, total, out=np.zeros_like(total), where=total > 0))


def osmotic_potential_of_ions(concentration: Mapping[str, ArrayLike], temperature: ArrayLike = 25.0) -> Array:
    """(n,) osmotic potential in MPa, negative, of {ion: mmol/L (n,)} at a temperature in degC.

    psi = -R T phi sum(c) (van 't Hoff with osmotic coefficient); mol/L is taken for mol/kg, which at 0.5 mol/L of NaCl
    errs by 2 per cent, and phi is that at 25 degC.
    """
    molality = {ion: np.asarray(c, dtype=float) / 1000.0 for ion, c in concentration.items()}
    kelvin = np.asarray(temperature, dtype=float) + 273.15
    total = np.asarray(sum(molality.values()))
    return np.asarray(-GAS_CONSTANT * kelvin * osmotic_coefficient(molality) * total / 1000.0)
