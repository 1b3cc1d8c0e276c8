"""Depths of layers, retention by texture, and how much water may rise from a water table."""

from __future__ import annotations

from halosink.model.arrays import Array, jnp
from halosink.model.forcing import Site
from halosink.model.functions.logarithm import power


def bottoms(thickness: Array) -> Array:
    """Depth of the lower end of each layer [m], (layers, 1) or (layers, lanes)."""
    return jnp.cumsum(thickness, axis=0)


def capacity(site: Site, share: Array, like: Array) -> Array:
    """Water [mm] of layers whose volumetric content is `share` [m3 m-3], in the shape of `like`."""
    return jnp.broadcast_to(1000.0 * site.thickness * share, like.shape)


def exponent(clay: Array) -> Array:
    """b of Clapp and Hornberger from clay [%]: b = 2.91 + 0.159 clay. Source: cosby1984 as coded in ctsm."""
    return 2.91 + 0.159 * clay


def air_entry(sand: Array) -> Array:
    """Air-entry head [m] from sand [%]: 10^(1.88 - 0.0131 sand) cm. Source: cosby1984 as coded in ctsm."""
    return jnp.asarray(0.01 * 10.0 ** (1.88 - 0.0131 * sand))


def rise(conductivity: Array, b: Array, head: Array, height: Array) -> Array:
    """Most water that can rise steadily `height` [m] above a water table, in the unit of the conductivity.

    U = K a1 (h / Z)^b1 with b1 = 2 + 3 / b, a1 = 1 + 1.5 / (b1 - 1), h the air-entry head [m]; K a1 where the height is
    less than h. Source: sodic_model, after eagleson1978. Steady flow through uniform soil to a dry surface.
    """
    slope = 2.0 + 3.0 / b
    return conductivity * (1.0 + 1.5 / (slope - 1.0)) * power(head / jnp.maximum(height, head), slope)


def hanging(porosity: Array, b: Array, head: Array, height: Array) -> Array:
    """Water content [m3 m-3] at rest `height` [m] above a water table: porosity (height / h)^(-1 / b), saturated below
    the air-entry head h. Source: clapp1978."""
    return porosity * power(jnp.maximum(height, head) / head, -1.0 / b)
