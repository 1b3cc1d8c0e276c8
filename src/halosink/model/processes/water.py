"""Water of the layers over a month: rain and irrigation in, evaporation, uptake by plants, drainage and rise.

From the top down, each layer gets what drains from above, gives to the air and to roots, drains what is above field
capacity (or above what hangs over a water table) and refills from below. All limits are functions/limits.bounded, so
nothing is taken that is not there and none goes where there is no room:
  infiltration  P (1 - exp(-A / P)), A what the soil can hold and drain; P rain and irrigation: for rain of exponential
                intensity the share that a soil of capacity A takes in. The rest runs off and leaves the plot.
  evaporation   from the first layer, down to half the wilting point (allen1998), of E0 (1 - cover) under litter
  transpiration E0 cover by roots (jackson1996), down to the wilting point, less under osmotic stress; what a layer
                cannot give is asked of the next (own choice)
  drainage      of the excess, no faster than the conductivity (storage routing as in swat2009, with its limit)
  rise          what evaporation and uptake draw, and refill up to the water hanging above the water table
Snow and frozen soil are not in it: winter rain enters in its month.
"""

from __future__ import annotations

from collections.abc import Sequence

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.compiling import once
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.conductance import conductance
from halosink.model.functions.hydraulics import bottoms, capacity
from halosink.model.functions.limits import DAYS, bounded, positive
from halosink.model.functions.logarithm import power
from halosink.model.functions.osmotic import concentration, held, potential
from halosink.model.process import Conditions, Process, Values
from halosink.model.processes.water_parameters import PARAMETERS

DRIEST = 0.5
"""Share of the wilting point down to which the first layer dries. Source: allen1998."""
RESIDUAL = 0.005
"""m3 m-3 that never leaves. Own choice: keeps concentrations finite in sand without a wilting point."""
SOFTNESS = 0.02
"""Width of the passage about field capacity, as share of it. Own choice."""
STRESS_POWER = 3
"""Power of the reduction of uptake. Source: vangenuchten1993 (p of about 3)."""


def unstressed(stocks: Stocks, site: Site, values: Values) -> Array | float:
    """Factor on uptake by osmotic potential psi of the month before: 1 / (1 + (-w psi / psi50)^3), 1 without salt.

    psi50 [MPa] between those of other plants and of halophytes by their share. Source of the form: vangenuchten1993.
    """
    if "salt" not in stocks:
        return 1.0
    half = values["uptake_half_potential"] * (1 - site.halophyte)
    half = half + values["uptake_half_potential_halophyte"] * site.halophyte
    solution = concentration(stocks["salt"], held(stocks["water"], site))
    ratio = -values["osmotic_weight"] * potential(solution, values["osmotic_slope"]) / half
    return jnp.asarray(1.0 / (1.0 + ratio**STRESS_POWER))


def reached(site: Site, values: Values) -> Array:
    """Share of roots down to the end of each layer, 1 at the last: 1 - beta^d, d [cm]. Source: jackson1996."""
    down = 1.0 - power(jnp.asarray(values["root_extinction"]), 100.0 * bottoms(site.thickness))
    return jnp.asarray(down / down[-1:])


