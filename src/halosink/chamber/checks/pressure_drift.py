"""Pressure drift in the chamber."""

from __future__ import annotations

from halosink.chamber.checks.check import Check, own
from halosink.chamber.checks.parts.drift import judging
from halosink.contracts import Text

MOST = 0.5


CHECK = Check(
    name="pressure_drift",
    label=Text("Pressure drift in the chamber", "箱内气压漂移"),
    about=Text(
        "The pressure in the chamber changed while it was closed: the vent was blocked or the chamber was pressed "
        "down. Air is then driven out of the soil or into it.",
        "闭箱期间箱内气压发生变化：通气口堵塞或箱体被压下。空气会因此被压入土壤或从土壤中抽出。",
    ),
    needs=Text(
        "This needs chamber_pressure read through the closure, four readings at least.",
        "需要闭箱期间连续读取的 chamber_pressure，至少四个读数。",
    ),
    source="own_choice",
    thresholds={
        "most": own(
            MOST,
            "kPa",
            "Half a per cent of the air; weather does not change the pressure that fast.",
            "空气量的 0.5%；天气变化不会使气压变化得这么快。",
        )
    },
    judge=judging("W-CHAMBER-PRESSURE-DRIFT", "chamber_pressure", MOST),
    allowed=0.05,
)
