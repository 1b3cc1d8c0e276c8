"""Equilibrium constants at a temperature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halosink.soil.carbonates.species import CALCITE, CO2_GAS, GYPSUM, SPECIES
from halosink.soil.carbonates.water import Array

# kJ mol-1 K-1 (tiesinga2021)
GAS_CONSTANT = 8.314462618e-3
STANDARD = 298.15
LN_10 = float(np.log(10.0))
NAMES = tuple(s.name for s in SPECIES)


def log_k(coefficients: Sequence[float], kelvin: Array) -> Array:
    """log10 K = A1 + A2 T + A3/T + A4 log10 T + A5/T^2 + A6 T^2; fewer coefficients: the others are 0.

    Source: plummer1982 for the first five terms, parkhurst2013 for the sixth.
    """
    a = [*coefficients, *(0.0,) * (6 - len(coefficients))]
    if not any(a[1:]):
        return np.full(kelvin.shape, a[0])
    return np.asarray(
        a[0] + a[1] * kelvin + a[2] / kelvin + a[3] * np.log10(kelvin) + a[4] / kelvin**2 + a[5] * kelvin**2
    )


def species(kelvin: Array) -> Array:
    """(species, n) log10 K in the order of SPECIES; kelvin: (n,).

    van't Hoff where an enthalpy is given: log10 K = log10 K25 - H / (R ln 10) (1/T - 1/298.15).
    """
    found: dict[str, Array] = {}
    for one in SPECIES:
        value = log_k(one.log_k, kelvin)
        if one.enthalpy:
            value = value - one.enthalpy / (GAS_CONSTANT * LN_10) * (1 / kelvin - 1 / STANDARD)
        found[one.name] = value + found[one.plus] if one.plus else value
    return np.stack([found[n] for n in NAMES])


def calcite(kelvin: Array) -> Array:
    """log10 of a(Ca+2) a(CO3-2) at saturation (plummer1982)."""
    return log_k(CALCITE.log_k, kelvin)


def gypsum(kelvin: Array) -> Array:
    """log10 of a(Ca+2) a(SO4-2) a(H2O)^2 at saturation (parkhurst2013)."""
    return log_k(GYPSUM.log_k, kelvin)


def henry(kelvin: Array) -> Array:
    """log10 of a(CO2) / pCO2 [mol kg-1 atm-1] (parkhurst2013)."""
    return log_k(CO2_GAS, kelvin)
