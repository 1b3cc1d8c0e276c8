"""Gaps in the weather that filling and partitioning rest on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import DRIVERS, Tower

SHARE = 0.9


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of steps with each driver; a driver that is not there has none."""
    if not tower.fluxes:
        return
    for field in DRIVERS:
        values = tower.get(field)
        known = np.zeros(len(tower.steps), bool) if values is None else np.isfinite(values)
        share = float(known.mean())
        said = {"share": f"{100 * (1 - share):.0f}"}
        yield Finding(share >= SHARE, share, ">=", SHARE, "1", field, "W-EDDY-DRIVER-GAPS", field, ~known, said)


CHECK = Check(
    name="eddy_driver_gaps",
    label=Text("Gaps in the drivers", "驱动变量缺测"),
    about=Text(
        "Gaps are filled with fluxes of like radiation, temperature and deficit, and partitioning follows them. Where "
        "the drivers are missing, only the time of day is left.",
        "缺测由辐射、气温与饱和水汽压差相近时的通量插补，通量拆分也依赖它们。驱动变量缺测时只能依据一天中的时刻。",
    ),
    needs=Text("A flux is needed.", "需要通量。"),
    source="own_choice",
    thresholds={
        "share": own(
            SHARE,
            "1",
            "A month of a year; a nearby weather station fills it.",
            "约为一年中的一个月；可用邻近气象站补足。",
        )
    },
    judge=judge,
)
