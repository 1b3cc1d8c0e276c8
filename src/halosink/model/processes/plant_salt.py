"""Salt that plants take up into their shoots, and give back with litter or lose to harvest.

Uptake from a layer = shoot growth x root share x content x c / (c + c_half), content [molc per g of carbon grown], c
the salt of the soil water; written as a rate of the layer's salt, growth x share x content / (salt + c_half water),
so that no more leaves than is there. Sodium moves with the same rate: plants take salt up as it is in the soil water
(own choice, for want of selectivities), and `shoot_sodium` keeps its part of `shoot_salt`. Carbon of shoots is free
of ash, so salt adds nothing to it.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

CARRIED = (("salt", "shoot_salt"), ("sodium", "shoot_sodium"))
"""Stocks of the soil that plants take up, and where they hold them."""

PARAMETERS = (
    Parameter(
        "halophyte_salt",
        0.010,
        "molc g-1",
        0.001,
        0.04,
        "lognormal",
        0.010,
        0.6,
        Text("Salt in shoots of halophytes per carbon", "盐生植物单位碳的地上部含盐量"),
        Text(
            "From ash and carbon of five halophytes, ash taken as NaCl: 0.003 (Atriplex) to 0.023 (Salicornia), "
            "0.009 for Suaeda salsa; "
            "spread is an own choice. The upper end is salt of half the dry mass.",
            "由五种盐生植物的灰分与碳含量（灰分按 NaCl 计）得出：0.003（滨藜）至 0.023（盐角草），盐地碱蓬 0.009；"
            "先验宽度为自定。上限相当于干重的一半为盐。",
        ),
        "mao2019biochar",
    ),
    Parameter(
        "glycophyte_salt",
        0.001,
        "molc g-1",
        0.0,
        0.004,
        "fixed",
        0.001,
        0.0,
        Text("Salt in shoots of other plants per carbon", "非盐生植物单位碳的地上部含盐量"),
        Text("Own choice: near 2 % of dry mass as NaCl.", "自定：约为干重的 2 %（按 NaCl 计）。"),
        "own_choice",
    ),
    Parameter(
        "uptake_half",
        100.0,
        "mmolc L-1",
        5.0,
        1000.0,
        "fixed",
        100.0,
        0.0,
        Text("Salt of the soil water that half fills shoots", "使地上部含盐达半饱和的土壤溶液盐浓度"),
        Text(
            "Own choice: half of what Suaeda salsa grows best at.",
            "自定：取盐地碱蓬最适浓度的一半。",
        ),
        "own_choice",
    ),
)


def content(site: Site, parameters: Values) -> Array:
    """Most salt of shoots per carbon [molc g-1] of the mixture of plants."""
    halophyte = jnp.asarray(site.halophyte)
    mixed: Array = (1.0 - halophyte) * parameters["glycophyte_salt"] + halophyte * parameters["halophyte_salt"]
    return mixed


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    grown = now["production"] * (1.0 - parameters["root_allocation"]) * content(site, parameters)
    half = parameters["uptake_half"] * jnp.maximum(stocks["water"], 0.1) / 1000.0
    rate = grown * now["root_share"] / (stocks["salt"] + half)
    return [Flow("plant_salt", source, target, rate=rate) for source, target in CARRIED]


PROCESS = Process(
    name="plant_salt",
    turn="plant",
    label=Text("Salt uptake by plants", "植物吸盐"),
    about=Text(
        "Shoots take up salt and sodium with growth, far more in halophytes; litter gives it back, harvest takes it "
        "away.",
        "地上部随生长吸收盐分和钠，盐生植物吸收量大得多；凋落物将其归还土壤，收获则将其带走。",
    ),
    parameters=PARAMETERS,
    flows=_flows,
    needs=("production", "root_share"),
    sources=("mao2019biochar",),
)
