"""Records of a gas analyser that stand in two files: a copy is left out, a contradiction refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read.records import at

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SAME = ("analyser", "site", "plot", "chamber", "closure", "time")
FEW = 10
"""Own choice: up to so many records at the same moment come of files that were cut while the instrument wrote."""


def overlapping(
    frame: pd.DataFrame, missing: dict[str, np.ndarray]
) -> tuple[pd.DataFrame, dict[str, np.ndarray], list[Problem]]:
    """The records without those that an earlier file of the table holds as well, and problems.

    frame: canonical records of one table, its files below one another; missing: as in Reading. Records of one
    analyser at one moment in two files that differ are refused when there are more than FEW, and doubted else.
    """
    import numpy as np

    files = frame["source_file"].astype("str").factorize()[0]
    if not files.any() or "time" not in frame:
        return frame, missing, []
    key = [c for c in SAME if c in frame]
    codes = frame.groupby(key, dropna=False, observed=True, sort=False).ngroup().to_numpy()
    first = np.full(codes.max() + 1, files.max() + 1)
    np.minimum.at(first, codes, files)
    later = (files > first[codes]) & frame["time"].notna().to_numpy()
    if not later.any():
        return frame, missing, []
    values = [c for c in map(str, frame) if c not in ("source_file", "source_row", "record_number")]
    near = frame[np.isin(codes, codes[later])]
    copy = np.zeros(len(frame), dtype=bool)
    copy[near.index.to_numpy()] = near.duplicated(values).to_numpy()
    copy &= later
    problems = _said("W-RECORD-TWICE", frame, copy, codes) if copy.any() else []
    other = later & ~copy
    if other.any():
        code = "E-RECORD-OVERLAP" if other.sum() > FEW and _same_gas(frame, other, codes) else "W-RECORD-OVERLAP"
        problems += _said(code, frame, other, codes)
    keep = ~copy
    return frame[keep].reset_index(drop=True), {n: m[keep] for n, m in missing.items()}, problems


def _same_gas(frame: pd.DataFrame, later: np.ndarray, codes: np.ndarray) -> bool:
    """Whether one gas is given by both; two analysers of different gases may run side by side."""
    import numpy as np

    fields = vocabulary.fields()
    gases = [c for c in map(str, frame) if c in fields and "mole_fraction" in c and not c.startswith("h2o")]
    before = np.isin(codes, codes[later]) & ~later
    return any(frame.loc[later, g].notna().any() and frame.loc[before, g].notna().any() for g in gases)


def _said(code: str, frame: pd.DataFrame, mask: np.ndarray, codes: np.ndarray) -> list[Problem]:
    """One problem per file that repeats another."""
    import numpy as np

    names = frame["source_file"].astype("str").to_numpy()
    found = []
    for file in dict.fromkeys(names[mask]):
        here = mask & (names == file)
        others = dict.fromkeys(names[np.isin(codes, codes[here]) & (names != file)])
        where, count = at(frame["source_row"].to_numpy(), here)
        moment = str(frame["time"].to_numpy()[here].min().astype("datetime64[s]")).replace("T", " ")
        values = {"others": ", ".join(list(others)[:5]), "number": count, "first": moment}
        found.append(Problem(code, file, "", "time", tuple(where), count, values))
    return found
