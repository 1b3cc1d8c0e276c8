"""CO2 taken up in a dark chamber or at night."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.fitted import by_gas
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

DARK = {"dark", "opaque", "respiration", "er", "暗", "暗箱", "不透明", "遮光"}
NIGHT = {"shortwave_radiation": 5.0, "photosynthetic_photon_flux": 10.0}


def judge(readings: Readings) -> Iterator[Finding]:
    """Negative CO2 fluxes whose interval leaves out zero, where no light was."""
    dark = np.zeros(readings.m, bool)
    light = readings.text("light_condition")
    if light is not None:
        dark |= np.array([str(v).strip().lower() in DARK for v in light], bool)
    for name, most in NIGHT.items():
        with np.errstate(invalid="ignore"):
            dark |= readings.constant(name) < most
    if not dark.any():
        return
    for gas, unit, one in by_gas(readings, "flux", "high"):
        if gas == "co2":
            judged = dark & np.isfinite(one["flux"])
            hit = judged & (one["high"] < 0)
            value = f"{np.median(one['flux'][hit]):.2g}" if hit.any() else ""
            yield Finding("W-CHAMBER-DARK-UPTAKE", hit, judged, "co2_flux", {"value": value, "unit": unit})


CHECK = Check(
    name="uptake_in_the_dark",
    label=Text("CO2 uptake in the dark", "黑暗中吸收 CO2"),
    about=Text(
        "Plants do not take up CO2 in the dark, so over plants light and dark closures were perhaps exchanged or the "
        "chamber let light in. Saline-alkaline and carbonate soils do take up CO2 in the dark, most at night while "
        "they "
        "cool: there such fluxes are real. They are kept.",
        "植物在黑暗中不吸收 CO2，因此在有植被处，可能是明箱与暗箱记反或箱体漏光。"
        "盐碱土和石灰性土壤则确实会在黑暗中吸收 CO2，"
        "夜间降温时尤其明显，此时这类通量是真实的，一律保留。",
    ),
    needs=Text(
        "Fluxes of CO2 and dark chambers (light_condition) or radiation at night are needed.",
        "需要 CO2 通量，以及暗箱标注（light_condition）或夜间辐射。",
    ),
    source="ma2013",
    thresholds={
        "radiation": own(
            5.0, "W m-2", "Shortwave radiation of a dark night with sensor offset.", "含传感器零点偏移的夜间短波辐射。"
        ),
        "photons": own(10.0, "umol m-2 s-1", "The same as photon flux.", "以光量子通量计的同一界限。"),
    },
    judge=judge,
)
