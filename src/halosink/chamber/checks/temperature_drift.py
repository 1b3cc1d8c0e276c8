"""Temperature drift in the chamber."""

from __future__ import annotations

from halosink.chamber.checks.check import Check, own
from halosink.chamber.checks.parts.drift import judging
from halosink.contracts import Text

MOST = 5.0


CHECK = Check(
    name="temperature_drift",
    label=Text("Temperature drift in the chamber", "箱内温度漂移"),
    about=Text(
        "The air in the chamber warmed or cooled while it was closed. The amount of air changes by a third of a per "
        "cent per kelvin, and soil and plants answer to the warmth.",
        "闭箱期间箱内空气升温或降温。每变化 1 K，空气量约变化 0.3%，土壤与植物也会对温度作出反应。",
    ),
    needs=Text(
        "This needs chamber_temperature read through the closure, four readings at least.",
        "需要闭箱期间连续读取的 chamber_temperature，至少四个读数。",
    ),
    source="own_choice",
    thresholds={
        "most": own(
            MOST,
            "K",
            "1.7 per cent of the air, and a rise in respiration of tens of per cent.",
            "空气量变化约 1.7%，呼吸可增加百分之几十。",
        )
    },
    judge=judging("W-CHAMBER-WARMING", "chamber_temperature", MOST),
    allowed=0.05,
)
