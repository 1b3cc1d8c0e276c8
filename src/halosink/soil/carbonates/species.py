"""The dissolved species and minerals: reaction, constant, activity coefficient, source.

Each species stands for a reaction from H+, CO3-2, SO4-2, a cation and water, so that its activity is

    a = K h^hydrogen c^carbonate s^sulfate a(cation) a(H2O)^water

with h, c, s the activities of H+, CO3-2 and SO4-2. log10 K follows either from six coefficients,
A1 + A2 T + A3/T + A4 log10 T + A5/T^2 + A6 T^2 (T in K), or from its value at 25 degC and the enthalpy [kJ mol-1] of
van't Hoff. Minerals: log10 of the product of the activities that they dissolve into.

The constants are those of phreeqc.dat as distributed with PHREEQC 3 (parkhurst2013); where the file takes them from
plummer1982 that is the source given. Left out: the dimer of CO2 (below 0.01 % of it), NaOH (which the file
removes by a constant of 1e-10), and silica, boron, phosphate, fluoride, ammonium, iron, organic acids: where their
alkalinity counts, that of carbonate is overstated by it.
"""

from __future__ import annotations

from dataclasses import dataclass

CALORIE = 4.184
"""kJ per kcal."""
CATIONS = ("calcium", "magnesium", "sodium", "potassium")


@dataclass(frozen=True, slots=True)
class Species:
    """size [Å] and slope of the activity coefficient (see activity.py), None for Davies; plus: a species whose log10 K
    adds to its own.
    """

    name: str
    charge: int
    source: str
    cation: str = ""
    hydrogen: int = 0
    carbonate: int = 0
    sulfate: int = 0
    water: int = 0
    log_k: tuple[float, ...] = (0.0,)
    enthalpy: float = 0.0
    plus: str = ""
    size: float | None = None
    slope: float = 0.0


@dataclass(frozen=True, slots=True)
class Mineral:
    """formula: what one mole holds; water: moles of water in it; molar_mass [g mol-1]."""

    name: str
    formula: str
    log_k: tuple[float, ...]
    water: int
    source: str


PB, FILE = "plummer1982", "parkhurst2013"

SPECIES: tuple[Species, ...] = (
    Species("H+", 1, FILE, hydrogen=1, size=9.0),
    Species(
        "OH-", -1, FILE, hydrogen=-1, water=1, size=3.5,
        log_k=(293.29227, 0.1360833, -10576.913, -123.73158, 0.0, -6.996455e-5),
    ),
    Species("CO3-2", -2, PB, carbonate=1, size=5.4),
    Species(
        "HCO3-", -1, PB, hydrogen=1, carbonate=1, size=5.4,
        log_k=(107.8871, 0.03252849, -5151.79, -38.92561, 563713.9),
    ),
    Species(
        "CO2", 0, PB, hydrogen=2, carbonate=1, water=-1,
        log_k=(464.1965, 0.09344813, -26986.16, -165.75951, 2248628.9),
    ),
    Species("SO4-2", -2, FILE, sulfate=1, size=5.0, slope=-0.04),
    Species("HSO4-", -1, FILE, hydrogen=1, sulfate=1, log_k=(-56.889, 0.006473, 2307.9, 19.8858)),
    Species("Ca+2", 2, FILE, "calcium", size=5.0, slope=0.165),
    Species("CaOH+", 1, FILE, "calcium", hydrogen=-1, water=1, log_k=(-12.78,)),
    Species("CaCO3", 0, PB, "calcium", carbonate=1, log_k=(-1228.732, -0.299440, 35512.75, 485.818)),
    Species(
        "CaHCO3+", 1, PB, "calcium", hydrogen=1, carbonate=1, size=6.0,
        log_k=(1317.0071, 0.34546894, -39916.84, -517.70761, 563713.9),
    ),
    Species("CaSO4", 0, FILE, "calcium", sulfate=1, log_k=(2.25,), enthalpy=1.325 * CALORIE),
    Species("CaHSO4+", 1, FILE, "calcium", hydrogen=1, sulfate=1, log_k=(1.08,), plus="HSO4-"),
    Species("Mg+2", 2, FILE, "magnesium", size=5.5, slope=0.20),
    Species(
        "MgOH+", 1, FILE, "magnesium", hydrogen=-1, water=1, size=6.5, log_k=(-11.44,), enthalpy=15.952 * CALORIE
    ),
    Species("MgCO3", 0, FILE, "magnesium", carbonate=1, log_k=(0.9910, 0.00667)),
    Species(
        "MgHCO3+", 1, FILE, "magnesium", hydrogen=1, carbonate=1, size=4.0,
        log_k=(48.6721, 0.03252849, -2614.335, -18.00263, 563713.9),
    ),
    Species("MgSO4", 0, FILE, "magnesium", sulfate=1, log_k=(2.37,), enthalpy=4.550 * CALORIE),
    Species("Na+", 1, FILE, "sodium", size=4.08, slope=0.082),
    Species("NaCO3-", -1, FILE, "sodium", carbonate=1, log_k=(1.27,), enthalpy=8.91 * CALORIE),
    Species(
        "NaHCO3", 0, FILE, "sodium", hydrogen=1, carbonate=1, log_k=(-0.25,), enthalpy=-1.0 * CALORIE, plus="HCO3-"
    ),
    Species("NaSO4-", -1, FILE, "sodium", sulfate=1, size=5.4, log_k=(0.7,), enthalpy=1.120 * CALORIE),
    Species("K+", 1, FILE, "potassium", size=3.5, slope=0.015),
    Species("KSO4-", -1, FILE, "potassium", sulfate=1, size=5.4, log_k=(3.106, 0.0, -673.6)),
)  # fmt: skip

CALCITE = Mineral("calcite", "CaCO3", (-171.9065, -0.077993, 2839.319, 71.595), 0, PB)
GYPSUM = Mineral("gypsum", "CaSO4:2H2O", (68.2401, 0.0, -3221.51, -25.0627), 2, FILE)
CO2_GAS = (10.5624, -2.3547e-2, -3972.8, 0.0, 5.8746e5, 1.9194e-5)
"""CO2 of the air to CO2 dissolved, log10 of mol kg-1 atm-1 (parkhurst2013)."""

# Ions that pair with nothing here.
CHLORIDE = (-1, 3.63, 0.017)
NITRATE = (-1, 3.0, 0.0)
