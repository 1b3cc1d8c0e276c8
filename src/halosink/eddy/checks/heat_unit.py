"""Latent or sensible heat in millimetres or megajoules read as watts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

BRIGHT, SMALL, LARGE = 300.0, 0.03, 1.5
FIELDS = ("latent_heat_flux", "sensible_heat_flux")


def judge(tower: Tower) -> Iterator[Finding]:
    """The largest twentieth of each heat flux by day against that of the radiation."""
    light = tower.get("net_radiation")
    light = tower.get("shortwave_radiation") if light is None else light
    if light is None:
        return
    for field in FIELDS:
        heat = tower.get(field)
        if heat is None:
            continue
        judged = np.isfinite(heat) & (light > BRIGHT)
        if np.count_nonzero(judged) < FEWEST:
            continue
        top = float(np.percentile(np.abs(heat[judged]), 95))
        other = "sensible_heat_flux" if field == "latent_heat_flux" else "latent_heat_flux"
        beside = tower.get(other)
        both = beside is not None and float(np.nanpercentile(np.abs(beside[light > BRIGHT]), 95)) > 0.7 * BRIGHT
        ratio = top / float(np.percentile(light[judged], 95))
        least = SMALL / 3 if both else SMALL
        fine = least <= ratio <= LARGE
        said = {"value": f"{top:.3g}", "light": f"{np.percentile(light[judged], 95):.0f}"}
        code = "E-EDDY-HEAT-UNIT" if ratio < least else "E-EDDY-HEAT-SIZE"
        operator, limit = ("<=", LARGE) if ratio > LARGE else (">=", least)
        yield Finding(fine, ratio, operator, limit, "1", field, code, field, values=said)  # type: ignore[arg-type]


CHECK = Check(
    name="eddy_heat_unit",
    label=Text("Unit of the heat fluxes", "热通量的单位"),
    about=Text(
        "By day radiation of hundreds of watts leaves as heat. A heat flux of a hundredth of it is in mm of water or "
        "in MJ (1 mm h-1 = 680 W m-2, 1 MJ m-2 h-1 = 278 W m-2); one above the radiation is in another unit too. In a "
        "dry desert the latent heat may be small while the sensible heat is large: that is let pass.",
        "白天数百瓦的辐射以热量形式散出。若热通量仅为其百分之一，则单位是 mm 水或 MJ"
        "（1 mm h-1 = 680 W m-2，1 MJ m-2 h-1 = 278 W m-2）；"
        "大于辐射同样说明单位有误。干旱荒漠中潜热可以很小而感热很大，此种情况放行。",
    ),
    needs=Text("Heat fluxes by day with radiation are needed.", "需要白天的热通量与辐射。"),
    source="own_choice",
    thresholds={
        "small": own(
            SMALL,
            "1",
            "Share of the radiation below which a moist surface never stays.",
            "湿润地表的热通量占辐射之比不会低于此值。",
        ),
        "large": own(
            LARGE, "1", "More heat than radiation, with room for oases.", "热量多于辐射，并为绿洲效应留出余量。"
        ),
        "bright": own(BRIGHT, "W m-2", "Broad daylight.", "充足日光。"),
    },
    judge=judge,
)
