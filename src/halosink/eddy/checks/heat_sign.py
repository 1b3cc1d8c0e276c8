"""Heat fluxes or net radiation with a turned sign."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

FIELDS = ("latent_heat_flux", "sensible_heat_flux", "net_radiation")
LEAST = -5.0


def judge(tower: Tower) -> Iterator[Finding]:
    """Median in broad daylight."""
    if tower.day is None:
        return
    for field in FIELDS:
        values = tower.get(field)
        if values is None:
            continue
        judged = np.isfinite(values) & tower.day
        if np.count_nonzero(judged) < FEWEST:
            continue
        middle = float(np.median(values[judged]))
        said = {"value": f"{middle:.0f}"}
        yield Finding(middle >= LEAST, middle, ">=", LEAST, "W m-2", field, "W-EDDY-HEAT-SIGN", field, values=said)


CHECK = Check(
    name="eddy_heat_sign",
    label=Text("Sign of heat and net radiation", "热通量与净辐射的符号"),
    about=Text(
        "By day the surface gains radiation and gives off heat and vapour: net radiation, sensible and latent heat are "
        "positive. Sensible heat may be negative over irrigated land or ice for a time, not as a rule.",
        "白天地表获得辐射并放出热量与水汽：净辐射、感热与潜热均为正。灌溉地或冰面上感热可一时为负，但不会总是如此。",
    ),
    needs=Text("A heat flux with radiation (or the place of the tower) is needed.", "需要热通量与辐射（或塔的位置）。"),
    source="own_choice",
    thresholds={"least": own(LEAST, "W m-2", "Room for noise around zero.", "为零附近的噪声留出余量。")},
    judge=judge,
)
