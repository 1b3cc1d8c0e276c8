"""Carbon that people bring: straw, manure, compost and biochar, and the pools it joins.

Straw lies as litter, or is ploughed in as particulate matter, less of it where tillage is less than usual. Manure and
compost are worked in: RothC counts 2 % of farmyard manure as humus (coleman1996), which is mineral-associated here;
how the rest is shared out is an own choice. Biochar is worked in with a labile share. What is worked in is even down to
a depth. Salt and water in manure are not counted.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.plant_stress import mixed_shares
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

MANURE = {"doc": 0.05, "microbes": 0.01, "maom": 0.02}
"""Shares of manure carbon beside particulate matter. maom: coleman1996. doc, microbes: own choice, of the order of what
water and chloroform draw from manure."""
COMPOST = {"doc": 0.02, "microbes": 0.01, "maom": 0.15}
"""Likewise of compost. Own choice: compost has decayed before, so less is soluble and more is humified."""

PARAMETERS = (
    Parameter(
        "straw_buried",
        0.5,
        "1",
        0.0,
        1.0,
        "fixed",
        0.5,
        0.0,
        Text("Share of straw that usual tillage buries", "常规耕作下秸秆翻埋的比例"),
        Text("Own choice, a state of management rather than of nature.", "自定，属管理措施而非自然属性。"),
        "own_choice",
    ),
    Parameter(
        "mixing_depth",
        0.2,
        "m",
        0.02,
        0.6,
        "fixed",
        0.2,
        0.0,
        Text("Depth to which amendments are worked in", "改良材料的混入深度"),
        Text("Own choice: depth of the plough layer.", "自定：取耕作层深度。"),
        "own_choice",
    ),
    Parameter(
        "biochar_labile_share",
        0.03,
        "1",
        0.0,
        0.5,
        "lognormal",
        0.03,
        0.7,
        Text("Labile share of biochar", "生物炭的易分解比例"),
        Text("Mean of a meta-analysis; spread is an own choice.", "荟萃分析均值；先验宽度为自定。"),
        "wang2016biochar",
    ),
)


def _spread(process: str, amount: Array, layers: Array, shares: dict[str, float]) -> list[Flow]:
    into = {"pom": 1.0 - sum(shares.values()), **shares}
    return [Flow(process, "brought", pool, amount=amount * share * layers) for pool, share in into.items()]


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    layers = mixed_shares(site.thickness, parameters["mixing_depth"]) + jnp.zeros_like(stocks["pom"])
    buried = parameters["straw_buried"] * jnp.minimum(forcing.tillage, 1.0)
    labile = parameters["biochar_labile_share"]
    above = forcing.residue * (1.0 - buried) + jnp.zeros_like(stocks["litter"])
    return [
        Flow("amendments", "brought", "litter", amount=above),
        Flow("amendments", "brought", "pom", amount=forcing.residue * buried * layers),
        *_spread("amendments", forcing.manure, layers, MANURE),
        *_spread("amendments", forcing.compost, layers, COMPOST),
        Flow("amendments", "brought", "biochar_labile", amount=forcing.biochar * labile * layers),
        Flow("amendments", "brought", "biochar", amount=forcing.biochar * (1.0 - labile) * layers),
    ]


PROCESS = Process(
    name="amendments",
    turn="amendment",
    label=Text("Organic amendments", "有机改良材料"),
    about=Text(
        "Straw, manure, compost and biochar enter litter and the pools of the plough layer.",
        "秸秆、厩肥、堆肥和生物炭进入凋落物及耕作层各碳库。",
    ),
    parameters=PARAMETERS,
    flows=_flows,
    sources=("coleman1996", "wang2016biochar", "own_choice"),
)
