"""The footprint of one step: along the wind, in two dimensions, and its source areas.

In X* = x / along and Y* = y / spread every footprint is the same (see kljun), so that the outline of a source area is
found once, by integrating over X* the part of the Gaussian across the wind that lies above a level, and then scaled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf

from halosink.eddy.footprints.contours import SHARES
from halosink.eddy.footprints.kljun import (
    PEAK,
    D,
    Scales,
    scaled_distance,
    scaled_footprint,
    scaled_spread,
)

Array = NDArray[np.float64]

POINTS = 1000
"""Distances along the wind at which the footprint is given. Source: kljun_ffp."""
FARTHEST = 30.0
"""X* up to which it is given [1]. Source: kljun_ffp; 95 % of the footprint lie nearer."""
ANGLES = np.linspace(0, np.pi, 201)
"""Angles whose cosine leads along the outline of a source area. Own choice: smooth on a screen, exact as integral."""


@dataclass(frozen=True, slots=True)
class SourceArea:
    """The smallest area that gives `share` of the flux. level [m-2]: footprint on its edge; nearest, farthest [m]:
    where it begins and ends upwind; area [m2]; x, y (p,): its outline, m east and north of the tower, closed."""

    share: float
    level: float
    nearest: float
    farthest: float
    area: float
    x: Array
    y: Array


@dataclass(frozen=True, slots=True)
class Single:
    """One footprint. peak_distance [m]: where the most comes from; distance (p,) [m] upwind and density (p,) [m-1]:
    the footprint integrated across the wind; spread (p,) [m]: standard deviation across the wind there;
    source_areas: of rising share. reason: "" or why there is none (then NaN and empty)."""

    peak_distance: float
    distance: Array
    density: Array
    spread: Array
    wind_direction: float
    source_areas: tuple[SourceArea, ...]
    reason: str

    def plane(self) -> tuple[Array, Array, Array]:
        """x, y [m east and north of the tower] and footprint [m-2], (p, q) each, in lines across the wind.

        Lines lie at `distance`, their points as far apart as these: 1001 x 1501 of them.
        """
        apart = self.distance[2] - self.distance[1]
        side = np.arange(0, len(self.distance) / 2 * apart * 1.5, apart)
        across = np.concatenate([-side[:0:-1], side])
        spread = self.spread[:, None]
        weight = self.density[:, None] / (np.sqrt(2 * np.pi) * spread) * np.exp(-(across**2) / (2 * spread**2))
        x, y = turned(self.distance[:, None], across[None, :], self.wind_direction)
        return x, y, weight


def turned(upwind: Array, across: Array, wind_direction: float) -> tuple[Array, Array]:
    """East and north [m] of points `upwind` and, to the left of one who looks upwind, `across` [m]."""
    angle = np.radians(wind_direction)
    return upwind * np.sin(angle) - across * np.cos(angle), upwind * np.cos(angle) + across * np.sin(angle)


def single_footprint(scales: Scales, row: int = 0, shares: tuple[float, ...] = SHARES) -> Single:
    """The footprint of one step of `scales` with the source areas of these shares, each from 0.01 to 0.95."""
    along, spread, direction = (float(v[row]) for v in (scales.along, scales.spread, scales.wind_direction))
    if scales.reason[row]:
        none = np.empty(0)
        return Single(np.nan, none, none, none, direction, (), str(scales.reason[row]))
    scaled = np.linspace(D, FARTHEST, POINTS + 2)[1:]
    areas = []
    for share in shares:
        edge = scaled_outline(share)
        side = edge.y * spread
        x, y = turned(np.concatenate([edge.x, edge.x[::-1]]) * along, np.concatenate([side, -side[::-1]]), direction)
        level, area = edge.level / (along * spread), edge.area * along * spread
        areas.append(SourceArea(share, level, edge.x[0] * along, edge.x[-1] * along, area, x, y))
    return Single(
        PEAK * along,
        scaled * along,
        scaled_footprint(scaled) / along,
        scaled_spread(scaled) * spread,
        direction,
        tuple(areas),
        "",
    )


@dataclass(frozen=True, slots=True)
class ScaledOutline:
    """Outline of a source area in X* (rising) and Y* >= 0, (p,); level [1] of f * along * spread; area [1]."""

    level: float
    x: Array
    y: Array
    area: float


def _ridge(scaled: ArrayLike) -> Array:
    """Footprint on the middle line in scaled form [1]; 0 where it vanishes."""
    return np.asarray(scaled_footprint(scaled) / (np.sqrt(2 * np.pi) * scaled_spread(scaled)))


@lru_cache(maxsize=64)
def scaled_outline(share: float) -> ScaledOutline:
    """The source area of a share of the footprint in X* and Y*, the same for every footprint.

    Inside a level l the share is the integral of F* erf(sqrt(ln(ridge/l))); with X* running with the cosine of an
    angle the trapezoid rule is exact to rounding.

    Raises ValueError: a share outside 0.01 to 0.95.
    """
    if not 0.01 <= share <= 0.95:
        raise ValueError(f"a source area of {share} of the footprint cannot be given; take 0.01 to 0.95")
    near = (D + 0.05, D + 1.0)
    top = minimize_scalar(lambda v: -_log_ridge(v), bounds=near, method="bounded", options={"xatol": 1e-9})
    peak, most = float(top.x), -float(top.fun)

    def line(log_level: float) -> tuple[Array, Array]:
        start = brentq(lambda v: _log_ridge(v) - log_level, D + 0.005, peak, xtol=1e-15)
        end = brentq(lambda v: _log_ridge(v) - log_level, peak, 1e5, xtol=1e-13, rtol=1e-14)
        x = start * (end / start) ** ((1 - np.cos(ANGLES)) / 2)
        x[[0, -1]] = start, end
        return x, x * np.log(end / start) * np.sin(ANGLES) / 2 * ANGLES[1]

    def over(x: Array, log_level: float) -> Array:
        above = np.maximum(np.log(_ridge(x)) - log_level, 0.0)
        above[[0, -1]] = 0.0
        return above

    def held(log_level: float) -> float:
        x, step = line(log_level)
        return float(np.sum(scaled_footprint(x) * erf(np.sqrt(over(x, log_level))) * step))

    log_level = float(brentq(lambda v: held(v) - share, most - 16, most - 1e-6, xtol=1e-13))
    x, step = line(log_level)
    y = scaled_spread(x) * np.sqrt(2 * over(x, log_level))
    return ScaledOutline(float(np.exp(log_level)), x, y, float(np.sum(2 * y * step)))


def _log_ridge(scaled: float) -> float:
    return float(np.log(_ridge(scaled)))


def distance_of_share(scales: Scales, share: float) -> Array:
    """Distance upwind [m] (n,) nearer than which this share of the footprint lies, integrated across the wind."""
    return np.asarray(scaled_distance(share) * scales.along)


def peak_distance(scales: Scales) -> Array:
    """Distance upwind [m] (n,) from where the most flux comes, integrated across the wind."""
    return np.asarray(PEAK * scales.along)
