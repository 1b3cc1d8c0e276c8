"""A friction velocity that hardly varies or exceeds the wind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

VARIATION, SHARE, WILD, WINDY = 0.1, 0.01, 5.0, 0.5


def judge(tower: Tower) -> Iterator[Finding]:
    """Coefficient of variation; share of records below zero, above 5 m s-1 or above the wind."""
    speed, wind = tower.get("friction_velocity"), tower.get("wind_speed")
    if speed is None:
        return
    known = np.isfinite(speed)
    if np.count_nonzero(known) < FEWEST:
        return
    column = "friction_velocity"
    mean = float(np.mean(np.abs(speed[known])))
    middle = float(np.median(speed[known]))
    spread = float(np.percentile(speed[known], 95) - np.percentile(speed[known], 5))
    variation = spread / mean if mean > 0 else 0.0
    said = {"value": f"{middle:.3g}", "spread": f"{spread:.2g}"}
    yield Finding(
        variation >= VARIATION, variation, ">=", VARIATION, "1", column, "E-EDDY-USTAR-CONSTANT", column, values=said
    )
    hit = known & ((speed < 0) | (speed > WILD))
    if wind is not None:
        hit |= known & (wind > WINDY) & (speed > wind)
    share = float(hit.sum() / known.sum())
    said = {"share": f"{100 * share:.0f}", "value": f"{np.max(speed[hit]) if hit.any() else 0:.3g}"}
    yield Finding(share <= SHARE, share, "<=", SHARE, "1", column, "W-EDDY-USTAR-RANGE", column, hit, said)


CHECK = Check(
    name="eddy_ustar_course",
    label=Text("Course of the friction velocity", "摩擦风速的变化"),
    about=Text(
        "The friction velocity follows the wind, from near zero in still nights to above one in storms, and stays a "
        "fraction of it. A constant one cannot tell well mixed nights from still ones.",
        "摩擦风速随风变化，静夜接近零，大风时超过 1，并始终只是风速的一部分。"
        "恒定的摩擦风速无法区分混合良好与静稳的夜晚。",
    ),
    needs=Text("Friction velocity is needed.", "需要摩擦风速。"),
    source="own_choice",
    thresholds={
        "variation": own(
            VARIATION,
            "1",
            "Range of nine tenths of the values over their mean; real ones exceed one.",
            "九成数值的变幅与均值之比；实测通常超过 1。",
        ),
        "wild": own(WILD, "m s-1", "Beyond storms over forests.", "超过森林上空风暴时的数值。"),
        "share": own(SHARE, "1", "Room for single bad records.", "为个别坏记录留出余量。"),
    },
    judge=judge,
)
