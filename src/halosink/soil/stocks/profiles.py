"""From a table of soil samples to layers of profiles: what can be used, and for every other row the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.stocks.columns import codes, numbers
from halosink.soil.stocks.organic_carbon import CarbonEvidence, central, evidence, inorganic_carbon, inorganic_evidence

Array = NDArray[np.float64]
Index = NDArray[np.intp]

PROFILE = ("region", "site", "block", "plot", "core", "treatment", "date")
"""Columns that tell profiles apart, as far as the table has them."""

MOST_CARBON = 600.0
"""g kg-1; above it no soil. Own choice: cellulose holds 444, most lignin up to 650, soil organic matter about 500
(pribyl2010); pure charcoal is no soil layer."""
LEAST_DENSITY, MOST_DENSITY = 0.01, 2.2
"""g cm-3. Own choice: below, not even floating peat; above, less than 17 percent of pores in quartz (2.65)."""
DEEPEST = 3000.0
"""cm. Own choice: deeper samples are sediment cores or depths in another unit."""
TOUCHING = 0.05
"""cm by which layers may overlap or part through rounding. Own choice: half of a millimetre."""
FRACTION_LIMIT, FRACTION_ROWS = 0.6, 5
"""A laboratory whose values in g kg-1 all lie at or below 0.6 wrote fractions. Own choice: the largest fraction of
carbon a soil can have is 0.6, while even dune sand holds about 1 g kg-1; asked of five values or more."""

REASONS = (
    "no_depth", "depth_above_surface", "depth_order", "no_thickness", "depth_too_deep", "carbon_below_zero",
    "carbon_too_high", "carbon_as_fraction", "density_impossible", "gravel_impossible", "no_carbon", "no_density",
    "overlap",
)  # fmt: skip
"""Why a row is not used, in the order in which they are asked; the sentences stand in texts/soil_stocks.toml."""
CARBON_COLUMNS = ("soil_organic_carbon", "total_carbon", "soil_inorganic_carbon", "walkley_black_carbon")


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers that can be used, sorted by profile and depth; (n,) each.

    carbon: evidence on organic carbon; density: measured [g cm-3], NaN where to be estimated; fine: share of the volume
    that is not gravel; inorganic: carbonate carbon [g kg-1] or NaN; matter: organic matter [g kg-1] or NaN;
    group: laboratory; start: (p,) first layer of each profile; keys: (p) rows that name the profiles.
    """

    top: Array
    bottom: Array
    carbon: CarbonEvidence
    density: Array
    fine: Array
    inorganic: Array
    matter: Array
    group: Index
    profile: Index
    start: Index
    keys: pd.DataFrame
    groups: int

    def ends(self) -> Index:
        return np.append(self.start[1:], len(self.top))


def layers(
    frame: pd.DataFrame,
    *,
    profile: Sequence[str] | None = None,
    laboratory: str | None = None,
    setting: str = "mineral",
    carbon: Literal["organic", "inorganic"] = "organic",
    estimate_density: bool = False,
    believe: bool = False,
) -> tuple[Layers, NDArray[np.object_]]:
    """The usable layers and, for each row of the table, the reason why it is not used ("" where it is).

    frame: depth_top, depth_bottom [cm] and what organic_carbon.evidence reads; bulk_density [g cm-3];
    coarse_fragments [% of volume]. Rows of one profile with equal depths are replicates: their numbers are averaged.
    profile: columns that tell profiles apart (default: those of PROFILE that are there). laboratory: column whose
    values share one error of calibration (default: all rows do). estimate_density: rows without density are used.
    carbon: "inorganic" makes carbonate carbon (measured, or from calcium_carbonate) the evidence in place of organic.
    believe: values that look like fractions are taken as they stand. Reasons are those of REASONS.
    """
    names = [c for c in (PROFILE if profile is None else profile) if c in frame]
    reason = _impossible(frame, laboratory, setting, believe or carbon == "inorganic")
    good = np.flatnonzero(reason == "")
    table, into = _replicates(frame.iloc[good], names, laboratory)
    density, known = numbers(table, "bulk_density"), evidence(table, setting)
    if carbon == "inorganic":
        known = inorganic_evidence(table)
    top, bottom = numbers(table, "depth_top"), numbers(table, "depth_bottom")
    code, _ = codes(table, names)
    missing = [known.kind == 0, ~np.isfinite(density) & (not estimate_density), _overlapping(code, top, bottom)]
    left = np.select(missing, ["no_carbon", "no_density", "overlap"], "").astype(object)
    reason[good] = left[into]
    rows = np.flatnonzero(left == "")
    rows = rows[np.lexsort((top[rows], code[rows]))]
    _, start, compact = np.unique(code[rows], return_index=True, return_inverse=True)
    group, groups = codes(table, [laboratory] if laboratory else [])
    out = Layers(
        top=top[rows],
        bottom=bottom[rows],
        carbon=known.rows(rows),
        density=density[rows],
        fine=1 - np.nan_to_num(numbers(table, "coarse_fragments"))[rows] / 100,
        inorganic=inorganic_carbon(table)[rows],
        matter=_matter(table)[rows],
        group=group[rows],
        profile=compact.astype(np.intp),
        start=start.astype(np.intp),
        keys=table.iloc[rows[start]][names].reset_index(drop=True),
        groups=max(groups, 1),
    )
    return out, reason


