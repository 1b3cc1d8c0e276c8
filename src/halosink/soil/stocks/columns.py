"""Columns of a table as arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]


def codes(table: pd.DataFrame, names: list[str]) -> tuple[Index, int]:
    """One number per distinct combination of the columns, missing values being values too, in order of appearance."""
    if not names:
        return np.zeros(len(table), dtype=np.intp), 1
    code = np.zeros(len(table), dtype=np.int64)
    for name in names:
        one, labels = pd.factorize(table[name], use_na_sentinel=False)
        code = pd.factorize(code * max(len(labels), 1) + one)[0]
    return code.astype(np.intp), int(code.max(initial=-1)) + 1


def numbers(frame: pd.DataFrame, name: str) -> Array:
    """(n,) a column as floats; NaN where missing, or everywhere where there is no such column."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype=float, na_value=np.nan)
