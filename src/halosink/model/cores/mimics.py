"""MIMICS: two litters, r and K microbes, and carbon that minerals or its chemistry protect or that is available.

Each microbial group M takes each substrate S at V M S / (K + M), keeps a share as its efficiency and breathes the rest,
and dies at a rate of its own into three pools of soil organic matter. This is the reverse Michaelis-Menten form of
pierson2022; the first versions (wieder2014, wieder2015) had S in the denominator. V and K rise with warmth. Pools are
concentrations [mg C cm-3] of 30 cm, rates [h-1] (wieder2015); outside this file [g C m-2].

Integrated by the third-order strong-stability-preserving Runge-Kutta method (shu1988) over parts of a month: each of
its stages is an Euler step that takes from no pool more than it holds, so pools stay positive and carbon is conserved.
"""

from __future__ import annotations

from typing import NamedTuple

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.core import Core, Step, Values
from halosink.model.cores.inputs import over_depth, plant_carbon
from halosink.model.cores.mimics_parameters import PARAMETERS
from halosink.model.forcing import Forcing, Site

POOLS = ("LITm", "LITs", "MICr", "MICK", "SOMp", "SOMc", "SOMa")
DEPTH = 0.3
"""Depth of soil [m]. Source: wieder2015."""
AREA = 1e3 * DEPTH
"""[g C m-2] of 1 mg C cm-3."""
HOURS, STEPS = 730.5, 15
"""Hours of a month and parts they are integrated in: twice as many change a month at 25 degC by 1e-6 (own choice)."""
V_SCALE, K_SCALE = 8e-6, 10.0
"""Tuning factors of rates and half saturations. Source: wieder2015."""
V_FACTORS = (10.0, 2.0, 10.0, 3.0, 3.0, 2.0)
K_FACTORS = (8.0, 2.0, 4.0, 2.0, 4.0, 6.0)
"""Of metabolic, structural and available carbon for r, then for K. Source: wieder2015."""
OXIDATION = 6.0
"""Factor on the half saturation of structural litter for chemically protected carbon. Source: pierson2022."""
DIRECT = 0.05
"""Share of either litter that goes straight into protected carbon. Source: wieder2015."""
LEAST_CLAY = 0.02
"""Source: pierson2022."""
START = (240.0, 1200.0, 30.0, 80.0, 2000.0, 1300.0, 1100.0)
"""[g C m-2] of a site of the authors' default run, rounded (pierson2022).

Far from what litter feeds, microbes swing for decades and may come near to vanishing: let a steady cycle settle for 100
years or more before Newton's method, which would keep them vanished. With some draws of the priors one group truly
drives out the other (3 in 10 under the temperate year this was tried with).
"""


class Kinetics(NamedTuple):
    """v, k: highest rates [h-1] and half saturations [mg C cm-3] in the order of V_FACTORS; efficiency: r and K on
    metabolic and available carbon, then on structural; turnover [h-1], and shares of the dead into protected (physical,
    chemical) carbon, of r and K; desorption [h-1]."""

    v: tuple[Array, ...]
    k: tuple[Array, ...]
    efficiency: tuple[tuple[Array, Array], tuple[Array, Array]]
    turnover: tuple[Array, Array]
    physical: tuple[Array, Array]
    chemical: tuple[Array, Array]
    desorption: Array


def metabolic_share(lignin_nitrogen: Array) -> Array:
    """0.85 - 0.013 lignin/nitrogen, not below 0. Source: wieder2015."""
    return jnp.maximum(0.85 - 0.013 * lignin_nitrogen, 0.0)


def productivity_factor(production: Array) -> Array:
    """sqrt(P/100), from 0.8 to 1.2, of microbial turnover; P: production above ground [g C m-2 year-1].

    Source: pierson2022.
    """
    return jnp.sqrt(jnp.clip(production / 100.0, 0.8**2, 1.2**2))


def kinetics(temperature: Array, clay: Array, metabolic: Array, parameters: Values) -> Kinetics:
    """At a soil temperature [degC]; clay: 0 to 1; metabolic: share of litter.

    What the dead leave cannot exceed them: the physical share is cut to what the chemical leaves (own choice; above
    85 % clay the equations give more than all).
    """
    p, clay = parameters, jnp.maximum(clay, LEAST_CLAY)
    speed = V_SCALE * jnp.exp(p["v_slope"] * temperature + p["v_intercept"])
    fine = 2.0 * jnp.exp(-2.0 * jnp.sqrt(clay))
    slopes = (p["k_slope"], p["k_slope_structural"], p["k_slope"])
    half = tuple(K_SCALE * jnp.exp(slope * temperature + p["k_intercept"]) for slope in slopes)
    scales = (1.0, 1.0, fine)
    chemical = (0.1 * jnp.exp(-3.0 * metabolic), 0.3 * jnp.exp(-3.0 * metabolic))
    physical = (p["protected_r"] * jnp.exp(1.3 * clay), p["protected_k"] * jnp.exp(0.8 * clay))
    dying = 2.0 * p["turnover_modifier"]
    return Kinetics(
        v=tuple(speed * f for f in V_FACTORS),
        k=tuple(half[i % 3] / (f * scales[i % 3]) for i, f in enumerate(K_FACTORS)),
        efficiency=((p["cue_r_metabolic"], p["cue_r_structural"]), (p["cue_k_metabolic"], p["cue_k_structural"])),
        turnover=(
            dying * p["turnover_r"] * jnp.exp(0.3 * metabolic),
            dying * p["turnover_k"] * jnp.exp(0.1 * metabolic),
        ),
        physical=(jnp.minimum(physical[0], 1.0 - chemical[0]), jnp.minimum(physical[1], 1.0 - chemical[1])),
        chemical=chemical,
        desorption=p["desorption"] * jnp.exp(-1.5 * clay),
    )


