"""Particulate organic matter that enzymes turn into dissolved carbon, and the factors on all decay.

    rate = k f_T f_W f_pH f_S p B / (B + K)       [month-1] of the particulate carbon

f_T, f_W, f_pH of warmth, water and pH, f_S of salt, p of biochar, B of the microbes. First order in what decomposes and
saturating in microbes: see functions/enzymes.py.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions import moisture, temperature
from halosink.model.functions.enzymes import microbial_share
from halosink.model.functions.ph_response import ph_factor
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

ONE = jnp.ones(())

PARAMETERS = (
    Parameter(
        "pom_decay",
        0.07,
        "month-1",
        0.005,
        0.6,
        "lognormal",
        0.07,
        0.4,
        Text("Rate at which particulate organic matter decomposes at best", "最适条件下颗粒态有机质的分解速率"),
        Text(
            "At 9.25 degC. Own choice between the resistant (0.025) and the decomposable (0.83) plant material of "
            "coleman1996, which both are in it.",
            "9.25 °C 下的值。自定，介于 coleman1996 的难分解（0.025）与易分解（0.83）植物残体之间，两者均在此库中。",
        ),
        "own_choice",
    ),
    Parameter(
        "ph_optimum",
        7.2,
        "1",
        5.5,
        8.5,
        "fixed",
        7.2,
        0.0,
        Text("pH at which microbes work best", "微生物活性最适 pH"),
        Text(
            "Own choice: near neutral, as most soil bacteria. Held: in alkaline soil the width says the same.",
            "自定：近中性，与多数土壤细菌一致。固定不变：碱性土中由幅度参数表达同一效应。",
        ),
        "own_choice",
    ),
    Parameter(
        "ph_width",
        2.2,
        "1",
        1.0,
        6.0,
        "lognormal",
        2.2,
        0.25,
        Text("Distance from the best pH at which activity is down to 37 %", "活性降至 37 % 时偏离最适 pH 的幅度"),
        Text(
            "Own choice, wide: about a third is left at pH 9.5; adapted communities may bear more.",
            "自定，先验较宽：pH 9.5 时约余三分之一；适应后的群落可能更耐受。",
        ),
        "own_choice",
    ),
)


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    even = jnp.zeros_like(stocks["pom"])
    water = moisture.decay_factor(now["moisture"], now["saturation"], site.porosity, site.wilting_point)
    ph = now.get("ph", jnp.asarray(site.ph))
    return {
        "temperature_factor": temperature.decay_factor(forcing.temperature) + even,
        "moisture_factor": water + even,
        "ph_factor": ph_factor(ph, parameters["ph_optimum"], parameters["ph_width"]) + even,
    }


def work(stocks: Stocks, now: Conditions, site: Site) -> Array:
    """f_T f_W f_pH f_S B / (B + K), (layers, lanes): what is left of the best rate of enzymes and uptake."""
    kept = now["temperature_factor"] * now["moisture_factor"] * now["ph_factor"] * now.get("salt_factor", ONE)
    return kept * microbial_share(stocks["microbes"], site.thickness)


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    rate = parameters["pom_decay"] * work(stocks, now, site) * now.get("priming_factor", ONE)
    return [Flow("decomposition", "pom", "doc", rate=rate)]


PROCESS = Process(
    name="decomposition",
    turn="carbon",
    label=Text("Decomposition of particulate organic matter", "颗粒态有机质分解"),
    about=Text(
        "Enzymes of active microbes turn particulate organic matter into dissolved carbon, faster in warm, moist "
        "and neutral "
        "soil. All layers have the temperature of the air.",
        "活性微生物的酶将颗粒态有机质转化为溶解性有机碳，在温暖、湿润、中性的土壤中较快。各层温度取气温。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("temperature_factor", "moisture_factor", "ph_factor"),
    needs=("moisture", "saturation"),
    sources=("coleman1996", "abramoff2022", "georgiou2017"),
)
