"""A chamber volume in cm3 or m3 read as litres."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.geometry import HIGHEST, LOWEST, VOLUMES, fitting
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

TALL, FLAT = 150.0, 2.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Effective height V / A, the volume itself, and the unit that makes a chamber of them."""
    volume, area = readings.constant("chamber_volume"), readings.constant("chamber_area")
    judged = np.isfinite(volume)
    units = fitting(volume, area)
    for place, (unit, factor) in enumerate(VOLUMES[1:], start=1):
        hit = judged & (units.volume == place)
        said = {"unit": unit, "factor": f"{factor:g}", **_said(volume, area, units.height, hit, factor)}
        yield Finding("E-CHAMBER-VOLUME-UNIT", hit, judged, "chamber_volume", said)
    hit = judged & np.isfinite(area) & (units.volume < 0)
    said = _said(volume, area, units.height, hit, 1.0)
    yield Finding("E-CHAMBER-GEOMETRY", hit, judged, "chamber_volume", said)
    odd = (units.volume == 0) & (units.area == 0) & ((units.height > TALL) | (units.height < FLAT))
    said = {**_said(volume, area, units.height, odd, 1.0), "low": f"{FLAT:g}", "high": f"{TALL:g}"}
    yield Finding("W-CHAMBER-HEIGHT", odd, judged, "chamber_volume", said)


def _said(volume: np.ndarray, area: np.ndarray, height: np.ndarray, hit: np.ndarray, factor: float) -> dict[str, str]:
    if not hit.any():
        return {}
    first = int(np.flatnonzero(hit)[0])
    return {
        "volume": f"{volume[first]:.5g}",
        "area": f"{area[first]:.4g}",
        "height": f"{height[first]:,.4g}",
        "meant": f"{volume[first] * factor:.4g}",
    }


CHECK = Check(
    name="volume_unit",
    label=Text("Unit of the chamber volume", "箱体体积单位"),
    about=Text(
        "Volume over area is the height of the air above the soil. A height that no chamber has means that the volume "
        "is in another unit than litres; the flux would be wrong by the same factor.",
        "体积除以底面积即地表以上空气的高度。若得到不可能的箱高，说明体积单位不是升，通量将按同样倍数出错。",
    ),
    needs=Text("chamber_volume is lacking.", "缺少 chamber_volume。"),
    source="own_choice",
    thresholds={
        "lowest": own(LOWEST, "cm", "Flatter than any soil chamber.", "低于任何土壤箱体的高度。"),
        "highest": own(HIGHEST, "cm", "Taller than any ecosystem tent.", "高于任何生态系统箱体的高度。"),
        "flat": own(FLAT, "cm", "Lower than commercial and home-built chambers.", "低于商品及自制箱体的常见高度。"),
        "tall": own(TALL, "cm", "Taller than chambers over grasses and herbs.", "高于草本植被所用箱体的常见高度。"),
    },
    judge=judge,
)
