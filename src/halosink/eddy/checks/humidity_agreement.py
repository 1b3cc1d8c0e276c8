"""Humidity, temperature and deficit that do not belong together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import DRY, FEWEST, deficit_of_humidity, median
from halosink.eddy.checks.parts.tower import Tower

OFF, SHARE = 0.25, 0.1


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of records whose deficit is more than a quarter off, once a factor common to all is taken out."""
    deficit, expected = tower.get("vapour_pressure_deficit"), deficit_of_humidity(tower)
    if deficit is None or expected is None:
        return
    ratio = np.where(expected > DRY, deficit / np.where(expected > 0, expected, 1), np.nan)
    judged = np.isfinite(ratio)
    if np.count_nonzero(judged) < FEWEST:
        return
    common = median(ratio)
    power = 10 ** np.round(np.log10(common)) if common > 0 else 1.0
    hit = judged & (np.abs(ratio / power - 1) > OFF)
    share = float(hit.sum() / judged.sum())
    values = {"share": f"{100 * share:.0f}", "ratio": f"{common / power:.2f}"}
    column = "vapour_pressure_deficit"
    yield Finding(
        share <= SHARE,
        share,
        "<=",
        SHARE,
        subject=column,
        code="W-EDDY-HUMIDITY",
        column=column,
        hit=hit,
        values=values,
    )


CHECK = Check(
    name="eddy_humidity_agreement",
    label=Text("Humidity, temperature and deficit agree", "湿度、气温与饱和水汽压差是否一致"),
    about=Text(
        "Deficit, relative humidity and air temperature determine each other. Where they disagree, one comes from "
        "another height, another clock or a bad sensor.",
        "饱和水汽压差、相对湿度与气温三者相互确定。若不一致，则其中之一来自其他高度、其他时钟或故障传感器。",
    ),
    needs=Text(
        "Vapour pressure deficit, relative humidity and air temperature are needed.",
        "需要饱和水汽压差、相对湿度和气温。",
    ),
    source="alduchov1996",
    thresholds={
        "off": own(
            OFF, "1", "Two sensors of humidity differ by up to a tenth or two.", "两支湿度传感器相差可达一至二成。"
        ),
        "share": own(SHARE, "1", "Drops and shade explain some.", "水滴或遮荫可解释一部分。"),
    },
    judge=judge,
)
