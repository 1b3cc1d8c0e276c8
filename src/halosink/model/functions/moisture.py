"""How the water of the soil lets microbes reach their food and breathe."""

from __future__ import annotations

from halosink.model.arrays import Array, jax, jnp

BREATH = 0.2
"""Share of activity that needs no air in the pores (kamin of abramoff2022)."""
MOST = 0.43
"""Highest value of the product below for wilting points of 0.08 to 0.2 and porosities of 0.4 to 0.5, 0.425 to 0.433."""


def decay_factor(moisture: Array, saturation: Array, porosity: Array, wilting: Array) -> Array:
    """Factor on rates of decay by water, about 1 at its best (near 0.8 of the pores filled), 0 in dry soil.

    f = s (0.2 + 0.8 sqrt(1 - theta / porosity)) / 0.43, s = (theta - w / 2) / (porosity - w / 2) from 0 to 1, w the
    wilting point [m3 m-3]. The second factor, breath, is that of abramoff2022; the first, food carried through water,
    is linear and ends at half the wilting point: own choice, about 0.3 at the wilting point and 0.95 at field capacity.
    Air-dry soil respires hardly at all, which a factor that ends at no water would not give.
    """
    driest = 0.5 * wilting
    reach = jnp.clip((moisture - driest) / (porosity - driest), 0.0, 1.0)
    empty = jnp.clip(1.0 - saturation, 0.0, 1.0)
    return reach * (BREATH + (1.0 - BREATH) * root(empty)) / MOST


def root(x: Array) -> Array:
    """Square root with a finite derivative at 0: sqrt(x + e) - sqrt(e), e = 1e-6; off by less than 1e-3."""
    return jnp.sqrt(x + 1e-6) - 1e-3


def airless(saturation: Array) -> Array:
    """Share of the soil without oxygen: 1 / (1 + exp(-(S - 0.85) / 0.04)), S the share of pores filled with water.

    Own choice: half at 85 %, 2 % at 70 %, nearly all at 100 %. Months have no shorter wet spells; it is a mean
    response.
    """
    return jax.nn.sigmoid((saturation - 0.85) / 0.04)
