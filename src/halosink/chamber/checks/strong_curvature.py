"""Closures so long that the headspace itself stopped the flux."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.fitted import by_gas
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

MOST = 1.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Rate of the curved fit times the length of the closure, where the curve was chosen and the flux is seen.

    Water vapour, which nears saturation in any closed chamber, is not judged.
    """
    fluxes = readings.fluxes
    if fluxes is None or "model" not in fluxes:
        return
    chosen = fluxes["model"] == "hutchinson_mosier"
    curved = replace(readings, fluxes=fluxes.assign(_curved=chosen.astype(float)))
    for gas, _, one in by_gas(curved, "flux", "minimal_detectable_flux", "hm_rate", "duration", "_curved"):
        if gas == "h2o":
            continue
        bend = one["hm_rate"] * one["duration"]
        judged = np.isfinite(one["_curved"]) & np.isfinite(one["duration"])
        seen = np.abs(one["flux"]) > one["minimal_detectable_flux"]
        hit = judged & seen & (one["_curved"] > 0) & (bend > MOST)
        said = {"gas": gas.upper()}
        if hit.any():
            lost = 100 * (1 - np.exp(-np.median(bend[hit])))
            said |= {"percent": f"{lost:.0f}", "duration": f"{np.median(one['duration'][hit]):.0f}"}
            said |= {"shorter": f"{np.floor(np.median(MOST / one['hm_rate'][hit]) / 10) * 10:.0f}"}
        yield Finding("W-CHAMBER-TOO-LONG", hit, judged, f"{gas}_flux", said)


CHECK = Check(
    name="strong_curvature",
    label=Text("Closure too long", "闭箱过长"),
    about=Text(
        "The gas that has gathered in the chamber holds back the flux. Where most of it is gone at the end, the flux "
        "at "
        "closing rests on the first readings and on the shape of the curve.",
        "箱内积累的气体会抑制通量。若闭箱结束时通量已大部分消失，则闭箱瞬间的通量取决于最初的读数与曲线形状。",
    ),
    needs=Text("This is judged from the fluxes and their curved fits.", "需先算出通量及其曲线拟合才能判断。"),
    source="own_choice",
    thresholds={
        "most": own(
            MOST,
            "1",
            "Rate times length; at 1 the flux has fallen to 37 per cent of that at closing.",
            "速率与时长之积；等于 1 时通量已降至闭箱瞬间的 37%。",
        )
    },
    judge=judge,
    allowed=0.1,
)
