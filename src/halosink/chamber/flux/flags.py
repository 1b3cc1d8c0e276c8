"""What is to be said about a flux: codes worded as chamber.flag.CODE, and the verdict that follows from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.flux.choice import CURVED
from halosink.chamber.window.disturbances import MOST

Bools = NDArray[np.bool_]
# own choice, each; the limit of the ratio of curved to straight flux is that of rheault2024goflux
LEAST_FIT = 0.7
STRONGEST_CURVATURE = 2.0
SHORTEST_SHARE = 0.5
SHORTEST_SECONDS = 45.0
CORRELATED = 0.3
# the flags that make a flux doubtful; the others only tell
DOUBTS = (
    "poor_fit", "strong_curvature", "short_window", "restless", "water_not_removed", "three_readings", "frozen",
)  # fmt: skip


def found(columns: Mapping[str, NDArray[np.generic]]) -> dict[str, Bools]:
    """(c,) per code whether it holds, from the columns of one gas."""

    def number(name: str) -> NDArray[np.float64]:
        return np.asarray(columns[name], dtype=float)

    flux, least = np.abs(number("flux")), number("minimal_detectable_flux")
    seen = flux >= least
    model = columns["model"]
    bent = model == CURVED
    fit = np.where(bent, np.fmax(number("curve_r_squared"), number("r_squared")), number("r_squared"))
    line = np.abs(number("linear_flux"))
    length, duration, n = number("whole"), number("duration"), number("n")
    told: dict[str, Bools] = {
        "below_detection": flux < least,
        "poor_fit": seen & (fit < LEAST_FIT),
        "strong_curvature": bent & seen & (flux > STRONGEST_CURVATURE * line),
        "start_cut": columns["cut_start"].astype(bool),
        "late": number("delay") > 0,
        "end_cut": columns["cut_end"].astype(bool),
        "end_cut_beside": columns["cut_beside"].astype(bool),
        "short_window": (duration < SHORTEST_SHARE * length) | (duration < SHORTEST_SECONDS),
        "spikes": columns["spiked"].astype(bool),
        "bubbles": number("ebullition_events") > 0,
        "restless": number("ebullition_events") > MOST,
        "autocorrelated": number("autocorrelation") > CORRELATED,
        "water_not_removed": columns["water_correction"] == "none",
        "three_readings": n == 3,
        "frozen": (number("noise") == 0) & (line == 0),
    }
    fluxed = columns["reason"] == ""
    return {code: holds & fluxed for code, holds in told.items()}


def joined(told: Mapping[str, Bools]) -> NDArray[np.object_]:
    """(c,) the codes that hold, comma between them."""
    number = len(next(iter(told.values())))
    rows: list[list[str]] = [[] for _ in range(number)]
    for code, holds in told.items():
        for i in np.flatnonzero(holds):
            rows[i].append(code)
    return np.array([",".join(row) for row in rows], dtype=object)


def quality(told: Mapping[str, Bools], reason: NDArray[np.generic]) -> NDArray[np.str_]:
    """(c,) "good", "doubtful" or "refused"."""
    doubtful = np.any([told[code] for code in DOUBTS], axis=0)
    return np.select([reason != "", doubtful], ["refused", "doubtful"], "good")
