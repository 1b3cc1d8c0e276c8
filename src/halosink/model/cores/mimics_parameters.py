"""Parameters of MIMICS: the authors' default set, and how far a prior lets them go.

Spreads are own choices: 30 % for rates, 0.3 for intercepts (a factor of 1.35), 0.05 for efficiencies.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.cores.inputs import PLANT_SHARE
from halosink.model.parameters import Distribution, Parameter

_ABOUT = Text(
    "Value of the authors' default set; the spread of the prior is an own choice.",
    "取作者默认参数集的值；先验宽度为自定。",
)


def _one(
    name: str, value: float, unit: str, low: float, high: float, prior: Distribution, b: float, en: str, zh: str
) -> Parameter:
    return Parameter(name, value, unit, low, high, prior, value, b, Text(en, zh), _ABOUT, "pierson2022")


PARAMETERS = (
    _one(
        "v_slope",
        0.063,
        "K-1",
        0.03,
        0.1,
        "normal",
        0.006,
        "Rise of the highest rates with warmth",
        "最大速率随升温的上升率",
    ),
    _one(
        "v_intercept",
        5.47,
        "1",
        4.0,
        7.0,
        "normal",
        0.3,
        "Highest rates at 0 degC (logarithm)",
        "0 °C 时最大速率的对数",
    ),
    _one(
        "k_slope",
        0.025,
        "K-1",
        0.0,
        0.06,
        "normal",
        0.004,
        "Rise of half saturation with warmth",
        "半饱和常数随升温的上升率",
    ),
    _one(
        "k_slope_structural",
        0.035,
        "K-1",
        0.0,
        0.07,
        "normal",
        0.005,
        "Rise of half saturation of structural litter with warmth",
        "结构性凋落物半饱和常数随升温的上升率",
    ),
    _one(
        "k_intercept",
        3.19,
        "1",
        2.0,
        4.5,
        "normal",
        0.3,
        "Half saturation at 0 degC (logarithm)",
        "0 °C 时半饱和常数的对数",
    ),
    _one(
        "cue_r_metabolic",
        0.55,
        "1",
        0.1,
        0.9,
        "normal",
        0.05,
        "Efficiency of r microbes on metabolic litter",
        "r 型微生物对代谢性凋落物的碳利用效率",
    ),
    _one(
        "cue_r_structural",
        0.25,
        "1",
        0.05,
        0.9,
        "normal",
        0.05,
        "Efficiency of r microbes on structural litter",
        "r 型微生物对结构性凋落物的碳利用效率",
    ),
    _one(
        "cue_k_metabolic",
        0.75,
        "1",
        0.1,
        0.9,
        "normal",
        0.05,
        "Efficiency of K microbes on metabolic litter",
        "K 型微生物对代谢性凋落物的碳利用效率",
    ),
    _one(
        "cue_k_structural",
        0.35,
        "1",
        0.05,
        0.9,
        "normal",
        0.05,
        "Efficiency of K microbes on structural litter",
        "K 型微生物对结构性凋落物的碳利用效率",
    ),
    _one("turnover_r", 5.2e-4, "h-1", 5e-5, 5e-3, "lognormal", 0.3, "Turnover of r microbes", "r 型微生物的周转速率"),
    _one("turnover_k", 2.4e-4, "h-1", 2e-5, 2e-3, "lognormal", 0.3, "Turnover of K microbes", "K 型微生物的周转速率"),
    _one(
        "protected_r",
        0.3,
        "1",
        0.05,
        0.6,
        "normal",
        0.05,
        "Share of dead r microbes that minerals protect",
        "r 型微生物残体受矿物保护的比例",
    ),
    _one(
        "protected_k",
        0.2,
        "1",
        0.05,
        0.5,
        "normal",
        0.04,
        "Share of dead K microbes that minerals protect",
        "K 型微生物残体受矿物保护的比例",
    ),
    _one(
        "desorption", 1.5e-5, "h-1", 1e-6, 2e-4, "lognormal", 0.5, "Release of protected carbon", "受保护碳的释放速率"
    ),
    Parameter(
        "turnover_modifier",
        1.0,
        "1",
        0.8,
        1.2,
        "uniform",
        0.8,
        1.2,
        Text("Effect of productivity on microbial turnover", "生产力对微生物周转的影响系数"),
        Text(
            "productivity_factor() of a year's production gives it; unknown to a core, so uniform over its range.",
            "可由年生产量经 productivity_factor 求得；模型本身不含该信息，故在全部取值范围内取均匀先验。",
        ),
        "pierson2022",
    ),
    Parameter(
        "lignin_nitrogen",
        15.0,
        "1",
        1.0,
        65.0,
        "lognormal",
        15.0,
        0.4,
        Text("Lignin over nitrogen of litter", "凋落物木质素与氮之比"),
        Text(
            "Middle and spread are own choices that span crops, grasses and halophytes; better measured.",
            "中值和先验宽度均为自定，涵盖农作物、禾草和盐生植物；宜采用实测值。",
        ),
        "own_choice",
    ),
    PLANT_SHARE,
)
