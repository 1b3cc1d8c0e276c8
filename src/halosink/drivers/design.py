"""The design of a study as its data show it: which rows are one measurement, which are independent units.

The levels, coarse to fine, are region > site > block > unit (plot) > core > sample > row. A label counts within the
levels above it: block 1 of site A is not block 1 of site B.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from halosink.drivers.places_unnamed import unnamed_units
from halosink.drivers.sharing import LEVELS, contradictions, declared_level, level_of, varies_within
from halosink.drivers.strata import even_strata

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
    """Names of the columns that carry the design. Columns that a table lacks are passed over.

    per: quantity -> level ("core", "plot", "block", "site") at which it was measured once though rows repeat it.
    """

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
    per: Mapping[str, str] = field(default_factory=dict)

    def column(self, level: str) -> str:
        return str(getattr(self, level))


def level_keys(frame: pd.DataFrame, design: Design, quantities: Sequence[str] = (), infer: bool = True) -> pd.DataFrame:
    """One integer key per level that the frame has: equal where the rows lie in the same region, site, ... sample.

    A level without its column, or with an empty one, is absent. Keys nest: each starts from the levels above it.
    Where neither plot nor core is named and with `infer`, `unit` (from shared values) or `unnamed` (any other way)
    holds the units that places_unnamed finds.
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
    units = unnamed_units(frame, quantities, found, design) if infer else None
    return found if units is None else found.assign(**{"unit" if units.basis == "values" else "unnamed": units.label})


def constant_within(labels: pd.Series, key: pd.Series) -> bool:
    """Whether the labels never vary within a group of the key, and there are at least two groups."""
    counts = labels.groupby(key).nunique()
    return len(counts) > 1 and bool((counts <= 1).all())


def unit_values(
    frame: pd.DataFrame, quantity: str, columns: list[str], design: Design, keys: pd.DataFrame
) -> tuple[pd.DataFrame, str | None]:
    """One row per independent unit: the mean over cores, samples, layers and dates of each unit.

    A shared measurement counts once. Strata (layers, dates) missing in some units are allowed for by an additive fit
    (see strata), so that a unit sampled only at the surface is not compared with one sampled to depth. `columns`
    (classes, gradients) are kept: text columns split units, numbers are averaged, over all rows of a shared
    measurement. Adds `rows`, the keys of the levels, and `strata_key`: units are comparable in their strata where it
    is the same. Second: shared level. Raises ValueError("cannot_differ") where the quantity is shared by rows of
    several classes.
    """
    known = frame[quantity].notna() & frame[columns].notna().all(axis=1)
    rows = frame.index[known.to_numpy()]
    level = level_of(frame, quantity, keys, design.per)
    classes = [c for c in columns if not pd.api.types.is_numeric_dtype(frame[c])]
    numbers = [c for c in columns if c not in classes and c != quantity]
    part = frame.loc[rows, [quantity, *classes, *numbers]].copy()
    part.columns = ["value", *classes, *numbers]
    strata = [s for s in design.strata if s in frame and s not in columns]
    held = frame.loc[rows, strata].astype("string").fillna("")
    if level is not None:
        key = keys.loc[rows, level]
        if any(varies_within(part[c], key) for c in classes):
            raise ValueError("cannot_differ")
        held = held[[s for s in strata if not varies_within(held[s], key)]]
        part[numbers] = part[numbers].groupby(key).transform("mean")
        if declared_level(quantity, design.per) == level and contradictions(part["value"], key):
            part["value"] = part["value"].groupby(key).transform("mean")
        first = ~key.duplicated().to_numpy()
        part, held, rows = part[first], held[first], rows[first]
    own = keys.loc[rows]
    units = next((own[k] for k in ("unit", "core", "unnamed") if k in own), None)
    part["unit_key"] = np.arange(len(rows)) if units is None else units
    for name in ("region", "site", "block"):
        if name in own:
            part[name + "_key"] = own[name].to_numpy()
    grouped = part.groupby(["unit_key", *classes], sort=False, observed=True)
    code = grouped.ngroup().to_numpy()
    part["value"], alike = even_strata(part["value"].to_numpy(float), code, held)
    how = {"value": "mean", **dict.fromkeys(numbers, "mean")}
    how |= {k: "first" for k in ("region_key", "site_key", "block_key") if k in part}
    grouped = part.groupby(["unit_key", *classes], sort=False, observed=True)
    out = grouped.agg(how)
    out["rows"] = grouped.size()
    out["strata_key"] = alike
    return out.reset_index(), level


def class_values(
    frame: pd.DataFrame, quantity: str, factor: Factor, others: tuple[Factor, ...], design: Design, keys: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Factor, ...]] | str:
    """unit_values for the classes of one factor, and the other factors that go with it.

    Where the quantity is shared by rows of several classes of the factor it cannot differ between them: then the level
    at which it is shared. Other factors of which that is so are left aside.
    """
    rows = frame[quantity].notna()
    level = level_of(frame, quantity, keys, design.per)
    if level is not None:
        key = keys.loc[rows, level]
        if varies_within(frame.loc[rows, factor.column], key):
            return level
        others = tuple(o for o in others if not varies_within(frame.loc[rows, o.column], key))
    return unit_values(frame, quantity, [factor.column, *(o.column for o in others)], design, keys)[0], others
