"""What the checks of one tower look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.filters.clean import keep
from halosink.eddy.filters.ranges import codes
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation

if TYPE_CHECKING:
    import pandas as pd

    from halosink.eddy.options import Options

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

FLUXES = ("nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux")
DRIVERS = ("shortwave_radiation", "air_temperature", "vapour_pressure_deficit")
# W m-2, own choice: above any offset of a radiometer
LIGHT = 20.0


@dataclass(frozen=True)
class Tower:
    """table: regular steps in canonical columns; the other tables are results of the run, as far as they exist."""

    table: pd.DataFrame
    steps: Steps
    options: Options
    name: str = "eddy"
    thresholds: pd.DataFrame | None = None
    energy: pd.DataFrame | None = None
    footprint: pd.DataFrame | None = None
    gaps: pd.DataFrame | None = None
    half_hours: pd.DataFrame | None = None

    def raw(self, field: str) -> Values | None:
        """(n,) values of a field as they stand in the table; None without one."""
        if field not in self.table:
            return None
        values = self.table[field].to_numpy(float)
        return values if np.isfinite(values).any() else None

    def get(self, field: str) -> Values | None:
        """The same without codes for missing values."""
        values = self.raw(field)
        if values is None:
            return None
        values = np.where(codes(values), np.nan, values)
        return values if np.isfinite(values).any() else None

    def kept(self, field: str) -> tuple[Values, NDArray[np.str_]] | None:
        """What the filters leave of a flux, spikes not looked for, and the reasons of the rest."""
        if self.raw(field) is None:
            return None
        return keep(self.table, field, self.options, spike_z=None)

    @property
    def fluxes(self) -> tuple[str, ...]:
        return tuple(f for f in FLUXES if self.get(f) is not None)

    @cached_property
    def potential(self) -> Values | None:
        """(n,) radiation above the atmosphere, from place and clock or from the table."""
        o = self.options
        if o.latitude is not None and o.longitude is not None and o.utc_offset is not None:
            return potential_radiation(self.steps, o.latitude, o.longitude, o.utc_offset)
        return self.get("potential_radiation")

    @cached_property
    def night(self) -> Hits | None:
        """(n,) True where it is dark, by the radiation, by the sun where that is missing; None without either."""
        light = self.get("shortwave_radiation")
        if light is None and self.potential is None:
            return None
        sun = np.full(len(self.steps), np.nan) if self.potential is None else self.potential
        seen = np.where(np.isfinite(light), light, sun) if light is not None else sun
        return np.asarray(seen < LIGHT)

    @cached_property
    def day(self) -> Hits | None:
        """(n,) True in broad daylight: radiation above 200 W m-2, or the sun above 400 W m-2 where that is missing."""
        light = self.get("shortwave_radiation")
        if light is None and self.potential is None:
            return None
        sun = np.full(len(self.steps), np.nan) if self.potential is None else self.potential / 2
        seen = np.where(np.isfinite(light), light, sun) if light is not None else sun
        return np.asarray(seen > 200.0)
