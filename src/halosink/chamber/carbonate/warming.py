"""How fast soil warms, and what CO2 an alkaline soil gives off and takes up when it does.

A = (a + b w) dT/dt            [umol m-2 s-1], dT/dt in K h-1, w volumetric moisture

CO2 dissolves into the soil solution as it cools at night and leaves it as it warms by day; moisture and pH set the size
(ma2013, wang2020abiotic), and over a day that returns to its temperature the term sums to nearly nothing, as ma2013
measured in sterilised soil. The form linear in dT/dt and in moisture is our own choice: the first order of any
reservoir whose content follows its temperature. pH seldom changes within a series and is part of a and b. Where air
pressure [kPa] is known, a third term c dP/dt stands for air that the pressure pumps (sanchezcanete2011 on ventilation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NAMES = ("warming_response", "warming_response_per_moisture", "pressure_response")
UNITS = ("umol m-2 s-1 h K-1", "umol m-2 s-1 h K-1 (m3 m-3)-1", "umol m-2 s-1 h kPa-1")
# Own choices, h: shorter reaches follow the noise of a probe, longer ones blur the turn of the day.
REACH = 1.0
WIDEST = 4.5


def at(hours: Array, values: Array, wanted: Array) -> Array:
    """Values interpolated at other times; NaN outside the record and within gaps wider than WIDEST hours.

    hours: (n,) ascending; values: (n,) without NaN; wanted: any shape.
    """
    right = np.clip(np.searchsorted(hours, wanted, side="left"), 1, len(hours) - 1)
    near = (hours[right] - hours[right - 1] <= WIDEST) & (wanted >= hours[0]) & (wanted <= hours[-1])
    return np.where(near, np.interp(wanted, hours, values), np.nan)


def rate(hours: Array, values: Array) -> Array:
    """Change per hour, as a central difference over a reach of an hour, or of a step of the series if that is longer.

    hours: (n,) ascending; values: (n,), NaN allowed. NaN where the record on either side is missing.
    """
    known = np.isfinite(values)
    if known.sum() < 2:
        return np.full(len(values), np.nan)
    reach = max(REACH, float(np.median(np.diff(hours))))
    after, before = (at(hours[known], values[known], hours + sign * reach) for sign in (1, -1))
    return np.asarray((after - before) / (2 * reach), dtype=np.float64)


def terms(hours: Array, temperature: Array, moisture: Array, pressure: Array | None = None) -> Array:
    """(n, 2) or with pressure [kPa] (n, 3): the columns that a, b and c multiply."""
    warming = rate(hours, temperature)
    columns = [warming, warming * moisture]
    return np.stack(columns if pressure is None else [*columns, rate(hours, pressure)], axis=1)
