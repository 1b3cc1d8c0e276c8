"""Gypsum that brings exchangeable sodium down to a target."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import Seed, generator
from halosink.vocabulary.substances import molar_mass

PER_CHARGE = (float(molar_mass("CaSO4")) + 2.0 * float(molar_mass("H2O"))) / 2.0
"""g of CaSO4 2H2O per mol of charge: 86.1."""
EXCESS = (1.1, 1.3)
"""More than the sodium to be replaced asks for, as calcium replaces other ions too. Source: ndsu_gypsum (Oster)."""


def gypsum_of_sodium(sodium: ArrayLike, depth: ArrayLike, bulk_density: ArrayLike, purity: ArrayLike = 1.0) -> Array:
    """t/ha of gypsum that replaces `sodium` in cmol(c)/kg mol for mol in a layer `depth` cm thick of g/cm3.

    86.1 g per mol of charge; 1 cmol(c)/kg over 100 t soil per ha and cm and g/cm3 is 0.0861 t/ha.
    """
    soil = 100.0 * np.asarray(depth, dtype=float) * np.asarray(bulk_density, dtype=float)
    return np.asarray(np.asarray(sodium, dtype=float) * 1e-5 * PER_CHARGE * soil / np.asarray(purity, dtype=float))


def gypsum_requirement(
    cation_exchange_capacity: ArrayLike,
    esp: ArrayLike,
    esp_target: float,
    depth: ArrayLike,
    bulk_density: ArrayLike,
    *,
    purity: float = 1.0,
    draws: int = 1000,
    seed: Seed = 0,
) -> Array:
    """(n, draws) t/ha of gypsum to bring ESP (n,) or (n, draws) in per cent down to esp_target.

    cation_exchange_capacity: (n,) cmol(c)/kg; depth: (n,) cm; bulk_density: (n,) g/cm3; purity: share of gypsum.
    GR = F 0.0861 D rho CEC (ESP - target) / 100 / purity with F uniform in EXCESS; 0 where ESP is below the target.
    Gypsum that meets soda is used up by it and not in here. ValueError for a purity outside 0 to 1.
    """
    if not 0 < purity <= 1:
        raise ValueError("purity must lie between 0 and 1")
    share = np.asarray(esp, dtype=float)
    share = share[:, None] if share.ndim == 1 else share
    sodium = np.asarray(cation_exchange_capacity, dtype=float)[:, None] * np.maximum(share - esp_target, 0.0) / 100.0
    layer = (np.asarray(v, dtype=float) for v in (depth, bulk_density))
    thick, dense = (np.broadcast_to(v, len(sodium))[:, None] for v in layer)
    excess = generator(seed, "soil", "salinity", "gypsum").uniform(*EXCESS, size=draws)
    return np.asarray(gypsum_of_sodium(sodium, thick, dense, purity) * excess)
