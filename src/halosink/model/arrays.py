"""JAX in double precision, as every file of the model imports it."""

from __future__ import annotations

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]

Array = jax.Array
__all__ = ["Array", "jax", "jnp"]
