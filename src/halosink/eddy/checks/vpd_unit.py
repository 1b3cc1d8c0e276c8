"""A vapour pressure deficit in hPa or Pa read as kPa."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import DRY, FEWEST, celsius, deficit_of_humidity, median, saturation
from halosink.eddy.checks.parts.tower import Tower

UNITS = (("hPa", 10.0), ("Pa", 1000.0), ("MPa", 1e-3))
CALLED_HPA = 0.1
LEAST, MOST, IMPOSSIBLE = 0.5, 2.0, 0.01


def judge(tower: Tower) -> Iterator[Finding]:
    """Median ratio to the deficit of relative humidity; without humidity, the share above saturation."""
    deficit, expected = tower.get("vapour_pressure_deficit"), deficit_of_humidity(tower)
    if deficit is None:
        return
    column = "vapour_pressure_deficit"
    if expected is not None:
        ratio = median(np.where(expected > DRY, deficit / np.where(expected > 0, expected, 1), np.nan))
        if np.isfinite(ratio):
            unit, factor = nearest(ratio)
            fine = bool(LEAST <= ratio <= MOST) or not unit
            values = {"ratio": f"{ratio:.3g}", "unit": unit, "factor": f"{factor:g}"}
            code = "E-EDDY-VPD-UNIT" if unit != "kPa" else "E-EDDY-VPD-CALLED"
            operator, limit = ("<=", MOST) if ratio > 1 else (">=", LEAST)
            yield Finding(fine, ratio, operator, limit, "1", column, code, column, values=values)  # type: ignore[arg-type]
        return
    air = celsius(tower)
    if air is None:
        return
    held = saturation(air)
    judged = np.isfinite(held) & np.isfinite(deficit)
    if np.count_nonzero(judged) >= FEWEST:
        hit = judged & (deficit > 1.05 * held)
        share = float(hit.sum() / judged.sum())
        high = float(np.nanpercentile((deficit / held)[judged], 99))
        unit, factor = ("Pa", 1000.0) if high > 50 else ("hPa", 10.0)
        values = {"share": f"{100 * share:.0f}", "unit": unit, "factor": f"{factor:g}"}
        yield Finding(
            share <= IMPOSSIBLE, share, "<=", IMPOSSIBLE, "1", column, "E-EDDY-VPD-SATURATED", column, hit, values
        )


def nearest(ratio: float) -> tuple[str, float]:
    """The unit that explains a ratio to within a factor of two, and the factor; ("", 1) without one."""
    for unit, factor in (*UNITS, ("kPa", CALLED_HPA)):
        if factor / 2 < ratio < 2 * factor:
            return unit, factor
    return "", 1.0


CHECK = Check(
    name="eddy_vpd_unit",
    label=Text("Unit of the vapour pressure deficit", "饱和水汽压差的单位"),
    about=Text(
        "The deficit is compared with the one that follows from relative humidity and air temperature, or, without "
        "humidity, with saturation, which it cannot exceed. FLUXNET files give it in hPa.",
        "将饱和水汽压差与由相对湿度和气温推算的数值比较；没有湿度时与饱和水汽压比较，因为它不可能超过饱和水汽压。"
        "FLUXNET 文件以 hPa 给出该量。",
    ),
    needs=Text(
        "A vapour pressure deficit with air temperature (and relative humidity) is needed.",
        "需要饱和水汽压差和气温（最好还有相对湿度）。",
    ),
    source="alduchov1996",
    thresholds={
        "ratio": own(
            MOST,
            "1",
            "Sensors agree within some per cent; units differ tenfold.",
            "传感器之差仅百分之几，单位之差为十倍。",
        ),
        "impossible": own(IMPOSSIBLE, "1", "Room for single bad records.", "为个别坏记录留出余量。"),
    },
    judge=judge,
)
