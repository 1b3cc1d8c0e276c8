"""The CO2 or methane stored in the air below the sensor, added to the flux through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

# the storage columns of the vocabulary that belong to each flux
STORED = {
    "nee": "co2_storage_flux",
    "ch4_flux": "ch4_storage_flux",
    "sensible_heat_flux": "sensible_heat_storage",
    "latent_heat_flux": "latent_heat_storage",
}


def with_storage(flux: Values, stored: Values) -> tuple[Values, NDArray[np.bool_]]:
    """flux + stored (n,), and (n,) True where the storage term was missing, so that no sum is given (NaN).

    Exchange of the surface = flux through the sensor + change of storage below it (pastorello2020), in one unit. A
    flux without its storage term is no exchange of the surface: the two must not stand in one series.
    """
    lacking = np.isfinite(flux) & ~np.isfinite(stored)
    return flux + stored, np.asarray(lacking)
