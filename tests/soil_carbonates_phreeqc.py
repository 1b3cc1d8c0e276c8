"""PHREEQC with its data base phreeqc.dat, asked for the waters that halosink.soil.carbonates calculates."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from phreeqpython import PhreeqPython

from halosink.soil.carbonates.solution import Ions

ELEMENTS = {
    "calcium": "Ca", "magnesium": "Mg", "sodium": "Na", "potassium": "K", "chloride": "Cl", "sulfate": "S(6)",
    "nitrate": "N(5)",
}  # fmt: skip
PHASES = {"calcite": "Calcite", "gypsum": "Gypsum"}
TEMPERATURES = (5.0, 15.0, 25.0, 35.0)
LOG_PRESSURES = (-3.4, -2.5, -1.8, -1.0)
MINERALS = (("calcite",), ("gypsum",), ("calcite", "gypsum"))
STRENGTHS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.49)
"""mol kg-1 that the salt of the background alone gives."""
BACKGROUNDS = {
    "none": {},
    "NaCl": {"sodium": 1.0, "chloride": 1.0},
    "Na2SO4": {"sodium": 2 / 3, "sulfate": 1 / 3},
    "NaHCO3": {"sodium": 1.0},
    "MgCl2": {"magnesium": 1 / 3, "chloride": 2 / 3},
    "K2SO4": {"potassium": 2 / 3, "sulfate": 1 / 3},
    "CaCl2": {"calcium": 1 / 3, "chloride": 2 / 3},
    "mixed": {"sodium": 0.5, "magnesium": 0.1, "potassium": 0.05, "chloride": 0.5, "sulfate": 0.1},
}


class Case(NamedTuple):
    background: str
    ions: dict[str, float]
    minerals: tuple[str, ...]
    temperature: float
    log_pressure: float


class Answer(NamedTuple):
    ph: float
    calcium: float
    dic: float
    strength: float
    si_calcite: float


def cases() -> list[Case]:
    """Every background at every strength, with each set of minerals, temperature and pCO2."""
    found = []
    for name, salt in BACKGROUNDS.items():
        for strength in STRENGTHS if salt else (0.0,):
            ions = {n: x * strength for n, x in salt.items()}
            found += [Case(name, ions, *rest) for rest in product(MINERALS, TEMPERATURES, LOG_PRESSURES)]
    return found


def ions(chosen: list[Case]) -> Ions:
    return Ions(**{n: np.array([c.ions.get(n, 0.0) for c in chosen]) for n in ELEMENTS})


def start() -> PhreeqPython:
    return PhreeqPython(database="phreeqc.dat")


def solution(phreeqc: PhreeqPython, amounts: dict[str, float], temperature: float, **more: Any) -> Any:
    entries: dict[str, Any] = {"units": "mol/kgw", "temp": temperature, **more}
    entries |= {ELEMENTS[n]: x for n, x in amounts.items() if x > 0}
    return phreeqc.add_solution(entries)


def ask(phreeqc: PhreeqPython, case: Case) -> Answer:
    """The water at equilibrium with CO2 and the minerals of the case, each in excess."""
    carbon = {"pH": "7 charge", "C(4)": f"0.001 CO2(g) {case.log_pressure}"}
    water = solution(phreeqc, case.ions, case.temperature, **carbon)
    phases = [*(PHASES[m] for m in case.minerals), "CO2(g)"]
    water.equalize(phases, [0.0] * len(case.minerals) + [case.log_pressure], [10.0] * len(phases))
    kilograms = water.mass
    found = Answer(
        water.pH, water.total_element("Ca", "mol") / kilograms, water.total_element("C", "mol") / kilograms, water.I,
        water.si("Calcite"),
    )  # fmt: skip
    water.forget()
    return found


def saturation(phreeqc: PhreeqPython, water: Any, phase: str) -> float:
    """Saturation index as PHREEQC itself gives it; that of phreeqpython leaves out the activity of water."""
    phreeqc.ip.run_string(
        f"USE SOLUTION {water.number}\nSELECTED_OUTPUT\n-reset false\nUSER_PUNCH\n-headings si\n"
        f'10 PUNCH SI("{phase}")\nREACTION 1\nH2O 0\n1\nEND'
    )
    return float(phreeqc.ip.get_selected_output_array()[-1][-1])
