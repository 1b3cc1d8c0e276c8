"""How salt, alkali and dry soil lower the growth of plants: factors of 0 to 1, and the roots they are felt through."""

from __future__ import annotations

from typing import NamedTuple

from halosink.model.arrays import Array, jax, jnp
from halosink.model.functions.logarithm import log, power


class Threshold(NamedTuple):
    """Salt tolerance as tabled: full yield up to `threshold` [dS m-1 of the saturated paste], then `slope` [% of the
    yield per dS m-1] lost (maas1977)."""

    threshold: float
    slope: float


CROPS = {
    "barley": Threshold(8.0, 5.0),
    "cotton": Threshold(7.7, 5.2),
    "wheat": Threshold(6.0, 7.1),
    "soybean": Threshold(5.0, 20.0),
    "groundnut": Threshold(3.2, 29.0),
    "rice": Threshold(3.0, 12.0),
    "maize": Threshold(1.7, 12.0),
    "asparagus": Threshold(4.1, 2.0),
    "zucchini": Threshold(4.7, 9.4),
    "red beet": Threshold(4.0, 9.0),
    "broccoli": Threshold(2.8, 9.2),
    "tomato": Threshold(2.5, 9.9),
    "cucumber": Threshold(2.5, 13.0),
    "spinach": Threshold(2.0, 7.6),
    "cabbage": Threshold(1.8, 9.7),
    "celery": Threshold(1.8, 6.2),
    "potato": Threshold(1.7, 12.0),
    "lettuce": Threshold(1.3, 13.0),
    "onion": Threshold(1.2, 16.0),
    "carrot": Threshold(1.0, 14.0),
    "bean": Threshold(1.0, 19.0),
}
"""Grain and fibre crops as in ayers_westcot1985 (rows C0127 to C0140 of the evidence table), vegetables as in the table
of maas1990."""


def half_yield(crop: Threshold) -> tuple[float, float]:
    """(C50 [dS m-1], s [m dS-1]) of the S-shaped curve for a tabled threshold and slope b:
    C50 = 0.988 (0.5 / b + Ct) - 0.252, s = 1.52 b (steppuhn2005)."""
    slope = crop.slope / 100.0
    return 0.988 * (0.5 / slope + crop.threshold) - 0.252, 1.52 * slope


def salt_response(salinity: Array, half: Array, steepness: Array) -> Array:
    """1 / (1 + (C / C50)^exp(s C50)), the modified discount function of steppuhn2005.

    salinity C >= 0 and half C50 > 0 in the same unit; steepness: the product s C50 [1]. 1 without salt.
    """
    salty = salinity > 0.0
    logarithm = log(jnp.where(salty, salinity, half) / half)
    return jnp.where(salty, jax.nn.sigmoid(-jnp.exp(steepness) * logarithm), 1.0)


def halophyte_response(salinity: Array, base: Array, optimum: Array, excess: Array, steepness: Array) -> Array:
    """Growth of halophytes relative to their best.

    base + (1 - base) x exp(1 - x) with x = C / optimum up to the optimum, above it the S-shaped curve of
    `salt_response` in C - optimum, halved at `excess`. base: growth without salt, 1 for halophytes without an optimum
    (most monocots). Smooth at the optimum. Own choice of form; that growth has an optimum is song_wang2015's.
    """
    share = jnp.minimum(salinity / optimum, 1.0)
    rising = base + (1.0 - base) * share * jnp.exp(1.0 - share)
    return rising * salt_response(jnp.maximum(salinity - optimum, 0.0), excess, steepness)


def alkali_response(ph: Array, half: Array, width: Array) -> Array:
    """1 / (1 + exp((pH - half) / width)). Own choice: a threshold without a corner."""
    return jax.nn.sigmoid((half - ph) / width)


def water_response(
    moisture: Array, field_capacity: Array, wilting_point: Array, depletion: Array, roots: Array
) -> Array:
    """Growth under drought: plant-available water of the root zone over that below which stress begins, at most 1.

    x = sum r (theta - wp) / ((1 - p) sum r (fc - wp)), r the share of roots (layers, lanes) (equation 84 of allen1998);
    x / (1 + x^8)^(1/8) in place of min(x, 1), own choice to round the corner: 8 % lower there, 0.05 % at half and at
    twice of it. depletion p: share of available water that is readily used.
    """
    held = jnp.sum(roots * jnp.maximum(moisture - wilting_point, 0.0), axis=0)
    full = jnp.sum(roots * jnp.maximum(field_capacity - wilting_point, 0.01), axis=0)
    share = held / ((1.0 - depletion) * full)
    return share / jnp.sqrt(jnp.sqrt(jnp.sqrt(1.0 + share**8)))


def root_shares(thickness: Array, extinction: Array) -> Array:
    """Share of roots in each layer, (layers, 1) or (layers, lanes), summing to 1 over the layers.

    Y = 1 - beta^d of the roots lie above depth d [cm] (gale1987, jackson1996); thickness [m], extinction beta.
    """
    bottom = jnp.cumsum(thickness, axis=0)
    below = power(jnp.asarray(extinction), 100.0 * bottom)
    above = jnp.concatenate([jnp.ones_like(below[:1]), below[:-1]])
    return (above - below) / (1.0 - below[-1])


def mixed_shares(thickness: Array, depth: Array) -> Array:
    """Share of what is worked evenly into the soil down to `depth` [m] that comes into each layer, summing to 1."""
    bottom = jnp.cumsum(thickness, axis=0)
    within = jnp.clip(depth - (bottom - thickness), 0.0, thickness)
    return within / jnp.sum(within, axis=0)
