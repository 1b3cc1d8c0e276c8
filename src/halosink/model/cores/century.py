"""Soil organic matter of CENTURY, version 4: litter on the ground and in the soil, active, slow and passive carbon.

Litter is metabolic, Fm = 0.85 - 0.018 lignin/nitrogen (parton1987), or structural, which holds all lignin. Each pool
decays at k x T x W, structural litter also x exp(-3 Ls), Ls its share of lignin, active carbon x (0.25 + 0.75 sand).
Of what decays, shares become CO2 and the rest moves on (metherell1993, parton1993):

    structural, lignin  -> slow, 0.30 CO2          structural, rest -> surface microbes, 0.45 CO2, or active, 0.55 CO2
    metabolic           -> surface microbes or active, 0.55 CO2
    surface microbes    -> slow, 0.60 CO2
    active              -> 0.17 + 0.68 sand CO2, 0.003 + 0.032 clay passive, the rest slow
    slow                -> 0.55 CO2, 0.003 + 0.009 clay passive, the rest active
    passive             -> active, 0.55 CO2

Integrated as CENTURY does, by explicit Euler steps of a quarter of a month. The model is linear in carbon. Left out:
nitrogen, cultivation, want of oxygen, and leaching of active carbon, which stays in the slow pool (own choice: no water
passes through a core). parton1993 is quoted with - 0.009 clay for slow to passive, which is negative above 33 % clay;
version 4 adds it, as here.
"""

from __future__ import annotations

from typing import NamedTuple

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.core import Core, Step, Values
from halosink.model.cores.century_parameters import PARAMETERS
from halosink.model.cores.inputs import over_depth, plant_carbon
from halosink.model.forcing import Forcing, Site

POOLS = (
    "surface_structural",
    "soil_structural",
    "surface_metabolic",
    "soil_metabolic",
    "surface_microbes",
    "active",
    "slow",
    "passive",
)
STEPS = 4
"""Euler steps of a month. Source: metherell1993."""
DEPTH = 0.2
"""Depth of soil [m]. Source: metherell1993."""
WATER_DEPTH = 0.3
"""Depth whose available water counts for moisture [m]: the two upper layers. Source: metherell1993."""
LEAST_METABOLIC = 0.2
"""Least metabolic share of litter. Source: metherell1993, as in its code."""
HOTTEST, BEST = 45.0, 35.0
"""No decay above, and fastest decay at [degC]. Source: burke2003."""
WETTEST = 9.0
"""Ratio of water to demand from which moisture limits nothing. Source: metherell1993, as in its code."""


class Litter(NamedTuple):
    """Metabolic share of litter, and share of lignin in the structural rest."""

    metabolic: Array
    lignin: Array


def litter(lignin: Array, lignin_nitrogen: Array) -> Litter:
    """lignin: share of litter; lignin_nitrogen: its ratio to nitrogen.

    Fm leaves room for all lignin in the rest, but is not below 0.2.
    """
    metabolic = jnp.maximum(jnp.minimum(0.85 - 0.018 * lignin_nitrogen, 1.0 - lignin), LEAST_METABOLIC)
    return Litter(metabolic, jnp.minimum(lignin / (1.0 - metabolic), 1.0))


def temperature_factor(temperature: Array) -> Array:
    """t^0.2 exp(0.2/2.63 (1 - t^2.63)), t = (45 - T)/10; 1 at 35 degC, 0 from 45 degC. Source: burke2003."""
    bearable = temperature < HOTTEST
    t = jnp.where(bearable, HOTTEST - temperature, 1.0) / (HOTTEST - BEST)
    return jnp.where(bearable, t**0.2 * jnp.exp(0.2 / 2.63 * (1.0 - t**2.63)), 0.0)


def moisture_factor(water: Array, demand: Array) -> Array:
    """1 / (1 + 30 exp(-8.5 water/demand)), 1 where the ratio is 9 or more; both [mm month-1]. Source: adair2008."""
    short = water < WETTEST * demand
    ratio = water / jnp.where(short, demand, 1.0)
    return jnp.where(short, 1.0 / (1.0 + 30.0 * jnp.exp(-8.5 * jnp.where(short, ratio, 0.0))), 1.0)


def next_water(water: Array, now: Forcing, site: Site) -> Array:
    """Available water of the first 0.3 m after a month [mm]: rain and irrigation come, potential evaporation goes,
    between nothing and field capacity less wilting point (own choice: the plainest balance)."""
    held = over_depth(site.field_capacity, site.thickness, WATER_DEPTH)
    held = held - over_depth(site.wilting_point, site.thickness, WATER_DEPTH)
    return jnp.clip(
        water + now.precipitation + now.irrigation - now.potential_evaporation, 0.0, 1000.0 * WATER_DEPTH * held
    )


