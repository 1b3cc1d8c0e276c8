"""How many moles of air stand above the soil, and mole fractions per mole of dry air."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# J mol-1 K-1, exact since the 2019 SI (tiesinga2021)
GAS_CONSTANT = 8.314462618
KELVIN = 273.15


def moles_per_area(
    volume: ArrayLike,
    area: ArrayLike,
    temperature: ArrayLike,
    pressure: ArrayLike,
    water: ArrayLike = 0.0,
    gas_constant: float = GAS_CONSTANT,
) -> NDArray[np.float64]:
    """mol of dry air above 1 m2 of soil: P V (1 - W / 1000) / (R T A); NaN where the chamber is not possible.

    volume [L], area [m2], temperature [degC], pressure [kPa], water [mmol of vapour per mol of moist air, at closing];
    any shapes that broadcast. gas_constant [J mol-1 K-1]: peers and makers round it to 8.314. A flux is this times the
    slope of the dry mole fraction.
    Source: rheault2024goflux, licor8100a.
    """
    volume, area, kelvin = np.asarray(volume, float), np.asarray(area, float), np.asarray(temperature, float) + KELVIN
    pressure, water = np.asarray(pressure, float), np.asarray(water, float)
    possible = (volume > 0) & (area > 0) & (kelvin > 0) & (pressure > 0) & (water >= 0) & (water < 1000)
    possible &= np.isfinite(volume) & np.isfinite(area) & np.isfinite(kelvin) & np.isfinite(pressure)
    volume, area, kelvin, pressure = (np.where(possible, one, np.nan) for one in (volume, area, kelvin, pressure))
    found: NDArray[np.float64] = pressure * volume * (1 - water / 1000) / (gas_constant * kelvin * area)
    return found


def dry(wet: ArrayLike, water: ArrayLike) -> NDArray[np.float64]:
    """Mole fraction per mole of dry air from one per mole of moist air: wet / (1 - W / 1000).

    water [mmol of vapour per mol of moist air] of the same reading; NaN where it is not within 0 to 1000.
    Source: licor8100a.
    """
    water = np.asarray(water, dtype=float)
    possible = (water >= 0) & (water < 1000)
    return np.asarray(wet, dtype=float) / np.where(possible, 1 - water / 1000, np.nan)
