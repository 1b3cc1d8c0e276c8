"""Capillary rise from a water table: how much water may come up to each layer, and what water would hang there.

It sets limits only; the process water takes what it needs of them, and the salt of the groundwater comes with it. It
must stand before water in a tier. Without it nothing rises, and drainage is free.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.flows import Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.conductance import CONDUCTANCE, conductance
from halosink.model.functions.hydraulics import air_entry, bottoms, capacity, exponent, hanging, rise
from halosink.model.functions.limits import DAYS
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

ENTRY = Parameter(
    "air_entry_scale",
    1.0,
    "1",
    0.2,
    5.0,
    "lognormal",
    1.0,
    0.5,
    Text("Air-entry head against that by texture", "进气值水头与质地估计值之比"),
    Text(
        "Scales the head of cosby1984, which scatters by about this much between soils of one texture (own choice of "
        "spread). It rules how far water rises.",
        "对 cosby1984 按质地估计的水头加以缩放；同一质地土壤间的离散大致如此（为自定）。它决定毛管水上升的强弱。",
    ),
    "own_choice",
)


def conditions(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> dict[str, Array]:
    """capillary_supply: most that may rise into each layer from below [mm month-1], never less than into the layer
    above; water_hanging: water in each layer at rest above the water table [mm]. Both (layers, lanes).

    ValueError where water ran before it.
    """
    if "water_down" in known:
        raise ValueError("capillary must stand before water in the tier")
    water = stocks["water"]
    b = exponent(site.clay)
    head = values["air_entry_scale"] * air_entry(site.sand)
    height = now.groundwater_depth - (bottoms(site.thickness) - 0.5 * site.thickness)
    slowest = jax.lax.cummin(jnp.broadcast_to(conductance(stocks, site, values), water.shape), axis=0, reverse=True)
    supply = DAYS * rise(slowest, b, head, height)
    return {
        "capillary_supply": jax.lax.cummax(jnp.broadcast_to(supply, water.shape), axis=0),
        "water_hanging": capacity(site, hanging(site.porosity, b, head, height), water),
    }


PROCESS = Process(
    "capillary",
    "water",
    Text("Capillary rise", "毛管上升水"),
    Text(
        "Water that rises from a water table, limited by conductivity and height, with the salt of the groundwater.",
        "受导水率与高度限制的毛管上升水，并带入地下水中的盐分。",
    ),
    (ENTRY, *CONDUCTANCE),
    conditions,
    None,
    ("capillary_supply", "water_hanging"),
    (),
    ("sodic_model", "eagleson1978", "cosby1984", "ctsm", "clapp1978", "zarei2019"),
)
