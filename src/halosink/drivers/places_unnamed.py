"""Independent units of a table that names neither plot nor core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from halosink.drivers.sharing import digits

if TYPE_CHECKING:
    from halosink.drivers.design import Design

Basis = Literal["values", "coordinates", "labels", "combinations", "unknown"]
REPEATS = ("replicate",)
"""Columns that number rows which may be subsamples of one plot as well as plots."""
LABELS = ("sample", "sensor")
"""Columns that name what was measured without saying where it lies."""


class Units(NamedTuple):
    """A label per row, and how they were told apart.

    values: by measurements that rows share; coordinates: one unit per position; labels: one per sample or sensor;
    combinations: rows of one site, block and class differ in layer or date, or there is one only; unknown: rows of one
    site, block and class may be plots or subsamples, so that they count once together.
    """

    label: pd.Series
    basis: Basis


def unnamed_units(frame: pd.DataFrame, quantities: Sequence[str], keys: pd.DataFrame, design: Design) -> Units | None:
    """Units for a table without plot and core column; None where it has one."""
    if "unit" in keys or "core" in keys:
        return None
    shared = infer_units(frame, quantities, keys)
    if shared is not None:
        return Units(shared, "values")
    place = [keys[k] for k in ("region", "site", "block") if k in keys]
    classes = [frame[f.column].astype(str) for f in design.factors if f.column in frame]
    together = _codes([*place, *classes], frame.index)
    if {"latitude", "longitude"} <= set(frame) and frame[["latitude", "longitude"]].notna().all(axis=None):
        spot = _codes([*place, frame["latitude"], frame["longitude"]], frame.index)
        if spot.nunique() > together.nunique():
            return Units(spot, "coordinates")
    strata = [frame[s].astype("string").fillna("") for s in design.strata if s in frame]
    if not _codes([together, *strata], frame.index).duplicated().any():
        return Units(together, "combinations")
    labels = [design.sample if name == "sample" else name for name in LABELS]
    named = next((c for c in labels if c in frame and frame[c].notna().all()), None)
    numbered = any(c in frame and frame[c].notna().any() for c in REPEATS)
    several = any(s.groupby(together).nunique().max() > 1 for s in strata)
    if named is not None and not numbered:
        label = _codes([*place, frame[named].astype(str)], frame.index)
        if not several or label.duplicated().any():
            return Units(label, "labels")
    return Units(together, "unknown")


def infer_units(frame: pd.DataFrame, quantities: Sequence[str], keys: pd.DataFrame) -> pd.Series | None:
    """Units for a table that names neither plot nor core, from measurements that several rows share to the last digit.

    A quantity tells units apart when its values carry at least four significant digits and at least half of its rows
    share their value with another row of the same site (own choice: chance ties of such values are rare, and fewer
    shared rows are rather detection limits). Returns a label per row, or None.
    """
    if "unit" in keys or "core" in keys:
        return None
    place = keys["site"] if "site" in keys else pd.Series(0, index=frame.index)
    best: pd.Series | None = None
    best_share = 0.5
    for name in quantities:
        value = frame[name]
        fine = value.notna() & (value != 0)
        if fine.sum() < 4 or digits(value[fine].to_numpy(float)) < 4:
            continue
        label = pd.Series(pd.MultiIndex.from_arrays([place, value]).factorize()[0], index=frame.index)
        sizes = label[fine].map(label[fine].value_counts())
        share = float((sizes > 1).mean()) * float(fine.mean())
        if share >= best_share and sizes.max() <= max(8, 4 * sizes.median()):
            best, best_share = label.where(fine), share
    if best is None:
        return None
    lone = best.isna()
    best[lone] = -1 - np.arange(int(lone.sum()))
    return best.astype(int)


def _codes(parts: Sequence[pd.Series], index: pd.Index) -> pd.Series:
    if not parts:
        return pd.Series(0, index=index)
    return pd.Series(pd.MultiIndex.from_arrays(list(parts)).factorize()[0], index=index)
