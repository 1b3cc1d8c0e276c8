"""Temperatures in kelvin or degrees Fahrenheit read as degrees Celsius."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import median, temperature_unit
from halosink.eddy.checks.parts.tower import Tower

FIELDS = ("air_temperature", "soil_temperature", "sonic_temperature")
COLDEST, HOTTEST = -60.0, 62.0


def judge(tower: Tower) -> Iterator[Finding]:
    """The unit that each temperature tells."""
    for field in FIELDS:
        values = tower.get(field)
        if values is None or not np.isfinite(median(values)):
            continue
        unit = temperature_unit(tower, field)
        middle = median(values)
        meant = middle - 273.15 if unit == "K" else (middle - 32) / 1.8
        said = {"value": f"{middle:.4g}", "unit": unit, "meant": f"{meant:.3g}"}
        top = float(np.nanpercentile(values, 99))
        yield Finding(unit == "degC", top, "<=", HOTTEST, "degC", field, "E-EDDY-TEMPERATURE-UNIT", field, values=said)


CHECK = Check(
    name="eddy_temperature_unit",
    label=Text("Unit of the temperatures", "温度的单位"),
    about=Text(
        "Kelvin tell themselves by their size. Fahrenheit are told by the other temperatures and by humidity: read as "
        "Fahrenheit the values agree, as Celsius they do not.",
        "开尔文可由数值大小看出。华氏度可由其他温度和湿度看出：按华氏度读则一致，按摄氏度读则不一致。",
    ),
    needs=Text("A temperature of air or soil is needed.", "需要气温或土壤温度。"),
    source="own_choice",
    thresholds={
        "hottest": own(
            HOTTEST, "degC", "Hotter than the air or a shaded soil of any land.", "高于任何陆地的气温或遮荫土温。"
        ),
        "agree": own(
            4.0,
            "degC",
            "Air, soil and humidity agree within this on average.",
            "气温、土温与湿度推算值平均相差不超过此值。",
        ),
    },
    judge=judge,
)
