"""The footprint of a flux measurement, parameterised after Kljun et al. (2015).

Distances upwind scale as X* = x / along, footprints as F* = f * along, with
along = z / (1 - z/h) * (ln(z/z0) - psi) or, from the wind itself, z / (1 - z/h) * k u/u*  [m]
F*(X*) = a (X* - d)^b exp(-c / (X* - d)), X* > d                        (equations 14 and 17)
across(x) = spread * 2.17 sqrt(1.66 X*^2 / (1 + 20 X*)), spread = z sv / (u* p)  [m]   (equations 18 and 19)
f(x, y) = f(x) exp(-y^2 / (2 across^2)) / (sqrt(2 pi) across)           (equation 10)
z: height above displacement, h: depth of the boundary layer, sv: standard deviation of the crosswind,
p = min(1, 1e-5 |L|/z + 0.80 (unstable) or 0.55 (stable)).
Source: kljun2015; a, b, c, d and the rest hold for -15.5 <= z/L, u* > 0.1 m/s and heights between the roughness
sublayer and the top of the boundary layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf, gamma, gammaincc, gammainccinv

from halosink.eddy.footprints.ground import KARMAN, NEARLY_NEUTRAL, profile_correction

Array = NDArray[np.float64]
Codes = NDArray[np.object_]

A, B, C, D = 1.4524, -1.9914, 1.4622, 0.1359
"""Of F* [1]. Source: kljun2015."""
ACROSS_A, ACROSS_B, ACROSS_C = 2.17, 1.66, 20.0
"""Of the scaled spread across the wind [1]. Source: kljun2015."""
PEAK = D - C / B
"""X* at which F* is largest [1]: its derivative is zero at d - c/b. Source: kljun2015, equation 20."""
TOTAL = A * C ** (B + 1) * float(gamma(-B - 1))
"""Integral of F* from d to infinity [1], 1.0016: an incomplete gamma function, exact."""

MOST_UNSTABLE = -15.5
"""Least height over Obukhov length [1]. Source: kljun2015."""
LEAST_USTAR = 0.1
"""Friction velocity [m s-1] that must be exceeded. Source: kljun2015."""
SUBLAYER = 12.5
"""Heights up to this many roughness lengths lie in the roughness sublayer. Source: kljun_ffp, the authors' program;
kljun2015 would rather have 20, of which `table.problems` warns."""
WISHED = 20.0
"""Roughness lengths of height from which on the parameterisation is meant. Source: kljun2015."""
SHALLOWEST = 10.0
"""Depth of the boundary layer [m] that must be exceeded. Source: kljun_ffp."""

REASONS = (
    "missing_input",
    "height_not_positive",
    "shallow_boundary_layer",
    "height_above_boundary_layer",
    "roughness_not_positive",
    "roughness_sublayer",
    "too_unstable",
    "crosswind_not_positive",
    "low_friction_velocity",
    "wind_direction_range",
    "no_wind_profile",
)


@dataclass(frozen=True, slots=True)
class Scales:
    """What a step's footprint hangs on, (n,) each. along, spread [m]: see above; NaN where it cannot be told.
    wind_direction [degree]. reason: one of REASONS, "" where the footprint is good."""

    along: Array
    spread: Array
    wind_direction: Array
    reason: Codes

    def __len__(self) -> int:
        return len(self.along)

    @property
    def good(self) -> NDArray[np.bool_]:
        return np.asarray(self.reason == "", dtype=bool)

    def take(self, rows: NDArray[np.int64]) -> Scales:
        """Some of the steps."""
        return Scales(self.along[rows], self.spread[rows], self.wind_direction[rows], self.reason[rows])


def scales(
    height: ArrayLike,
    friction_velocity: ArrayLike,
    obukhov_length: ArrayLike,
    crosswind_sd: ArrayLike,
    wind_direction: ArrayLike,
    boundary_layer_height: ArrayLike,
    roughness_length: ArrayLike,
    wind_speed: ArrayLike,
) -> Scales:
    """Scales of n steps; every argument (n,) or a number, NaN where missing.

    height: above displacement [m]. Where roughness_length [m] is known it is taken, else wind_speed [m s-1]. Never
    raises on values: the first of REASONS that applies is given.
    """
    given = (height, friction_velocity, obukhov_length, crosswind_sd, wind_direction, boundary_layer_height,
             roughness_length, wind_speed)  # fmt: skip
    z, ustar, length, sd, direction, depth, rough, wind = (
        np.array(x, dtype=np.float64)
        for x in np.broadcast_arrays(*(np.atleast_1d(np.asarray(g, dtype=np.float64)) for g in given))
    )
    rough_known = ~np.isnan(rough)
    with np.errstate(all="ignore"):
        profile = np.where(rough_known, np.log(z / rough) - profile_correction(z, length), KARMAN * wind / ustar)
        neutral = np.abs(length) > NEARLY_NEUTRAL
        used = np.where(neutral, -1e6, length)
        share = np.minimum(1e-5 * np.abs(used / z) + np.where(used <= 0, 0.80, 0.55), 1.0)
        along = z / (1 - z / depth) * profile
        spread = z * sd / ustar / share
        tests = (
            np.isnan(z + ustar + length + sd + direction + depth) | (np.isnan(rough) & np.isnan(wind)) | (length == 0),
            z <= 0,
            depth <= SHALLOWEST,
            z >= depth,
            rough_known & (rough <= 0),
            rough_known & (z <= SUBLAYER * rough),
            z / length <= MOST_UNSTABLE,
            sd <= 0,
            ustar <= LEAST_USTAR,
            (direction < 0) | (direction > 360),
            ~((profile > 0) & np.isfinite(along) & np.isfinite(spread)),
        )
    first = np.select(tests, np.arange(len(tests)), default=len(tests))
    reason = np.array([*REASONS, ""], dtype=object)[first]
    bad = first < len(tests)
    return Scales(np.where(bad, np.nan, along), np.where(bad, np.nan, spread), direction, reason)


def scaled_footprint(scaled_distance: ArrayLike) -> Array:
    """F* [1] at X* [1], any shape; 0 where X* <= d."""
    x = np.asarray(scaled_distance, float)
    u = np.where(x > D, x - D, np.nan)
    return np.nan_to_num(A * u**B * np.exp(-C / u))


def scaled_spread(scaled_distance: ArrayLike) -> Array:
    """Spread across the wind over `Scales.spread` [1] at X* [1], any shape."""
    x = np.asarray(scaled_distance, float)
    return np.asarray(ACROSS_A * np.sqrt(ACROSS_B * x**2 / (1 + ACROSS_C * np.abs(x))))


def scaled_share(scaled_distance: ArrayLike) -> Array:
    """Share of the footprint [1] nearer than X*, of all of it: Q(-b-1, c/(X* - d)) (an incomplete gamma function)."""
    x = np.asarray(scaled_distance, float)
    return np.asarray(gammaincc(-B - 1, C / np.maximum(x - D, 1e-300)))


def scaled_distance(share: ArrayLike) -> Array:
    """X* [1] up to which this share [0 to 1) of the footprint lies: the inverse of `scaled_share`."""
    return np.asarray(D + C / gammainccinv(-B - 1, np.asarray(share, float)))


def share_in_strip(half_width: Array, across: Array) -> Array:
    """Share of a section across the wind within half_width [m] of its middle, for spread `across` [m]."""
    return np.asarray(erf(half_width / (np.sqrt(2) * across)))
