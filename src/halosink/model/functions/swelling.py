"""Loss of conductivity by swelling and dispersed clay."""

from __future__ import annotations

import math

from halosink.model.arrays import Array, jax, jnp
from halosink.model.functions.logarithm import log, softplus
from halosink.model.functions.logarithm import power as raised

LIMIT, WIDTH = 300.0, 20.0
"""mmolc L-1 above which clay does not swell; its passage is smoothed over the width (own choice)."""


def swelling_factor(mmolc: Array, esp: Array, share: Array | float) -> Array:
    """r1 = 1 - c x^n / (1 + c x^n), 1 where clay does not swell, by mmolc L-1 of cations and ESP [%].

    x = 3.6e-4 f ESP* d*, d* = 356.4 C^-0.5 + 1.2 up to 300 mmolc L-1 and 0 above,
    ESP* = max(0, ESP - 1.24 - 11.63 log10 C), f the share of swelling clay in the soil: mcneal1968.
    n = (ESP / 100)^0.449 + 1.005, c = 0.846 exp(10.967 ESP / 100): ezlit2010. Both as coded in sodic_model.
    Corners are smoothed over 1 % of ESP and C raised by 0.1, which changes r1 by less than 0.01 for C of 3 and more.
    """
    strength = mmolc + 0.1
    spacing = (356.4 / jnp.sqrt(strength) + 1.2) * jax.nn.sigmoid((LIMIT - strength) / WIDTH)
    excess = softplus(esp - (1.24 + 11.63 / math.log(10.0) * log(strength)))
    x = 3.6e-4 * share * excess * spacing + 1e-12
    part = esp / 100.0
    power = raised(part + 1e-4, 0.449) + 1.005
    load = 0.846 * jnp.exp(10.967 * part + power * log(x))
    return 1.0 / (1.0 + load)


def alkaline_factor(ph: Array) -> Array:
    """Loss of conductivity at high pH: 1 at pH of 6.83 and less, 3.46 - 0.36 pH up to 9.3, 0.1 above, corners smoothed.

    The numbers are those given for suarez1984 in UNSATCHEM, from memory and not seen here; hence the weight
    alkaline_weight of the process structure.
    """
    falling = softplus(10.0 * (ph - 6.83)) - softplus(10.0 * (ph - 9.3))
    return 1.0 - 0.036 * falling
