"""Coarse, medium and fine soil, as published lines tell them apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COARSE_CLAY, COARSE_SAND, FINE_CLAY = 18.0, 65.0, 35.0
"""Own choice: the limits of the FAO-Unesco soil map, per cent: coarse below 18 clay and above 65 sand, fine above 35
clay."""
NAMES = {
    "coarse": (
        "sand",
        "loamy sand",
        "sandy loam",
        "coarse",
        "砂土",
        "壤质砂土",
        "砂质壤土",
        "沙土",
        "沙壤土",
        "砂壤土",
    ),
    "medium": (
        *("loam", "silt loam", "silt", "sandy clay loam", "clay loam", "silty clay loam", "medium"),
        *("壤土", "粉砂壤土", "粉壤土", "粉土", "粉砂土", "砂质黏壤土", "黏壤土", "粉质黏壤土", "粉砂质黏壤土"),
    ),
    "fine": (
        *("clay", "silty clay", "sandy clay", "heavy clay", "fine"),
        *("黏土", "粘土", "粉质黏土", "粉砂质黏土", "砂质黏土", "重黏土"),
    ),
}
_CLASS = {name: texture for texture, names in NAMES.items() for name in names}


def texture_of(frame: pd.DataFrame) -> NDArray[np.str_]:
    """(n,) "coarse", "medium", "fine" or "" where unknown, from `clay` and `sand`, else from `texture_class`."""
    out = np.full(len(frame), "", dtype="<U6")
    if "texture_class" in frame:
        named = frame["texture_class"].astype("string").str.strip().str.lower().map(_CLASS)
        out = named.fillna("").to_numpy(dtype="<U6")
    if "clay" in frame:
        clay = pd.to_numeric(frame["clay"], errors="coerce").to_numpy(dtype=float)
        sand = np.full(len(frame), np.nan)
        if "sand" in frame:
            sand = pd.to_numeric(frame["sand"], errors="coerce").to_numpy(dtype=float)
        out[(clay > FINE_CLAY) & (clay <= 100)] = "fine"
        low = (clay >= 0) & (clay < COARSE_CLAY)
        out[(clay >= COARSE_CLAY) & (clay <= FINE_CLAY) | low & (sand <= COARSE_SAND)] = "medium"
        out[low & (sand > COARSE_SAND)] = "coarse"
    return out
