"""An air pressure in hPa, Pa or atm read as kPa."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.vapour import HIGHEST, LOWEST, STANDARD
from halosink.contracts import Text

UNITS = (("hPa", 0.1), ("Pa", 1e-3), ("atm", 101.325), ("psi", 6.894757))
CALLED = (("kPa", 10.0), ("kPa", 1e3))
"""Pressures in kPa that the sheet calls hPa or Pa."""


def judge(readings: Readings) -> Iterator[Finding]:
    """Pressure of each closure against what air has between 6000 m and the lowest ground."""
    pressure = readings.constant("chamber_pressure")
    judged = np.isfinite(pressure)
    wrong = judged & ((pressure < LOWEST) | (pressure > HIGHEST))
    scaled = np.abs(np.log(pressure[:, None] * [factor for _, factor in (*UNITS, *CALLED)] / STANDARD))
    nearest = np.argmin(np.where(np.isfinite(scaled), scaled, np.inf), axis=1)
    for i, (unit, factor) in enumerate((*UNITS, *CALLED)):
        meant = pressure * factor
        hit = judged & ((pressure < LOWEST) | (pressure > HIGHEST)) & (nearest == i)
        hit &= (meant >= LOWEST) & (meant <= HIGHEST)
        wrong = wrong & ~hit
        first = pressure[hit][0] if hit.any() else np.nan
        said = {"unit": unit, "factor": f"{factor:g}", "value": f"{first:.5g}", "meant": f"{first * factor:.4g}"}
        yield Finding("E-CHAMBER-PRESSURE-UNIT", hit, judged, "chamber_pressure", said)
    first = pressure[wrong][0] if wrong.any() else np.nan
    yield Finding("E-CHAMBER-PRESSURE", wrong, judged, "chamber_pressure", {"value": f"{first:.5g}"})


CHECK = Check(
    name="pressure_unit",
    label=Text("Unit of the air pressure", "气压单位"),
    about=Text(
        "A pressure that air does not have on land means that it is in another unit than kPa; the flux is proportional "
        "to it.",
        "气压超出陆地上可能的范围，说明单位不是 kPa；通量与气压成正比。",
    ),
    needs=Text("chamber_pressure is lacking.", "缺少 chamber_pressure。"),
    source="own_choice",
    thresholds={
        "lowest": own(LOWEST, "kPa", "Air above 6000 m, higher than soils are measured.", "相当于海拔 6000 m 以上。"),
        "highest": own(HIGHEST, "kPa", "Above any pressure at the ground.", "高于任何地面气压。"),
    },
    judge=judge,
)
