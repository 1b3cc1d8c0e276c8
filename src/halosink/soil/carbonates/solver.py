"""Speciation with activity coefficients that follow from the speciation itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from halosink.soil.carbonates import activity, constants
from halosink.soil.carbonates.constants import LN_10
from halosink.soil.carbonates.root import TOLERANCE
from halosink.soil.carbonates.speciation import WATER, Bools, Speciation, Waters
from halosink.soil.carbonates.species import CATIONS, CHLORIDE, NITRATE
from halosink.soil.carbonates.water import KELVIN, Array, debye_huckel

ROUNDS = 60
CLOSE = 1e-8
"""Relative change of ionic strength at which rounds end."""
STEEPNESS = (-1.0, 0.8)
"""Bounds of the slope of the ionic strength found against the one assumed (a secant); own choice."""
FIRST = 0.1
"""Step of ln h or ln c at which a round ends while ionic strength is not known better; own choice."""
HIGHEST = 1.2
"""mol kg-1, own choice: beyond it coefficients stay as they are there, so that what is refused is still found."""
BLOCK = 4096
"""Rows at once: their species fit into the cache of a processor."""
WRONG = 1e-6
"""Own choice: error of the balance, relative to the ions, above which there is no solution."""
CARBON_DIOXIDE, SULFATE_FREE, CALCIUM_FREE = (constants.NAMES.index(n) for n in ("CO2", "SO4-2", "Ca+2"))


@dataclass(slots=True)
class Asked:
    """n rows; ions: {name: (n,)} and alkalinity [mol kg-1] before minerals; given: pCO2 [atm] where open, else pH;
    index: saturation index that calcite holds.
    """

    ions: dict[str, Array]
    alkalinity: Array
    kelvin: Array
    given: Array
    open: bool
    with_calcite: Bools
    with_gypsum: Bools
    index: Array

    def rows(self, use: slice) -> Asked:
        ions = {n: v[use] for n, v in self.ions.items()}
        names = ("alkalinity", "kelvin", "given", "with_calcite", "with_gypsum", "index")
        return replace(self, ions=ions, **{n: getattr(self, n)[use] for n in names})


@dataclass(slots=True)
class Found:
    """molality: (species, n); ln_h, ln_c, ln_s, ln_pco2, strength, water, si_calcite, si_gypsum: (n,); solved: (n,)."""

    molality: Array
    ln_h: Array
    ln_pco2: Array
    strength: Array
    water: Array
    si_calcite: Array
    si_gypsum: Array
    solved: Bools


def solve(asked: Asked) -> Found:
    """All rows, a block at a time."""
    n = len(asked.kelvin)
    parts = [_block(asked.rows(slice(i, i + BLOCK))) for i in range(0, n, BLOCK)]
    names = Found.__slots__
    return Found(*(np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in names))


def _block(asked: Asked) -> Found:
    ions, kelvin = asked.ions, asked.kelvin
    ln_k = LN_10 * constants.species(kelvin)
    ln_calcite, ln_gypsum = LN_10 * constants.calcite(kelvin), LN_10 * constants.gypsum(kelvin)
    ln_henry = LN_10 * constants.henry(kelvin)
    a, b = debye_huckel(kelvin - KELVIN)
    inert = sum(np.abs(z[0]) * ions[n] for n, z in (("chloride", CHLORIDE), ("nitrate", NITRATE)))
    totals = np.stack([ions[n] for n in CATIONS])
    strength = 0.5 * (inert + 4 * (totals[0] + totals[1] + ions["sulfate"]) + totals[2] + totals[3])
    water = np.ones_like(strength)
    u = np.full_like(strength, np.log(1e-8) if asked.open else np.log(1e-6))
    ln_s = np.log(np.maximum(ions["sulfate"], 1e-3))
    waters = Waters(
        totals, ions["sulfate"], asked.alkalinity, asked.given, asked.open, asked.with_calcite, asked.with_gypsum,
        ln_calcite + LN_10 * asked.index, ln_gypsum,
    )  # fmt: skip
    tolerance, last = FIRST, (strength, strength)
    for _ in range(ROUNDS):
        ln_water = np.log(water)
        weights = ln_k + WATER[:, None] * ln_water
        weights -= activity.log_coefficients(np.minimum(strength, HIGHEST), a, b)
        if asked.open:
            waters.carbon = ln_henry + np.log(asked.given) + ln_water - ln_k[CARBON_DIOXIDE]
        else:
            waters.carbon = -LN_10 * asked.given
        waters.gypsum = ln_gypsum - 2 * ln_water
        equations = Speciation(waters, np.exp(weights), ln_s, tolerance)
        state = equations.solve(u)
        u, ln_s = state.u, equations.ln_s
        new = 0.5 * (inert + activity.CHARGES**2 @ state.molality)
        water = np.maximum(activity.of_water(inert + state.molality.sum(axis=0)), 0.9)
        moved = np.abs(new - strength)
        steepness = np.divide(new - last[1], strength - last[0], out=np.zeros_like(new), where=strength != last[0])
        last = strength, new
        strength = np.maximum(strength + (new - strength) / (1 - np.clip(steepness, *STEEPNESS)), 1e-9)
        farthest = float(np.max(moved / strength))
        if farthest <= CLOSE:
            break
        tolerance = min(max(farthest * FIRST, TOLERANCE), FIRST)
    scale = np.maximum(strength, 1e-5)
    solved = (np.abs(state.residual) <= WRONG * scale) & (moved <= 100 * CLOSE * scale)
    with np.errstate(divide="ignore"):
        ln_calcium = np.log(state.molality[CALCIUM_FREE]) - weights[CALCIUM_FREE]
        ln_sulfate = np.log(state.molality[SULFATE_FREE]) - weights[SULFATE_FREE]
    return Found(
        state.molality,
        state.ln_h,
        state.ln_c + 2 * state.ln_h + ln_k[CARBON_DIOXIDE] - ln_henry - ln_water,
        strength,
        water,
        (ln_calcium + state.ln_c - ln_calcite) / LN_10,
        (ln_calcium + ln_sulfate - waters.gypsum) / LN_10,
        solved,
    )
