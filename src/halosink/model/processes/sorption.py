"""Dissolved carbon that minerals bind and release, with calcium bridges and dispersion by sodium.

    capacity Q = q (100 - sand) density thickness         q [g C kg-1 per % of clay and silt] (georgiou2022)
    binding = exp(-0.186 (pH - 7)) (1 + b E) / (1 + b) exp(-M / Q)
    doc -> maom: s f_T f_W binding,   maom -> doc: d f_T f_W p (1 + n D) exp(-z / 0.5 m)        [month-1]

E = 1 - ESP / 100, the exchangeable share of other cations, of which calcium is the most: bridges of calcium hold
organic matter to clay. D is the dispersion that sodium brings about where the water is not salty enough to keep clay
together. exp(-M / Q) is 1 - M / Q of Langmuir while minerals are little filled, and stays above 0: the capacity is a
line near the highest values found, no wall (own choice). Release slows with depth z and needs no enzymes here and so
is not slowed by salt (as in abramoff2022); all three go with warmth and water, so that in frozen or dry soil dissolved
carbon is not bound either.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.ph_response import affinity
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

FADING = 0.5
"""Depth over which release falls to 37 % [m]. Own choice: carbon turns over more slowly at depth than warmth, water and
oxygen explain (koven2013), and the subsoil would lose its carbon otherwise."""

PARAMETERS = (
    Parameter(
        "mineral_capacity",
        0.86,
        "g C kg-1 per %",
        0.3,
        1.5,
        "fixed",
        0.86,
        0.0,
        Text("Carbon capacity per share of clay and silt", "单位黏粒和粉粒含量的固碳容量"),
        Text("Of soils whose clays are of high activity.", "取高活性黏土矿物土壤的值。"),
        "georgiou2022",
    ),
    Parameter(
        "sorption_rate",
        0.1,
        "month-1",
        0.005,
        5.0,
        "lognormal",
        0.1,
        0.6,
        Text("Rate at which minerals bind dissolved carbon", "矿物吸附溶解性有机碳的速率"),
        Text(
            "Own choice, wide: a fiftieth of what microbes take up at best, so that most bound carbon has been "
            "microbial.",
            "自定，先验较宽：约为微生物最大吸收速率的五十分之一，即矿物结合态碳以微生物来源为主。",
        ),
        "own_choice",
    ),
    Parameter(
        "maom_release",
        0.0025,
        "month-1",
        0.0003,
        0.05,
        "lognormal",
        0.0025,
        0.5,
        Text("Rate at which minerals release carbon", "矿物结合态碳的释放速率"),
        Text(
            "At 9.25 degC and best moisture. Own choice: once in some 33 years; radiocarbon finds decades.",
            "9.25 °C、最适水分下的值。自定：约 33 年周转一次；放射性碳显示为数十年。",
        ),
        "own_choice",
    ),
    Parameter(
        "calcium_bridging",
        1.0,
        "1",
        0.0,
        10.0,
        "lognormal",
        1.0,
        0.5,
        Text("Binding through calcium bridges against other binding", "钙桥结合与其他结合方式之比"),
        Text(
            "Own choice, wide: half of all binding where no sodium is exchangeable; 0 switches it off.",
            "自定，先验较宽：无交换性钠时占全部结合的一半；取 0 即关闭。",
        ),
        "own_choice",
    ),
    Parameter(
        "sodium_release",
        1.0,
        "1",
        0.0,
        10.0,
        "lognormal",
        1.0,
        0.6,
        Text("Added release from dispersed clay", "黏粒分散时增加的释放比例"),
        Text(
            "Own choice, wide: doubled where all is dispersed; 0 switches it off.",
            "自定，先验较宽：完全分散时加倍；取 0 即关闭。",
        ),
        "own_choice",
    ),
)


def capacity(site: Site, slope: Array) -> Array:
    """Carbon that clay and silt can hold [g C m-2], (layers, lanes) by broadcasting."""
    return slope * (100.0 - site.sand) * site.bulk_density * 1000.0 * site.thickness


def middle_depth(thickness: Array) -> Array:
    """Depth of the middle of each layer [m], of the layers' thickness [m], layers first."""
    return jnp.cumsum(thickness, axis=0) - 0.5 * thickness


def binding(stocks: Stocks, now: Conditions, site: Site, parameters: Values) -> Array:
    """Readiness of minerals to bind, 1 for empty ones at pH 7 without sodium."""
    most = jnp.maximum(capacity(site, parameters["mineral_capacity"]), 1.0)
    others = 1.0 - jnp.clip(now.get("esp", jnp.zeros(())), 0.0, 100.0) / 100.0
    bridges = parameters["calcium_bridging"]
    held = affinity(now.get("ph", jnp.asarray(site.ph))) * (1.0 + bridges * others) / (1.0 + bridges)
    ready: Array = held * jnp.exp(-stocks["maom"] / most)
    return ready


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    ready = binding(stocks, now, site, parameters)
    moved = now["temperature_factor"] * now["moisture_factor"]
    return {"binding": ready, "sorption_rate": parameters["sorption_rate"] * ready * moved}


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    loosened = 1.0 + parameters["sodium_release"] * now.get("dispersion", jnp.zeros(()))
    moved = now["temperature_factor"] * now["moisture_factor"] * now.get("priming_factor", jnp.ones(()))
    moved = moved * jnp.exp(-middle_depth(site.thickness) / FADING)
    return [
        Flow("sorption", "doc", "maom", rate=now["sorption_rate"]),
        Flow("sorption", "maom", "doc", rate=parameters["maom_release"] * loosened * moved),
    ]


PROCESS = Process(
    name="sorption",
    turn="carbon",
    label=Text("Binding to minerals", "矿物结合"),
    about=Text(
        "Minerals bind dissolved carbon and release it again; less is bound at high pH and where sodium has replaced "
        "calcium, and more released where clay is dispersed.",
        "矿物吸附并再释放溶解性有机碳；pH 高、钠取代钙时吸附减少，黏粒分散时释放增加。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("binding", "sorption_rate"),
    needs=("temperature_factor", "moisture_factor"),
    sources=("georgiou2022", "abramoff2022", "koven2013"),
)