def conditions(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> dict[str, Array]:
    """Water that moves in the month; see the contract of conditions in CONTRIBUTING.

    water_down, water_up, transpiration (layers, lanes), evaporation, runoff, infiltrated_share (lanes,) [mm month-1];
    moisture, saturation: means of the beginning and the end of the month (layers, lanes).
    """
    water = stocks["water"]
    layers, lanes = water.shape
    full = capacity(site, site.porosity, water)
    wilting = capacity(site, jnp.maximum(site.wilting_point, RESIDUAL), water)
    driest = capacity(site, jnp.maximum(DRIEST * site.wilting_point, RESIDUAL), water)
    field = capacity(site, site.field_capacity, water)
    hanging = known.get("water_hanging", jnp.zeros_like(water))
    hold = jnp.maximum(field, hanging)
    supply = known.get("capillary_supply", jnp.zeros_like(water))
    pass_most = jnp.broadcast_to(DAYS * conductance(stocks, site, values), water.shape)
    factor = jnp.broadcast_to(jnp.asarray(unstressed(stocks, site, values)), water.shape)
    roots = jnp.broadcast_to(reached(site, values), water.shape)

    through = pass_most[-1]
    most = [through]
    for i in range(layers - 1, 0, -1):
        through = jnp.minimum(pass_most[i - 1], jnp.maximum(full[i] - water[i], 0.0) + through)
        most.insert(0, through)
    takes = jnp.maximum(full[0] - water[0], 0.0) + most[0]

    offered = jnp.broadcast_to(now.precipitation + now.irrigation, (lanes,))
    infiltrated = bounded(offered, takes)
    asked = now.potential_evaporation * now.cover * jnp.ones(lanes)
    bare = now.potential_evaporation * (1.0 - now.cover) * jnp.ones(lanes)
    if "litter" in stocks:
        bare = bare * jnp.exp(-values["mulch_effect"] * stocks["litter"])

    infiltrated, bare = once((infiltrated, bare))
    coming, risen, drawn = infiltrated, jnp.zeros(lanes), jnp.zeros(lanes)
    down, up, taken, after = [], [], [], []
    evaporation = jnp.zeros(lanes)
    for i in range(layers):
        there = water[i] + coming
        room = jnp.maximum(supply[i] - risen, 0.0)
        refilled = jnp.zeros(lanes)
        if i == 0:
            evaporation, there, refilled = _drawn(there, driest[i], room, bare)
        uptake, there, more = _drawn(there, wilting[i], room - refilled, (asked * roots[i] - drawn) * factor[i])
        refilled = refilled + more
        drawn = drawn + uptake
        refilled = refilled + bounded(jnp.maximum(hanging[i] - there, 0.0), jnp.maximum(room - refilled, 0.0))
        excess = positive(there - hold[i], SOFTNESS * field[i])
        over = jnp.maximum(there - full[i], 0.0)
        drained = over + bounded(excess - over, jnp.maximum(most[i] - over, 0.0))
        drained, refilled, uptake, there = once((drained, refilled, uptake, there))
        risen = risen + refilled
        coming = drained
        down.append(drained)
        up.append(risen)
        taken.append(uptake)
        after.append(water[i] + refilled)
    left = jnp.stack(down)
    end = jnp.stack(after) - left - jnp.stack(taken)
    end = end.at[1:].add(left[:-1]).at[0].add(infiltrated - evaporation)
    mean = 0.5 * (water + end) / (1000.0 * site.thickness)
    return {
        "water_down": left,
        "water_up": jnp.stack(up),
        "evaporation": evaporation,
        "transpiration": jnp.stack(taken),
        "runoff": offered - infiltrated,
        "infiltrated_share": _share(infiltrated, offered),
        "moisture": mean,
        "saturation": mean / site.porosity,
    }


def _drawn(there: Array, limit: Array, room: Array, asked: Array) -> tuple[Array, Array, Array]:
    """Taken of `asked` from water above `limit` and from what may rise; what is left, and what of it had to rise."""
    above = jnp.maximum(there - limit, 0.0)
    total = above + room
    got = bounded(total, asked)
    own = got * _share(above, total)
    return got, there - own, got - own


def _share(part: Array, whole: Array) -> Array:
    return jnp.where(whole > 0, part / jnp.where(whole > 0, whole, 1.0), 0.0)


def flows(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> Sequence[Flow]:
    """All water of the month, as amounts: conditions() has counted that each is there. Runoff goes to `taken`."""
    like = stocks["water"]
    top = jnp.zeros_like(like)
    share = known["infiltrated_share"]
    found = [
        Flow("water", "sky", "water", amount=top.at[0].set(share * now.precipitation)),
        Flow("water", "brought", "water", amount=top.at[0].set(share * now.irrigation)),
        Flow("water", "sky", "taken", amount=known["runoff"]),
        Flow("water", "water", "sky", amount=known["transpiration"].at[0].add(known["evaporation"])),
        Flow("water", "water", "water", amount=known["water_down"], shift=1),
    ]
    if "capillary_supply" in known:
        risen = known["water_up"]
        between = jnp.concatenate([top[:1], risen[:-1]])
        found += [
            Flow("capillary", "water", "water", amount=between, shift=-1, over="sky"),
            Flow("capillary", "below", "water", amount=top.at[-1].set(risen[-1])),
        ]
    return found


PROCESS = Process(
    "water",
    "water",
    Text("Soil water", "土壤水分"),
    Text(
        "Rain and irrigation, evaporation, uptake by plants, drainage and runoff, layer by layer.",
        "逐层计算降水与灌溉、蒸发、植物吸水、下渗与径流。",
    ),
    PARAMETERS,
    conditions,
    flows,
    (
        "water_down",
        "water_up",
        "evaporation",
        "transpiration",
        "runoff",
        "infiltrated_share",
        "moisture",
        "saturation",
    ),
    (),
    ("allen1998", "jackson1996", "vangenuchten1993", "swat2009"),
)
