"""Closures too short for the flux to come out of the noise of the analyser."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.fitted import by_gas
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

MANUAL = 12
HALF = 0.5


def judge(readings: Readings) -> Iterator[Finding]:
    """|flux| below the minimal detectable flux, and the length that would have shown it.

    The error of a slope falls with T^1.5 when readings come at a steady rate, and with T for a fixed number of samples;
    the length is that at which the minimal detectable flux meets the median |flux| of the gas.
    """
    for gas, unit, one in by_gas(readings, "flux", "minimal_detectable_flux", "duration", "n"):
        size, least = np.abs(one["flux"]), one["minimal_detectable_flux"]
        judged = np.isfinite(size) & (least > 0)
        hit = judged & (size < least)
        if gas == "h2o" or not judged.any():
            continue
        yield Finding("W-CHAMBER-TOO-SHORT", hit, judged, f"{gas}_flux", _said(gas, unit, one, judged, hit))


def _said(gas: str, unit: str, one: dict[str, np.ndarray], judged: np.ndarray, hit: np.ndarray) -> dict[str, str]:
    if not hit.any():
        return {}
    typical = float(np.median(np.abs(one["flux"][judged])))
    least, duration = float(np.median(one["minimal_detectable_flux"][hit])), float(np.median(one["duration"][hit]))
    power = 1.0 if np.median(one["n"][hit]) <= MANUAL else 2 / 3
    longer = duration * (least / typical) ** power if typical > 0 else np.inf
    return {
        "gas": gas.upper(),
        "unit": unit,
        "least": f"{least:.3g}",
        "typical": f"{typical:.3g}",
        "duration": f"{duration:.0f}",
        "needed": f"{np.ceil(longer / 10) * 10:.0f}" if np.isfinite(longer) else "-",
    }


CHECK = Check(
    name="closure_too_short",
    label=Text("Closure too short to detect the flux", "闭箱过短，通量低于检测限"),
    about=Text(
        "Most fluxes of a gas are below what the analyser could tell from zero in the time the chamber was closed. "
        "They "
        "are kept as they are, with their intervals; leaving them out or setting them to zero would bias the mean.",
        "该气体多数通量低于气体分析仪在闭箱时长内能与零区分的最小值。这些通量连同区间按原值保留；"
        "剔除或置零会使均值有偏。",
    ),
    needs=Text("This is judged from the fluxes.", "需先算出通量才能判断。"),
    source="nickerson_mdf",
    thresholds={
        "share": own(
            HALF,
            "1",
            "Share of the closures below the detection limit from which length is advised.",
            "低于检测限的闭箱超过这一比例时建议延长闭箱。",
        )
    },
    judge=judge,
    allowed=HALF,
)
