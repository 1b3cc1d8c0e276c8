"""What the footprint needs of the ground and of the air above: heights, roughness, depth of the boundary layer.

Every height in the footprint counts from the displacement height. Sources: kljun2015, bigleaf, licor_displacement.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

KARMAN = 0.4
"""Von Karman's constant [1]. Source: kljun2015."""
DISPLACED = 0.67
"""Displacement height over height of the vegetation [1]. Own choice inside the 0.6 to 0.8 of licor_displacement."""
ROUGH = 0.1
"""Roughness length over height of the vegetation [1]. Own choice: a tenth, the usual first guess for closed stands;
kljun2015 takes ten roughness lengths for the height of what makes the ground rough."""
BARE = 0.005
"""Roughness length [m] when nothing is known of the vegetation. Own choice: bare soil or salt crust."""
CONVECTIVE = 1500.0
"""Depth of the boundary layer [m] by day when it was not measured. Own choice: it enters only as 1 - height/depth, so
that from 1000 to 2500 m the footprint of a mast of 10 m changes by less than 1 %."""
TURN = 7.2921e-5
"""Angular velocity of the earth [s-1]. Source: kljun2015."""
NEUTRAL = 0.3
"""Depth of the neutral boundary layer over u*/f [1]. Source: kljun2015."""
LEAST_LATITUDE, USUAL_LATITUDE = 10.0, 45.0
"""Latitude [degree] below which the Coriolis parameter is held, where u*/f loses its sense, and that of an unknown
place. Own choice."""
NEARLY_NEUTRAL = 5000.0
"""Obukhov length [m] beyond which air counts as neutral. Source: kljun2015."""


GRAVITY, GAS, HEAT = 9.81, 287.0586, 1004.834
"""Acceleration of gravity [m s-2], gas constant and heat capacity of dry air [J kg-1 K-1]. Source: bigleaf."""
ACROSS = 2.0
"""Standard deviation of the crosswind over u* [1] where it was not measured. Own choice: about two in nearly neutral
air over flat land; distances along the wind do not hang on it, only the width."""


def obukhov_length(
    friction_velocity: Array, sensible_heat_flux: Array, air_temperature: Array, air_pressure: Array
) -> Array:
    """Obukhov length [m] (n,): -rho cp u*^3 T / (k g H), without the part of moisture; bigleaf.

    u* [m s-1], H [W m-2], temperature [degC], pressure [kPa]. H of zero gives +-infinity, read as 1e6 m (neutral).
    """
    kelvin = np.asarray(air_temperature, float) + 273.15
    density = np.asarray(air_pressure, float) * 1000 / (GAS * kelvin)
    with np.errstate(divide="ignore", invalid="ignore"):
        length = -density * HEAT * np.asarray(friction_velocity, float) ** 3 * kelvin
        length = length / (KARMAN * GRAVITY * np.asarray(sensible_heat_flux, float))
    return np.asarray(np.clip(length, -1e6, 1e6))


def displacement_height(canopy_height: float | None) -> float:
    """Displacement height [m] of vegetation of this height [m]; 0 without vegetation."""
    return DISPLACED * (canopy_height or 0.0)


def roughness_length(canopy_height: float | None) -> float:
    """Roughness length [m] of vegetation of this height [m], never below that of bare ground."""
    return max(ROUGH * (canopy_height or 0.0), BARE)


def profile_correction(height: Array, obukhov_length: Array) -> Array:
    """Stability correction psi_M [1] of the wind profile at `height` [m] above displacement, any shape.

    psi = -5.3 z/L in stable air (0 < L < 5000 m), else with x = (1 - 19 z/L)^(1/4):
    ln((1 + x^2)/2) + 2 ln((1 + x)/2) - 2 atan x + pi/2. Source: kljun2015, equations 4 and 5.
    """
    z, length = np.broadcast_arrays(np.asarray(height, float), np.asarray(obukhov_length, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        stable = (length > 0) & (length < NEARLY_NEUTRAL)
        x = (1 - 19 * np.where(stable, 0.0, z / length)) ** 0.25
        unstable = np.log((1 + x**2) / 2) + 2 * np.log((1 + x) / 2) - 2 * np.arctan(x) + np.pi / 2
        return np.asarray(np.where(stable, -5.3 * z / length, unstable))


def roughness_of_wind(height: Array, wind_speed: Array, friction_velocity: Array, obukhov_length: Array) -> Array:
    """Roughness length [m] at which the wind profile gives the measured wind: z exp(-k u/u* - psi). kljun2015."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        psi = profile_correction(height, obukhov_length)
        return np.asarray(height * np.exp(-KARMAN * np.asarray(wind_speed) / friction_velocity - psi))


def boundary_layer_height(friction_velocity: Array, obukhov_length: Array, latitude: float | None = None) -> Array:
    """Depth of the boundary layer [m] (n,) from u* [m s-1] and Obukhov length [m], where it was not measured.

    Stable air: L/3.8 (sqrt(1 + 2.28 u*/(f L)) - 1), after Nieuwstadt (1981) as in kljun2015, appendix B; neutral air
    (|L| >= 5000 m): 0.3 u*/f; by day CONVECTIVE. f: Coriolis parameter at `latitude` [degree].
    """
    north = USUAL_LATITUDE if latitude is None else max(abs(latitude), LEAST_LATITUDE)
    coriolis = 2 * TURN * np.sin(np.radians(north))
    ustar, length = np.asarray(friction_velocity, float), np.asarray(obukhov_length, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        still = length / 3.8 * (np.sqrt(1 + 2.28 * ustar / (coriolis * np.abs(length))) - 1)
        neutral = np.abs(length) >= NEARLY_NEUTRAL
        return np.asarray(
            np.where(neutral, NEUTRAL * ustar / coriolis, np.where(length > 0, still, CONVECTIVE + 0 * ustar * length))
        )
