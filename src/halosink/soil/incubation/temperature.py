"""How the speed of release rises with temperature: Q10, Arrhenius, Lloyd and Taylor.

ln k = a + b x with x = T / 10 and b = ln Q10;  x = -1 / (R T) and b = activation energy (Arrhenius);
x = -1 / (T - T0) and b = E0, T0 = 227.13 K (lloyd1994, 308.56 K for soils at large). T in kelvin but for Q10.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.incubation.meta_regression import Slope, regress
from halosink.soil.incubation.series import Array

ZERO_CELSIUS = 273.15  # K, definition of the Celsius scale
GAS_CONSTANT = 8.314462618  # J mol-1 K-1 (tiesinga2021)
LLOYD_TAYLOR_ZERO = 227.13  # K (lloyd1994)
# own choice: ln Q10 beyond it is no number that a computer holds; only a regression on three series draws it
LARGEST = 700.0
FORMS = ("q10", "arrhenius", "lloyd_taylor")


class TemperatureResponse(NamedTuple):
    """value of q10 [1], activation energy [J mol-1] or E0 [K] by `form`; draws (draws,); the regression it rests on."""

    form: str
    value: float
    draws: Array
    slope: Slope


def temperature_response(
    temperature: ArrayLike,
    log_speed: ArrayLike,
    error: ArrayLike,
    group: ArrayLike | None = None,
    draws: int = 200,
    rng: np.random.Generator | None = None,
) -> dict[str, TemperatureResponse]:
    """The three forms from series at several temperatures [degC].

    log_speed: logarithms of rates (any constant unit), error: their standard errors; group: series of one soil, each
    group with a level of its own. The likelihoods of the slopes tell the forms apart. ValueError where no group holds
    two temperatures.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    found = {}
    for form in FORMS:
        slope = regress(_axis(form, temperature), log_speed, error, group)
        drawn = slope.draw(draws, rng).clip(-LARGEST, LARGEST) if form == "q10" else slope.draw(draws, rng)
        value = np.exp(slope.value) if form == "q10" else slope.value
        found[form] = TemperatureResponse(form, float(value), np.exp(drawn) if form == "q10" else drawn, slope)
    return found


def speed_ratio(form: str, value: ArrayLike, temperature: ArrayLike, reference: ArrayLike) -> Array:
    """Speed at `temperature` over that at `reference` [degC] under a form and its value."""
    value = np.asarray(value, dtype=float)
    slope = np.log(value) if form == "q10" else value
    return np.asarray(np.exp(slope * (_axis(form, temperature) - _axis(form, reference))))


def _axis(form: str, temperature: ArrayLike) -> Array:
    celsius = np.asarray(temperature, dtype=float)
    kelvin = celsius + ZERO_CELSIUS
    if form == "q10":
        return celsius / 10
    if form == "arrhenius":
        return np.asarray(-1 / (GAS_CONSTANT * kelvin))
    if form == "lloyd_taylor":
        if np.any(kelvin <= LLOYD_TAYLOR_ZERO):
            raise ValueError("temperatures at or below T0 of Lloyd and Taylor")
        return np.asarray(-1 / (kelvin - LLOYD_TAYLOR_ZERO))
    raise ValueError(f"unknown form {form!r}; known are {FORMS}")
