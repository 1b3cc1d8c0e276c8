"""Gas columns of an instrument: which field each fills, by gas, unit and whether it is per mole of dry air."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DRY_AND_MOIST = {"CO2": "co2_mole_fraction", "CH4": "ch4_mole_fraction", "N2O": "n2o_mole_fraction"}
ALONE = {
    "H2O": "h2o_mole_fraction",
    "CO": "co_mole_fraction",
    "NH3": "nh3_mole_fraction",
    "C2H6": "c2h6_mole_fraction",
    "O2": "o2_mole_fraction",
}


class GasColumn(NamedTuple):
    """A heading of the file and what it holds."""

    heading: str
    gas: str
    unit: str
    dry: bool

    @property
    def field(self) -> str:
        """Name in the vocabulary; empty for a gas that has none."""
        if self.gas in DRY_AND_MOIST:
            return DRY_AND_MOIST[self.gas] + ("" if self.dry else "_wet")
        return ALONE.get(self.gas, "")


def mole_fractions(frame: pd.DataFrame, columns: Iterable[GasColumn]) -> dict[str, np.ndarray]:
    """{field: values in the field's unit}. The first column of a field counts, one per dry air before one per moist
    air; a gas that is zero in every row was not measured and is left out.
    """
    import numpy as np

    from halosink.vocabulary import fields
    from halosink.vocabulary.units import convert

    found: dict[str, np.ndarray] = {}
    for column in sorted(columns, key=lambda c: not c.dry):
        if not column.field or column.field in found or column.heading not in frame:
            continue
        values = frame[column.heading].to_numpy(float)
        if len(values) and np.all(values == 0):
            continue
        found[column.field] = convert(values, column.unit, fields()[column.field].unit)
    return found
