"""What has to be said about the thresholds of a tower."""

from __future__ import annotations

import numpy as np

from halosink.contracts import LANGUAGES, Text
from halosink.eddy.threshold.find import Threshold
from halosink.problems import Problem
from halosink.vocabulary import say


def problems(found: Threshold) -> list[Problem]:
    """Years without a threshold, pooled, with that of others, or without an interval."""
    of_years = found.seasons[found.seasons["season"] == ""]
    missing = of_years[of_years["threshold"].isna()]
    notices = [
        _of(
            "W-EDDY-USTAR-NONE",
            [int(one) for one in part["year"]],
            reason=Text(*(say(f"eddy_threshold.reason_{reason}", language) for language in LANGUAGES)),
        )
        for reason, part in missing.groupby("reason", sort=True)
    ]
    for code, reason in (("W-EDDY-USTAR-POOLED", "pooled_year"), ("W-EDDY-USTAR-OTHER-YEARS", "other_years")):
        years = [int(one) for one in of_years.loc[of_years["reason"] == reason, "year"]]
        if years:
            notices.append(_of(code, years))
    unsure = np.isfinite(of_years["threshold"]) & of_years["median"].isna()
    if found.draws.shape[1] and unsure.any():
        notices.append(_of("W-EDDY-USTAR-FEW-DRAWS", [int(one) for one in of_years.loc[unsure, "year"]]))
    return notices


def _of(code: str, years: list[int], **values: object) -> Problem:
    return Problem(code, column="friction_velocity", values={"years": ", ".join(map(str, years)), **values})
