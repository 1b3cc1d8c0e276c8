"""The fluxes as the checks see them: the rows of one gas and the closures they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.traces import Array

if TYPE_CHECKING:
    import pandas as pd


def by_gas(readings: Readings, *needed: str) -> Iterator[tuple[str, str, dict[str, Array]]]:
    """(gas, unit, field -> (m,) values) for each gas; nothing where a needed column is lacking."""
    fluxes = readings.fluxes
    if fluxes is None or not {"gas", "unit", *needed} <= set(fluxes):
        return
    number = readings.of_flux
    for gas in dict.fromkeys(fluxes["gas"]):
        here = (fluxes["gas"] == gas).to_numpy() & (number >= 0)
        rows = fluxes[here]
        if rows.empty:
            continue
        yield str(gas), str(rows["unit"].iloc[0]), {c: _spread(rows[c], number[here], readings.m) for c in needed}


def _spread(values: pd.Series, number: np.ndarray, m: int) -> Array:
    out = np.full(m, np.nan)
    out[number] = values.to_numpy(float)
    return out
