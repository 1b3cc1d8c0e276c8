"""Particulate organic matter enclosed in aggregates, and set free when they break.

    pom -> aggregate: a f_T f_W (100 - sand) / 100,   aggregate -> pom: b f_T f_W tillage (1 + c D)     [month-1]

D: dispersion, high where sodium is exchangeable and the water too fresh to hold clay together. What is enclosed does
not decompose. Mineral-associated carbon in aggregates is left with the minerals: it is measured there (own choice).
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

PARAMETERS = (
    Parameter(
        "aggregation_rate",
        0.015,
        "month-1",
        0.0,
        0.3,
        "fixed",
        0.015,
        0.0,
        Text("Rate at which aggregates enclose particulate organic matter", "团聚体包裹颗粒态有机质的速率"),
        Text(
            "In soil of clay and silt alone. Own choice: occluded particles are a third to a half of all.",
            "指全为黏粒和粉粒的土壤。自定：闭蓄态颗粒约占全部颗粒态的三分之一至一半。",
        ),
        "own_choice",
    ),
    Parameter(
        "aggregate_breakdown",
        0.02,
        "month-1",
        0.001,
        0.5,
        "lognormal",
        0.02,
        0.5,
        Text("Rate at which aggregates break", "团聚体破碎速率"),
        Text("With usual tillage. Own choice: once in some four years.", "常规耕作下。自定：约四年一次。"),
        "own_choice",
    ),
    Parameter(
        "dispersion_breakdown",
        3.0,
        "1",
        0.0,
        30.0,
        "lognormal",
        3.0,
        0.6,
        Text("Added breakdown of aggregates in dispersed soil", "土壤分散时增加的团聚体破碎比例"),
        Text(
            "Own choice, wide: four times as fast where all clay is dispersed; 0 switches it off.",
            "自定，先验较宽：完全分散时破碎快三倍；取 0 即关闭。",
        ),
        "own_choice",
    ),
)


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    moved = now["temperature_factor"] * now["moisture_factor"]
    apart = 1.0 + parameters["dispersion_breakdown"] * now.get("dispersion", jnp.zeros(()))
    fine = (100.0 - jnp.asarray(site.sand)) / 100.0
    return [
        Flow("aggregation", "pom", "aggregate", rate=parameters["aggregation_rate"] * moved * fine),
        Flow(
            "aggregation", "aggregate", "pom", rate=parameters["aggregate_breakdown"] * moved * apart * forcing.tillage
        ),
    ]


PROCESS = Process(
    name="aggregation",
    turn="carbon",
    label=Text("Aggregates", "团聚体"),
    about=Text(
        "Aggregates enclose particulate organic matter and keep it from decay; tillage and dispersion by sodium "
        "break them.",
        "团聚体包裹颗粒态有机质使其免于分解；耕作和钠引起的分散使其破碎。",
    ),
    parameters=PARAMETERS,
    flows=_flows,
    needs=("temperature_factor", "moisture_factor"),
    sources=("abramoff2022",),
)
