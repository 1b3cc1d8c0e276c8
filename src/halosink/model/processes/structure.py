"""Structure of the soil under sodium: lost in weeks, regained in years.

The index goes towards s = r1 r2^w: r1 the conductivity left by swelling clay (mcneal1968, ezlit2010), r2 that at
high pH. It falls with `structure_fall` and rises with `structure_recovery` months, faster where there are aggregates;
sodic_model has no way back, columns that are leached with better water go part of the way
(adeyemo2022).
"""

from __future__ import annotations

from collections.abc import Sequence

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.conductance import CONDUCTANCE, factor
from halosink.model.functions.logarithm import power
from halosink.model.functions.swelling import alkaline_factor, swelling_factor
from halosink.model.process import Conditions, Process, Values
from halosink.model.processes.structure_parameters import PARAMETERS

PASSAGE = 0.05
"""Difference of the index over which falling passes into rising. Own choice."""
HALF_AGGREGATES = 500.0
"""g C m-2 in aggregates of a layer that give half their help. Own choice."""


def conditions(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> dict[str, Array]:
    """dispersion: 1 - r1, 0 to 1; structure_goal: r1 r2^w; conductivity_factor of the stock; all (layers, lanes)."""
    kept = swelling_factor(known["salt_concentration"], known["esp"], values["swelling_clay"])
    alkaline = power(alkaline_factor(known["ph"]), values["alkaline_weight"]) if "ph" in known else 1.0
    return {
        "dispersion": 1.0 - kept,
        "structure_goal": kept * alkaline,
        "conductivity_factor": factor(stocks["structure"], values),
    }


def flows(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> Sequence[Flow]:
    """s after a month: s exp(-k) + goal (1 - exp(-k)), as a loss to and a gain from `rock`."""
    there, goal = stocks["structure"], known["structure_goal"]
    help_ = 1.0
    if "aggregate" in stocks:
        help_ = 1.0 + values["aggregate_recovery"] * stocks["aggregate"] / (stocks["aggregate"] + HALF_AGGREGATES)
    rising = jax.nn.sigmoid((goal - there) / PASSAGE)
    fall, rise = 1.0 / values["structure_fall"], help_ / values["structure_recovery"]
    rate = fall + (rise - fall) * rising
    return [
        Flow("structure", "structure", "rock", rate=rate),
        Flow("structure", "rock", "structure", amount=-goal * jnp.expm1(-rate)),
    ]


PROCESS = Process(
    "structure",
    "exchange",
    Text("Soil structure", "土壤结构"),
    Text(
        "Sodium and alkalinity disperse clay and close pores; structure comes back slowly.",
        "钠与碱性使黏粒分散、孔隙堵塞；结构恢复缓慢。",
    ),
    (*PARAMETERS, *CONDUCTANCE),
    conditions,
    flows,
    ("dispersion", "structure_goal", "conductivity_factor"),
    ("salt_concentration", "esp"),
    ("mcneal1968", "ezlit2010", "sodic_model", "adeyemo2022", "suarez1984"),
)
