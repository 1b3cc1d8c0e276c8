"""Sodium between the soil water and the exchange sites, towards the equilibrium of Gapon.

ESR = X / (CEC - X) = slope SAR, with the slope at the total of cations; each month `exchange_share` of the way. Calcium
and magnesium take the place of sodium and the other way round, so the dissolved charge stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.gapon import adsorption_ratio, balance, exchange_capacity, slope
from halosink.model.functions.osmotic import concentration, held
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

NEARLY = 1.0 - 1e-12
"""Of what is there; keeps rounding from taking more than that."""

PARAMETERS = (
    Parameter(
        "gapon_slope",
        0.0147,
        "(mmolc L-1)^-0.5",
        0.004,
        0.04,
        "lognormal",
        0.0147,
        0.25,
        Text("Exchangeable sodium ratio per SAR at 65 mmolc/L", "单位 SAR 的交换性钠比（65 mmolc/L 时）"),
        Text(
            "0.01475 in Handbook 60; 0.0157 to 0.0182 in Sarakhs, 0.0072 in Tabriz (tabriz_gapon); the spread is an "
            "own choice that covers these.",
            "《手册 60》为 0.01475；萨拉赫斯 0.0157 至 0.0182，大不里士 0.0072（tabriz_gapon）；"
            "离散程度为自定，以涵盖这些值。",
        ),
        "richards1954",
    ),
    Parameter(
        "exchange_share",
        0.9,
        "month-1",
        0.0,
        1.0,
        "fixed",
        0.9,
        0.0,
        Text("Part of the way to equilibrium in a month", "每月趋近交换平衡的比例"),
        Text(
            "Exchange takes hours to days where water reaches the sites (own choice). At 0 exchange stands still.",
            "水能到达交换位点时，交换在数小时至数天内完成（自定）。取 0 时不交换。",
        ),
        "own_choice",
    ),
)


def conditions(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> dict[str, Array]:
    """sar [(mmolc L-1)^0.5], esp [%] after the exchange of the month; sodium_adsorbed [molc m-2], negative where freed.

    All (layers, lanes).
    """
    water = held(stocks["water"], site)
    salt, sodium, exchanged = stocks["salt"], stocks["sodium"], stocks["exchangeable_sodium"]
    sites = exchange_capacity(site)
    steep = slope(concentration(salt, water), values["gapon_slope"])
    goal = balance(salt, jnp.minimum(sodium, salt), exchanged, sites, water, steep).exchanged
    change = values["exchange_share"] * (goal - exchanged)
    adsorbed = NEARLY * jnp.clip(change, -exchanged, jnp.minimum(sodium, salt))
    left = sodium - adsorbed
    return {
        "sodium_adsorbed": adsorbed,
        "sar": adsorption_ratio(left, jnp.maximum(salt - left, 0.0), water),
        "esp": 100.0 * (exchanged + adsorbed) / sites,
    }


def flows(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> Sequence[Flow]:
    """Adsorbed and freed, of which one is 0."""
    adsorbed = known["sodium_adsorbed"]
    return [
        Flow("exchange", "sodium", "exchangeable_sodium", amount=jnp.maximum(adsorbed, 0.0)),
        Flow("exchange", "exchangeable_sodium", "sodium", amount=jnp.maximum(-adsorbed, 0.0)),
    ]


PROCESS = Process(
    "exchange",
    "exchange",
    Text("Exchange of sodium", "钠离子交换"),
    Text(
        "Sodium between soil water and exchange sites; gives SAR and ESP.",
        "钠在土壤溶液与交换位点之间的分配，给出 SAR 与 ESP。",
    ),
    PARAMETERS,
    conditions,
    flows,
    ("sodium_adsorbed", "sar", "esp"),
    (),
    ("richards1954", "esr_cations1982", "tabriz_gapon"),
)
