"""Dissolved carbon that water carries down, layer by layer, out of the last one below.

    rate = l w / (l w + W) x 1 month-1, as -ln(1 - share): share of the carbon gone = l w / (l w + W)

w: water leaving the layer downward, W: water held [mm]; l: share of the dissolved carbon that is in water that moves.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.logarithm import log1p
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

PARAMETERS = (
    Parameter(
        "doc_mobility",
        0.3,
        "1",
        0.0,
        1.0,
        "lognormal",
        0.3,
        0.5,
        Text("Share of dissolved carbon that moves with water", "随水移动的溶解性有机碳比例"),
        Text(
            "Own choice, wide: what a month releases is mostly used or held by minerals within days; 2 to 7 g C "
            "m-2 leave "
            "European soils in a year (kindler2011).",
            "自定，先验较宽：当月释放的碳多在数日内被利用或吸附；欧洲土壤每年淋失 2 至 7 g C m-2（kindler2011）。",
        ),
        "own_choice",
    ),
)


def leaching_rate(down: Array, held: Array, mobility: Array) -> Array:
    """-ln(1 - l w / (l w + W)) = ln(1 + l w / W) [month-1]; at least 1 mm counts as held."""
    return log1p(mobility * jnp.maximum(down, 0.0) / jnp.maximum(held, 1.0))


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    held = 1000.0 * now["moisture"] * site.thickness
    return {"leaching_rate": leaching_rate(now["water_down"], held, parameters["doc_mobility"])}


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    return [Flow("dissolved", "doc", "doc", rate=now["leaching_rate"], shift=1, over="below")]


PROCESS = Process(
    name="dissolved",
    turn="carbon",
    label=Text("Leaching of dissolved carbon", "溶解性有机碳淋溶"),
    about=Text(
        "Water on its way down carries dissolved carbon into the next layer, and out of the last one to the ground "
        "below.",
        "下渗水将溶解性有机碳带入下一层，并从最底层带出。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("leaching_rate",),
    needs=("moisture", "water_down"),
    sources=("kindler2011",),
)
