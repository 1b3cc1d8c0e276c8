"""Carbon of dead bacteria and fungi from amino sugars.

    bacterial = f_B MurA                                                 appuhn2006, joergensen2018, liang2019
    fungal    = f_F (GlcN - r (M_GlcN / M_MurA) MurA)                    engelking2007, joergensen2018, liang2019

MurA, GlcN: muramic acid and glucosamine per dry soil; r: glucosamine per muramic acid in bacteria, by amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.fractions.uncertainty import generator

Array = NDArray[np.float64]
# g mol-1, from the formulas C6H13NO5 and C9H17NO7
GLUCOSAMINE_MASS, MURAMIC_ACID_MASS = 179.17, 251.23


@dataclass(frozen=True, slots=True)
class FactorSet:
    """Conversion factors of one publication: f_B, f_F [g C g-1], r [mol mol-1]."""

    bacterial: float
    fungal: float
    molar_ratio: float
    source: str


FACTORS: Mapping[str, FactorSet] = MappingProxyType(
    {
        "appuhn2006": FactorSet(45.0, 9.0, 2.0, "appuhn2006"),
        # as fine_necromass gives the factors of Hu and others (2024): 31.3, 10.8, 1.16 g g-1
        "hu2024": FactorSet(31.3, 10.8, 1.16 * MURAMIC_ACID_MASS / GLUCOSAMINE_MASS, "fine_necromass"),
    }
)
# Spread of the logarithm of f_B, f_F, r about the set in use: own choice, so that the sets above and the halving or
# doubling of r are within 95 %. Single species differ by far more (fine_necromass: quartiles of glucosamine in 781
# fungi 15.7 and 69 mg g-1); a soil holds many of them.
SPREAD = (0.30, 0.25, 0.30)


class Necromass(NamedTuple):
    """[g C kg-1 soil], (n,) or (n, draws)."""

    bacterial: Array
    fungal: Array

    @property
    def total(self) -> Array:
        return np.asarray(self.bacterial + self.fungal)


class Drawn(NamedTuple):
    """(draws,) draws of the factors, or numbers."""

    bacterial: Array
    fungal: Array
    molar_ratio: Array


def factor_draws(draws: int, seed: int, factors: FactorSet = FACTORS["appuhn2006"]) -> Drawn:
    """Draws of the three factors about those of a set, log-normal, the set's value as median; shared by all samples."""
    middle = (factors.bacterial, factors.fungal, factors.molar_ratio)
    names = ("necromass.bacterial", "necromass.fungal", "necromass.molar_ratio")
    return Drawn(
        *(
            np.asarray(m * np.exp(s * generator(seed, name).standard_normal(draws)))
            for m, s, name in zip(middle, SPREAD, names, strict=True)
        )
    )


def necromass_carbon(
    glucosamine: ArrayLike, muramic_acid: ArrayLike, factors: FactorSet | Drawn = FACTORS["appuhn2006"]
) -> Necromass:
    """Bacterial and fungal necromass carbon from glucosamine and muramic acid [mg kg-1 soil].

    With `Drawn` factors the last axis of the sugars must be that of the draws or 1. The fungal part is not set to 0
    where bacteria would hold more glucosamine than there is: below 0 says that the ratio does not fit the sample.
    """
    glucosamine, muramic_acid = np.asarray(glucosamine, dtype=float), np.asarray(muramic_acid, dtype=float)
    of_bacteria = factors.molar_ratio * (GLUCOSAMINE_MASS / MURAMIC_ACID_MASS) * muramic_acid
    return Necromass(
        np.asarray(factors.bacterial * muramic_acid / 1000.0),
        np.asarray(factors.fungal * (glucosamine - of_bacteria) / 1000.0),
    )
