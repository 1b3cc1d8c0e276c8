"""Salt and sodium carried by water through well-mixed layers, and what the soil water is like.

A layer that gives q mm of water a month out of W loses in each part of the month the share q dt / W of its salt (upwind
transport: mean time in the layer and steady concentration are those of a mixed vessel), smoothly held below all of it.
Where more water passes than the layer holds, irrigation salt beyond that goes on to the layers below. What drains
carries only `leaching_efficiency` of that share, the rest passing through large pores (leaching_wiki). Evaporation
leaves salt; uptake by plants is their own process. Salt beyond the solubility of NaCl does not move. Rain brings none;
salt does not diffuse.
"""

from __future__ import annotations

from collections.abc import Sequence

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.limits import under_one
from halosink.model.functions.logarithm import log1p
from halosink.model.functions.osmotic import SLOPE, concentration, conductivity, dissolved_share, held, potential
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values
from halosink.model.tier import SUBSTEPS

PASTE = 2.0
"""Water of the saturated paste as multiple of that at field capacity. Source: richards1954 (saturation percentage about
twice field capacity)."""
DT = 1.0 / SUBSTEPS["salt"]

EFFICIENCY = Parameter(
    "leaching_efficiency",
    0.5,
    "1",
    0.05,
    1.0,
    "beta",
    3.0,
    3.0,
    Text("Share of draining water that carries the salt of the layer", "淋洗效率"),
    Text(
        "0.7 to 0.8 in a clay of the Nile delta, 0.10 to 0.15 in a dense clay of the Tagus (leaching_wiki); own choice "
        "of a prior that covers both.",
        "尼罗河三角洲黏土为 0.7 至 0.8，塔霍河致密黏土为 0.10 至 0.15（leaching_wiki）；先验为自定，以涵盖二者。",
    ),
    "own_choice",
)


def conditions(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> dict[str, Array]:
    """salt_concentration [mmolc L-1], ec_solution, ec_paste [dS m-1], osmotic_potential [MPa], all (layers, lanes)."""
    salt = stocks["salt"]
    dissolved = concentration(salt, held(stocks["water"], site))
    paste = 1000.0 * PASTE * site.field_capacity * site.thickness
    return {
        "salt_concentration": dissolved,
        "ec_solution": conductivity(dissolved),
        "ec_paste": conductivity(concentration(salt, paste)),
        "osmotic_potential": potential(dissolved, values["osmotic_slope"]),
    }


def flows(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> Sequence[Flow]:
    """Of `salt` and of `sodium` where it is a stock: with irrigation and groundwater in, down, up and out below."""
    water = held(stocks["water"], site)
    moves = dissolved_share(stocks["salt"], water) / water
    risen = known["water_up"]
    down = values["leaching_efficiency"] * known["water_down"] * moves
    up = jnp.concatenate([jnp.zeros_like(risen[:1]), risen[:-1]]) * moves
    turns = DT * (down + up)
    stays = under_one(jnp.minimum(turns, 1e6))
    leaving = jnp.minimum(turns * stays, 1.0 - 1e-9)
    faster = jnp.where(turns > 0, -log1p(-leaving) / jnp.where(turns > 0, turns, 1.0), 1.0)
    down, up = down * faster, up * faster
    brought = known["infiltrated_share"] * now.irrigation * now.irrigation_salt / 1000.0
    reached = jax.lax.cummax(stays, axis=0)
    arrives = brought * jnp.concatenate([reached[:1], jnp.diff(reached, axis=0)])
    groundwater = jnp.zeros_like(water).at[-1].set(risen[-1] * now.groundwater_salt / 1000.0)
    found = []
    for name, shares in (("salt", (1.0, 1.0)), ("sodium", (now.irrigation_sodium, now.groundwater_sodium))):
        if name not in stocks:
            continue
        found += [
            Flow("salt", name, name, rate=down, shift=1),
            Flow("salt", name, name, rate=up, shift=-1, over="sky"),
            Flow("salt", "brought", name, amount=arrives * shares[0]),
            Flow("salt", "brought", "below", amount=brought * (1.0 - reached[-1]) * shares[0]),
            Flow("salt", "below", name, amount=groundwater * shares[1]),
        ]
    return found


PROCESS = Process(
    "salt",
    "salt",
    Text("Salt in the soil water", "土壤水中的盐分"),
    Text(
        "Salt and sodium that move with water, and the conductivity and osmotic potential they make.",
        "盐分与钠离子随水运移，以及由此形成的电导率与渗透势。",
    ),
    (EFFICIENCY, SLOPE),
    conditions,
    flows,
    ("salt_concentration", "ec_solution", "ec_paste", "osmotic_potential"),
    ("water_down", "water_up", "infiltrated_share"),
    ("richards1954", "songnen_ec", "leaching_wiki", "haynes2016"),
)
