"""Salinity of the water of a wetland from its chloride or its conductivity, taken as diluted sea water."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array

PER_CHLORINITY = 1.80655
"""g of salt per g of chlorinity in sea water. Source: iho_s32."""
DENSITY = (0.997048, 1.023343)
"""kg/L of fresh water and of sea water of salinity 35 at 25 degC; between and beyond them a straight line (own choice;
off by less than 0.0002 up to 42). Source: unesco44."""
STANDARD = 42.914
"""dS/m of sea water of salinity 35 at 15 degC. Source: unesco44."""
RATIO = (0.6766097, 0.0200564, 1.104259e-4, -6.9698e-7, 1.0031e-9)
"""Conductivity of sea water of salinity 35 over that at 15 degC, in powers of degC. Source: unesco44."""
SALT = (0.0080, -0.1692, 25.3851, 14.0941, -7.0261, 2.7081)
WARM = (0.0005, -0.0056, -0.0066, -0.0375, 0.0636, -0.0144)
SLOWED = 0.0162
"""The Practical Salinity Scale 1978. Source: lewis1980."""


def salinity_of_chloride(chloride: ArrayLike) -> Array:
    """g/kg of salt in water with chloride in mg/L, any shape. NaN for negative chloride.

    S = 1.80655 Cl / (1000 rho), Cl for chlorinity, rho the density in kg/L at 25 degC. Valid where the salt is that of
    the sea: salts of a river hold little chloride, so that below about 1 g/kg the result is too low. Source: iho_s32.
    """
    value = np.asarray(chloride, dtype=float)
    salt = PER_CHLORINITY * np.where(value >= 0, value, np.nan) / 1000.0
    fresh, slope = DENSITY[0], (DENSITY[1] - DENSITY[0]) / 35.0
    return np.asarray(2.0 * salt / (fresh + np.sqrt(fresh**2 + 4.0 * slope * salt)))


def salinity_of_conductivity(ec: ArrayLike, temperature: float = 25.0) -> Array:
    """Practical salinity, read as g/kg, of water with EC in dS/m at a temperature in degC, at the pressure of air.

    The scale of lewis1980, with the extension of hill1986 below 2. Valid from 0 to 42 and from -2 to 35 degC; beyond 42
    the polynomial is carried on. NaN for negative EC.
    """
    value = np.asarray(ec, dtype=float)
    warm = (temperature - 15.0) / (1.0 + SLOWED * (temperature - 15.0))
    at = sum(c * temperature**k for k, c in enumerate(RATIO))
    ratio = np.where(value >= 0, value, np.nan) / STANDARD / at
    root = np.sqrt(ratio)
    scale = np.asarray(sum((a + warm * b) * root**k for k, (a, b) in enumerate(zip(SALT, WARM, strict=True))))
    x, y = 400.0 * ratio, 100.0 * ratio
    low = SALT[0] / (1.0 + 1.5 * x + x**2) + WARM[0] * warm / (1.0 + np.sqrt(y) + y + y**1.5)
    return np.asarray(np.maximum(np.where(scale < 2.0, scale - low, scale), 0.0))
