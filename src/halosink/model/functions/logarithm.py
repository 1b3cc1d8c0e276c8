"""Logarithms by arithmetic alone, which a CPU does for eight lanes at once; those of XLA go lane by lane.

All by log(m) = 2 artanh((m - 1) / (m + 1)), summed as 2 s (1 + s^2 / 3 + s^4 / 5 + ...) to the last bit but one or two:
relative error below 1e-15, also close to log 1 = 0. Derivatives are those of the functions, not of the sums.
"""

from __future__ import annotations

import math

from halosink.model.arrays import Array, jax, jnp
from halosink.model.compiling import once

HALF = int(math.sqrt(0.5).hex().split(".")[1].split("p")[0], 16) + (1022 << 52)
"""The bits of sqrt(1/2) as a whole number."""


def _sum(s: Array, terms: int) -> Array:
    """2 artanh(s)."""
    z = s * s
    found = jnp.full_like(z, 1.0 / (2 * terms + 1))
    for k in range(terms - 1, 0, -1):
        found = found * z + 1.0 / (2 * k + 1)
    return 2.0 * s + 2.0 * s * (z * found)


@jax.custom_jvp
def log(x: Array) -> Array:
    """log(x) of float64 from 1e-300 to 1e300: x = 2^k m, m from sqrt(1/2) to sqrt(2). nan for x <= 0 and for nan."""
    bits = jax.lax.bitcast_convert_type(jnp.asarray(x, jnp.float64), jnp.int64)
    whole = jnp.right_shift(bits - HALF, 52)
    m = jax.lax.bitcast_convert_type(bits - jnp.left_shift(whole, 52), jnp.float64)
    found = whole.astype(jnp.float64) * math.log(2.0) + _sum((m - 1.0) / (m + 1.0), 11)
    return once(jnp.where(x > 0, found, jnp.nan))


@log.defjvp
def _log_jvp(x: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
    return log(x[0]), along[0] / x[0]


@jax.custom_jvp
def log1p(x: Array) -> Array:
    """log(1 + x), x > -1."""
    x = jnp.asarray(x, jnp.float64)
    near = (x > -0.5) & (x < 1.0)
    return once(jnp.where(near, _sum(jnp.where(near, x, 0.0) / (2.0 + x), 16), log(1.0 + x)))


@log1p.defjvp
def _log1p_jvp(x: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
    return log1p(x[0]), along[0] / (1.0 + x[0])


@jax.custom_jvp
def softplus(x: Array) -> Array:
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))."""
    x = jnp.asarray(x, jnp.float64)
    small = jnp.exp(-jnp.abs(x))
    return once(jnp.maximum(x, 0.0) + _sum(small / (2.0 + small), 16))


@softplus.defjvp
def _softplus_jvp(x: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
    return softplus(x[0]), along[0] * jax.nn.sigmoid(x[0])


def power(x: Array, exponent: Array | float) -> Array:
    """x^exponent for x > 0."""
    return jnp.exp(exponent * log(x))
