"""Parameters of CENTURY's soil submodel: fixed values of version 4, and how far a prior lets them go.

Spreads of the rates are own choices (20 %), as is litter quality, which differs between plants and is to be measured.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.cores.inputs import PLANT_SHARE
from halosink.model.parameters import Distribution, Parameter

_RATE = Text(
    "Highest rate, at the best temperature and moisture; the spread of the prior is an own choice.",
    "最适温度和水分下的最大速率；先验宽度为自定。",
)
_PUBLISHED = Text("As published.", "采用发表值。")


def _rate(name: str, value: float, high: float, en: str, zh: str) -> Parameter:
    """high keeps a quarter of a month's decay below the whole pool: 48 year-1."""
    return Parameter(
        name, value, "year-1", value / 4.0, high, "lognormal", value, 0.2, Text(en, zh), _RATE, "metherell1993"
    )


def _own(
    name: str,
    value: float,
    unit: str,
    low: float,
    high: float,
    prior: Distribution,
    a: float,
    b: float,
    en: str,
    zh: str,
) -> Parameter:
    about = Text(
        "Middle and spread are own choices that span crops, grasses and halophytes; better measured.",
        "中值和先验宽度均为自定，涵盖农作物、禾草和盐生植物；宜采用实测值。",
    )
    return Parameter(name, value, unit, low, high, prior, a, b, Text(en, zh), about, "own_choice")


PARAMETERS = (
    _rate(
        "rate_surface_structural", 3.9, 20.0, "Decay of structural litter on the ground", "地表结构性凋落物的分解速率"
    ),
    _rate("rate_soil_structural", 4.9, 20.0, "Decay of structural litter in the soil", "土中结构性凋落物的分解速率"),
    _rate(
        "rate_surface_metabolic", 14.8, 48.0, "Decay of metabolic litter on the ground", "地表代谢性凋落物的分解速率"
    ),
    _rate("rate_soil_metabolic", 18.5, 48.0, "Decay of metabolic litter in the soil", "土中代谢性凋落物的分解速率"),
    _rate("rate_surface_microbes", 6.0, 24.0, "Turnover of microbes on the ground", "地表微生物的周转速率"),
    _rate("rate_active", 7.3, 30.0, "Turnover of active carbon", "活性碳库的周转速率"),
    _rate("rate_slow", 0.2, 0.8, "Turnover of slow carbon", "慢性碳库的周转速率"),
    _rate("rate_passive", 0.0045, 0.018, "Turnover of passive carbon", "惰性碳库的周转速率"),
    Parameter(
        "lignin_effect",
        3.0,
        "1",
        1.0,
        6.0,
        "fixed",
        3.0,
        0.0,
        Text("Slowing of structural decay by its lignin", "木质素对结构性凋落物分解的抑制系数"),
        _PUBLISHED,
        "parton1993",
    ),
    _own("lignin", 0.12, "1", 0.01, 0.5, "normal", 0.12, 0.04, "Share of litter that is lignin", "凋落物中木质素比例"),
    _own(
        "lignin_nitrogen",
        15.0,
        "1",
        1.0,
        80.0,
        "lognormal",
        15.0,
        0.4,
        "Lignin over nitrogen of litter",
        "凋落物木质素与氮之比",
    ),
    _own(
        "surface_share",
        0.4,
        "1",
        0.0,
        1.0,
        "beta",
        4.0,
        6.0,
        "Share of litter that falls on the ground",
        "落于地表的凋落物比例",
    ),
    PLANT_SHARE,
)
