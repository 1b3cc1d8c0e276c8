"""Millennial version 2: measurable pools of 1 m of soil, with Michaelis-Menten kinetics.

Particulate organic matter (POM), low molecular weight carbon (LMWC), aggregates (AGG), microbial biomass (MIC) and
mineral-associated organic matter (MAOM) [g C m-2], by explicit Euler steps of a day; the integrator is part of the
model (an adaptive one gives 0.2 % other MAOM after ten years). Source: abramoff2022, written anew from the published
equations, whose numbers stand beside each line. Rates [d-1], soil temperature [degC], water [m3 m-3].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.core import Core, Step, Values
from halosink.model.cores.inputs import over_depth, plant_carbon
from halosink.model.cores.millennial_parameters import PARAMETERS
from halosink.model.forcing import Forcing, Site

POOLS = ("LMWC", "POM", "MIC", "MAOM", "AGG")
GAS = 8.31446
"""Gas constant [J mol-1 K-1], as the authors round it."""
DEPTH = 1.0
"""Depth of soil [m]. Source: abramoff2022."""
STEPS, MONTH = 30, 30.4375
"""Euler steps of a month, and its days: so a step is 1.0146 days."""
FROZEN = 0.0
"""Soil is not colder than this [degC]. Own choice: snow and the heat of freezing keep a metre of soil near 0 degC in
winter, and the Arrhenius curve does not stop there."""


Pools = tuple[Array, ...]


class Climate(NamedTuple):
    """Factors of diffusion and of microbes, highest rates [d-1] and efficiency at this temperature and water."""

    diffusion: Array
    microbes: Array
    depolymerisation: Array
    uptake: Array
    efficiency: Array


def climate(temperature: Array, water: Array, porosity: Array, parameters: Values) -> Climate:
    """Equations 3, 4, 14, 15 and the efficiency of equation 21, which is cut at 0 (own choice: above 30.8 degC microbes
    would breathe more than they take up)."""
    p = parameters
    kelvin = temperature + 273.15
    diffusion = _root(water / porosity)
    air = _root((porosity - water) / porosity)
    microbes = jnp.exp(-p["lambda"] * p["matpot"]) * (p["kamin"] + (1.0 - p["kamin"]) * air) * diffusion
    polymers = p["alpha_pl"] * jnp.exp(-p["eact_pl"] / (GAS * kelvin))
    uptake = p["alpha_lb"] * jnp.exp(-p["eact_lb"] / (GAS * kelvin))
    efficiency = jnp.maximum(p["cue_ref"] - p["cue_t"] * (temperature - p["tae_ref"]), 0.0)
    return Climate(diffusion, microbes, polymers, uptake, efficiency)


class Soil(NamedTuple):
    """Sorption affinity [d-1] (equation 10) and capacity of the minerals [g C m-2] (equation 11)."""

    affinity: Array
    capacity: Array


def soil(ph: Array, clay_and_silt: Array, bulk_density: Array, parameters: Values) -> Soil:
    """clay_and_silt [%], bulk_density [g cm-3]; capacity of 1 m: 1000 x density x param_pc x clay and silt."""
    affinity = parameters["kaff_des"] * jnp.exp(-parameters["param_p1"] * ph - parameters["param_p2"])
    return Soil(affinity, 1000.0 * bulk_density * parameters["param_pc"] * clay_and_silt)


def day(pools: Array, carbon: Array, now: Climate, ground: Soil, p: Mapping[str, Any], dt: float = 1.0) -> Step:
    """Pools (5, lanes) in the order of POOLS after a step of dt days with carbon coming in [g C m-2 d-1].

    memory of the answer: carbon leached below (lanes,) [g C m-2]; respired [g C m-2].
    """
    after, leached, respired = _day(tuple(pools[i] for i in range(5)), carbon, now, ground, p, dt)
    return Step(jnp.stack(after), leached, respired)


def _day(
    pools: Pools, carbon: Array, now: Climate, ground: Soil, p: Mapping[str, Any], dt: float
) -> tuple[Pools, Array, Array]:
    """day() on pools apart from each other.

    What leaves a pool in a step is at most what it holds: depolymerisation, sorption, uptake and death, in this order,
    get no more than what is left (own choice; the published code lets pools go below zero and then stops their
    flows). Where it is less, this is the published step to the last digits.
    """
    lmwc, pom, mic, maom, agg = pools
    most = 1.0 / dt
    into_agg = p["rate_pa"] * now.diffusion  # 5
    split = jnp.minimum(now.depolymerisation * now.diffusion * mic / (p["kaff_pl"] + mic), most - into_agg) * pom  # 2
    into_agg = into_agg * pom
    broken = p["rate_break"] * now.diffusion * agg  # 6
    leaching = p["rate_leach"] * now.diffusion  # 8
    free = 1.0 - maom / ground.capacity
    sorption = jnp.minimum(now.diffusion * ground.affinity * free, most - leaching)  # 9
    eating = now.uptake * now.microbes * mic / (p["kaff_lb"] + lmwc)  # 13
    eaten = jnp.minimum(eating, most - leaching - jnp.maximum(sorption, 0.0)) * lmwc
    leached, sorbed = leaching * lmwc, sorption * lmwc
    desorbed = p["kaff_des"] * (1.0 - free)  # 12
    died = jnp.minimum(p["rate_bd"] * mic, most) * mic  # 16
    bound = p["rate_ma"] * now.diffusion * maom  # 18
    grown = eaten * now.efficiency  # 21
    lmwc_gain = carbon * (1.0 - p["param_pi"]) + split + died * (1.0 - p["param_pb"]) + desorbed
    after = (
        lmwc + dt * (lmwc_gain - leached - sorbed - eaten),  # 7
        pom + dt * (carbon * p["param_pi"] + broken * p["param_pa"] - into_agg - split),  # 1
        mic + dt * (grown - died),  # 20
        maom + dt * (sorbed - desorbed + died * p["param_pb"] - bound + broken * (1.0 - p["param_pa"])),  # 19
        agg + dt * (bound + into_agg - broken),  # 17
    )
    return after, leached * dt, (eaten - grown) * dt


def run_days(
    pools: Array,
    temperature: Array,
    water: Array,
    carbon: Array,
    ground: Soil,
    porosity: Array | float,
    parameters: Values,
) -> Array:
    """(5, lanes) after daily steps under series (days,) or (days, lanes): the model as published, without months."""

    start = tuple(jnp.asarray(pools[i]) for i in range(5))

    def one(held: Pools, today: tuple[Array, Array, Array]) -> tuple[Pools, None]:
        warm, wet, brought = today
        rates = climate(warm, wet, jnp.asarray(porosity), parameters)
        return _day(held, brought, rates, ground, parameters, 1.0)[0], None

    return jnp.stack(jax.lax.scan(one, start, (temperature, water, carbon))[0])


def _root(share: Array) -> Array:
    """Square root, 0 with slope 0 where there is nothing under it."""
    some = share > 0.0
    return jnp.where(some, jnp.sqrt(jnp.where(some, share, 1.0)), 0.0)


def next_water(water: Array, now: Forcing, site: Site) -> Array:
    """Water of the first metre after a month [mm]: rain and irrigation come, potential evaporation goes, and it stays
    between wilting point and field capacity (own choice: the plainest balance, without water from below)."""
    ends = (site.field_capacity, site.wilting_point)
    full, driest = (1000.0 * DEPTH * over_depth(v, site.thickness, DEPTH) for v in ends)
    return jnp.clip(water + now.precipitation + now.irrigation - now.potential_evaporation, driest, full)


def _step(pools: Array, memory: Array, now: Forcing, site: Site, parameters: Values) -> Step:
    wet = next_water(memory, now, site)
    porosity, ph, sand, density = (
        over_depth(v, site.thickness, DEPTH) for v in (site.porosity, site.ph, site.sand, site.bulk_density)
    )
    warm = jnp.maximum(now.temperature, FROZEN)
    now_climate = climate(warm, wet / (1000.0 * DEPTH), porosity, parameters)
    ground = soil(ph, 100.0 - sand, density, parameters)
    carbon = (plant_carbon(now, parameters) + now.manure + now.compost + now.biochar) / MONTH

    @jax.checkpoint
    def month(held: Array) -> tuple[Array, Array]:
        def one(state: tuple[Pools, Array], _: None) -> tuple[tuple[Pools, Array], None]:
            after, _leached, respired = _day(state[0], carbon, now_climate, ground, parameters, MONTH / STEPS)
            return (after, state[1] + respired), None

        first = (tuple(held[i] for i in range(5)), jnp.zeros(held.shape[1:]))
        (end, respired), _ = jax.lax.scan(one, first, None, length=STEPS)
        return jnp.stack(end), respired

    held, respired = month(pools)
    return Step(held, wet, respired)


def start(site: Site, parameters: Values, lanes: int) -> tuple[Array, Array]:
    """1 g C m-2 in each pool, as the authors start, and soil at field capacity."""
    full = 1000.0 * DEPTH * over_depth(site.field_capacity, site.thickness, DEPTH)
    return jnp.ones((5, lanes)), jnp.broadcast_to(full, (lanes,))


MILLENNIAL = Core(
    name="millennial",
    label=Text("Millennial V2", "Millennial V2"),
    about=Text(
        "Measurable pools of the first metre (particulate, mineral-associated, aggregate, dissolved, microbial) by "
        "daily steps. Soil is as warm as the air but never below 0 degC; its water comes from a plain monthly "
        "balance. Manure, compost and biochar enter as litter. Knows nothing of salt; leached carbon leaves unseen.",
        "以日步长模拟 1 m 土层的可测碳库（颗粒态、矿物结合态、团聚体、溶解性和微生物碳）。土温取气温但不低于 0 °C，"
        "土壤水分由简单的月水量平衡给出；厩肥、堆肥和生物炭按凋落物输入。不考虑盐分；淋失的碳不计入呼吸。",
    ),
    pools=POOLS,
    parameters=PARAMETERS,
    step=_step,
    start=start,
    source="abramoff2022",
)
