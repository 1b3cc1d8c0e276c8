"""RothC 26.3: four active pools and inert carbon of a topsoil, month by month.

Each active pool loses X (1 - exp(-k f / 12)) in a month, f the product of the factors of temperature, moisture and
cover; x / (1 + x) of it is respired and the rest becomes BIO (0.46) and HUM (0.54), with
x = 1.67 (1.85 + 1.60 exp(-0.0786 clay)). Source: coleman1996, written anew from the published equations. The model is
linear in carbon, so its unit is free; here [g C m-2], 100 of which are 1 t C ha-1.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.core import Core, Step, Values
from halosink.model.cores.inputs import PLANT_SHARE, over_depth, plant_carbon
from halosink.model.cores.rothc_moisture import (
    cover_factor,
    largest_deficit,
    moisture_factor,
    next_deficit,
    temperature_factor,
)
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter

POOLS = ("DPM", "RPM", "BIO", "HUM", "IOM")
INERT = ("IOM",)
"""Pools without turnover, which a steady cycle keeps as they are."""
MANURE = (0.49, 0.49, 0.0, 0.02)
"""Shares of manure into DPM, RPM, BIO, HUM. Source: coleman1996."""
TO_BIO = 0.46
"""Share of what is not respired that becomes BIO, the rest HUM. Source: coleman1996."""


def _published(name: str, value: float, unit: str, low: float, high: float, en: str, zh: str, why: Text) -> Parameter:
    return Parameter(name, value, unit, low, high, "fixed", value, 0.0, Text(en, zh), why, "coleman1996")


_RATE = Text("As published: with other rates it is no longer RothC.", "采用发表值：改动后即不再是 RothC。")
PARAMETERS = (
    _published(
        "rate_dpm", 10.0, "year-1", 1.0, 30.0, "Decay of decomposable litter", "易分解植物残体的分解速率", _RATE
    ),
    _published("rate_rpm", 0.3, "year-1", 0.03, 1.0, "Decay of resistant litter", "难分解植物残体的分解速率", _RATE),
    _published("rate_bio", 0.66, "year-1", 0.06, 2.0, "Decay of microbial biomass", "微生物生物量的分解速率", _RATE),
    _published("rate_hum", 0.02, "year-1", 0.002, 0.1, "Decay of humus", "腐殖质的分解速率", _RATE),
    _published(
        "topsoil",
        23.0,
        "cm",
        5.0,
        50.0,
        "Depth of the topsoil",
        "表层土壤深度",
        Text("Depth the rates were fitted for.", "速率参数拟合所对应的深度。"),
    ),
    _published(
        "evaporation_share",
        1.0,
        "1",
        0.5,
        1.5,
        "Evapotranspiration over the evaporation given",
        "蒸散量与所给蒸发量之比",
        Text(
            "0.75 where evaporation is that of an open pan, 1 where it is potential.",
            "开放水面蒸发皿取 0.75，潜在蒸散取 1。",
        ),
    ),
    Parameter(
        "dpm_rpm",
        1.44,
        "1",
        0.1,
        3.0,
        "lognormal",
        1.44,
        0.4,
        Text("Decomposable over resistant litter", "易分解与难分解植物残体之比"),
        Text(
            "1.44 for crops and improved grass, 0.67 unimproved grass and scrub, 0.25 woodland; the spread of the "
            "prior, which spans these, is an own choice.",
            "农作物和改良草地取 1.44，未改良草地和灌丛取 0.67，林地取 0.25；先验的宽度为自定，以涵盖上述取值。",
        ),
        "coleman1996",
    ),
    Parameter(
        "inert",
        327.0,
        "g m-2",
        0.0,
        5000.0,
        "lognormal",
        327.0,
        0.5,
        Text("Inert carbon", "惰性有机碳"),
        Text(
            "From measured carbon by inert_carbon(); the value is that of 40 t C ha-1, and the spread an own choice.",
            "可由实测有机碳经 inert_carbon 求得；默认值对应 40 t C ha-1，先验宽度为自定。",
        ),
        "falloon1998",
    ),
    PLANT_SHARE,
)


def inert_carbon(carbon: Array) -> Array:
    """Inert carbon [g C m-2] of soil that holds this much organic carbon [g C m-2]: 0.049 C^1.139 in t C ha-1.

    Source: falloon1998.
    """
    some = jnp.where(carbon > 0.0, carbon, 1.0)
    return jnp.where(carbon > 0.0, 100.0 * 0.049 * (some / 100.0) ** 1.139, 0.0)


def respired_share(clay: Array) -> Array:
    """Share of decomposed carbon that is respired; clay [%], 0 to 100."""
    ratio = 1.67 * (1.85 + 1.60 * jnp.exp(-0.0786 * clay))
    return ratio / (ratio + 1.0)


def decompose(pools: Array, factor: Array, clay: Array, rates: Array, years: float = 1.0 / 12.0) -> tuple[Array, Array]:
    """(pools (5, lanes) after, carbon respired (lanes,)), without inputs.

    pools: any unit of carbon. factor: of temperature, moisture, cover and what else slows or speeds, >= 0. rates:
    (4, 1) or (4, lanes) of DPM, RPM, BIO, HUM [year-1].
    """
    rest = pools[:4] * jnp.exp(-factor * years * rates)
    lost = pools[:4] - rest
    total = lost[0] + lost[1] + lost[2] + lost[3]
    air = respired_share(clay)
    kept = total * (1.0 - air)
    after = jnp.stack([rest[0], rest[1], rest[2] + TO_BIO * kept, rest[3] + (1.0 - TO_BIO) * kept, pools[4]])
    return after, total * air


def inputs(now: Forcing, parameters: Values) -> tuple[Array, ...]:
    """Carbon into the five pools [g C m-2 month-1].

    Manure as published; compost like manure, and biochar into inert carbon: own choices, RothC has neither.
    """
    plant, manure = plant_carbon(now, parameters), now.manure + now.compost
    easy = parameters["dpm_rpm"] / (parameters["dpm_rpm"] + 1.0)
    litter = (easy * plant, (1.0 - easy) * plant, 0.0, 0.0)
    active = (jnp.asarray(a + share * manure) for a, share in zip(litter, MANURE, strict=True))
    return (*active, jnp.asarray(now.biochar))


def advance(pools: Array, deficit: Array, now: Forcing, site: Site, parameters: Values, slowed: Array | float) -> Step:
    """One month with the deficit that holds in it (next_deficit) and decomposition slowed by one more factor."""
    clay = over_depth(site.clay, site.thickness, parameters["topsoil"] / 100.0)
    largest = largest_deficit(clay, parameters["topsoil"])
    factor = temperature_factor(now.temperature) * moisture_factor(deficit, largest) * cover_factor(now.cover) * slowed
    rates = tuple(jnp.asarray(parameters[f"rate_{name}"]) for name in ("dpm", "rpm", "bio", "hum"))
    rate = jnp.stack([jnp.broadcast_to(r, pools.shape[1:]) for r in rates])
    left, respired = decompose(pools, factor, clay, rate)
    brought = jnp.stack([jnp.broadcast_to(i, pools.shape[1:]) for i in inputs(now, parameters)])
    return Step(left + brought, deficit, respired)


def month_deficit(deficit: Array, now: Forcing, site: Site, parameters: Values) -> Array:
    """Deficit that holds in this month [mm]: rain and irrigation less evapotranspiration on the deficit before."""
    clay = over_depth(site.clay, site.thickness, parameters["topsoil"] / 100.0)
    balance = now.precipitation + now.irrigation - parameters["evaporation_share"] * now.potential_evaporation
    return next_deficit(deficit, balance, largest_deficit(clay, parameters["topsoil"]), now.cover)


def _step(pools: Array, memory: Array, now: Forcing, site: Site, parameters: Values) -> Step:
    return advance(pools, month_deficit(memory, now, site, parameters), now, site, parameters, 1.0)


def start(site: Site, parameters: Values, lanes: int) -> tuple[Array, Array]:
    """Wet soil without active carbon, inert carbon as given; a steady cycle fills the rest."""
    inert = jnp.broadcast_to(jnp.asarray(parameters["inert"], dtype=float), (lanes,))
    return jnp.concatenate([jnp.zeros((4, lanes)), inert[None]]), jnp.zeros(lanes)


ROTHC = Core(
    name="rothc",
    label=Text("RothC", "RothC"),
    about=Text(
        "Rothamsted carbon model 26.3 of a topsoil (23 cm): litter of two kinds, microbial biomass, humus, inert "
        "carbon. Knows nothing of salt or alkali.",
        "洛桑碳模型 RothC 26.3，模拟表层土壤（23 cm）：两类植物残体、微生物生物量、腐殖质和惰性碳。不考虑盐碱影响。",
    ),
    pools=POOLS,
    parameters=PARAMETERS,
    step=_step,
    start=start,
    source="coleman1996",
)
