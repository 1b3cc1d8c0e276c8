"""An air pressure in hPa, Pa or atm read as kPa."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import median
from halosink.eddy.checks.parts.tower import Tower

LOWEST, HIGHEST = 45.0, 115.0
UNITS = (("hPa", 0.1), ("Pa", 1e-3), ("atm", 101.325), ("mmHg", 0.133322), ("kPa", 10.0))


def judge(tower: Tower) -> Iterator[Finding]:
    """Median pressure against what air has on land."""
    pressure = tower.get("air_pressure")
    if pressure is None:
        return
    middle = median(pressure)
    if not np.isfinite(middle):
        return
    fine = bool(LOWEST <= middle <= HIGHEST)
    unit, factor = next(((u, f) for u, f in UNITS if LOWEST <= middle * f <= HIGHEST), ("", 1.0))
    code = "E-EDDY-PRESSURE-UNIT" if unit else "E-EDDY-PRESSURE"
    operator, limit = ("<=", HIGHEST) if middle > LOWEST else (">=", LOWEST)
    values = {"value": f"{middle:.5g}", "unit": unit, "meant": f"{middle * factor:.4g}" if unit else ""}
    yield Finding(fine, middle, operator, limit, "kPa", "air_pressure", code, "air_pressure", values=values)  # type: ignore[arg-type]


CHECK = Check(
    name="eddy_pressure_unit",
    label=Text("Unit of the air pressure", "气压的单位"),
    about=Text(
        "A pressure that air does not have on land is in another unit than kPa.",
        "气压超出陆地上可能的范围，说明单位不是 kPa。",
    ),
    needs=Text("Air pressure is needed.", "需要气压。"),
    source="own_choice",
    thresholds={
        "lowest": own(
            LOWEST, "kPa", "Air above 6000 m, higher than towers stand.", "相当于海拔 6000 m 以上，高于任何通量塔。"
        ),
        "highest": own(HIGHEST, "kPa", "Above any pressure at the ground.", "高于任何地面气压。"),
    },
    judge=judge,
)