State = tuple[Array, ...]
"""The seven pools, then carbon respired so far, each (lanes,) [mg C cm-3]."""


def euler(state: State, brought: tuple[Array, ...], now: Kinetics, hours: float) -> State:
    """State after an Euler step with carbon coming into the seven pools [mg C cm-3 h-1]."""
    easy, woody, r, k, bound, tough, free, air = state

    def taken(pool: Array, which: int, oxidation: float = 1.0) -> tuple[Array, Array]:
        first = now.v[which] * r / (oxidation * now.k[which] + r)
        second = now.v[which + 3] * k / (oxidation * now.k[which + 3] + k)
        most = hours / jnp.maximum(hours * (first + second), 1.0)
        return first * most * pool, second * most * pool

    easy_r, easy_k = taken(easy, 0)
    woody_r, woody_k = taken(woody, 1)
    free_r, free_k = taken(free, 2)
    oxidised = sum(taken(tough, 1, OXIDATION))
    released = jnp.minimum(hours * now.desorption, 1.0) * bound
    dead_r = jnp.minimum(hours * now.turnover[0], 1.0) * r
    dead_k = jnp.minimum(hours * now.turnover[1], 1.0) * k
    (quick_r, hard_r), (quick_k, hard_k) = now.efficiency
    grown_r = quick_r * (easy_r + free_r) + hard_r * woody_r
    grown_k = quick_k * (easy_k + free_k) + hard_k * woody_k
    to_bound = now.physical[0] * dead_r + now.physical[1] * dead_k
    to_tough = now.chemical[0] * dead_r + now.chemical[1] * dead_k
    eaten = easy_r + easy_k + woody_r + woody_k + free_r + free_k
    change = (
        -easy_r - easy_k,
        -woody_r - woody_k,
        grown_r - dead_r,
        grown_k - dead_k,
        to_bound - released,
        to_tough - oxidised,
        (dead_r + dead_k - to_bound - to_tough) + released + oxidised - free_r - free_k,
    )
    after = (pool + more + hours * new for pool, more, new in zip(state[:7], change, brought, strict=True))
    return (*after, air + (eaten - grown_r - grown_k))


def advance(state: State, brought: tuple[Array, ...], now: Kinetics, hours: float) -> State:
    """State after a step of the third-order method: thirds and quarters of Euler steps."""
    one = euler(state, brought, now, hours)
    two = tuple(0.75 * a + 0.25 * b for a, b in zip(state, euler(one, brought, now, hours), strict=True))
    end = euler(two, brought, now, hours)
    return tuple(a / 3.0 + 2.0 / 3.0 * b for a, b in zip(state, end, strict=True))


def inputs(now: Forcing, metabolic: Array, parameters: Values) -> tuple[Array, ...]:
    """Carbon into the seven pools [g C m-2 month-1].

    Manure and compost as litter, biochar into chemically protected carbon: own choices.
    """
    carbon = plant_carbon(now, parameters) + now.manure + now.compost
    easy, woody, none = metabolic * carbon, (1.0 - metabolic) * carbon, jnp.zeros_like(carbon)
    kept = 1.0 - DIRECT
    return (kept * easy, kept * woody, none, none, DIRECT * easy, DIRECT * woody + now.biochar, none)


def _step(pools: Array, memory: Array, now: Forcing, site: Site, parameters: Values) -> Step:
    metabolic = metabolic_share(jnp.asarray(parameters["lignin_nitrogen"]))
    clay = over_depth(site.clay, site.thickness, DEPTH) / 100.0
    rates = kinetics(now.temperature, clay, metabolic, parameters)
    brought = tuple(
        jnp.broadcast_to(new / (AREA * HOURS), pools.shape[1:]) for new in inputs(now, metabolic, parameters)
    )

    @jax.checkpoint
    def month(held: Array) -> tuple[Array, Array]:
        first = (*(held[i] / AREA for i in range(7)), jnp.zeros(held.shape[1:]))

        def one(state: State, _: None) -> tuple[State, None]:
            return advance(state, brought, rates, HOURS / STEPS), None

        end, _ = jax.lax.scan(one, first, None, length=STEPS)
        return AREA * jnp.stack(end[:7]), AREA * end[7]

    held, respired = month(pools)
    return Step(held, memory, respired)


def start(site: Site, parameters: Values, lanes: int) -> tuple[Array, Array]:
    """About what the authors' default run holds (START); nothing is remembered."""
    return jnp.broadcast_to(jnp.array(START)[:, None], (len(POOLS), lanes)), jnp.zeros(lanes)


MIMICS = Core(
    name="mimics",
    label=Text("MIMICS", "MIMICS"),
    about=Text(
        "Microbial-mineral carbon stabilisation in the first 30 cm: two litters, fast (r) and slow (K) growing "
        "microbes, physically protected, chemically protected and available carbon. Soil is as warm as the air; water "
        "limits nothing, and the model knows nothing of salt or alkali.",
        "微生物—矿物碳稳定模型，模拟 0–30 cm 土层：两类凋落物、快速（r 型）和慢速（K 型）生长的微生物，"
        "以及物理保护、化学保护和可利用的有机碳。"
        "土温取气温，水分不产生限制，不考虑盐碱影响。",
    ),
    pools=POOLS,
    parameters=PARAMETERS,
    step=_step,
    start=start,
    source="pierson2022",
)
