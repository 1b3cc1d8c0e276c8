"""How respiration depends on temperature (Lloyd and Taylor), and its fit to fluxes of the night."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REFERENCE_TEMPERATURE = 15.0  # degC; reichstein2005
ZERO_TEMPERATURE = -46.02  # degC, 227.13 K; lloyd1994
# Below it Lloyd and Taylor's curve is held, far from the pole at -46.02 (own choice after wutzler2018): degC
COLDEST = -40.0

# Gauss-Newton iteration of the fits (own choice: those of common nonlinear regression): largest number of steps,
# relative offset at which it has converged, least fraction of a step.
ITERATIONS, OFFSET, LEAST_STEP = 50, 1e-5, 1 / 1024


def lloyd_taylor(rref: Floats | float, e0: Floats | float, temperature: Floats) -> Floats:
    """(n,) rref exp(e0 (1 / (15 - T0) - 1 / (T - T0))) [umol m-2 s-1] with T0 = -46.02 degC.

    rref: respiration at 15 degC [umol m-2 s-1]; e0: temperature sensitivity [K]; temperature T [degC], below -40 taken
    as -40. Source: lloyd1994, equation 11, with the reference temperature of reichstein2005.
    """
    at = np.maximum(temperature, COLDEST)
    turn = 1.0 / (REFERENCE_TEMPERATURE - ZERO_TEMPERATURE) - 1.0 / (at - ZERO_TEMPERATURE)
    return np.asarray(rref * np.exp(e0 * turn), dtype=np.float64)


@njit(cache=True, error_model="numpy")
def fit(flux: Floats, turn: Floats, rref: float, e0: float, iterations: int) -> tuple[bool, float, float, float, float]:
    """Least squares of flux on rref exp(e0 turn), from the given start: (found, rref, e0, sd of rref, sd of e0).

    Gauss-Newton with halved steps; found is False where it does not converge or the fit is singular.
    """
    n = len(flux)
    squares = 0.0
    for i in range(n):
        squares += (flux[i] - rref * np.exp(e0 * turn[i])) ** 2
    fraction = 1.0
    for _ in range(iterations + 1):
        aa = ab = bb = ar = br = 0.0
        for i in range(n):
            a = np.exp(e0 * turn[i])
            b = rref * turn[i] * a
            r = flux[i] - rref * a
            aa += a * a
            ab += a * b
            bb += b * b
            ar += a * r
            br += b * r
        determinant = aa * bb - ab * ab
        if not (np.isfinite(determinant) and determinant > 1e-14 * aa * bb):
            return False, np.nan, np.nan, np.nan, np.nan
        step_a = (bb * ar - ab * br) / determinant
        step_b = (aa * br - ab * ar) / determinant
        explained = max(step_a * ar + step_b * br, 0.0)
        rest = max(squares - explained, 0.0)
        # the relative offset, with a floor for data that the curve meets exactly
        if explained <= OFFSET**2 * rest or explained <= 1e-20 * aa * rref * rref:
            variance = squares / max(n - 2, 1)
            return True, rref, e0, np.sqrt(variance * bb / determinant), np.sqrt(variance * aa / determinant)
        while True:
            tried_a, tried_b = rref + fraction * step_a, e0 + fraction * step_b
            tried = 0.0
            for i in range(n):
                tried += (flux[i] - tried_a * np.exp(tried_b * turn[i])) ** 2
            if np.isfinite(tried) and tried <= squares:
                break
            fraction /= 2
            if fraction < LEAST_STEP:
                return False, np.nan, np.nan, np.nan, np.nan
        rref, e0, squares = tried_a, tried_b, tried
        fraction = min(2 * fraction, 1.0)
    return False, np.nan, np.nan, np.nan, np.nan


@njit(cache=True, error_model="numpy")
def basal(flux: Floats, shape: Floats) -> tuple[float, float]:
    """(rref, its sd) of flux = rref shape, shape = exp(e0 slowness): least squares through the origin."""
    across = squares = 0.0
    for i in range(len(flux)):
        across += flux[i] * shape[i]
        squares += shape[i] ** 2
    rref = across / squares
    rest = 0.0
    for i in range(len(flux)):
        rest += (flux[i] - rref * shape[i]) ** 2
    return rref, np.sqrt(rest / max(len(flux) - 1, 1) / squares)
