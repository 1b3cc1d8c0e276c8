"""Parameters of plant growth, with ranges, priors and sources."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.parameters import Parameter
from halosink.model.processes.water_parameters import PARAMETERS as WATER

HALF_SALINITY = Parameter(
    "plant_half_salinity",
    10.0,
    "dS m-1",
    1.0,
    60.0,
    "lognormal",
    10.0,
    0.5,
    Text("Salinity of the saturated paste that halves growth", "使生长减半的饱和泥浆电导率"),
    Text(
        "Tabled crops range from 3.3 (bean) to 17.5 (barley), asparagus 28.5; middle and spread over them and wild "
        "plants are an own "
        "choice.",
        "常见作物介于 3.3（菜豆）与 17.5（大麦）之间，石刁柏为 28.5；取值与先验宽度兼顾野生植物，为自定。",
    ),
    "steppuhn2005",
)

STRESS = (
    HALF_SALINITY,
    Parameter(
        "plant_salt_steepness",
        1.3,
        "1",
        0.2,
        3.0,
        "lognormal",
        1.3,
        0.25,
        Text("Steepness of the salt response of plants, s C50", "植物盐分响应的陡度（s·C50）"),
        Text(
            "Product of s and C50, nearly the same for tabled crops (0.8 to 2.2); the form of van Genuchten and "
            "Gupta with the "
            "exponent 3 has 1.1. Spread is an own choice.",
            "s 与 C50 之积，各作物相近（0.8 至 2.2）；指数为 3 的 van Genuchten–Gupta 式相当于 1.1。先验宽度为自定。",
        ),
        "steppuhn2005",
    ),
    Parameter(
        "halophyte_base",
        0.6,
        "1",
        0.1,
        1.0,
        "beta",
        6.0,
        4.0,
        Text("Growth of halophytes without salt, relative to their best", "盐生植物在无盐条件下的相对生长"),
        Text(
            "Own choice: between strict salt plants and those, as most monocots, that grow best without salt (1).",
            "自定：介于专性盐生植物与无盐时生长最好者（多数单子叶植物，取 1）之间。",
        ),
        "own_choice",
    ),
    Parameter(
        "halophyte_optimum",
        19.9,
        "dS m-1",
        2.0,
        60.0,
        "lognormal",
        19.9,
        0.35,
        Text("Conductivity of the soil water at which halophytes grow best", "盐生植物生长最适的土壤溶液电导率"),
        Text(
            "200 mmol L-1 NaCl for Suaeda salsa, whose conductivity at 25 degC is 19.9; spread over species is an "
            "own choice.",
            "盐地碱蓬最适为 200 mmol L-1 NaCl，25 ℃ 时电导率为 19.9；物种间先验宽度为自定。",
        ),
        "song_wang2015",
    ),
    Parameter(
        "halophyte_excess",
        25.0,
        "dS m-1",
        4.0,
        120.0,
        "lognormal",
        25.0,
        0.4,
        Text(
            "Conductivity above the optimum that halves growth of halophytes",
            "超出最适值后使盐生植物生长减半的电导率增量",
        ),
        Text(
            "Own choice: half growth near 450 mmol L-1 NaCl, short of sea water.",
            "自定：约在 450 mmol L-1 NaCl（低于海水）时生长减半。",
        ),
        "own_choice",
    ),
    Parameter(
        "halophyte_vigour",
        0.85,
        "1",
        0.2,
        2.0,
        "lognormal",
        0.85,
        0.3,
        Text("Potential production of halophytes over that of other plants", "盐生植物与非盐生植物潜在生产力之比"),
        Text(
            "Own choice: salt tolerance costs growth, and potential production is stated for ordinary plants; spread "
            "covers both signs.",
            "自定：耐盐以生长为代价，潜在生产力按普通植物给出；先验包含高低两种可能。",
        ),
        "own_choice",
    ),
    Parameter(
        "plant_half_ph",
        9.0,
        "1",
        8.0,
        10.5,
        "normal",
        9.0,
        0.3,
        Text("pH that halves growth of ordinary plants", "使非盐生植物生长减半的 pH"),
        Text(
            "Own choice: crops yield fully on calcareous soil of pH 8.2, and few yield on soda soil above 9.5.",
            "自定：作物在 pH 8.2 的石灰性土壤上可正常生长，而在 pH 9.5 以上的苏打土上多难成活。",
        ),
        "own_choice",
    ),
    Parameter(
        "halophyte_half_ph",
        9.6,
        "1",
        8.5,
        11.0,
        "normal",
        9.6,
        0.4,
        Text("pH that halves growth of halophytes", "使盐生植物生长减半的 pH"),
        Text(
            "Own choice: Leymus and Suaeda stands of the Songnen soda soils grow at pH 9 to 10.",
            "自定：松嫩平原苏打土上的羊草、碱蓬群落生于 pH 9 至 10。",
        ),
        "own_choice",
    ),
    Parameter(
        "plant_ph_width",
        0.25,
        "1",
        0.1,
        0.6,
        "fixed",
        0.25,
        0.0,
        Text("Width of the pH response of plants", "植物 pH 响应的宽度"),
        Text("Own choice: growth of 90 % half a unit below the half.", "自定：比半值低 0.5 个单位时生长约为 90 %。"),
        "own_choice",
    ),
    Parameter(
        "water_depletion",
        0.5,
        "1",
        0.2,
        0.8,
        "normal",
        0.5,
        0.1,
        Text("Share of available water that plants use without stress", "植物不受胁迫即可利用的有效水比例"),
        Text(
            "0.3 for shallow roots and high demand to 0.8 for deep roots and low demand; spread is an own choice.",
            "浅根、高需水者约 0.3，深根、低需水者约 0.8；先验宽度为自定。",
        ),
        "allen1998",
    ),
)

SWITCHES = tuple(
    Parameter(
        f"plant_{kind}_response",
        1.0,
        "1",
        0.0,
        1.0,
        "fixed",
        1.0,
        0.0,
        Text(f"Response of plants to {english}", f"植物对{chinese}的响应强度"),
        Text(
            "1 as it is, 0 cuts the feedback; a switch, not to be calibrated.",
            "1 为正常，0 为切断该反馈；仅作开关，不参与标定。",
        ),
        "own_choice",
    )
    for kind, english, chinese in (("salt", "salt", "盐分"), ("ph", "alkalinity", "碱度"), ("water", "drought", "干旱"))
)

ALLOCATION = (
    Parameter(
        "root_allocation",
        0.4,
        "1",
        0.05,
        0.8,
        "beta",
        8.0,
        12.0,
        Text("Share of production that goes below ground", "生产力向地下的分配比例"),
        Text(
            "Of carbon in shoots and below ground, crops have 32 % below and grasses 49 % (45 and 21, 34 and 33 % of "
            "what was fixed, "
            "with respiration of roots); spread is an own choice. Succulent halophytes have less.",
            "地上与地下碳中，作物地下约占 32 %，禾草约占 49 %（占固定碳的 45 与 21 %、34 与 33 %，含根呼吸）；"
            "先验宽度为自定。肉质盐生植物较低。",
        ),
        "pausch2018",
    ),
    Parameter(
        "exudate_share",
        0.25,
        "1",
        0.02,
        0.6,
        "beta",
        5.0,
        15.0,
        Text("Share of carbon below ground that roots give off", "地下碳中根系分泌的比例"),
        Text(
            "About half of what goes below stays in roots, a third is respired, the rest is found in soil and "
            "microbes: a quarter of "
            "what is not respired. Spread is an own choice.",
            "向地下分配的碳约一半留在根中，三分之一被呼吸，其余进入土壤和微生物，即未呼吸部分的四分之一。"
            "先验宽度为自定。",
        ),
        "kuzyakov2000",
    ),
    next(p for p in WATER if p.name == "root_extinction"),
)

PARAMETERS = (*STRESS, *SWITCHES, *ALLOCATION)
