"""Parameters of Millennial version 2: the fitted set that the authors ship, and how far a prior lets them go.

Spreads are own choices: 30 % for rates and affinities, 1.5 % for activation energies, which trade off against the
factors before them, so these stay. The authors' default set lies inside all ranges.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.cores.inputs import PLANT_SHARE
from halosink.model.parameters import Distribution, Parameter

_ABOUT = Text(
    "Value of the authors' fitted set; the spread of the prior is an own choice.",
    "取作者拟合参数集的值；先验宽度为自定。",
)


def _one(
    name: str, value: float, unit: str, low: float, high: float, prior: Distribution, b: float, en: str, zh: str
) -> Parameter:
    return Parameter(name, value, unit, low, high, prior, value, b, Text(en, zh), _ABOUT, "abramoff2022")


PARAMETERS = (
    _one("param_pi", 0.66, "1", 0.2, 0.95, "normal", 0.1, "Share of litter that is particulate", "凋落物中颗粒态比例"),
    _one(
        "param_pa",
        0.33,
        "1",
        0.1,
        0.6,
        "normal",
        0.08,
        "Share of broken aggregates that is particulate",
        "团聚体破碎后颗粒态比例",
    ),
    _one(
        "kaff_pl",
        6443.0,
        "g m-2",
        500.0,
        50000.0,
        "lognormal",
        0.3,
        "Half saturation of depolymerisation",
        "解聚的半饱和常数",
    ),
    _one("alpha_pl", 1.8e12, "d-1", 1e11, 1e13, "fixed", 0.0, "Factor before depolymerisation", "解聚的指前因子"),
    _one(
        "eact_pl",
        63909.0,
        "J mol-1",
        55000.0,
        72000.0,
        "normal",
        950.0,
        "Activation energy of depolymerisation",
        "解聚的活化能",
    ),
    _one(
        "rate_pa",
        0.018,
        "d-1",
        0.001,
        0.1,
        "lognormal",
        0.3,
        "Particulate carbon into aggregates",
        "颗粒态碳团聚速率",
    ),
    _one("rate_break", 0.02, "d-1", 0.001, 0.1, "lognormal", 0.3, "Breakdown of aggregates", "团聚体破碎速率"),
    _one("rate_leach", 0.0015, "d-1", 0.0, 0.02, "lognormal", 0.5, "Leaching of dissolved carbon", "溶解性碳淋溶速率"),
    _one(
        "kaff_des",
        1.0,
        "g m-2 d-1",
        0.1,
        10.0,
        "lognormal",
        0.3,
        "Desorption at full minerals",
        "矿物饱和时的解吸速率",
    ),
    _one("param_p1", 0.12, "1", 0.0, 0.5, "normal", 0.04, "Sorption against pH", "吸附亲和力随 pH 的变化"),
    _one("param_p2", 0.216, "1", 0.0, 1.0, "fixed", 0.0, "Sorption at pH 0", "pH 为 0 时的吸附系数"),
    _one(
        "kaff_lb",
        774.6,
        "g m-2",
        50.0,
        5000.0,
        "lognormal",
        0.3,
        "Half saturation of uptake",
        "微生物吸收的半饱和常数",
    ),
    _one("alpha_lb", 2.3e12, "d-1", 1e11, 1e13, "fixed", 0.0, "Factor before uptake", "微生物吸收的指前因子"),
    _one(
        "eact_lb",
        57865.0,
        "J mol-1",
        50000.0,
        66000.0,
        "normal",
        870.0,
        "Activation energy of uptake",
        "微生物吸收的活化能",
    ),
    _one("rate_bd", 0.0045, "m2 g-1 d-1", 0.0003, 0.05, "lognormal", 0.3, "Death of microbes", "微生物死亡速率"),
    _one(
        "rate_ma",
        0.0048,
        "d-1",
        0.0003,
        0.05,
        "lognormal",
        0.3,
        "Mineral-associated carbon into aggregates",
        "矿物结合态碳团聚速率",
    ),
    _one(
        "cue_ref",
        0.19,
        "1",
        0.05,
        0.8,
        "normal",
        0.05,
        "Carbon use efficiency at the reference temperature",
        "参考温度下的碳利用效率",
    ),
    _one(
        "cue_t",
        0.012,
        "K-1",
        0.0,
        0.03,
        "normal",
        0.004,
        "Fall of the efficiency with warmth",
        "碳利用效率随升温的下降率",
    ),
    _one("tae_ref", 15.0, "degC", 0.0, 30.0, "fixed", 0.0, "Reference temperature", "参考温度"),
    _one("matpot", 15.0, "kPa", 0.0, 2000.0, "fixed", 0.0, "Matric potential, without sign", "基质势绝对值"),
    _one(
        "lambda",
        2.1e-4,
        "kPa-1",
        0.0,
        0.01,
        "fixed",
        0.0,
        "Microbes against matric potential",
        "微生物对基质势的响应系数",
    ),
    _one("kamin", 0.2, "1", 0.0, 1.0, "fixed", 0.0, "Microbial activity in saturated soil", "饱和土壤中的微生物活性"),
    _one(
        "param_pb",
        0.5,
        "1",
        0.1,
        0.9,
        "normal",
        0.1,
        "Share of dead microbes that binds to minerals",
        "微生物残体结合矿物的比例",
    ),
    _one("param_pc", 0.86, "1", 0.3, 1.5, "normal", 0.1, "Capacity of clay and silt", "黏粒和粉粒的固碳容量系数"),
    PLANT_SHARE,
)
