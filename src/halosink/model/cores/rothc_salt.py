"""RothC with all decomposition slowed by the osmotic potential of the soil water.

f = 1 / (1 + (-psi / psi50)^n), psi the osmotic potential [MPa]. psi50 and n go through the middle of what sparling1989
measured in field soils: respiration 28 to 45 % lower at -2.3 MPa and 64 to 86 % lower at -8.0 MPa, that is
n = ln(3.0 / 0.575) / ln(8.0 / 2.3) = 1.33 and psi50 = 3.5. The response was acute (hours), so adapted communities may
bear more. The form and its use on all pools are an own choice; it is nobody's published salt version of RothC.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.core import Core, Step, Values
from halosink.model.cores.inputs import over_depth
from halosink.model.cores.rothc import PARAMETERS, POOLS, advance, month_deficit, start
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.osmotic import SLOPE
from halosink.model.functions.salt_response import HALF, STEEPNESS, salt_factor
from halosink.model.parameters import Parameter

SALT = (
    Parameter(
        "ec_saturated_paste",
        4.0,
        "dS m-1",
        0.0,
        200.0,
        "fixed",
        4.0,
        0.0,
        Text("Electrical conductivity of the saturated paste", "饱和泥浆浸提液电导率"),
        Text(
            "A measured value for each plot, not to be calibrated; else that from which soil is called saline.",
            "应取各小区实测值，不参与标定；未给出时取盐土的界限值。",
        ),
        "richards1954",
    ),
    SLOPE,
    HALF,
    STEEPNESS,
)


def osmotic_potential(deficit: Array, site: Site, parameters: Values) -> Array:
    """Osmotic potential of the topsoil's water in a month [MPa], negative.

    -slope x EC of the paste x porosity / water content: the salt of the paste in less water. Water content is field
    capacity less the deficit of RothC over the topsoil, not below the wilting point. Salt in the soil stays as given;
    gypsum that dissolves on wetting would make the potential of dry soil too low (own choice, for want of ions here).
    """
    depth = parameters["topsoil"] / 100.0
    porosity, full, driest = (
        over_depth(v, site.thickness, depth) for v in (site.porosity, site.field_capacity, site.wilting_point)
    )
    water = jnp.maximum(full + deficit / (1000.0 * depth), driest)
    return jnp.asarray(-parameters["osmotic_slope"] * parameters["ec_saturated_paste"] * porosity / water)


def advance_at(pools: Array, memory: Array, now: Forcing, site: Site, parameters: Values, potential: Array) -> Step:
    """One month at a given osmotic potential [MPa], (lanes,): for a salt content that another model follows."""
    slowed = salt_factor(potential, parameters["half_activity_potential"], parameters["salt_steepness"])
    return advance(pools, month_deficit(memory, now, site, parameters), now, site, parameters, slowed)


def _step(pools: Array, memory: Array, now: Forcing, site: Site, parameters: Values) -> Step:
    potential = osmotic_potential(month_deficit(memory, now, site, parameters), site, parameters)
    return advance_at(pools, memory, now, site, parameters, potential)


ROTHC_SALT = Core(
    name="rothc_salt",
    label=Text("RothC with a salt modifier", "加入盐分修正的 RothC"),
    about=Text(
        "RothC, all decomposition slowed by the osmotic potential of a given salinity of the saturated paste, which "
        "rises as the soil dries. Salt does not change the inputs here.",
        "在 RothC 中，按给定的饱和泥浆电导率换算渗透势并降低全部分解速率，土壤变干时溶液浓缩。此处盐分不改变碳输入。",
    ),
    pools=POOLS,
    parameters=(*PARAMETERS, *SALT),
    step=_step,
    start=start,
    source="sparling1989",
)
