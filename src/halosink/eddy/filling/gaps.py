"""Where a series lacks measurements, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from halosink.eddy.steps import Steps

# own choice: a stretch of measurements no longer than an hour (or one record) between two gaps of a day or more says
# nothing of those days; counted as an end of the gap, one value would let a gap of a season pass as two shorter ones.
ISLAND_HOURS, SHORE_HOURS = 1, 24
COLUMNS = ("field", "start", "end", "steps", "days", "filled_by", "reason")


@dataclass(frozen=True, slots=True)
class Gaps:
    """(g,) each. start: first step that is missing; stop: the step after the last; missing: steps that are missing.

    stop - start is larger than missing where a gap goes on over isolated measurements.
    """

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    missing: NDArray[np.int64]

    def days(self, per_day: int) -> NDArray[np.float64]:
        return (self.stop - self.start) / per_day

    def over_steps(self, values: NDArray[np.float64], measured: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(n,) value of the gap that a missing step belongs to, 0 at measured steps."""
        spread = np.zeros(len(measured))
        for start, stop, value in zip(self.start, self.stop, values, strict=True):
            spread[start:stop] = value
        return np.where(measured, 0.0, spread)


def find(measured: NDArray[np.bool_], per_day: int) -> Gaps:
    """Gaps of a regular series: runs of steps without a kept measurement.

    A run of at least a day, at most an hour of measurements (one record, where steps are longer), and again a run of at
    least a day are one gap; the measurements on the way stay measurements.
    """
    edges = np.diff(np.concatenate([[1], np.asarray(measured, dtype=np.int8), [1]]))
    start, stop = np.flatnonzero(edges < 0), np.flatnonzero(edges > 0)
    long = (stop - start) * 24 >= SHORE_HOURS * per_day
    island = max(1, ISLAND_HOURS * per_day // 24)
    joined = long[:-1] & long[1:] & (start[1:] - stop[:-1] <= island)
    first = np.concatenate([[True], ~joined]) if len(start) else np.zeros(0, dtype=bool)
    last = np.concatenate([~joined, [True]]) if len(start) else first
    before = np.concatenate([[0], np.cumsum(stop - start)])
    missing = before[1:][last] - before[:-1][first]
    return Gaps(start[first], stop[last], missing)


def table(filled: pd.DataFrame, steps: Steps, field: str) -> pd.DataFrame:
    """One row per gap of what fill_gaps gave: field, start, end (of its last step), steps missing, days, filled_by
    ("mds", "forest", "mixed", "empty") and reason (code of its first empty step, else of its first step)."""
    import pandas as pd

    source, reason = filled["source"].astype(str).to_numpy(), filled["reason"].astype(str).to_numpy()
    found = find(source == "measured", steps.per_day)
    rows = []
    for start, stop, missing in zip(found.start, found.stop, found.missing, strict=True):
        gone = source[start:stop] != "measured"
        kinds, codes = source[start:stop][gone], reason[start:stop][gone]
        empty = kinds == "empty"
        rows.append(
            {
                "field": field,
                "start": steps.start[start],
                "end": steps.start[stop - 1] + np.timedelta64(steps.seconds, "s"),
                "steps": int(missing),
                "days": (stop - start) / steps.per_day,
                "filled_by": kinds[0] if (kinds == kinds[0]).all() else "mixed",
                "reason": codes[empty][0] if empty.any() else codes[0],
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
