"""Sonic against air temperature."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST, celsius, temperature_unit
from halosink.eddy.checks.parts.tower import Tower

OFF, ALIKE = 5.0, 0.9


def judge(tower: Tower) -> Iterator[Finding]:
    """Median difference and correlation of the two."""
    air, sonic = celsius(tower), tower.get("sonic_temperature")
    if air is None or sonic is None or temperature_unit(tower, "sonic_temperature") != "degC":
        return
    both = np.isfinite(air) & np.isfinite(sonic)
    if np.count_nonzero(both) < FEWEST:
        return
    off = float(np.median(sonic[both] - air[both]))
    flat = air[both].std() == 0 or sonic[both].std() == 0
    alike = 0.0 if flat else float(np.corrcoef(air[both], sonic[both])[0, 1])
    said = {"off": f"{off:+.1f}", "alike": f"{alike:.2f}"}
    column = "sonic_temperature"
    fine = abs(off) <= OFF and alike >= ALIKE
    yield Finding(fine, abs(off), "<=", OFF, "K", column, "W-EDDY-SONIC", column, values=said)


CHECK = Check(
    name="eddy_sonic_temperature",
    label=Text("Sonic and air temperature", "超声温度与气温"),
    about=Text(
        "The sonic temperature follows the air temperature and lies above it by what moist air adds, at most some "
        "kelvin. A larger difference or another course points to the path of the sonic or to a wrong column.",
        "超声温度随气温变化，因空气湿度而略高，至多数开。差异更大或变化不一致，说明超声声程有误或列用错。",
    ),
    needs=Text("Sonic and air temperature are needed.", "需要超声温度与气温。"),
    source="own_choice",
    thresholds={
        "off": own(
            OFF,
            "K",
            "Moisture adds up to 5 K in the moistest air (0.51 q T with q = 0.03).",
            "最潮湿的空气中湿度可使其升高约 5 K（0.51 q T，q = 0.03）。",
        ),
        "alike": own(ALIKE, "1", "Two thermometers on one mast correlate better.", "同一塔上两支温度计的相关更高。"),
    },
    judge=judge,
)
