"""Headings as Chinese teams write them in their tables."""

from __future__ import annotations

import pytest

from halosink import vocabulary
from halosink.read.depths import means_depth

SOIL = {
    "plot": "小区 小区号 小区编号 小区名称 样方 样方号 样方编号",
    "site": "样地 样地号 样地编号 样地名称 样点 样点号 样点编号 采样点 采样地点",
    "block": "区组 区组号 区组编号",
    "treatment": "处理 处理编号 处理方式 试验处理",
    "replicate": "重复 重复号 重复编号",
    "salinity_class": "盐渍化程度 盐碱化程度 盐渍化等级",
    "land_use": "土地利用 土地利用方式 土地利用类型",
    "sample": "样品编号 样品名称 样号",
    "depth_top": "土层上界(cm) 上界深度 上界(cm) 土层上界深度（cm）",
    "depth_bottom": "土层下界(cm) 下界深度 下界(cm)",
    "layer": "土层 土层(cm) 层次",
    "date": "采样日期 取样日期 采样时间 取样时间 测定日期 调查日期",
    "ec_1_5": "EC1:5 EC1:5(μS/cm) 电导率EC1:5(mS/cm) EC(1:5) 电导率(1:5) EC1：5 EC1∶5(dS/m) 土壤电导率(EC1:5)",
    "ec_unspecified": "电导率 土壤电导率 EC(mS/cm)",
    "ph_water": "pH pH值 pH(1:2.5) pH(1:5) pH（H2O） 土壤pH 土壤pH值",
    "soil_organic_carbon": "有机碳(g/kg) 土壤有机碳 土壤有机碳含量 SOC(g/kg)",
    "soil_organic_matter": "有机质 有机质(g/kg) 土壤有机质含量 SOM",
    "soil_inorganic_carbon": "无机碳 SIC",
    "total_carbon": "全碳 总碳",
    "total_nitrogen": "全氮 全氮(%) 全氮含量 总氮 TN(g/kg)",
    "total_phosphorus": "全磷 全磷含量",
    "bulk_density": "容重 土壤容重(g/cm3) 容重（g·cm-3）",
    "water_content_gravimetric": "含水量 含水率(%) 土壤含水率 质量含水量",
    "soil_salt_content": "盐分 盐分含量 全盐 全盐量 全盐含量 含盐量(g/kg) 可溶性盐 可溶性盐总量 水溶性盐 总盐 土壤盐分",
    "aboveground_biomass": "地上生物量 地上生物量(g/m2)",
    "belowground_biomass": "地下生物量",
    "co2_flux": "CO2通量 CO2排放通量 二氧化碳通量 CO2通量(mg·m-2·h-1)",
    "ch4_flux": "CH4通量 甲烷通量 甲烷排放通量",
    "n2o_flux": "N2O通量 氧化亚氮通量",
    "nitrate_nitrogen": "硝态氮 硝态氮(mg/kg)",
    "olsen_phosphorus": "有效磷 速效磷",
    "exchangeable_sodium_percentage": "碱化度 ESP(%)",
    "soluble_sodium": "Na+ 钠离子",
    "species": "物种 植物种类",
}
OTHERS = [
    ("fluxes", "采样时间", "time"), ("fluxes", "测定时间", "time"), ("sensors", "含水率", "soil_moisture"),
    ("sensors", "深度(cm)", "sensor_depth"), ("porewater", "深度", "porewater_depth"), ("plots", "编号", "plot"),
    ("plants", "调查日期", "date"), ("groundwater", "埋深", "groundwater_depth"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "heading"), [(f, h) for f, words in SOIL.items() for h in words.split()])
def test_heading_of_a_soil_table(field: str, heading: str) -> None:
    assert vocabulary.match(heading, "soil") == field


@pytest.mark.parametrize(("kind", "heading", "field"), OTHERS)
def test_heading_depends_on_the_table(kind: str, heading: str, field: str) -> None:
    assert vocabulary.match(heading, kind) == field


@pytest.mark.parametrize("heading", ["生物量", "biomass", "石膏用量"])
@pytest.mark.parametrize("kind", ["soil", "plants"])
def test_what_could_be_two_things_is_not_guessed(heading: str, kind: str) -> None:
    assert vocabulary.match(heading, kind) == ""


@pytest.mark.parametrize("heading", ["土层深度", "深度(cm)", "采样深度(cm)", "depth", "soil depth (cm)", "depth_cm"])
def test_depth_of_a_layer_without_its_limit(heading: str) -> None:
    assert vocabulary.match(heading, "soil") == "" and means_depth(heading)
