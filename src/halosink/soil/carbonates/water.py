"""Density and dielectric constant of water at 1 atm, and the Debye-Hückel parameters that follow from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

KELVIN = 273.15
# bar in 1 atm
ATMOSPHERE = 1.01325


def density(temperature: ArrayLike) -> Array:
    """g cm-3 of pure water at temperature [degC], valid 0 to 100 degC.

    Source: kell1975, its equation for air-free water at 1 atm.
    """
    t = np.asarray(temperature, dtype=float)
    above = 999.83952 + t * (
        16.945176 + t * (-7.9870401e-3 + t * (-46.170461e-6 + t * (105.56302e-9 - 280.54253e-12 * t)))
    )
    return np.asarray(above / (1 + 16.879850e-3 * t) / 1000, dtype=np.float64)


def dielectric(temperature: ArrayLike) -> Array:
    """Relative permittivity of water at temperature [degC] and 1 atm, valid 0 to 350 degC.

    D = D1000 + C ln((B + P) / (B + 1000)), P in bar. Source: bradley1979.
    """
    kelvin = np.asarray(temperature, dtype=float) + KELVIN
    at_1000 = 342.79 * np.exp(-5.0866e-3 * kelvin + 9.4690e-7 * kelvin**2)
    c = -2.0525 + 3115.9 / (kelvin - 182.89)
    b = -8032.5 + 4.2142e6 / kelvin + 2.1417 * kelvin
    return np.asarray(at_1000 + c * np.log((b + ATMOSPHERE) / (b + 1000)), dtype=np.float64)


def debye_huckel(temperature: ArrayLike) -> tuple[Array, Array]:
    """A [kg1/2 mol-1/2] and B [kg1/2 mol-1/2 Å-1] at temperature [degC].

    A = 1.82483e6 sqrt(rho) / (D T)^1.5, B = 50.2916 sqrt(rho) / (D T)^0.5, rho in g cm-3. Source: truesdell1974.
    """
    kelvin = np.asarray(temperature, dtype=float) + KELVIN
    root, product = np.sqrt(density(temperature)), dielectric(temperature) * kelvin
    return np.asarray(1.82483e6 * root / product**1.5), np.asarray(50.2916 * root / np.sqrt(product))
