"""Colours of maps: ramps of even steps in lightness, which the colour-blind and a grey copy keep apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from halosink.figures import canvas
from halosink.maps.landuse import classes

UP = ("#fbf6e3", "#d3e3a5", "#83c08f", "#359589", "#1b637e", "#2a2a5e")
"""Low to high. Own choice."""
DOWN = ("#fbf3ec", "#f3c9a0", "#dd8452", "#a84a3a", "#5a1e36")
"""From the middle of a diverging ramp to its low end."""
ABOVE = ("#f3f6f6", "#a9d3dd", "#529fc0", "#26678f", "#143559")
"""From the middle of a diverging ramp to its high end."""
DOUBT = ("#f7f3fa", "#cfc1e0", "#9d88c2", "#6a539b", "#372360")
"""Little to much doubt."""
COST = ("#fdf4dc", "#f2cd8c", "#d99a55", "#a8654a", "#5f3550", "#241a3d")
"""Easy to hard to cross."""
RAMPS: Mapping[str, Sequence[str]] = {"up": UP, "doubt": DOUBT, "cost": COST}
IMPORTANCE = ("#f5f1d8", "#c5dba0", "#74b593", "#2b7f86", "#2c3a6b")
"""Very low to very high."""
CATEGORIES = ("#12355b", "#2f8f8b", "#f0c75e", "#e9ebec")
"""Primary, secondary and potential sinks, other land; they differ in lightness."""
TYPES: Mapping[int, str] = {1: "#f1d76b", 2: "#14532d", 3: "#9fb84a", 4: "#3c86c9", 5: "#a3232b", 6: "#b9ab97"}
"""Types of land use, CNLUCC. Own choice."""
TRANSITIONS = ("#12355b", "#d55e00", "#56b4e9", "#5c8a3a", "#6a3d9a", "#e6b800", "#8c564b", "#000000")
"""Changes of land use, largest first; after Okabe and Ito."""
UNCHANGED = "#e9ebec"


def land(code: int) -> str:
    """Of a CNLUCC code, or of its type if it has one figure; grey for others."""
    known = classes().get(code)
    return TYPES.get(code, canvas.GREY) if known is None else known.colour


@cache
def ramp(name: str, steps: int) -> tuple[str, ...]:
    """`steps` colours of equal distance along a ramp of RAMPS (colour distance of CIELAB, CIE 15:2018)."""
    return _even(RAMPS[name], steps)


@cache
def diverging(below: int, above: int) -> tuple[str, ...]:
    """`below` colours for negative and `above` for positive steps, palest at zero; both sides alike where alike far."""
    most = max(below, above, 1)
    down = _even(DOWN, most + 1)[1:][:below]
    up = _even(ABOVE, most + 1)[1:][:above]
    return (*reversed(down), *up)


def lab(colour: str) -> NDArray[np.float64]:
    """Lightness and the two colour axes of an sRGB colour under D65 (IEC 61966-2-1; CIE 15:2018)."""
    raw = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)
    ratio = _TO_XYZ @ linear / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _even(anchors: Sequence[str], steps: int) -> tuple[str, ...]:
    points = np.array([lab(c) for c in anchors])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    places = np.linspace(0, along[-1], max(steps, 2))[:steps]
    return tuple(_hex(np.array([np.interp(p, along, points[:, k]) for k in range(3)])) for p in places)


def _hex(colour: NDArray[np.float64]) -> str:
    level = (colour[0] + 16) / 116
    f = np.array([level + colour[1] / 500, level, level - colour[2] / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _WHITE
    linear = np.clip(np.linalg.solve(_TO_XYZ, xyz), 0, 1)
    raw = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in np.clip(raw, 0, 1))


_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)
