"""Water vapour that air can hold."""

from __future__ import annotations

import numpy as np

from halosink.chamber.checks.parts.traces import Array

STANDARD = 101.325
# own choice: kPa, from 6000 m to the lowest ground
LOWEST, HIGHEST = 45.0, 115.0


def saturation(celsius: Array, pressure: Array) -> Array:
    """Mole fraction of water vapour in saturated air, mmol per mol of moist air.

    es = 0.61094 kPa exp(17.625 T / (243.04 + T)), T in degC from -40 to 50 (Alduchov and Eskridge 1996); divided by
    the pressure [kPa], which is taken as 101.325 where it is unknown or none that air has on land.
    """
    warm = np.where(celsius > -100.0, celsius, np.nan)
    vapour = 0.61094 * np.exp(17.625 * warm / (243.04 + warm))
    known = (pressure >= LOWEST) & (pressure <= HIGHEST)
    return np.asarray(1e3 * vapour / np.where(known, pressure, STANDARD))
