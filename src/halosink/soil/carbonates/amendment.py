"""What an amendment does to carbonate in soil and to CO2 in air: two numbers, and the reactions behind them.

Solid carbonate that forms is not CO2 that was taken up: Ca + 2 HCO3 -> CaCO3 + CO2 + H2O puts one carbon into the
solid and one into the air, both from what was dissolved. So the change in solid carbonate and the exchange with the
air are never the same number here; with the change in dissolved carbon they close the balance,

net uptake from air = change in solid + change in dissolved - carbon that the amendment brought
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
from halosink.soil.carbonates.solution import Ions, Mineral, SoilWater
from halosink.soil.carbonates.water import Array


@dataclass(frozen=True, slots=True)
class Reaction:
    """Carbon per mole as it is written: into solid carbonate, into what is dissolved, into the air (mol)."""

    equation: str
    solid: float
    dissolved: float
    air: float


REACTIONS: dict[str, Reaction] = {
    "calcite_forms": Reaction("Ca+2 + 2 HCO3- = CaCO3 + CO2 + H2O", 1, -2, 1),
    "calcite_dissolves": Reaction("CaCO3 + CO2 + H2O = Ca+2 + 2 HCO3-", -1, 2, -1),
    "calcite_in_acid": Reaction("CaCO3 + 2 H+ = Ca+2 + CO2 + H2O", -1, 0, 1),
    "gypsum_with_soda": Reaction("CaSO4 + 2 Na+ + CO3-2 = CaCO3 + 2 Na+ + SO4-2", 1, -1, 0),
    "gypsum_with_bicarbonate": Reaction("CaSO4 + 2 Na+ + 2 HCO3- = CaCO3 + 2 Na+ + SO4-2 + CO2 + H2O", 1, -2, 1),
    "silicate_weathers": Reaction("CaSiO3 + 2 CO2 + H2O = Ca+2 + 2 HCO3- + SiO2", 0, 2, -2),
    "silicate_to_carbonate": Reaction("CaSiO3 + CO2 = CaCO3 + SiO2", 1, 0, -1),
}


@dataclass(frozen=True, slots=True)
class Amendment:
    """Per mole: ions it dissolves into, alkalinity [mol of charge] and carbon [mol] it brings."""

    formula: str
    ions: Ions
    alkalinity: float = 0.0
    carbon: float = 0.0


AMENDMENTS: dict[str, Amendment] = {
    "gypsum": Amendment("CaSO4:2H2O", Ions(calcium=1, sulfate=1)),
    "calcium_chloride": Amendment("CaCl2", Ions(calcium=1, chloride=2)),
    "lime": Amendment("Ca(OH)2", Ions(calcium=1), 2),
    "calcium_silicate": Amendment("CaSiO3", Ions(calcium=1), 2),
    "calcium_carbonate": Amendment("CaCO3", Ions(calcium=1), 2, 1),
    "sulfuric_acid": Amendment("H2SO4", Ions(sulfate=1), -2),
    "soda": Amendment("Na2CO3", Ions(sodium=2), 2, 1),
    "sodium_bicarbonate": Amendment("NaHCO3", Ions(sodium=1), 1, 1),
}


@dataclass(frozen=True, slots=True)
class Amended:
    """mol C per kg of water: solid_change (calcite), dissolved_change, added (in the amendment), net_uptake from the
    air (negative: CO2 given off); before and after, each at equilibrium.
    """

    before: SoilWater
    after: SoilWater
    solid_change: Array
    dissolved_change: Array
    added: Array
    net_uptake: Array


def amend_soil_water(
    ions: Ions,
    amendments: Mapping[str, ArrayLike],
    pco2: ArrayLike,
    temperature: ArrayLike = 25.0,
    *,
    alkalinity: ArrayLike | None = None,
    calcite: Mineral = "may_form",
    gypsum: Mineral = "may_form",
    pco2_after: ArrayLike | None = None,
    calcite_index: ArrayLike = 0.0,
) -> Amended:
    """Soil water before and after amendments dissolve in it, and the carbon that moves.

    amendments: {name of AMENDMENTS: mol per kg of water}; a series of doses is an axis of these arrays (a titration).
    Others as in carbonate_equilibrium; pco2_after [atm]: where the soil air changes too. An amendment beyond what
    dissolves stays solid where its mineral is "may_form"; a mineral "present" dissolves in excess before and after.
    NaN where before or after has a reason. Raises KeyError for an unknown amendment.
    """
    unknown = sorted(set(amendments) - set(AMENDMENTS))
    if unknown:
        raise KeyError(f"no amendment {', '.join(unknown)}; there are {', '.join(AMENDMENTS)}")
    start = ions.charge() if alkalinity is None else np.asarray(alkalinity, dtype=float)
    total, end, added = ions, start, np.zeros(())
    for name, amount in amendments.items():
        one, dose = AMENDMENTS[name], np.asarray(amount, dtype=float)
        total, end, added = total.plus(one.ions.times(dose)), end + one.alkalinity * dose, added + one.carbon * dose
    here = pco2 if pco2_after is None else pco2_after
    at = partial(
        carbonate_equilibrium, temperature=temperature, calcite=calcite, gypsum=gypsum, calcite_index=calcite_index
    )
    before, after = at(ions, pco2, alkalinity=start), at(total, here, alkalinity=end)
    solid = before.calcite_dissolved - after.calcite_dissolved
    dissolved = after.dic - before.dic
    return Amended(before, after, solid, dissolved, np.broadcast_to(added, solid.shape), solid + dissolved - added)


def mix(
    ions: Ions, alkalinity: ArrayLike, other: Ions, other_alkalinity: ArrayLike, share: ArrayLike
) -> tuple[Ions, Array]:
    """Ions and alkalinity of two waters mixed, `share` of the other one by mass of water: both are conserved."""
    part = np.asarray(share, dtype=float)
    mixed = ions.times(1 - part).plus(other.times(part))
    return mixed, np.asarray((1 - part) * np.asarray(alkalinity, float) + part * np.asarray(other_alkalinity, float))
