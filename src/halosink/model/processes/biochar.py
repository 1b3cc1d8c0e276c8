"""Biochar decays in two pools, and changes a little how fast other organic matter does.

Each pool loses 1 / (mean residence time), with no further factors: the times are means over incubations and field
trials of many temperatures, and their prior is wider than what temperature does (own choice). Priming is a factor on
the decay of soil organic matter, `priming_factor` = 1 + p B / (B + B_half), B the biochar of a layer; processes of
decay multiply by it.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

MONTH = 365.25 / 12.0
"""Days of a month."""

PARAMETERS = (
    Parameter(
        "biochar_labile_time",
        108.0,
        "d",
        10.0,
        1500.0,
        "lognormal",
        108.0,
        0.7,
        Text("Mean residence time of labile biochar", "易分解生物炭的平均滞留时间"),
        Text("Mean of a meta-analysis; spread is an own choice.", "荟萃分析均值；先验宽度为自定。"),
        "wang2016biochar",
    ),
    Parameter(
        "biochar_time",
        556.0,
        "yr",
        2.0,
        20000.0,
        "lognormal",
        556.0,
        1.5,
        Text("Mean residence time of recalcitrant biochar", "难分解生物炭的平均滞留时间"),
        Text(
            "Mean of a meta-analysis; spread is an own choice and reaches down to years, since some field trials "
            "lost most of it.",
            "荟萃分析均值；先验宽度为自定，下至数年，因有田间试验损失大半。",
        ),
        "wang2016biochar",
    ),
    Parameter(
        "biochar_priming",
        -0.038,
        "1",
        -0.5,
        0.5,
        "normal",
        -0.038,
        0.0227,
        Text("Change of the decay of other organic matter by ample biochar", "充足生物炭引起的其他有机质分解变化"),
        Text(
            "Overall mean -3.8 %, 95 % interval -8.1 to 0.8 %; +20.8 % in sandy soils. 0 cuts the feedback.",
            "总体均值 -3.8 %，95 % 区间 -8.1 至 0.8 %；砂土为 +20.8 %。取 0 即切断该反馈。",
        ),
        "wang2016biochar",
    ),
    Parameter(
        "biochar_half",
        2000.0,
        "g m-3",
        100.0,
        20000.0,
        "fixed",
        2000.0,
        0.0,
        Text("Biochar carbon of the soil at which priming is half of it", "激发效应达一半时的生物炭碳含量"),
        Text(
            "Own choice: about 0.2 % of soil mass, below the doses of trials.",
            "自定：约为土壤质量的 0.2 %，低于试验用量。",
        ),
        "own_choice",
    ),
)


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    held = (stocks["biochar"] + stocks["biochar_labile"]) / site.thickness
    return {"priming_factor": 1.0 + parameters["biochar_priming"] * held / (held + parameters["biochar_half"])}


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    even = jnp.zeros_like(stocks["biochar"])
    return [
        Flow("biochar", "biochar_labile", "air", rate=MONTH / parameters["biochar_labile_time"] + even),
        Flow("biochar", "biochar", "air", rate=1.0 / (12.0 * parameters["biochar_time"]) + even),
    ]


PROCESS = Process(
    name="biochar",
    turn="carbon",
    label=Text("Biochar", "生物炭"),
    about=Text(
        "A small labile and a large recalcitrant part decay at rates of their own and slow or speed other decay a "
        "little.",
        "少量易分解与大量难分解部分各自分解，并略微减慢或加快其他有机质的分解。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("priming_factor",),
    sources=("wang2016biochar",),
)
