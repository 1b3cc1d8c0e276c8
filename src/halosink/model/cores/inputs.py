"""What the cores take in from the forcing, and soil properties over the depth a core speaks of."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.core import Values
from halosink.model.forcing import Forcing
from halosink.model.parameters import Parameter

PLANT_SHARE = Parameter(
    name="plant_share",
    value=0.6,
    unit="1",
    low=0.0,
    high=1.0,
    prior="beta",
    a=6.0,
    b=4.0,
    label=Text("Share of plant production that enters the soil", "进入土壤的植物生产量比例"),
    about=Text(
        "A core has no plants: what is harvested, grazed or rots on the ground and the depth roots reach are all in "
        "this share. Wide, since it is known of no site beforehand.",
        "这类模型不含植物：收获、放牧、地表腐解和根系深度的影响都归入这一比例。由于各样地事先均未知，先验取得较宽。",
    ),
    source="own_choice",
)


def plant_carbon(now: Forcing, parameters: Values) -> Array:
    """Plant carbon into the soil [g C m-2 month-1]: plant_share x potential production, and residue.

    Harvest is inside plant_share. To give a core the litter that the monthly tier makes under stress, put that litter
    into `residue` and no production.
    """
    return jnp.asarray(parameters["plant_share"] * now.potential_production + now.residue)


def over_depth(values: Array, thickness: Array, depth: float | Array) -> Array:
    """(lanes,) mean of layers (layers, lanes) down to a depth [m], each by its thickness above it.

    Values without layers are given back as they are.
    """
    values = jnp.asarray(values)
    if values.ndim < 2:
        return values
    bottom = jnp.cumsum(jnp.broadcast_to(thickness, values.shape), axis=0)
    top = bottom - thickness
    inside = jnp.maximum(jnp.minimum(bottom, depth) - top, 0.0)
    return jnp.sum(values * inside, axis=0) / jnp.sum(inside, axis=0)
