"""Values that repeat: an instrument or a logger that hangs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

# Own choice: equal neighbours by chance are the rarer the more digits a series has, so the shortest run that counts is
# the one that chance gives less than once in a thousand series, at least four records (two hours of half-hours).
CHANCE, SHORTEST = 1e-3, 4


def least_run(values: Values) -> int:
    """How many equal values in a row chance does not explain in a series (n,) with NaN; n + 1 if any run is usual.

    With a share p of neighbours equal, n p^(k-1) runs of k are expected; k is the first with less than CHANCE. p is
    taken of the runs of two only, so that a hanging instrument does not raise it.
    """
    equal = values[1:] == values[:-1]
    both = np.isfinite(values[1:]) & np.isfinite(values[:-1])
    pairs = int(both.sum())
    if pairs == 0:
        return values.size + 1
    starts = equal & ~np.concatenate(([False], equal[:-1]))
    p = max(int(starts.sum()), 1) / pairs
    if p >= 0.5:
        return values.size + 1
    return max(SHORTEST, int(np.ceil(1 + np.log(CHANCE / values.size) / np.log(p))))


def lengths(values: Values) -> NDArray[np.int64]:
    """(n,) how many equal values in a row each value belongs to; 0 where missing."""
    if values.size == 0:
        return np.zeros(0, np.int64)
    starts = np.concatenate(([0], np.flatnonzero(~(values[1:] == values[:-1])) + 1))
    run = np.diff(np.append(starts, values.size))
    return np.where(np.isfinite(values), np.repeat(run, run), 0)


def repeats(values: Values, apart_from: tuple[float, ...] = ()) -> Hits:
    """(n,) True where a value is one of a run of equal ones that is longer than chance gives.

    apart_from: values that may last, as zero radiation at night.
    """
    if values.size == 0:
        return np.zeros(0, bool)
    seen = np.where(np.isin(values, apart_from), np.nan, values) if apart_from else values
    return np.asarray(lengths(seen) >= least_run(seen))
