"""Bringing fractions onto one basis: g C per kg of soil.

Laboratories report the carbon of a fraction per kg of soil, as share of bulk organic carbon, or per kg of the fraction:

    per soil = share SOC                                  "share" [1], "percent" [%]
    per soil = per fraction mass of the fraction / 1000   "fraction" [g C kg-1 fraction], mass [g kg-1 soil]
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Basis = Literal["soil", "share", "percent", "fraction"]
BASES: tuple[Basis, ...] = ("soil", "share", "percent", "fraction")


def per_soil(value: ArrayLike, basis: Basis, organic_carbon: ArrayLike = np.nan, mass: ArrayLike = np.nan) -> Array:
    """Carbon of a fraction [g C kg-1 soil].

    organic_carbon [g C kg-1 soil] is used for "share" and "percent", mass of the fraction [g kg-1 soil] for "fraction";
    NaN where it lacks. ValueError for an unknown basis.
    """
    value = np.asarray(value, dtype=float)
    if basis == "soil":
        return value
    if basis == "share":
        return np.asarray(value * np.asarray(organic_carbon, dtype=float))
    if basis == "percent":
        return np.asarray(value / 100.0 * np.asarray(organic_carbon, dtype=float))
    if basis == "fraction":
        return np.asarray(value * np.asarray(mass, dtype=float) / 1000.0)
    raise ValueError(f"basis {basis!r} is none of {', '.join(BASES)}")
