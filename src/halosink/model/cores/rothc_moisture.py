"""Topsoil moisture deficit of RothC and the factors of temperature, moisture and cover on decomposition.

Source of all: coleman1996. The deficit is 0 in wet soil and negative in dry soil [mm over the depth].
"""

from __future__ import annotations

from halosink.model.arrays import Array, jnp

COLDEST = -5.0
"""Below this air temperature [degC] nothing decomposes. Source: coleman1996."""
ONE_BAR, BARE, DRIEST = 0.444, 0.556, 0.2
"""Shares of the largest deficit where moisture begins to limit and bare soil stops drying; factor at the driest."""
COVERED = 0.6
"""Factor on decomposition under living plants. Source: coleman1996."""


def temperature_factor(temperature: Array) -> Array:
    """47.91 / (1 + exp(106.06 / (T + 18.27))), 0 below -5 degC; T: mean air temperature of the month [degC]."""
    warm = jnp.maximum(temperature, COLDEST)
    return jnp.where(temperature < COLDEST, 0.0, 47.91 / (1.0 + jnp.exp(106.06 / (warm + 18.27))))


def largest_deficit(clay: Array, depth: Array) -> Array:
    """-(20 + 1.3 clay - 0.01 clay^2) depth / 23; clay [%], depth [cm]; negative [mm]."""
    return -(20.0 + 1.3 * clay - 0.01 * clay * clay) * depth / 23.0


def next_deficit(deficit: Array, balance: Array, largest: Array, cover: Array) -> Array:
    """Deficit after a month with this balance of rain less evapotranspiration [mm].

    Covered soil dries to the largest deficit, bare soil to 0.556 of it, and stays drier where it was drier before. For
    a cover between 0 and 1 the two in proportion (own choice: RothC knows only 0 and 1, where this is the same).
    """
    after = jnp.minimum(0.0, deficit + balance)
    covered = jnp.maximum(largest, after)
    bare = jnp.maximum(jnp.minimum(BARE * largest, deficit), after)
    return cover * covered + (1.0 - cover) * bare


def moisture_factor(deficit: Array, largest: Array) -> Array:
    """1 down to 0.444 of the largest deficit, then straight to 0.2 at the largest."""
    share = (largest - deficit) / (largest - ONE_BAR * largest)
    return jnp.where(deficit > ONE_BAR * largest, 1.0, DRIEST + (1.0 - DRIEST) * share)


def cover_factor(cover: Array) -> Array:
    """1 on bare soil, 0.6 under living plants; in proportion between (own choice)."""
    return 1.0 - (1.0 - COVERED) * cover