def decompose(
    pools: tuple[Array, ...], factor: Array, quality: Litter, clay: Array, sand: Array, years: float, parameters: Values
) -> tuple[tuple[Array, ...], Array]:
    """(the eight pools after, carbon respired), each (lanes,), in one Euler step without inputs.

    factor: of temperature and moisture; clay, sand: 0 to 1. No pool loses more than it holds (own choice; with
    published rates 0.39 of it at most).
    """
    slowed = factor * jnp.exp(-parameters["lignin_effect"] * quality.lignin)
    factors = (slowed, slowed, factor, factor, factor, factor * (0.25 + 0.75 * sand), factor, factor)
    lost = tuple(
        pool * jnp.minimum(parameters[f"rate_{name}"] * years * f, 1.0)
        for name, pool, f in zip(POOLS, pools, factors, strict=True)
    )
    ground, soil, ground_easy, soil_easy, microbes, active, slow, passive = lost
    woody = quality.lignin
    air = (
        ground * (0.3 * woody + 0.45 * (1.0 - woody)),
        soil * (0.3 * woody + 0.55 * (1.0 - woody)),
        0.55 * ground_easy,
        0.55 * soil_easy,
        0.6 * microbes,
        (0.17 + 0.68 * sand) * active,
        0.55 * slow,
        0.55 * passive,
    )
    bound, settled = (0.003 + 0.032 * clay) * active, (0.003 + 0.009 * clay) * slow
    gain = {
        "surface_microbes": 0.55 * (1.0 - woody) * ground + 0.45 * ground_easy,
        "active": 0.45 * (1.0 - woody) * soil + 0.45 * soil_easy + (slow - air[6] - settled) + 0.45 * passive,
        "slow": 0.7 * woody * (ground + soil) + 0.4 * microbes + (active - air[5] - bound),
        "passive": bound + settled,
    }
    after = tuple(pool - less + gain.get(name, 0.0) for name, pool, less in zip(POOLS, pools, lost, strict=True))
    return after, sum(air[1:], air[0])


def inputs(now: Forcing, quality: Litter, parameters: Values) -> tuple[Array, ...]:
    """Carbon into the eight pools [g C m-2 month-1].

    Plant litter to the ground and into the soil; manure and compost as litter of the same quality into the soil,
    biochar into passive carbon: own choices.
    """
    plant, buried = plant_carbon(now, parameters), now.manure + now.compost
    ground = parameters["surface_share"] * plant
    soil = (1.0 - parameters["surface_share"]) * plant + buried
    easy = quality.metabolic
    none = jnp.asarray(0.0)
    return ((1.0 - easy) * ground, (1.0 - easy) * soil, easy * ground, easy * soil, none, none, none, now.biochar)


def _step(pools: Array, memory: Array, now: Forcing, site: Site, parameters: Values) -> Step:
    quality = litter(jnp.asarray(parameters["lignin"]), jnp.asarray(parameters["lignin_nitrogen"]))
    clay, sand = (over_depth(v, site.thickness, DEPTH) / 100.0 for v in (site.clay, site.sand))
    water = memory + now.precipitation + now.irrigation
    factor = temperature_factor(now.temperature) * moisture_factor(water, now.potential_evaporation)
    brought = inputs(now, quality, parameters)
    held, respired = tuple(pools[i] for i in range(len(POOLS))), jnp.zeros(pools.shape[1:])
    for _ in range(STEPS):
        left, air = decompose(held, factor, quality, clay, sand, 1.0 / (12.0 * STEPS), parameters)
        held = tuple(pool + more / STEPS for pool, more in zip(left, brought, strict=True))
        respired = respired + air
    return Step(jnp.stack(held), next_water(memory, now, site), respired)


def start(site: Site, parameters: Values, lanes: int) -> tuple[Array, Array]:
    """No carbon, and soil at field capacity; a steady cycle fills the rest."""
    held = over_depth(site.field_capacity - site.wilting_point, site.thickness, WATER_DEPTH)
    return jnp.zeros((len(POOLS), lanes)), jnp.broadcast_to(1000.0 * WATER_DEPTH * held, (lanes,))


CENTURY = Core(
    name="century",
    label=Text("CENTURY (soil submodel)", "CENTURY（土壤子模型）"),
    about=Text(
        "Soil organic matter of CENTURY 4 in the first 20 cm: structural and metabolic litter on the ground and in the "
        "soil, surface microbes, active, slow and passive carbon. Soil is as warm as the air; its water comes from a "
        "plain monthly balance. Without nitrogen, leaching or cultivation; knows nothing of salt or alkali.",
        "CENTURY 4 的土壤有机质子模型，模拟 0–20 cm 土层：地表和土中的结构性与代谢性凋落物、"
        "地表微生物、活性碳、慢性碳和惰性碳。"
        "土温取气温，土壤水分由简单的月水量平衡给出。不含氮循环、淋溶和耕作，不考虑盐碱影响。",
    ),
    pools=POOLS,
    parameters=PARAMETERS,
    step=_step,
    start=start,
    source="metherell1993",
)
