"""Microbes: what they take up, breathe, grow and leave when they die.

    uptake u = v f_T f_W f_pH f_S B / (B + K)             [month-1] of dissolved carbon
    efficiency e = e(T) (c + (1 - c) f_S)                 e(T): functions/temperature.py
    doc -> microbes: u e,   doc -> air: u (1 - e)
    death t = m f_T f_W (a + 0.1 (1 - a))                 [month-1], a: active share
    microbes -> air: 0.2 t,   -> maom: 0.8 t b,   -> doc: 0.8 t (1 - b)

b = n binding / (n binding + 1 - n): share of dead microbes that minerals take. Dissolved carbon turns over in days to
weeks; at the end of a month what is held is about what the month released.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions import temperature
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values
from halosink.model.processes.decomposition import ONE, work

UPTAKE = 5.0
"""Uptake of dissolved carbon at best [month-1]. Own choice: a turnover of six days; only the stock of dissolved carbon,
and its share that is leached or bound, hang on it, and for these other parameters are free."""
RESTING = 0.1
"""Death and upkeep of resting microbes against active ones. Own choice: small but not 0."""
UPKEEP = 0.2
"""Share of what dies off that is burnt for upkeep. Own choice."""
WARM_LOSS = 0.016
"""Fall of the efficiency with warmth [K-1] (qiao2019)."""

PARAMETERS = (
    Parameter(
        "efficiency_reference",
        0.40,
        "1",
        0.1,
        0.75,
        "normal",
        0.40,
        0.08,
        Text("Carbon use efficiency at 15 degC without salt", "15 °C、无盐时的碳利用效率"),
        Text(
            "Own choice between 0.555 from incubations, mostly with added sugar (qiao2019), and the 0.19 fitted to "
            "soils "
            "(abramoff2022).",
            "自定，介于培养试验（多加糖，qiao2019）的 0.555 与土壤拟合值（abramoff2022）0.19 之间。",
        ),
        "own_choice",
    ),
    Parameter(
        "efficiency_in_salt",
        0.7,
        "1",
        0.0,
        1.0,
        "beta",
        7.0,
        3.0,
        Text("Share of the efficiency that is left at the highest salt", "极高盐分下保留的碳利用效率比例"),
        Text(
            "Own choice: making osmolytes costs carbon; how much is not well known. 1 switches it off.",
            "自定：合成渗透调节物质消耗碳，消耗多少尚不清楚。取 1 即关闭。",
        ),
        "own_choice",
    ),
    Parameter(
        "microbial_death",
        0.3,
        "month-1",
        0.03,
        3.0,
        "lognormal",
        0.3,
        0.4,
        Text("Rate at which active microbes die", "活性微生物死亡速率"),
        Text(
            "At 9.25 degC and best moisture. Own choice: three to four times a year gives a biomass of 1 to 3 % of "
            "organic carbon.",
            "9.25 °C、最适水分下的值。自定：每年周转三至四次，对应生物量占有机碳的 1 至 3 %。",
        ),
        "own_choice",
    ),
    Parameter(
        "necromass_share",
        0.5,
        "1",
        0.05,
        0.95,
        "beta",
        6.0,
        6.0,
        Text("Share of dead microbes that empty minerals bind", "微生物残体被矿物结合的比例"),
        Text("At pH 7 without sodium; the spread is an own choice.", "pH 7、无钠时的值；先验宽度为自定。"),
        "abramoff2022",
    ),
)


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    left = parameters["efficiency_in_salt"]
    plain = temperature.efficiency(parameters["efficiency_reference"], WARM_LOSS, forcing.temperature)
    uptake = UPTAKE * work(stocks, now, site)
    return {
        "efficiency": plain * (left + (1.0 - left) * now.get("salt_factor", ONE)) + jnp.zeros_like(stocks["doc"]),
        "uptake_rate": uptake,
    }


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    active = now.get("active_share", ONE)
    death = parameters["microbial_death"] * now["temperature_factor"] * now["moisture_factor"]
    death = death * (active + RESTING * (1.0 - active))
    ready = parameters["necromass_share"] * now.get("binding", ONE)
    bound = ready / (ready + 1.0 - parameters["necromass_share"])
    return [
        Flow("microbes", "doc", "microbes", rate=now["uptake_rate"] * now["efficiency"]),
        Flow("microbes", "doc", "air", rate=now["uptake_rate"] * (1.0 - now["efficiency"])),
        Flow("microbes", "microbes", "air", rate=UPKEEP * death),
        Flow("microbes", "microbes", "maom", rate=(1.0 - UPKEEP) * death * bound),
        Flow("microbes", "microbes", "doc", rate=(1.0 - UPKEEP) * death * (1.0 - bound)),
    ]


PROCESS = Process(
    name="microbes",
    turn="carbon",
    label=Text("Microbial uptake, growth and death", "微生物吸收、生长与死亡"),
    about=Text(
        "Microbes take up dissolved carbon, breathe part of it, and leave necromass that minerals bind or water "
        "dissolves. "
        "Salt slows them and makes them less efficient.",
        "微生物吸收溶解性有机碳，部分用于呼吸，死亡后残体被矿物结合或重新溶解。盐分使其变慢且碳利用效率下降。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("efficiency", "uptake_rate"),
    needs=("temperature_factor", "moisture_factor", "ph_factor"),
    sources=("qiao2019", "abramoff2022", "georgiou2017"),
)
