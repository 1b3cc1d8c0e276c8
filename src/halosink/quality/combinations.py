"""The rules between fields: what cannot be true of one row. Contents are compared in g kg-1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from halosink.contracts import Text
from halosink.quality.check import Hits, Values

Columns = Mapping[str, Values]

# Quartz, g cm-3; organic matter is lighter, so 1 - bulk density / 2.65 bounds porosity from above (own choice).
PARTICLE_DENSITY = 2.65
# Mass of carbon per mass of calcium carbonate, from atomic masses 12.011 / 100.087.
CARBON_IN_CALCITE = 0.1200


@dataclass(frozen=True, slots=True)
class Rule:
    """`broken(columns, tolerance)` tells where the fields contradict each other; every one of them is flagged."""

    name: str
    fields: tuple[str, ...]
    broken: Callable[[Columns, float], Hits]
    about: Text
    source: str = "own_choice"


def _beyond(parts: tuple[str, ...], whole: str, en: str, zh: str, slack: float = 1.0) -> Rule:
    """The parts together exceed the whole by more than `slack` tolerances."""

    def broken(columns: Columns, tolerance: float) -> Hits:
        total = sum(columns[p] for p in parts)
        return np.asarray(total > (1 + slack * tolerance) * columns[whole])

    return Rule("_".join((*parts, "beyond", whole)), (*parts, whole), broken, Text(en, zh))


def _above(upper: str, lower: str, margin: float, en: str, zh: str) -> Rule:
    """`lower`, which can at most equal `upper`, lies above it by more than `margin` (in the unit of both)."""
    return Rule(f"{lower}_above_{upper}", (upper, lower), lambda c, t: c[lower] > c[upper] + margin, Text(en, zh))


RULES: tuple[Rule, ...] = (
    Rule(
        "depth_order",
        ("depth_top", "depth_bottom"),
        lambda c, t: c["depth_bottom"] <= c["depth_top"],
        Text("The bottom of a layer does not lie below its top.", "土层下界不低于上界。"),
    ),
    _beyond(
        ("poc", "maoc"),
        "soil_organic_carbon",
        "Particulate and mineral-associated carbon exceed soil organic carbon.",
        "颗粒态与矿物结合态有机碳之和超过土壤有机碳。",
        2,
    ),
    _beyond(
        ("light_fraction_carbon", "heavy_fraction_carbon"),
        "soil_organic_carbon",
        "Light and heavy fraction carbon exceed soil organic carbon.",
        "轻组与重组有机碳之和超过土壤有机碳。",
        2,
    ),
    _beyond(
        ("humic_acid_carbon", "fulvic_acid_carbon", "humin_carbon"),
        "soil_organic_carbon",
        "Humic fractions exceed soil organic carbon.",
        "腐殖质各组分碳之和超过土壤有机碳。",
        2,
    ),
    _beyond(
        ("doc",),
        "soil_organic_carbon",
        "Dissolved organic carbon exceeds soil organic carbon.",
        "可溶性有机碳超过土壤有机碳。",
    ),
    _beyond(
        ("microbial_biomass_carbon",),
        "soil_organic_carbon",
        "Microbial biomass carbon exceeds soil organic carbon.",
        "微生物生物量碳超过土壤有机碳。",
    ),
    _beyond(
        ("readily_oxidisable_carbon",),
        "soil_organic_carbon",
        "Readily oxidisable carbon exceeds soil organic carbon.",
        "易氧化有机碳超过土壤有机碳。",
    ),
    _beyond(
        ("soil_organic_carbon",),
        "soil_organic_matter",
        "Organic carbon exceeds organic matter.",
        "有机碳超过有机质。",
        0,
    ),
    _beyond(("soil_organic_carbon",), "total_carbon", "Organic carbon exceeds total carbon.", "有机碳超过全碳。"),
    _beyond(("soil_inorganic_carbon",), "total_carbon", "Inorganic carbon exceeds total carbon.", "无机碳超过全碳。"),
    Rule(
        "carbon_balance",
        ("soil_organic_carbon", "soil_inorganic_carbon", "total_carbon"),
        lambda c, t: (
            np.abs(c["soil_organic_carbon"] + c["soil_inorganic_carbon"] - c["total_carbon"])
            > 2 * t * c["total_carbon"]
        ),
        Text("Organic and inorganic carbon do not add up to total carbon.", "有机碳与无机碳之和与全碳不符。"),
    ),
    Rule(
        "calcite_beyond_inorganic_carbon",
        ("calcium_carbonate", "soil_inorganic_carbon"),
        lambda c, t: (
            np.abs(CARBON_IN_CALCITE * c["calcium_carbonate"] - c["soil_inorganic_carbon"])
            > 2 * t * c["soil_inorganic_carbon"] + 0.5
        ),
        Text("Inorganic carbon is not 12 % of calcium carbonate.", "无机碳不等于碳酸钙含量的 12%。"),
    ),
    Rule(
        "texture_sum",
        ("sand", "silt", "clay"),
        lambda c, t: np.abs(c["sand"] + c["silt"] + c["clay"] - 1000.0) > 500.0 * t,
        Text("Sand, silt and clay do not add up to 100 %.", "砂粒、粉粒与黏粒之和不为 100%。"),
    ),
    _beyond(
        ("nitrate_nitrogen", "ammonium_nitrogen"),
        "total_nitrogen",
        "Mineral nitrogen exceeds total nitrogen.",
        "矿质氮超过全氮。",
    ),
    _beyond(
        ("olsen_phosphorus",), "total_phosphorus", "Olsen phosphorus exceeds total phosphorus.", "有效磷超过全磷。"
    ),
    Rule(
        "water_beyond_pores",
        ("soil_moisture", "bulk_density"),
        lambda c, t: c["soil_moisture"] > 1.0 - c["bulk_density"] / PARTICLE_DENSITY + t,
        Text(
            "Soil moisture exceeds the pore space that the bulk density leaves.", "土壤含水量超过容重所允许的孔隙度。"
        ),
    ),
    Rule(
        "frozen_but_conducting",
        ("soil_temperature", "soil_ec_bulk"),
        lambda c, t: (c["soil_temperature"] < -10.0) & (c["soil_ec_bulk"] > 4.0),
        Text(
            "Soil colder than -10 degC holds only a film of brine and cannot conduct more than 4 dS/m.",
            "低于 -10 ℃ 的土壤仅剩薄膜卤水，体电导率不可能高于 4 dS/m。",
        ),
    ),
    _above(
        "field_capacity", "wilting_point", 0.0, "Wilting point lies above field capacity.", "凋萎含水量高于田间持水量。"
    ),
    _above("air_temperature", "dew_point", 1.0, "Dew point lies above air temperature.", "露点温度高于气温。"),
    _above("wind_gust", "wind_speed", 0.5, "Mean wind exceeds the gust.", "平均风速超过阵风风速。"),
    _above(
        "shortwave_radiation",
        "shortwave_radiation_out",
        20.0,
        "More shortwave radiation leaves than arrives.",
        "反射短波辐射大于入射短波辐射。",
    ),
    Rule(
        "diversity_beyond_richness",
        ("shannon_diversity", "richness_observed"),
        lambda c, t: c["shannon_diversity"] > np.log2(np.maximum(c["richness_observed"], 1.0)) + 1e-6,
        Text(
            "Shannon diversity exceeds the logarithm of richness, its maximum, even to base 2.",
            "香农多样性超过其最大值（丰富度的对数，即便以 2 为底）。",
        ),
        "pielou1966",
    ),
    _above("sequencing_depth", "richness_observed", 0.0, "More taxa than reads.", "分类单元数超过序列数。"),
    _above(
        "richness_observed",
        "richness_rarefied",
        1e-6,
        "Rarefied richness exceeds observed richness.",
        "抽平丰富度超过观测丰富度。",
    ),
    _above(
        "richness_chao1",
        "richness_observed",
        0.5,
        "Observed richness exceeds its Chao1 estimate.",
        "观测丰富度超过 Chao1 估计值。",
    ),
)
