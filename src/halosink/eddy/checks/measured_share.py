"""How much of the day and of the night was measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

DAY, NIGHT = 0.4, 0.15


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of steps with a kept value, day and night apart."""
    night = tower.night
    for field in tower.fluxes:
        kept = tower.kept(field)
        if kept is None or night is None:
            continue
        for name, mine, least in (("day", ~night, DAY), ("night", night, NIGHT)):
            if np.count_nonzero(mine) < FEWEST:
                continue
            share = float(np.isfinite(kept[0][mine]).mean())
            part = Text("by day", "白天") if name == "day" else Text("at night", "夜间")
            said = {"share": f"{100 * share:.0f}", "part": part, "least": f"{100 * least:.0f}"}
            yield Finding(
                share >= least, share, ">=", least, "1", f"{field}, {name}", "W-EDDY-FEW-MEASURED", field, values=said
            )


CHECK = Check(
    name="eddy_measured_share",
    label=Text("Share of measured records", "实测记录的比例"),
    about=Text(
        "What was not measured is filled from what was. With few records the sums say more about the filling than "
        "about the site.",
        "未测部分由实测部分插补。实测过少时，总量更多反映插补方法而非样地。",
    ),
    needs=Text("A flux with radiation (or the place of the tower) is needed.", "需要通量与辐射（或塔的位置）。"),
    source="own_choice",
    thresholds={
        "day": own(
            DAY, "1", "Towers measure about two thirds of a year, more by day.", "通量塔一年约测得三分之二，白天更多。"
        ),
        "night": own(
            NIGHT,
            "1",
            "Before the u* filter; less leaves too little for a respiration.",
            "摩擦风速过滤之前；再少则不足以估计呼吸。",
        ),
    },
    judge=judge,
)
