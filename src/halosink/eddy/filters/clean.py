"""All filters over one flux of a tower, each value that is set aside with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.filters.quality_flags import worse
from halosink.eddy.filters.ranges import codes, outside
from halosink.eddy.filters.repeated import repeats
from halosink.eddy.filters.spikes import spikes
from halosink.eddy.filters.storage import STORED, with_storage
from halosink.eddy.steps import Steps

if TYPE_CHECKING:
    import pandas as pd

    from halosink.eddy.options import Options

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

FLAGS = {
    "nee": "nee_quality",
    "ch4_flux": "ch4_flux_quality",
    "latent_heat_flux": "latent_heat_quality",
    "sensible_heat_flux": "sensible_heat_quality",
}
REASONS = ("missing", "missing_code", "quality_flag", "range", "repeated", "no_storage", "spike", "low_turbulence")
# W m-2, shortwave radiation that parts day from night for spikes (papale2006)
DAYLIGHT = 20.0


def keep(
    table: pd.DataFrame,
    field: str,
    options: Options,
    low_turbulence: Hits | None = None,
    *,
    spike_z: float | None = 5.5,
    add_storage: bool = False,
) -> tuple[Values, NDArray[np.str_]]:
    """The values (n,) of a flux that are kept, NaN elsewhere, and (n,) why the others were not.

    table: regular steps with canonical columns. field: a flux. low_turbulence: (n,) True where turbulence was too low
    for this flux (`low_turbulence.too_low`). options: worst_flag and which filters. spike_z: 4, 5.5 or 7 (papale2006),
    None leaves spikes in. add_storage: add the storage term of the table to the flux first.
    The reason is "" for a kept value, else one of REASONS, the first that holds in their order; spikes are looked for
    in what the reasons before leave. Raises KeyError when the table lacks the field.
    """
    measured = table[field].to_numpy(float)
    reason = np.full(measured.size, "", dtype="U16")

    def put(hit: Hits, code: str) -> None:
        reason[hit & (reason == "")] = code

    put(~np.isfinite(measured), "missing")
    put(codes(measured), "missing_code")
    flag = FLAGS.get(field, "")
    if flag in table and "quality_flag" in options.filters:
        put(worse(table[flag].to_numpy(float), options.worst_flag, measured), "quality_flag")
    if "range" in options.filters:
        put(outside(field, measured), "range")
    if "repeated" in options.filters:
        put(repeats(np.where(reason == "", measured, np.nan)), "repeated")
    values = measured
    stored = STORED.get(field, "")
    if add_storage and stored in table:
        values, lacking = with_storage(measured, table[stored].to_numpy(float))
        put(lacking, "no_storage")
    if "spike" in options.filters and spike_z is not None and measured.size > 2:
        steps = Steps.of(table["time"].to_numpy())
        left = np.where(reason == "", values, np.nan)
        put(spikes(left, daylight(table), steps.per_day, spike_z), "spike")
    if low_turbulence is not None:
        put(low_turbulence, "low_turbulence")
    return np.where(reason == "", values, np.nan), reason


def daylight(table: pd.DataFrame) -> Hits:
    """(n,) True by day: shortwave radiation above 20 W m-2, the sun up where it is missing; all one without either."""
    n = len(table)
    none = np.full(n, np.nan)
    shortwave = table["shortwave_radiation"].to_numpy(float) if "shortwave_radiation" in table else none
    potential = table["potential_radiation"].to_numpy(float) if "potential_radiation" in table else none
    return np.where(np.isfinite(shortwave), shortwave > DAYLIGHT, potential > 0)
