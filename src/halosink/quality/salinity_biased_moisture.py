"""Salinity-biased moisture: a dielectric probe read in soil saltier or wetter than its calibration covers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Hits, Parameter, Values

# Topp et al. (1980), water content from permittivity, solved for permittivity: its published inverse.
TOPP = (3.03, 9.3, 146.0, -76.7)


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """Soil moisture beyond the calibration's maximum, or where the estimated saturation extract passes its limit."""
    if channel.field.name != "soil_moisture":
        return channel.none()
    hits = channel.values > parameters["moisture"]
    bulk = channel.others.get("soil_ec_bulk")
    if bulk is not None:
        extract = saturation_extract(channel.values, bulk, channel.others.get("soil_temperature"), parameters)
        hits |= extract > parameters["extract"]
    return hits


def saturation_extract(
    moisture: Values, bulk: Values, temperature: Values | None, parameters: Mapping[str, float]
) -> Values:
    """Conductivity of the saturation extract in dS m-1, estimated from a probe's own readings; NaN if too dry.

    Pore water: s_p = e_p s_b / (e_b - e_0), e_p = 80.3 - 0.37 (T - 20) (Hilhorst 2000), e_b from moisture by Topp et
    al. (1980). Extract: s_e = s_p moisture / porosity, the salt of the pore water diluted to saturation. Not below a
    moisture of 0.10 m3 m-3, where the denominator nearly vanishes. Biased moisture makes e_b too large and
    s_e too small, so that the estimate errs on the side of not flagging.
    """
    water = moisture
    permittivity = TOPP[0] + water * (TOPP[1] + water * (TOPP[2] + water * TOPP[3]))
    pore = 80.3 if temperature is None else 80.3 - 0.37 * (np.where(np.isfinite(temperature), temperature, 20.0) - 20.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        extract = (
            pore * bulk / (permittivity - parameters["offset"]) * water / np.maximum(water, parameters["porosity"])
        )
        return np.where(moisture >= parameters["driest"], extract, np.nan)


def example() -> tuple[Channel, tuple[int, ...]]:
    moisture = np.array([0.30, 0.45, 0.86, 0.30])
    others = {"soil_ec_bulk": np.array([0.5, 6.0, 2.0, np.nan]), "soil_temperature": np.full(4, 20.0)}
    return Channel(vocabulary.field("soil_moisture"), moisture, others=others), (1, 2)


CHECK = Check(
    name="salinity_biased_moisture",
    bit=9,
    label=Text("Soil moisture possibly biased by salinity", "土壤含水量可能受盐分影响"),
    about=Text(
        "The soil is saltier than the calibration of dielectric moisture probes covers (about 8 dS/m of saturation "
        "extract), or the reading is beyond the calibration's maximum. Probes then read too wet or stop responding. "
        "The value is kept; its level is not to be trusted without a calibration in this soil, its course may be.",
        "土壤盐分超出介电式水分探头标定的适用范围（饱和泥浆浸提液电导率约 8 dS/m），或读数超过标定上限。"
        "此时探头读数偏高或不再响应。数值保留；未在本土壤标定前其绝对水平不可信，变化过程或可参考。",
    ),
    source="sensors2024salinity",
    parameters={
        "extract": Parameter(
            8.0,
            "dS m-1",
            "meter_teros12",
            Text(
                "Highest conductivity of the saturation extract for which the mineral calibration holds.",
                "矿质土壤标定适用的饱和泥浆浸提液电导率上限。",
            ),
        ),
        "moisture": Parameter(
            0.70,
            "m3 m-3",
            "meter_teros12",
            Text("Reading of the mineral calibration in pure water.", "矿质土壤标定在纯水中的读数。"),
        ),
        "offset": Parameter(
            4.1, "1", "hilhorst2000", Text("Permittivity at zero bulk conductivity.", "体电导率为零时的介电常数。")
        ),
        "porosity": Parameter(
            0.5,
            "m3 m-3",
            "own_choice",
            Text(
                "Pore space where moisture does not show more: bulk density 1.3 g/cm3, middle of mineral soils.",
                "含水量未显示更高值时采用的孔隙度：容重 1.3 g/cm3，矿质土壤的中间值。",
            ),
        ),
        "driest": Parameter(
            0.10, "m3 m-3", "hilhorst2000", Text("Below this the model does not hold.", "低于此含水量模型不适用。")
        ),
    },
    series=False,
    excludes=False,
    flag=flag,
    example=example,
    allowed=0.05,
)
