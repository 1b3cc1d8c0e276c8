"""Soil water from its ions and the CO2 of the soil air, with or without calcite and gypsum."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.carbonates.described import PH, Rows, described
from halosink.soil.carbonates.solution import Ions, Mineral, SoilWater
from halosink.soil.carbonates.solver import solve
from halosink.soil.carbonates.speciation import LEAST

PRESSURES = (1e-6, 1.0)
"""atm of CO2, own choice: below, no soil air; above, its fugacity is no longer its pressure."""
SATURATED = 1e-9
"""Saturation index up to which a mineral that is not there does not form."""
TRIED = {"absent": (False,), "present": (True,), "may_form": (False, True)}


def carbonate_equilibrium(
    ions: Ions,
    pco2: ArrayLike,
    temperature: ArrayLike = 25.0,
    *,
    alkalinity: ArrayLike | None = None,
    calcite: Mineral = "absent",
    gypsum: Mineral = "absent",
    calcite_index: ArrayLike = 0.0,
) -> SoilWater:
    """pH, alkalinity, dissolved carbon, calcium and saturation of a soil water open to air of a known pCO2.

    ions: mol kg-1 of water before minerals dissolve or form; pco2 [atm]; temperature [degC]; all broadcast, as
    (rows, draws) for instance. alkalinity [mol of charge kg-1] before minerals: None takes the charge that the ions
    leave (the charge balance decides pH); where it is given, what the ions lack in charge stays as an ion that takes
    no part. calcite, gypsum: "absent", "present" (as much as dissolves) or "may_form" (none there at first, forms where
    the water is supersaturated). calcite_index: saturation index that calcite holds, 0 at equilibrium; soil water is
    often above, since dissolved organic matter keeps calcite from growing (morse2007).

    Equations in speciation.py and activity.py, constants in species.py (plummer1982, parkhurst2013). NaN with a reason
    beyond an ionic strength of 0.5 mol kg-1, for a negative or missing input, temperature outside 0 to 50 degC, pCO2
    outside 1e-6 to 1 atm, or where no pH from 3 to 12 balances the charges. Raises ValueError for shapes that do
    not broadcast.

    Per kg of water as it was at first: the water that gypsum brings along is left out, below 1 % of any amount.
    """
    rows = Rows(ions, alkalinity, pco2, temperature, calcite_index)
    rows.refuse_outside(rows.given, PRESSURES, "pco2")
    todo = rows.usable
    for with_calcite, with_gypsum in product(TRIED[calcite], TRIED[gypsum]):
        if not len(todo):
            break
        asked = rows.ask(todo, True, with_calcite, with_gypsum)
        water = described(solve(asked), asked)
        fits = np.ones(len(todo), dtype=bool)
        if calcite == "may_form":
            above = water.si_calcite - rows.index[todo]
            fits &= water.calcite_dissolved <= LEAST if with_calcite else above <= SATURATED
        if gypsum == "may_form":
            fits &= water.gypsum_dissolved <= LEAST if with_gypsum else water.si_gypsum <= SATURATED
        rows.put(todo, water, fits)
        todo = todo[~fits]
    rows.reason[todo] = "no_solution"
    rows.refuse_outside(rows.out["ph"], PH, "ph")
    return rows.water()
