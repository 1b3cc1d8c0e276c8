"""Litter on the ground: eaten and respired, and worked into the first layer.

Decay k f_T f_W f_S, the factors of the first layer, f_T being 1 at 9.3 degC; its respired share goes to the air, the
rest becomes particulate organic matter. Tillage works litter in besides, in proportion to the forcing's factor.
Without a process that sets f_S, salt does not slow litter.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values
from halosink.model.processes.litterfall import to_first_layer

PARAMETERS = (
    Parameter(
        "litter_decay",
        0.12,
        "month-1",
        0.01,
        0.8,
        "lognormal",
        0.12,
        0.5,
        Text("Decay of litter at 9.3 degC, moist and without salt", "9.3 ℃、湿润、无盐条件下的凋落物分解速率"),
        Text(
            "Litter bags of saline wetlands lost 0.3 to 1.8 a year in the field, with cold and dry months; own "
            "choice above their middle.",
            "滨海盐沼凋落物袋野外年分解速率为 0.3 至 1.8，已含寒冷与干燥月份；取值略高于其中值，为自定。",
        ),
        "own_choice",
    ),
    Parameter(
        "litter_respired",
        0.5,
        "1",
        0.1,
        0.9,
        "beta",
        6.0,
        6.0,
        Text("Share of decayed litter that is respired", "凋落物分解中被呼吸的比例"),
        Text("Own choice, wide: microbes keep a third to a half.", "自定，先验较宽：微生物约保留三分之一至一半。"),
        "own_choice",
    ),
    Parameter(
        "litter_mixing",
        0.03,
        "month-1",
        0.0,
        0.5,
        "fixed",
        0.03,
        0.0,
        Text("Rate at which usual tillage and animals work litter in", "常规耕作与土壤动物混入凋落物的速率"),
        Text("Own choice: a third a year.", "自定：每年约三分之一。"),
        "own_choice",
    ),
)


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    factor = now["temperature_factor"] * now["moisture_factor"] * now.get("salt_factor", jnp.ones(()))
    decay = parameters["litter_decay"] * (factor + jnp.zeros_like(stocks["root"]))[0]
    kept = decay * (1.0 - parameters["litter_respired"]) + parameters["litter_mixing"] * forcing.tillage
    return [
        Flow("litter", "litter", "air", rate=decay * parameters["litter_respired"] + jnp.zeros_like(stocks["litter"])),
        Flow("litter", "litter", "pom", rate=to_first_layer(kept, stocks["pom"])),
    ]


PROCESS = Process(
    name="litter",
    turn="carbon",
    label=Text("Breakdown of litter", "凋落物分解"),
    about=Text(
        "Litter is respired or becomes particulate matter of the topsoil, slowed by cold, drought and salt.",
        "凋落物或被呼吸，或转为表层颗粒态有机质；低温、干旱和盐分使其减慢。",
    ),
    parameters=PARAMETERS,
    flows=_flows,
    needs=("temperature_factor", "moisture_factor"),
    sources=("own_choice",),
)
