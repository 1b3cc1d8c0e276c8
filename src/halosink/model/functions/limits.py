"""Smooth limits, so that derivatives stay finite and amounts stay within what is there."""

from __future__ import annotations

from halosink.model.arrays import Array, jnp
from halosink.model.functions.logarithm import softplus

DAYS = 365.25 / 12
"""Days of a month."""
LEAST = 1e-12


def bounded(there: Array, asked: Array) -> Array:
    """What can be had of `there` when `asked` is demanded: there (1 - exp(-asked / there)), 0 where nothing is there.

    Both >= 0 and of one unit; never more than either. It is the mean over amounts that come in bursts with an
    exponential distribution, hence its use where a month holds many rains. Own choice as the one limit of the water
    balance.
    """
    some = jnp.maximum(there, LEAST)
    return jnp.where(there > LEAST, -some * jnp.expm1(-asked / some), 0.0)


def under_one(x: Array) -> Array:
    """Factor that keeps x under 1: (1 + x^8)^(-1/8), for x >= 0. The power is an own choice of sharpness; by square
    roots, which are faster than powers."""
    square = x * x
    fourth = square * square
    return 1.0 / jnp.sqrt(jnp.sqrt(jnp.sqrt(1.0 + fourth * fourth)))


def positive(x: Array, width: Array | float) -> Array:
    """Smooth max(x, 0): width log(1 + exp(x / width))."""
    return width * softplus(x / width)
