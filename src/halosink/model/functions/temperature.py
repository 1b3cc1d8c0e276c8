"""How warmth speeds up decomposition, and what it costs microbes in efficiency."""

from __future__ import annotations

from halosink.model.arrays import Array, jax, jnp
from halosink.model.functions.logarithm import log

COLDEST = -17.0
"""degC below which nothing decomposes; the curve is 5e-36 there. Own choice, keeps derivatives finite."""


def decay_factor(temperature: Array) -> Array:
    """Factor on rates of decay, 1 at 9.25 degC: 47.91 / (1 + exp(106.06 / (T + 18.27))), T [degC] (coleman1996).

    RothC cuts the curve off at -5 degC, where it is 0.016; here it goes on smoothly to 0 (own choice: no jump).
    """
    warm = temperature > COLDEST
    safe = jnp.where(warm, temperature, COLDEST)
    return jnp.where(warm, 47.91 * jax.nn.sigmoid(-106.06 / (safe + 18.27)), 0.0)


def efficiency(reference: Array, slope: Array | float, temperature: Array) -> Array:
    """Carbon use efficiency [1] at a temperature [degC], within 0 and 1.

    The line reference - slope (T - 15) of qiao2019, bent so that it stays within 0 and 1 and has the same value and
    slope at 15 degC: sigmoid(logit(reference) - slope (T - 15) / (reference (1 - reference))). The bend is an own
    choice.
    """
    reference = jnp.asarray(reference)
    turned = log(reference / (1.0 - reference))
    return jax.nn.sigmoid(turned - slope * (temperature - 15.0) / (reference * (1.0 - reference)))
