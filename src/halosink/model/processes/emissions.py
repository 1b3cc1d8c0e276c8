"""Methane and nitrous oxide, as diagnostics of the carbon that microbes turn over.

    methane: doc -> air, rate y u O / (1 + SO4 / K)                                    [month-1]
    nitrous oxide = s R / 12 O' (1 + h x exp(1 - x)),  x = ECe / 8                      [g N m-2 month-1]

u: uptake of dissolved carbon, O: share of soil without oxygen, O' = 4 O (1 - O) + 0.1; R: carbon respired from
dissolved carbon, 12: its C to N ratio. Sulphate reducers outcompete methanogens: above 4.7 mmol L-1 nine tenths of
fluxes of tidal marshes are below 5 nmol m-2 s-1 (ariasortiz2024). Incubations emit more nitrous oxide in moderate
salt, fields do not (huang2024n2o): the hump is centred near 0. `doc_mean` is the dissolved carbon on average over the
month, doc (1 - exp(-K)) / K with K all rates out of it: what a sample finds, while the stock at a month's end is what
the month released.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.moisture import airless
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

CARBON_TO_NITROGEN = 12.0
"""Of what microbes mineralise [g g-1]. Own choice, near that of soil organic matter."""
HUMP = 8.0
"""ECe of the most nitrous oxide [dS m-1]. Own choice: moderate salinity."""

PARAMETERS = (
    Parameter(
        "methane_yield",
        0.05,
        "1",
        0.0,
        1.0,
        "lognormal",
        0.05,
        0.8,
        Text(
            "Methane per uptake of carbon in soil without oxygen and sulphate",
            "无氧无硫酸盐土壤中单位碳吸收的甲烷产率",
        ),
        Text(
            "Own choice, wide: a few hundred g C m-2 a year that are turned over give some tens of g of methane, "
            "as fresh "
            "tidal marshes do (ariasortiz2024: mean 26, median 3.9 g CH4 m-2 a year of all).",
            "自定，先验较宽：每年数百 g C m-2 的周转产生数十克甲烷，与淡水潮汐湿地相当（ariasortiz2024：全部湿地均"
            "值 26、中位数 3.9 g CH4 m-2 a-1）。",
        ),
        "own_choice",
    ),
    Parameter(
        "sulphate_half",
        1.5,
        "mmol L-1",
        0.05,
        20.0,
        "lognormal",
        1.5,
        0.5,
        Text("Sulphate that halves methane", "使甲烷减半的硫酸盐浓度"),
        Text("Own choice, so that three quarters are gone at 4.7 mmol L-1.", "自定：4.7 mmol L-1 时减少四分之三。"),
        "own_choice",
    ),
    Parameter(
        "nitrous_oxide_share",
        0.01,
        "1",
        0.0,
        0.2,
        "fixed",
        0.01,
        0.0,
        Text("Share of mineralised nitrogen emitted as nitrous oxide", "矿化氮以氧化亚氮排放的比例"),
        Text("The IPCC's default for nitrogen mineralised in soil.", "IPCC 土壤矿化氮的缺省值。"),
        "ipcc2019",
    ),
    Parameter(
        "nitrous_oxide_salt",
        0.2,
        "1",
        -0.8,
        2.0,
        "normal",
        0.2,
        0.4,
        Text("Change of nitrous oxide at moderate salinity", "中度盐分下氧化亚氮的变化比例"),
        Text(
            "Own choice between +0.76 of all studies, mostly incubations, and no effect in the field.",
            "自定，介于全部研究（多为培养试验）的 +0.76 与野外无显著效应之间。",
        ),
        "huang2024n2o",
    ),
)


def sulphate_factor(sulphate: Array, half: Array) -> Array:
    """Share of methane left: 1 / (1 + SO4 / K), both [mmol L-1]."""
    return 1.0 / (1.0 + jnp.maximum(sulphate, 0.0) / half)


def _rate(now: Conditions, site: Site, parameters: Values) -> Array:
    left = sulphate_factor(jnp.asarray(site.sulphate), parameters["sulphate_half"])
    rate: Array = parameters["methane_yield"] * now["uptake_rate"] * airless(now["saturation"]) * left
    return rate


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    none = jnp.zeros_like(stocks["doc"])
    methane = _rate(now, site, parameters)
    rates = now["uptake_rate"] + now.get("sorption_rate", none) + now.get("leaching_rate", none) + methane
    some = jnp.where(rates > 0.0, rates, 1.0)
    used = stocks["doc"] * jnp.where(rates > 0.0, -jnp.expm1(-some) / some, 1.0)
    respired = used * now["uptake_rate"] * (1.0 - now["efficiency"])
    wet = airless(now["saturation"])
    salt = jnp.maximum(now.get("ec_paste", none), 0.0) / HUMP
    hump = 1.0 + parameters["nitrous_oxide_salt"] * salt * jnp.exp(1.0 - salt)
    nitrogen = parameters["nitrous_oxide_share"] * respired / CARBON_TO_NITROGEN
    return {
        "methane": (used * methane).sum(axis=0),
        "nitrous_oxide": (nitrogen * hump * (0.1 + 4.0 * wet * (1.0 - wet))).sum(axis=0),
        "respired": respired,
        "doc_mean": used,
    }


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    return [Flow("methane", "doc", "air", rate=_rate(now, site, parameters))]


PROCESS = Process(
    name="emissions",
    turn="carbon",
    label=Text("Methane and nitrous oxide", "甲烷与氧化亚氮"),
    about=Text(
        "Diagnostics: methane from soil without oxygen, little of it where there is sulphate, and nitrous oxide as "
        "a share "
        "of mineralised nitrogen, of which no budget is kept. Must stand after the other processes that use dissolved "
        "carbon, else the condition `methane` differs from what the ledger holds.",
        "诊断量：缺氧土壤产生的甲烷（有硫酸盐时很少），以及按矿化氮比例估算的氧化亚氮（不作氮收支）。须排在其他消耗"
        "溶解性有机碳的过程之后，否则条件量 methane 与账本不一致。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("methane", "nitrous_oxide", "respired", "doc_mean"),
    needs=("uptake_rate", "efficiency", "saturation"),
    sources=("ariasortiz2024", "huang2024n2o", "ipcc2019"),
)
