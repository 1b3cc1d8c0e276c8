"""Microbes that rest when the soil water is salty: activity falls while biomass hardly changes.

    f_S = 1 / (1 + (-psi / psi50)^n)          what salt leaves of the activity of all microbes (salt_factor)
    active = f_S^q                            share of microbes that are active (active_share)

The rest of the loss, f_S^(1 - q), is each active microbe working more slowly. The closure is algebraic: microbes wake
and fall asleep in days, far quicker than a month. That such a split is needed is seen in soils along a salt gradient,
where enzymes per biomass fall sharply and biomass hardly does (necromass2024stoten).
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array
from halosink.model.flows import Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.salt_response import HALF, STEEPNESS, power, salt_factor
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

PARAMETERS = (
    HALF,
    STEEPNESS,
    Parameter(
        "dormancy_exponent",
        0.6,
        "1",
        0.0,
        1.0,
        "beta",
        3.0,
        2.0,
        Text("Share of the salt response (in logarithms) that is dormancy", "盐分响应（对数）中归因于休眠的比例"),
        Text(
            "Own choice, wide: more than half, since enzymes per biomass fall where biomass does not; 0 switches "
            "dormancy "
            "off and leaves the salt response to the active microbes.",
            "自定，先验较宽：单位生物量酶活性下降而生物量基本不变，故取一半以上；取 0 时不休眠，盐分响应全部由活性"
            "微生物承担。",
        ),
        "own_choice",
    ),
)


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    left = salt_factor(now["osmotic_potential"], parameters["half_activity_potential"], parameters["salt_steepness"])
    return {"salt_factor": left, "active_share": power(left, parameters["dormancy_exponent"])}


PROCESS = Process(
    name="dormancy",
    turn="carbon",
    label=Text("Dormancy of microbes", "微生物休眠"),
    about=Text(
        "Part of the microbes rest in salty water; those that rest take up nothing and die slowly. Without this "
        "process "
        "salt does not touch decomposition. It must stand before the processes that decompose.",
        "土壤溶液盐分高时部分微生物休眠，休眠者不吸收底物且死亡缓慢。去掉本过程则盐分不影响分解。须排在各分解过程之"
        "前。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    sets=("salt_factor", "active_share"),
    needs=("osmotic_potential",),
    sources=("sparling1989", "necromass2024stoten"),
)
