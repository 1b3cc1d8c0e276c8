"""What one closure of a chamber is: an id may come again at another place, on another day, with another light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

KEY = ("region", "site", "block", "plot", "core", "treatment", "light_condition", "replicate", "date", "closure")
"""Columns that together name one closure, where the table has them."""
REPEATED = 0.1
"""Own choice: above this share of readings at an elapsed time already seen, two closures stand under one name; an
instrument that rounds its clock repeats a few at most."""


def keyed(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The frame and its columns of KEY; `date` is taken from `time` where it is lacking.

    Stamps that run with the readings are set back by elapsed_time [s], so that a closure over midnight stays whole.
    """
    import pandas as pd

    if "date" not in frame and "time" in frame and frame["time"].notna().any():
        stamps = pd.to_datetime(frame["time"])
        names = [c for c in KEY if c in frame]
        if "elapsed_time" in frame and names:
            groups = stamps.groupby([*(frame[c] for c in names), stamps.dt.floor("D")], dropna=False, observed=True)
            if groups.nunique().gt(1).mean() > 0.5:
                stamps = stamps - pd.to_timedelta(frame["elapsed_time"].fillna(0), unit="s").dt.round("s")
        frame = frame.assign(date=stamps.dt.floor("D"))
    return frame, [c for c in KEY if c in frame]


def mixed(frame: pd.DataFrame) -> pd.Series:
    """Per row whether its closure holds readings of several: elapsed_time steps back, or comes again too often.

    frame: rows in the order of reading, with closure and elapsed_time [s].
    """
    import pandas as pd

    frame, key = keyed(frame)
    codes = frame.groupby(key, dropna=False, observed=True, sort=False).ngroup()
    time = frame["elapsed_time"]
    known = time.notna() & frame["closure"].notna()
    codes, time = codes[known], time[known]
    back = (time.groupby(codes).diff() < 0).groupby(codes).any()
    again = pd.DataFrame({"code": codes, "time": time}).duplicated().groupby(codes).mean() > REPEATED
    span = time.groupby(codes).max() - time.groupby(codes).min()
    wrong = (back | again) & (span > 0)
    found = pd.Series(np.zeros(len(frame), bool), index=frame.index)
    found[known] = codes.map(wrong).to_numpy(dtype=bool)
    return found
