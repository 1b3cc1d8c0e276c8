"""Sodium between the soil water and the exchange sites at equilibrium."""

from __future__ import annotations

from typing import NamedTuple

from halosink.model.arrays import Array, jnp
from halosink.model.forcing import Site
from halosink.model.functions.logarithm import power

REFERENCE = 65.0
"""mmolc L-1 where the slope is that of richards1954; see STEEPNESS."""
STEEPNESS = 0.197
"""Power with which the slope of ESR on SAR falls with the total of cations: ln(0.0163 / 0.0085) / ln(1057 / 39).
Source: esr_cations1982; between its two ends a power is an own choice."""
FEWEST, MOST = 39.0, 1057.0
"""mmolc L-1 beyond which the slope stays. Source: esr_cations1982."""
STEPS = 5
"""Newton steps from the state of the month before. Own choice: a jump from no sodium to a full exchanger ends within
1e-6 of its solution, and what is left is made up in the month after."""
FEW = 1e-9
"""molc m-2 of calcium and magnesium below which SAR no longer rises. Own choice, for finite derivatives."""


class Balance(NamedTuple):
    """exchanged: exchangeable sodium at equilibrium [molc m-2]; divalent: dissolved calcium and magnesium then."""

    exchanged: Array
    divalent: Array


def exchange_capacity(site: Site) -> Array:
    """molc m-2 of each layer from CEC [cmolc kg-1], bulk density [g cm-3] and thickness [m]: 10 CEC rho d."""
    return 10.0 * site.cation_exchange_capacity * site.bulk_density * site.thickness


def slope(mmolc: Array, at_reference: Array | float) -> Array:
    """Slope of ESR on SAR at this total of dissolved cations [mmolc L-1]. Source: esr_cations1982.

    at_reference (c / REFERENCE)^-STEEPNESS, 1 / c^8 = 1 / (C^8 + FEWEST^8) + 1 / MOST^8: C held between the two with
    rounded corners.
    """
    eighth = jnp.square(jnp.square(jnp.square(jnp.maximum(mmolc, 1e-3) / FEWEST)))
    short = (MOST / FEWEST) ** 8 / (1.0 + eighth)
    return jnp.asarray(at_reference * (MOST / REFERENCE) ** -STEEPNESS * power(1.0 + short, STEEPNESS / 8.0))


def adsorption_ratio(sodium: Array, divalent: Array, water: Array) -> Array:
    """SAR = Na / sqrt((Ca + Mg) / 2) in mmolc L-1, from charges [molc m-2] in water [mm]. Source: richards1954."""
    return sodium * jnp.sqrt(2000.0 / (water * (divalent + FEW)))


def balance(salt: Array, sodium: Array, exchanged: Array, sites: Array, water: Array, steep: Array) -> Balance:
    """Equilibrium of X / (CEC - X) = steep SAR with X + Na and the dissolved charge as they are.

    All in molc m-2, water [mm]. With s^2 = Ca + Mg = salt - Na and m = Na + X - salt, so that X = s^2 + m, it is
    (s^2 + m) s = a (CEC - m - s^2)(salt - s^2), a = steep sqrt(2000 / water): one root where X and Na are >= 0, by
    Newton's method kept within those ends.
    """
    rest = sodium + exchanged - salt
    free = sites - rest
    low = jnp.maximum(-rest, 0.0)
    high = jnp.maximum(jnp.minimum(salt, free), low)
    low, high = jnp.sqrt(low + FEW), jnp.sqrt(high + FEW)
    a = steep * jnp.sqrt(2000.0 / water)
    s = jnp.sqrt(jnp.maximum(salt - sodium, 0.0) + FEW)
    for _ in range(STEPS):
        square = s * s
        off = (square + rest) * s - a * (free - square) * (salt - square)
        steepness = 3.0 * square + rest + 2.0 * a * s * (free + salt - 2.0 * square)
        s = jnp.clip(s - off / jnp.maximum(steepness, FEW), low, high)
    divalent = jnp.maximum(s * s - FEW, 0.0)
    return Balance(jnp.clip(divalent + rest, 0.0, jnp.maximum(sites, exchanged)), divalent)
