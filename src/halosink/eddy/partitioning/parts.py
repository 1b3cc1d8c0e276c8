"""What partitioning gives: respiration, photosynthesis, and the windows they rest on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """One fit: its first step, the one after its last, the step it stands for (-1 where none), and what was found.

    kind: "e0" (sensitivity), "rref" (respiration at 15 degC) or "light" (light response). rref, beta [umol m-2 s-1],
    e0 [K], alpha [umol J-1], k [hPa-1]. reason: why it was set aside, or its fallback; "" for neither.
    """

    kind: str
    first: int
    end: int
    at: int
    records: int
    e0: float = np.nan
    rref: float = np.nan
    alpha: float = np.nan
    beta: float = np.nan
    k: float = np.nan
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """reco, gpp: (n,) [umol m-2 s-1], NaN where not known; reco_sd, gpp_sd: (n,) their standard deviations.

    e0: (n,) temperature sensitivity used [K]. reason: why the whole was not done, or with which fallback, "" when
    neither. windows: the fits. nights: number of nightly fluxes; negative_nights: share of them below zero.
    """

    reco: Floats
    gpp: Floats
    reco_sd: Floats
    gpp_sd: Floats
    e0: Floats
    windows: tuple[Window, ...]
    reason: str
    nights: int
    negative_nights: float

    @staticmethod
    def none(n: int, windows: tuple[Window, ...], reason: str, nights: int, negative_nights: float) -> Parts:
        nothing = np.full(n, np.nan)
        return Parts(nothing, nothing, nothing, nothing, nothing, windows, reason, nights, negative_nights)


def share_negative(nightly: Floats) -> float:
    """Share of fluxes below zero; NaN when there is none."""
    return float(np.mean(nightly < 0)) if len(nightly) else np.nan
