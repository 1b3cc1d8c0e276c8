"""What goes in and what comes out: ions of a soil water, and the water once its carbonate system is known."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.carbonates.water import Array, density

IONS = ("calcium", "magnesium", "sodium", "potassium", "chloride", "sulfate", "nitrate")
CHARGE = {"calcium": 2, "magnesium": 2, "sodium": 1, "potassium": 1, "chloride": -1, "sulfate": -2, "nitrate": -1}
# g mol-1, from prohaska2022
MOLAR_MASS = {
    "calcium": 40.078, "magnesium": 24.305, "sodium": 22.990, "potassium": 39.098, "chloride": 35.45,
    "sulfate": 96.056, "nitrate": 62.004,
}  # fmt: skip
MOLAR_MASS_BICARBONATE = 61.016
DENSITY_PER_SALT = 0.73
"""g of density per g of salt, own choice: seawater at 25 degC, 36 g L-1, has 1.0233 g cm-3 against 0.9970 of water."""

Mineral = Literal["absent", "present", "may_form"]


@dataclass(frozen=True, slots=True)
class Ions:
    """Total dissolved amounts, mol per kg of water, of any shapes that broadcast; what was not measured is 0."""

    calcium: ArrayLike = 0.0
    magnesium: ArrayLike = 0.0
    sodium: ArrayLike = 0.0
    potassium: ArrayLike = 0.0
    chloride: ArrayLike = 0.0
    sulfate: ArrayLike = 0.0
    nitrate: ArrayLike = 0.0

    def charge(self) -> Array:
        """mol of charge kg-1: cations less anions. Without other ions it is the alkalinity."""
        return np.asarray(sum(z * np.asarray(getattr(self, n), float) for n, z in CHARGE.items()), dtype=np.float64)

    def plus(self, other: Ions) -> Ions:
        """Both together."""
        return Ions(*(np.asarray(getattr(self, n), float) + np.asarray(getattr(other, n), float) for n in IONS))

    def times(self, factor: ArrayLike) -> Ions:
        """Each amount multiplied."""
        return Ions(*(np.asarray(getattr(self, n), float) * np.asarray(factor, float) for n in IONS))


def molal(
    mass: Ions, alkalinity: ArrayLike = 0.0, temperature: ArrayLike = 25.0, solution_density: ArrayLike | None = None
) -> tuple[Ions, Array]:
    """Ions [mol kg-1] and alkalinity [mol kg-1] from mass concentrations [mg L-1] and alkalinity [mmol of charge L-1].

    mol per kg of water = (mg / M / 1000) / (density - dissolved mass), per litre. solution_density [kg L-1]: where it
    is not given, that of water at `temperature` plus DENSITY_PER_SALT of the mass dissolved, alkalinity as HCO3.
    """
    equivalents = np.asarray(alkalinity, dtype=float) / 1000
    salt = sum(np.asarray(getattr(mass, n), float) for n in IONS) / 1e6 + equivalents * MOLAR_MASS_BICARBONATE / 1000
    kilograms = density(temperature) + DENSITY_PER_SALT * salt if solution_density is None else solution_density
    water = np.asarray(kilograms, dtype=float) - salt
    found = Ions(*(np.asarray(getattr(mass, n), float) / MOLAR_MASS[n] / 1000 / water for n in IONS))
    return found, np.asarray(equivalents / water)


def balanced(ions: Ions, alkalinity: ArrayLike, by: str) -> Ions:
    """The ions with one of them, `by`, changed so that their charge is the alkalinity [mol of charge kg-1].

    For a water of which one ion was not measured (sodium or chloride, often). An amount below zero is refused later as
    "negative". Raises KeyError for an unknown ion.
    """
    lacking = np.asarray(alkalinity, dtype=float) - ions.charge()
    return replace(ions, **{by: np.asarray(getattr(ions, by), float) + lacking / CHARGE[by]})


@dataclass(frozen=True, slots=True)
class SoilWater:
    """Arrays of one shape; NaN where `reason` says why.

    ph: -log10 of the activity of H+; pco2 [atm]; alkalinity (HCO3 + 2 CO3 + OH - H - HSO4 with their pairs), dic
    (dissolved inorganic carbon), calcium, sulfate: totals dissolved, mol per kg of water; bicarbonate, carbonate, co2,
    free_calcium: single species; ionic_strength [mol kg-1]; water_activity; si_calcite, si_gypsum: saturation indices,
    log10 of ion activity product over solubility product, -inf without calcium or sulfate; calcite_dissolved,
    gypsum_dissolved [mol kg-1], negative where it formed; charge_error [%]: cations less anions over their sum.
    reason: "" or a key of texts soil_carbonates.reason.
    """

    ph: Array
    pco2: Array
    alkalinity: Array
    dic: Array
    calcium: Array
    sulfate: Array
    bicarbonate: Array
    carbonate: Array
    co2: Array
    free_calcium: Array
    ionic_strength: Array
    water_activity: Array
    si_calcite: Array
    si_gypsum: Array
    calcite_dissolved: Array
    gypsum_dissolved: Array
    charge_error: Array
    reason: NDArray[np.str_]

    def shaped(self, shape: tuple[int, ...]) -> SoilWater:
        return replace(self, **{f.name: getattr(self, f.name).reshape(shape) for f in fields(self)})
