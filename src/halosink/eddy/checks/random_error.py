"""Fluxes that drown in their random error."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

ERRORS = {
    "nee": "co2_flux_random_error",
    "ch4_flux": "ch4_flux_random_error",
    "latent_heat_flux": "latent_heat_random_error",
    "sensible_heat_flux": "sensible_heat_random_error",
}
MOST = 1.0


def judge(tower: Tower) -> Iterator[Finding]:
    """Median random error over the standard deviation of the flux; from the instrument's column or the run's."""
    for field in tower.fluxes:
        flux, error = tower.get(field), tower.get(ERRORS[field])
        found = tower.half_hours
        if error is None and found is not None and {f"{field}_sd", f"{field}_source"} <= set(found.columns):
            if len(found) != len(tower.steps):
                continue
            measured = (found[f"{field}_source"].astype(str) == "measured").to_numpy()
            error = np.where(measured, found[f"{field}_sd"].to_numpy(float), np.nan)
        if flux is None or error is None:
            continue
        both = np.isfinite(flux) & np.isfinite(error)
        if np.count_nonzero(both) < FEWEST:
            continue
        spread = float(np.percentile(flux[both], 84) - np.percentile(flux[both], 16)) / 2
        ratio = float(np.median(error[both])) / spread if spread > 0 else float("inf")
        said = {"error": f"{np.median(error[both]):.2g}", "spread": f"{spread:.2g}"}
        yield Finding(ratio <= MOST, ratio, "<=", MOST, "1", field, "W-EDDY-RANDOM-ERROR", field, values=said)


CHECK = Check(
    name="eddy_random_error",
    label=Text("Random error of the fluxes", "通量的随机误差"),
    about=Text(
        "Where the random error of a single record is as large as the whole spread of the flux, the records say "
        "nothing of hour and weather; only long means do.",
        "若单个记录的随机误差与通量的全部变幅相当，则记录不能说明时刻与天气的影响，只有长期均值才有意义。",
    ),
    needs=Text("Random errors of the fluxes are needed.", "需要通量的随机误差。"),
    source="own_choice",
    thresholds={"most": own(MOST, "1", "Error and signal of one size.", "误差与信号同样大小。")},
    judge=judge,
)
