"""Parameters of the process water."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.functions.conductance import CONDUCTANCE
from halosink.model.functions.osmotic import SLOPE
from halosink.model.parameters import Parameter

PARAMETERS = (
    Parameter(
        "root_extinction",
        0.966,
        "1",
        0.90,
        0.99,
        "normal",
        0.966,
        0.012,
        Text("Root share left per cm of depth", "根系随深度的递减系数"),
        Text(
            "beta of the share 1 - beta^d of roots down to d cm: 0.966 over the globe, 0.943 in grassland, 0.975 "
            "in deserts; the spread is an own choice that covers these.",
            "深度 d 厘米以上根系比例 1 - beta^d 中的 beta：全球 0.966，温带草地 0.943，荒漠 0.975；"
            "离散程度为自定，以涵盖这些值。",
        ),
        "jackson1996",
    ),
    Parameter(
        "uptake_half_potential",
        1.0,
        "MPa",
        0.2,
        10.0,
        "lognormal",
        1.0,
        0.4,
        Text("Osmotic potential that halves uptake of glycophytes", "使非盐生植物吸水减半的渗透势"),
        Text(
            "Own choice: crops lose half their yield at ECe of about 8 to 18 dS/m (FAO tables), twice that in the "
            "water of soil at field capacity.",
            "自定：作物减产一半的 ECe 约为 8 至 18 dS/m（FAO 表），田间持水量时土壤溶液约为其两倍。",
        ),
        "own_choice",
    ),
    Parameter(
        "uptake_half_potential_halophyte",
        3.0,
        "MPa",
        0.5,
        20.0,
        "lognormal",
        3.0,
        0.4,
        Text("Osmotic potential that halves uptake of halophytes", "使盐生植物吸水减半的渗透势"),
        Text(
            "Own choice: Suaeda grows best near 200 mmol/L NaCl (0.9 MPa) and bears several times that.",
            "自定：碱蓬在约 200 mmol/L NaCl（0.9 MPa）生长最好，可耐受其数倍。",
        ),
        "own_choice",
    ),
    Parameter(
        "osmotic_weight",
        1.0,
        "1",
        0.0,
        2.0,
        "fixed",
        1.0,
        0.0,
        Text("Weight of osmotic potential in uptake", "渗透势对吸水的权重"),
        Text("At 0 salt does not hinder uptake of water.", "取 0 时盐分不影响吸水。"),
        "own_choice",
    ),
    Parameter(
        "mulch_effect",
        0.001,
        "m2 g-1",
        0.0,
        0.01,
        "lognormal",
        0.001,
        0.5,
        Text("Less evaporation under litter", "凋落物覆盖对蒸发的抑制"),
        Text(
            "Evaporation from bare soil falls as exp(-k litter), by a third at 400 g C m-2 or 9 t/ha of straw. Own "
            "choice; at 0 litter has no effect.",
            "裸土蒸发随凋落物量按指数减少，400 g C m-2（约 9 t/ha 秸秆）时减少三分之一。自定；取 0 时无影响。",
        ),
        "own_choice",
    ),
    SLOPE,
    *CONDUCTANCE,
)
