"""How pH changes the work of microbes and how tightly minerals hold carbon."""

from __future__ import annotations

from halosink.model.arrays import Array, jnp

AFFINITY_SLOPE = 0.186
"""Fall of ln(affinity) per unit of pH, the default of abramoff2022; their fitted set has 0.12."""
NEUTRAL = 7.0


def ph_factor(ph: Array, optimum: Array, width: Array) -> Array:
    """exp(-((pH - optimum) / width)^2), 1 at the optimum. Form and numbers are own choices (see the parameters)."""
    return jnp.exp(-jnp.square((ph - optimum) / width))


def affinity(ph: Array) -> Array:
    """Affinity of minerals for dissolved carbon against that at pH 7: exp(-0.186 (pH - 7)) (abramoff2022)."""
    return jnp.exp(-AFFINITY_SLOPE * (ph - NEUTRAL))
