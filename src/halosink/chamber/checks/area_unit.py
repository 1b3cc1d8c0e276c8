"""A chamber area in cm2 or dm2 read as m2."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.geometry import AREAS, fitting
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text


def judge(readings: Readings) -> Iterator[Finding]:
    """The area itself, the height it gives with the volume, and the unit that makes a chamber of them."""
    volume, area = readings.constant("chamber_volume"), readings.constant("chamber_area")
    judged = np.isfinite(area)
    units = fitting(volume, area)
    for place, (unit, factor) in enumerate(AREAS[1:], start=1):
        hit = judged & (units.area == place)
        first = area[hit][0] if hit.any() else np.nan
        said = {"unit": unit, "factor": f"{factor:g}", "area": f"{first:.5g}", "meant": f"{first * factor:.4g}"}
        yield Finding("E-CHAMBER-AREA-UNIT", hit, judged, "chamber_area", said)


CHECK = Check(
    name="area_unit",
    label=Text("Unit of the chamber area", "箱体底面积单位"),
    about=Text(
        "An area outside what chambers cover, or one that gives an impossible height, means that it is in another unit "
        "than square metres.",
        "底面积超出箱体可能覆盖的范围，或由此得到不可能的箱高，说明其单位不是平方米。",
    ),
    needs=Text("chamber_area is lacking.", "缺少 chamber_area。"),
    source="own_choice",
    thresholds={
        "lowest": own(0.001, "m2", "Smaller than a laboratory core.", "小于室内土芯的面积。"),
        "highest": own(20.0, "m2", "Larger than any ecosystem tent.", "大于任何生态系统箱体的面积。"),
    },
    judge=judge,
)
