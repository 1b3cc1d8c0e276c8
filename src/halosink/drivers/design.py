"""The design of a study as its data show it: which rows are one measurement, which are independent units.

The levels, coarse to fine, are region > site > block > unit (plot) > core > sample > row. A label counts within the
levels above it: block 1 of site A is not block 1 of site B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVELS = ("region", "site", "block", "unit", "core", "sample")
MISSING = "\0"


@dataclass(frozen=True, slots=True)
class Factor:
    """A classifying column and the class the others are compared with.

    landscape: the class is a property of the ground (salinity class, land use, vegetation), so plots of one class
    that lie together in a block or site share more than their class; False for what was applied plot by plot.
    """

    column: str
    reference: str = ""
    landscape: bool = True


@dataclass(frozen=True, slots=True)
class Gradient:
    """A measured column along which quantities may change; log10 of it where `log10`; `unit` is its unit."""

    column: str
    unit: str = ""
    log10: bool = False
    log10_quantity: bool = False


@dataclass(frozen=True, slots=True)
class Design:
    """Names of the columns that carry the design. Columns that a table lacks are passed over."""

    factors: tuple[Factor, ...] = ()
    gradients: tuple[Gradient, ...] = ()
    region: str = "region"
    site: str = "site"
    block: str = "block"
    unit: str = "plot"
    core: str = "core"
    sample: str = "sample"
    strata: tuple[str, ...] = ("layer", "depth_top", "season", "date")
    effort: tuple[str, ...] = ("sequencing_depth",)

    def column(self, level: str) -> str:
        return str(getattr(self, level))


def level_keys(frame: pd.DataFrame, design: Design, quantities: Sequence[str] = ()) -> pd.DataFrame:
    """One integer key per level that the frame has: equal where the rows lie in the same region, site, ... sample.

    A level without its column, or with an empty one, is absent. Keys nest: each starts from the levels above it.
    Where neither plot nor core is named, `unit` is inferred from the quantities, if given (see infer_units).
    """
    keys: dict[str, np.ndarray] = {}
    path: list[pd.Series] = []
    for level in LEVELS:
        name = design.column(level)
        if name not in frame or frame[name].isna().all():
            continue
        path.append(frame[name].astype("string").fillna(MISSING).astype(object))
        keys[level] = pd.MultiIndex.from_arrays(path).factorize()[0]
    found = pd.DataFrame(keys, index=frame.index)
    inferred = infer_units(frame, quantities, found)
    return found if inferred is None else found.assign(unit=inferred)


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


def digits(values: np.ndarray) -> float:
    """Median count of significant digits as written (up to 9), over the first 200 values."""
    texts = (f"{abs(v):.8e}" for v in values[:200])
    return float(np.median([len(t.split("e")[0].replace(".", "").rstrip("0")) for t in texts]))


def shared_level(value: pd.Series, keys: pd.DataFrame) -> str | None:
    """The coarsest level within which the quantity never varies although several rows carry it; None if it is per row.

    At least half of the groups with a value must have several rows, else one stray pair would decide (own choice).
    """
    known = value.notna()
    v = value[known]
    for level in (k for k in LEVELS if k in keys and k != "region"):
        key = keys.loc[known, level]
        groups = v.groupby(key)
        sizes = groups.size()
        if len(sizes) < 2 or (sizes > 1).mean() < 0.5:
            continue
        if np.allclose(groups.max(), groups.min(), rtol=1e-9, atol=0):
            return level
    return None


def once(frame: pd.DataFrame, quantity: str, keys: pd.DataFrame) -> tuple[pd.Index, str | None]:
    """The rows that hold the quantity, each shared measurement once, and the level at which it was shared."""
    known = frame.index[frame[quantity].notna()]
    level = shared_level(frame[quantity], keys)
    if level is None:
        return known, None
    first = ~keys.loc[known, level].duplicated()
    return known[first.to_numpy()], level


def constant_within(labels: pd.Series, key: pd.Series) -> bool:
    """Whether the labels never vary within a group of the key, and there are at least two groups."""
    counts = labels.groupby(key).nunique()
    return len(counts) > 1 and bool((counts <= 1).all())


def unit_values(
    frame: pd.DataFrame, quantity: str, columns: list[str], design: Design, keys: pd.DataFrame
) -> tuple[pd.DataFrame, str | None]:
    """One row per independent unit: the mean over cores, samples, layers and dates of each unit.

    Strata (layers, dates) missing in some units are allowed for by the additive fit unit + stratum, so that a unit
    sampled only at the surface is not compared with one sampled to depth. `columns` (classes, gradients) are kept:
    text columns split units, numbers are averaged. Adds `rows`, and the keys of the levels. Second: shared level.
    """
    rows, level = once(frame, quantity, keys)
    classes = [c for c in columns if not pd.api.types.is_numeric_dtype(frame[c])]
    numbers = [c for c in columns if c not in classes and c != quantity]
    rows = rows[frame.loc[rows, columns].notna().all(axis=1).to_numpy()]
    part = frame.loc[rows, [quantity, *classes, *numbers]].copy()
    part.columns = ["value", *classes, *numbers]
    own = keys.loc[rows]
    part["unit_key"] = own["unit"] if "unit" in own else own["core"] if "core" in own else np.arange(len(rows))
    for name in ("region", "site", "block"):
        if name in own:
            part[name + "_key"] = own[name].to_numpy()
    strata = [s for s in design.strata if s in frame and level in (None, "sample") and s not in columns]
    part["value"] = _even_strata(part, frame.loc[rows, strata].astype("string").fillna(""), ["unit_key", *classes])
    how = {"value": "mean", **dict.fromkeys(numbers, "mean")}
    how |= {k: "first" for k in ("region_key", "site_key", "block_key") if k in part}
    grouped = part.groupby(["unit_key", *classes], sort=False, observed=True)
    out = grouped.agg(how)
    out["rows"] = grouped.size()
    return out.reset_index(), level


def _even_strata(part: pd.DataFrame, strata: pd.DataFrame, by: list[str]) -> np.ndarray:
    """Values less the additive stratum effect, where units differ in the strata they hold."""
    value = part["value"].to_numpy(float).copy()
    for name in strata:
        code, found = pd.factorize(strata[name])
        unit = part.groupby(by, sort=False, observed=True).ngroup().to_numpy()
        table = np.zeros((unit.max() + 1, len(found)))
        np.add.at(table, (unit, code), 1.0)
        share = table / table.sum(axis=1, keepdims=True)
        if len(found) < 2 or len(found) > 60 or np.ptp(share, axis=0).max() < 1e-12:
            continue
        dummies = np.eye(len(found))[code]
        within = dummies - share[unit]
        mean = np.bincount(unit, value) / np.bincount(unit)
        effect = np.linalg.lstsq(within, value - mean[unit], rcond=1e-9)[0]
        value -= (dummies - share.mean(axis=0)) @ effect
    return value
