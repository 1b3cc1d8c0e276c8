"""Shoots and roots that die: shoots become litter, and their salt returns to the first layer; roots become
particulate organic matter where they are.

Shoots die at a steady rate, and faster in the cold: k + k_cold / (1 + exp((T - 5) / 2)) [month-1], T of the air.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values
from halosink.model.processes.plant_salt import CARRIED

COLD, SPAN = 5.0, 2.0
"""Air temperature at which half the die-back of the cold sets in, and its width [degC]. Own choice: growth of temperate
herbs ends near 5 degC."""

PARAMETERS = (
    Parameter(
        "shoot_death",
        0.10,
        "month-1",
        0.01,
        0.6,
        "lognormal",
        0.10,
        0.4,
        Text("Rate at which shoots die", "地上部死亡速率"),
        Text("Own choice: leaves of herbs live some months, stems longer.", "自定：草本叶片寿命数月，茎较长。"),
        "own_choice",
    ),
    Parameter(
        "cold_death",
        0.6,
        "month-1",
        0.0,
        3.0,
        "fixed",
        0.6,
        0.0,
        Text("Rate at which shoots die in the cold, in addition", "低温下地上部附加死亡速率"),
        Text(
            "Own choice: nine tenths of herbs standing in autumn have fallen after four cold months.",
            "自定：秋季立枯的草本约九成在四个寒冷月后倒落。",
        ),
        "own_choice",
    ),
    Parameter(
        "root_death",
        0.044,
        "month-1",
        0.005,
        0.4,
        "lognormal",
        0.044,
        0.4,
        Text("Rate at which roots die", "根系死亡速率"),
        Text(
            "53 % a year in grasslands, 55 % in wetlands, 34 % in shrublands; spread is an own choice.",
            "草地每年 53 %，湿地 55 %，灌丛 34 %；先验宽度为自定。",
        ),
        "gill2000",
    ),
)


def shoot_rate(temperature: Array, parameters: Values) -> Array:
    """Rate [month-1] at which shoots die at an air temperature [degC]."""
    dead: Array = parameters["shoot_death"] + parameters["cold_death"] * jax.nn.sigmoid((COLD - temperature) / SPAN)
    return dead


def to_first_layer(rate: Array, like: Array) -> Array:
    """A rate for the first of the layers of `like` (layers, lanes), 0 for those below."""
    full = rate + jnp.zeros_like(like)
    return full.at[1:].set(0.0)


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    rate = shoot_rate(jnp.asarray(forcing.temperature), parameters) + jnp.zeros_like(stocks["shoot"])
    down = to_first_layer(rate, stocks["root"])
    dead = jnp.zeros_like(stocks["root"]) + parameters["root_death"]
    return [
        Flow("litterfall", "shoot", "litter", rate=rate),
        Flow("litterfall", "root", "pom", rate=dead),
        *(Flow("litterfall", held, soil, rate=down) for soil, held in CARRIED),
    ]


PROCESS = Process(
    name="litterfall",
    turn="plant",
    label=Text("Litter fall and root death", "凋落与根系死亡"),
    about=Text(
        "Shoots die, faster in the cold, and become litter whose salt returns to the topsoil; dead roots become "
        "particulate matter.",
        "地上部死亡（低温时加快）成为凋落物，其盐分返回表层；死根转为颗粒态有机质。",
    ),
    parameters=PARAMETERS,
    flows=_flows,
    sources=("gill2000", "own_choice"),
)
