"""Sodium adsorption ratio of the saturation extract from the ions of a 1:5 extract: a model with error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.sodium_ratios import charge_concentration, sodium_adsorption_ratio
from halosink.soil.salinity.streams import Seed, generator

WATER = 5.0
"""kg water per kg soil of the extract."""
FACTOR, BETWEEN, WITHIN = 4.3, 0.35, 0.20
"""SAR of the paste over that of the extract and the standard deviation of its logarithm between soils and between
samples. Own choice: dilution alone divides it by sqrt(7) = 2.6; in the soda soils of Songnen the two lines of
chi2011esp make it 7 to 8, as calcite dissolves and calcium leaves the exchange sites on dilution. The middle of these,
with both inside the interval."""


def sar_of_soluble_ions(sodium: ArrayLike, calcium: ArrayLike, magnesium: ArrayLike) -> Array:
    """SAR (n,) of a 1:5 extract itself, of its ions (n,) in mg per kg soil."""
    ions = (("Na", sodium), ("Ca", calcium), ("Mg", magnesium))
    return sodium_adsorption_ratio(*(charge_concentration(mass, ion) / WATER for ion, mass in ions))


def saturation_sar(sar_1_5: ArrayLike, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) SAR of the saturation extract from SAR (n,) of a 1:5 extract. NaN for a negative SAR.

    SARe = f SAR1:5, f log-normal and shared by the rows of one draw, with the scatter of single samples.
    """
    value = np.asarray(sar_1_5, dtype=float).ravel()
    random = generator(seed, "soil", "salinity", "sar_1_5")
    shared, own = random.standard_normal(draws), random.standard_normal((len(value), draws))
    factor = FACTOR * np.exp(BETWEEN * shared + WITHIN * own)
    return np.asarray(np.where(value >= 0, value, np.nan)[:, None] * factor)
