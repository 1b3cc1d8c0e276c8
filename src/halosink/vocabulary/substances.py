"""Molar masses, charges and elements of the substances that units may be labelled with."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from functools import cache

# Abridged standard atomic weights, g mol-1. Source: prohaska2022.
ATOMIC_WEIGHTS = {
    "H": "1.008",
    "C": "12.011",
    "N": "14.007",
    "O": "15.999",
    "Na": "22.990",
    "Mg": "24.305",
    "Al": "26.982",
    "Si": "28.085",
    "P": "30.974",
    "S": "32.06",
    "Cl": "35.45",
    "K": "39.098",
    "Ca": "40.078",
    "Mn": "54.938",
    "Fe": "55.845",
    "Cu": "63.546",
    "Zn": "65.38",
}
# Charge number by which one mole is counted in equivalents. CaCO3: as a measure of alkalinity.
CHARGES = {
    "Na": 1,
    "K": 1,
    "Ca": 2,
    "Mg": 2,
    "Al": 3,
    "NH4": 1,
    "Cl": 1,
    "NO3": 1,
    "HCO3": 1,
    "CO3": 2,
    "SO4": 2,
    "CaCO3": 2,
    "CaSO4": 2,
}
COMPOUNDS = (
    *("CO2", "CH4", "N2O", "H2O", "O2", "N2", "NH3", "H2S"),
    *("CO3", "HCO3", "NO3", "NO2", "NH4", "PO4", "SO4"),
    *("CaCO3", "CaSO4", "NaCl", "P2O5", "K2O", "Fe2O3", "Al2O3", "SiO2"),
)


@cache
def atoms(formula: str) -> Counter[str]:
    """Atoms of a formula without brackets: "CaCO3" -> Ca 1, C 1, O 3. KeyError for an unknown element."""
    found: Counter[str] = Counter()
    for element, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        if element not in ATOMIC_WEIGHTS:
            raise KeyError(formula)
        found[element] += int(number or 1)
    return found


@cache
def molar_mass(formula: str) -> Fraction:
    """g mol-1, from standard atomic weights (prohaska2022). KeyError for an unknown element."""
    return sum((Fraction(ATOMIC_WEIGHTS[e]) * number for e, number in atoms(formula).items()), Fraction(0))


def base_per_mole(stuff: str, label: str) -> Fraction:
    """What one mole of a substance weighs in kg ("mass"), or holds in equivalents ("charge"); 1 for "amount".

    KeyError where the substance has no molar mass or charge here.
    """
    counted = element_of(label).removesuffix("e")
    if stuff == "mass":
        return molar_mass(counted) / 1000
    return Fraction(CHARGES[counted]) if stuff == "charge" else Fraction(1)


@cache
def moles_of(have: str, wanted: str) -> Fraction | None:
    """Moles of `wanted` that one mole of `have` stands for, None if they cannot stand for one another.

    A compound and one of its elements can (1 mol N2O holds 2 mol N); two compounds cannot: a methane flux is no
    CO2 flux. "N2O-N" is nitrogen, as its mass is that of nitrogen. "CO2e" meets only itself: what stands behind it
    depends on the gases summed and their warming potentials.
    """
    have, wanted = element_of(have), element_of(wanted)
    if have == wanted:
        return Fraction(1)
    if "CO2e" in (have, wanted):
        return None
    if wanted in ATOMIC_WEIGHTS and atoms(have)[wanted]:
        return Fraction(atoms(have)[wanted])
    if have in ATOMIC_WEIGHTS and atoms(wanted)[have]:
        return Fraction(1, atoms(wanted)[have])
    return None


def element_of(label: str) -> str:
    """The substance whose mass a label counts: "CO2-C" -> "C"."""
    return label.rsplit("-", 1)[-1]
