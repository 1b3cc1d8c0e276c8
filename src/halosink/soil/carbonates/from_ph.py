"""Soil water whose pH was measured: pCO2 and saturation from pH, alkalinity and ions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.carbonates.described import PH, Rows, described
from halosink.soil.carbonates.solution import Ions, SoilWater
from halosink.soil.carbonates.solver import solve


def carbonate_from_ph(
    ions: Ions,
    ph: ArrayLike,
    alkalinity: ArrayLike | None = None,
    temperature: ArrayLike = 25.0,
) -> SoilWater:
    """pCO2, dissolved carbon and saturation indices of a water whose pH and ions were measured.

    ions: totals, mol kg-1 of water; ph; alkalinity [mol of charge kg-1] as titrated; None takes the charge that the
    ions leave, whose error is the sum of theirs. What other acids and bases add to a titrated alkalinity is taken for
    carbonate. charge_error says how well ions and alkalinity agree. NaN with a reason as in equilibrium; pH from 3 to
    12; "low_alkalinity" where hydroxide alone is more than the alkalinity.
    """
    rows = Rows(ions, alkalinity, ph, temperature)
    rows.refuse_outside(rows.given, PH, "ph")
    use = rows.usable
    if len(use):
        asked = rows.ask(use, False)
        water = described(solve(asked), asked)
        low = water.reason == "no_solution"
        rows.put(use, water, np.ones(len(use), dtype=bool))
        rows.reason[use[low]] = "low_alkalinity"
    return rows.water()
