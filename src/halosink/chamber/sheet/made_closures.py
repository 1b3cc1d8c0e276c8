"""Closures that an instrument opened and closed by itself: one row each, and the row of the field sheet that is its."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

NEAR = np.timedelta64(10, "m")
"""Own choice: a row of the field sheet belongs to a closure of the same chamber that began within ten minutes of it."""


def numbered(records: pd.DataFrame) -> NDArray[np.int64]:
    """Number of the closure of each record, counted from 0 by its first record.

    The same name in another file, at another chamber or in a later run of elapsed_time is another closure.
    """
    key = [c for c in ("source_file", "analyser", "site", "plot", "chamber", "closure") if c in records]
    codes = records.groupby(key, dropna=False, observed=True, sort=False).ngroup()
    if "elapsed_time" not in records:
        plain: NDArray[np.int64] = codes.to_numpy().astype(np.int64)
        return plain
    back = records["elapsed_time"].groupby(codes).diff() < -60
    run = back.groupby(codes).cumsum()
    found: NDArray[np.int64] = (codes * (int(run.max()) + 1) + run).factorize()[0].astype(np.int64)
    return found


def starts(records: pd.DataFrame, number: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """When each closure began: the stamp of its first reading less the time elapsed then."""
    moments = records["time"].to_numpy().astype("datetime64[us]")
    if "elapsed_time" in records:
        elapsed = records["elapsed_time"].to_numpy(float)
        moments = moments - np.round(np.nan_to_num(elapsed) * 1e6).astype("timedelta64[us]")
        order = np.lexsort((np.abs(np.nan_to_num(elapsed, nan=np.inf)), number))
    else:
        order = np.lexsort((moments, number))
    first = order[np.unique(number[order], return_index=True)[1]]
    begun: NDArray[np.datetime64] = moments[first].astype("datetime64[ms]").astype("datetime64[us]")
    return begun


def match(made: pd.DataFrame, sheet: pd.DataFrame) -> NDArray[np.int64]:
    """Row of the sheet for each closure made by an instrument, -1 where there is none.

    By the name of the closure where both have it; else by chamber (or plot) and time, the nearest within NEAR.
    """
    found = np.full(len(made), -1, dtype=np.int64)
    if sheet.empty or made.empty:
        return found
    if "closure" in sheet and sheet["closure"].notna().any():
        names = sheet["closure"].astype("str")
        unique = names[~names.duplicated(keep=False) & sheet["closure"].notna()]
        place = {name: i for i, name in zip(unique.index, unique, strict=True)}
        found = made["closure"].astype("str").map(place).fillna(-1).to_numpy(np.int64)
    shared = [c for c in ("chamber", "plot") if all(c in f and f[c].notna().any() for f in (made, sheet))]
    for by in shared[:1]:
        found = np.where(found >= 0, found, _nearest(made, sheet, by))
    return found


def _nearest(made: pd.DataFrame, sheet: pd.DataFrame, by: str) -> NDArray[np.int64]:
    import pandas as pd

    left = pd.DataFrame({"time": made["start"].to_numpy(), by: made[by].astype("str").to_numpy()})
    right = pd.DataFrame({"time": sheet["time"].to_numpy(), by: sheet[by].astype("str").to_numpy()})
    left["time"], right["time"] = (f["time"].astype("datetime64[us]") for f in (left, right))
    left["_left"], right["_row"] = np.arange(len(left)), np.arange(len(right))
    left, right = (f.dropna(subset="time").sort_values("time", kind="stable") for f in (left, right))
    both = pd.merge_asof(left, right, on="time", by=by, direction="nearest", tolerance=pd.Timedelta(NEAR))
    found = np.full(len(made), -1, dtype=np.int64)
    found[both["_left"].to_numpy()] = both["_row"].fillna(-1).to_numpy(np.int64)
    return found
