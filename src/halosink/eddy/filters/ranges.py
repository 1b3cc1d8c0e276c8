"""Values that no land surface gives, and codes that stand for missing ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

# -9999 stands for missing in FLUXNET files (pastorello2020), 9999, -6999 and 7999 in loggers (campbell_toa5); the rest
# are seen in tables (own choice)
CODES = (
    -9999.0,
    -99999.0,
    -999.0,
    -6999.0,
    6999.0,
    7999.0,
    -7999.0,
    9999.0,
    99999.0,
    -9999.9,
    -8888.0,
    -99.99,
    -9999.99,
)


def codes(values: Values) -> Hits:
    """(n,) True where a value is a code for a missing one."""
    return np.isin(values, CODES)


def outside(field: str, values: Values) -> Hits:
    """(n,) True outside the range that the vocabulary gives for the field; a field without a range has none."""
    known = vocabulary.fields().get(field)
    hit = np.zeros(values.size, bool)
    if known is not None and known.minimum is not None:
        hit |= values < known.minimum
    if known is not None and known.maximum is not None:
        hit |= values > known.maximum
    return hit
