"""A tall tower without its storage term."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower

TALL, SHARE = 10.0, 0.8


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of the fluxes that come with a storage term, where the sensor stands high."""
    height, flux = tower.options.measurement_height, tower.get("nee")
    if height is None or flux is None:
        return
    stored = tower.get("co2_storage_flux")
    known = np.isfinite(flux)
    share = 0.0 if stored is None else float((np.isfinite(stored) & known).sum() / max(known.sum(), 1))
    said = {"height": f"{height:g}", "share": f"{100 * share:.0f}"}
    column = "co2_storage_flux"
    fine = height <= TALL or share >= SHARE
    yield Finding(
        fine, share, ">=", SHARE if height > TALL else 0.0, "1", column, "W-EDDY-NO-STORAGE", column, values=said
    )


CHECK = Check(
    name="eddy_storage_term",
    label=Text("Storage below a tall tower", "高塔下的储存项"),
    about=Text(
        "In still nights CO2 gathers below the sensor and comes out in the morning. Below a tall tower this is a large "
        "part of the exchange, and without it night and morning are wrong.",
        "静夜里 CO2 在传感器以下积累，早晨再释放。高塔下这部分很大，缺少它则夜间与清晨的交换量有误。",
    ),
    needs=Text(
        "NEE and the height of the sensor (measurement_height) are needed.",
        "需要 NEE 与传感器高度（measurement_height）。",
    ),
    source="own_choice",
    thresholds={
        "tall": own(
            TALL,
            "m",
            "Air of 10 m stores 0.2 umol m-2 s-1 when its CO2 rises by 1 ppm in a half-hour.",
            "10 m 气柱中 CO2 每半小时升高 1 ppm 相当于储存 0.2 umol m-2 s-1。",
        ),
        "share": own(SHARE, "1", "A profile fails at times.", "廓线系统偶有故障。"),
    },
    judge=judge,
)