def _impossible(frame: pd.DataFrame, laboratory: str | None, setting: str, believe: bool) -> NDArray[np.object_]:
    """The reason why a row by itself cannot be used; "" where it can."""
    top, bottom = numbers(frame, "depth_top"), numbers(frame, "depth_bottom")
    density, gravel = numbers(frame, "bulk_density"), np.nan_to_num(numbers(frame, "coarse_fragments"))
    known = evidence(frame, setting)
    middle = central(known)
    group, groups = codes(frame, [laboratory] if laboratory else [])
    parts = [numbers(frame, c) for c in CARBON_COLUMNS]
    with np.errstate(invalid="ignore"):
        below = np.any([p < 0 for p in parts], axis=0)
        most = np.any([p > MOST_CARBON for p in parts], axis=0)
        most |= (middle > MOST_CARBON) | ((known.kind == 4) & (known.value > 100))
        checks = [
            ("no_depth", ~(np.isfinite(top) & np.isfinite(bottom))),
            ("depth_above_surface", top < 0),
            ("depth_order", top > bottom),
            ("no_thickness", top == bottom),
            ("depth_too_deep", bottom > DEEPEST),
            ("carbon_below_zero", below),
            ("carbon_too_high", most),
            ("carbon_as_fraction", _fractions(known, group, groups) & (not believe)),
            ("density_impossible", ~np.isnan(density) & ~((density >= LEAST_DENSITY) & (density <= MOST_DENSITY))),
            ("gravel_impossible", (gravel < 0) | (gravel >= 100)),
        ]
    return np.select([c for _, c in checks], [name for name, _ in checks], "").astype(object)


def _replicates(frame: pd.DataFrame, names: list[str], laboratory: str | None) -> tuple[pd.DataFrame, Index]:
    """The table with replicates of a layer averaged, and for each row of `frame` the row it went into."""
    wanted = (*CARBON_COLUMNS, "calcium_carbonate", "loss_on_ignition", "soil_organic_matter", "soluble_chloride")
    measured = [c for c in (*wanted, "bulk_density", "coarse_fragments") if c in frame]
    key = [*names, *([laboratory] if laboratory and laboratory not in names else [])]
    table = frame[[*key, *measured]].copy()
    for name in ("depth_top", "depth_bottom"):
        table[name] = numbers(frame, name)
    code, _ = codes(table, [*key, "depth_top", "depth_bottom"])
    unique, first, into = np.unique(code, return_index=True, return_inverse=True)
    if len(unique) == len(table):
        return table.reset_index(drop=True), np.arange(len(table), dtype=np.intp)
    out = table.iloc[first].reset_index(drop=True)
    for name in measured:
        value = table[name].to_numpy(dtype=float)
        there = np.isfinite(value)
        sums = np.bincount(into, np.where(there, value, 0.0), len(unique))
        count = np.bincount(into, there, len(unique))
        out[name] = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    return out, into.astype(np.intp)


def _overlapping(code: Index, top: Array, bottom: Array) -> NDArray[np.bool_]:
    """Rows that share depth with another row of their profile."""
    out = np.zeros(len(code), dtype=bool)
    rows = np.lexsort((bottom, top, code))
    if not rows.size:
        return out
    shift = code[rows].astype(float) * (2 * DEEPEST)
    t, b = top[rows] + shift, bottom[rows] + shift
    deepest = np.concatenate([[-np.inf], np.maximum.accumulate(b)[:-1]])
    next_top = np.concatenate([np.minimum.accumulate(t[::-1])[::-1][1:], [np.inf]])
    out[rows] = (t < deepest - TOUCHING) | (b > next_top + TOUCHING)
    return out


def _fractions(known: CarbonEvidence, group: Index, groups: int) -> NDArray[np.bool_]:
    """Rows of a laboratory all of whose carbon contents, in g kg-1, are small enough to be fractions."""
    kept = np.isin(known.kind, (1, 2, 3))
    count = np.bincount(group, kept, groups)
    most = np.zeros(groups)
    np.maximum.at(most, group[kept], known.value[kept])
    return kept & ((most <= FRACTION_LIMIT) & (most > 0) & (count >= FRACTION_ROWS))[group]


def _matter(table: pd.DataFrame) -> Array:
    som, loi = numbers(table, "soil_organic_matter"), numbers(table, "loss_on_ignition") * 10
    return np.where(np.isfinite(som), som, loi)
