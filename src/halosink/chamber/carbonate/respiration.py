"""Soil respiration as a response to temperature and moisture, fitted together with terms that are linear.

R = R_ref exp(E (1/(T_ref - T_0) - 1/(T - T_0))) f(w) / f(w_ref),   f(w) = w / (w_half + w),   E = E_0 + E_1 w

Temperature: lloyd1994, equation 11, with T_ref = 283.15 K and T_0 = 227.13 K. Moisture w [m3 m-3]: half of the highest
rate at w_half, as in reichstein2003, which takes w relative to field capacity. w_ref = 0.1 m3 m-3 only says at which
moisture R_ref is quoted (own choice, usual in drylands). E_1 is 0 unless asked for: with it dry soil may breathe less
at its hottest (reichstein2003 too lets the sensitivity follow moisture), but it foretells wet weeks that it has not
seen poorly. Valid from -40 degC upwards.

The fit is least squares by variable projection (golub1973): at each trial of the shape the linear coefficients follow
exactly, so two or three parameters are searched for whatever the number of linear terms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Array = NDArray[np.float64]

T_REFERENCE = 283.15
T_ZERO = 227.13
ZERO_CELSIUS = 273.15
MOISTURE_REFERENCE = 0.1
NAMES = ("temperature_sensitivity", "sensitivity_per_moisture", "moisture_half", "reference_rate")
UNITS = ("K", "K (m3 m-3)-1", "m3 m-3", "umol m-2 s-1")
# Own choice, wide: lloyd1994 found E_0 near 308.56 K. Beyond these the response is a step or a constant in any soil.
LOW = np.array([-600.0, -6000.0, np.log(0.002)])
HIGH = np.array([1500.0, 6000.0, np.log(5.0)])
SCALE = np.array([200.0, 1000.0, 1.0])
STARTS = (np.array([308.56, 0.0, np.log(0.1)]), np.array([0.0, 0.0, np.log(1.0)]))


@dataclass(frozen=True, slots=True)
class Fit:
    """shape: E_0 [K], E_1 [K per m3 m-3], ln w_half; linear: R_ref, then a coefficient for each added term."""

    shape: Array
    linear: Array

    def biotic(self, temperature: Array, moisture: Array) -> Array:
        """Respiration, umol m-2 s-1, at temperature [degC] and moisture [m3 m-3]."""
        flux: Array = self.linear[0] * response(temperature, moisture, self.shape)
        return flux

    def added(self, terms: Array) -> Array:
        """Sum of the added terms, umol m-2 s-1; terms: (n, k)."""
        return np.asarray(terms @ self.linear[1:], dtype=np.float64)


def response(temperature: Array, moisture: Array, shape: Array) -> Array:
    """Respiration relative to R_ref, at temperature [degC] and moisture [m3 m-3]."""
    warmth = np.exp(np.minimum((shape[0] + shape[1] * moisture) * _reach(temperature), 60.0))
    half = np.exp(shape[2])
    return np.asarray(warmth * moisture / (half + moisture) * (half + MOISTURE_REFERENCE) / MOISTURE_REFERENCE)


def _reach(temperature: Array) -> Array:
    return 1.0 / (T_REFERENCE - T_ZERO) - 1.0 / np.maximum(temperature + ZERO_CELSIUS - T_ZERO, 1.0)


def slopes(temperature: Array, moisture: Array, shape: Array) -> Array:
    """(n, 3) derivatives of `response` with respect to the shape."""
    level = response(temperature, moisture, shape)
    by_warmth = level * _reach(temperature)
    half = np.exp(shape[2])
    by_half = level * (half / (half + MOISTURE_REFERENCE) - half / (half + moisture))
    return np.stack([by_warmth, by_warmth * moisture, by_half], axis=1)


def fit(
    temperature: Array, moisture: Array, flux: Array, terms: Array, start: Array | None = None, varying: bool = False
) -> Fit:
    """Least squares of flux [umol m-2 s-1] on respiration plus linear terms (n, k); k may be 0.

    start: a shape to begin from; without one several are tried and the best kept. varying: fit E_1 too. R_ref is not
    negative; the shape stays within LOW and HIGH.
    """
    free = [0, 1, 2] if varying else [0, 2]
    problem = _Projection(temperature, moisture, flux, terms, free)
    best, found = np.inf, STARTS[0]
    for first in STARTS if start is None else (start,):
        begin = np.clip(first, LOW + 1e-6, HIGH - 1e-6)[free]
        result = least_squares(problem.residual, begin, problem.jacobian, (LOW[free], HIGH[free]), x_scale=SCALE[free])
        if result.cost < best:
            best, found = float(result.cost), problem.shape(result.x)
    return Fit(found, problem.linear(found))


class _Projection:
    """Residual and Jacobian (in the form of Kaufman) once the linear coefficients are eliminated."""

    def __init__(self, temperature: Array, moisture: Array, flux: Array, terms: Array, free: list[int]):
        self.temperature, self.moisture, self.flux, self.terms, self.free = temperature, moisture, flux, terms, free

    def shape(self, values: Array) -> Array:
        whole = np.zeros(3)
        whole[self.free] = values
        return whole

    def columns(self, shape: Array) -> Array:
        return np.column_stack([response(self.temperature, self.moisture, shape), self.terms])

    def linear(self, shape: Array) -> Array:
        found = np.linalg.lstsq(self.columns(shape), self.flux, rcond=None)[0]
        if found[0] < 0:
            found[0] = 0.0
            found[1:] = np.linalg.lstsq(self.terms, self.flux, rcond=None)[0]
        return np.asarray(found, dtype=np.float64)

    def residual(self, values: Array) -> Array:
        basis = np.linalg.qr(self.columns(self.shape(values)))[0]
        return np.asarray(self.flux - basis @ (basis.T @ self.flux), dtype=np.float64)

    def jacobian(self, values: Array) -> Array:
        shape = self.shape(values)
        basis = np.linalg.qr(self.columns(shape))[0]
        steps = self.linear(shape)[0] * slopes(self.temperature, self.moisture, shape)[:, self.free]
        return np.asarray(basis @ (basis.T @ steps) - steps, dtype=np.float64)
