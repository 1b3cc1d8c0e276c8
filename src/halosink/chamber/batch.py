"""Concentration series of many closures side by side, so that each formula is evaluated for all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Batch:
    """m series, each filled up to n readings.

    time: (m, n), s, ascending within a series, 0 where not valid. value: (m, n), mole fraction, 0 where not valid.
    valid: (m, n), which readings count. Readings that count need not stand side by side.
    """

    time: Array
    value: Array
    valid: NDArray[np.bool_]

    @property
    def n(self) -> Array:
        """(m,) readings that count."""
        count: Array = self.valid.sum(axis=1).astype(float)
        return count
