"""Carbon stocks of every profile of a table, with draws, and what became of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.problems import Problem
from halosink.soil.stocks import density_lines, mass_preserving
from halosink.soil.stocks.by_method import Work, fixed, spline_by_mass, weighted
from halosink.soil.stocks.errors import Errors
from halosink.soil.stocks.fixed_depth import bridged
from halosink.soil.stocks.organic_carbon import CarbonDraws
from halosink.soil.stocks.profiles import Layers, layers
from halosink.soil.stocks.row_problems import method_problems, row_problems

Array = NDArray[np.float64]
Method = Literal["fixed_depth", "equal_mass", "mass_preserving"]
METHODS: tuple[Method, ...] = ("fixed_depth", "equal_mass", "mass_preserving")

CHUNK = 1_500_000
"""Layers times draws worked on at once: 12 MB each of some ten arrays. Own choice."""


class Stocks(NamedTuple):
    """table: one row per profile and depth or mass; rows: one row per row of the input with `used` and `reason`;
    draws: (rows of table, draws) organic carbon stock [t ha-1], or None."""

    table: pd.DataFrame
    rows: pd.DataFrame
    draws: Array | None


def carbon_stocks(
    frame: pd.DataFrame,
    depths: Sequence[float] = (30.0, 100.0),
    *,
    method: Method = "fixed_depth",
    carbon: Literal["organic", "inorganic"] = "organic",
    masses: Sequence[float] | None = None,
    reference: Mapping[str, Any] | None = None,
    draws: int = 200,
    seed: int = 0,
    setting: Literal["mineral", "marsh"] = "mineral",
    profile: Sequence[str] | None = None,
    laboratory: str | None = None,
    estimate_density: bool = False,
    whole_soil: bool = False,
    mineral_mass: bool = False,
    bridge: float = 0.0,
    smoothing: float = mass_preserving.SMOOTHING,
    errors: Errors | None = None,
    believe: bool = False,
    keep_draws: bool = False,
) -> tuple[Stocks, list[Problem]]:
    """Organic or inorganic carbon per area of each profile.

    frame: see profiles.layers. depths [cm], ascending: lower limits of fixed_depth and mass_preserving; of equal_mass
    where no `masses` [t ha-1] are given: those depths of the reference profiles (rows where each column of `reference`
    has the given value; default all), whose mean soil mass is the reference mass.
    setting: how loss on ignition and missing densities are read. estimate_density: by pedotransfer functions where
    missing. whole_soil: bulk_density is that of the soil with its gravel. mineral_mass: equal masses of soil without
    its organic matter (vonhaden2020). bridge: widest gap [cm] that the layers above and below share. smoothing: of
    the mass-preserving spline. errors: relative errors of measured numbers. believe: see profiles.layers.

    Columns of `table` (stocks and masses in t ha-1): the profile's, method, depth_bottom (NaN for given masses),
    reference_mass, soil_mass, soil_organic_carbon_stock (middle estimate; NaN unless the profile is whole down to
    there; soil_inorganic_carbon_stock where carbon = "inorganic"), stock_measured (of the layers that are there),
    stock_mean, stock_sd, stock_low, stock_high (of the draws; 95 %), soil_inorganic_carbon_stock beside the organic one
    (middle estimate; not at equal mass, where a call of its own gives it), layers, covered (share of the depth or mass
    that has layers), deepest, gap and bridged [cm], partial (cm taken from a layer that goes on below),
    density_estimated (share of the thickness), reason ("" or not_from_surface, gap, not_deep_enough, no_reference).

    ValueError for unknown methods, unsorted depths, or densities to be estimated from inorganic carbon.
    Sources: vonhaden2020, wendt2013, bishop1999, poeplau2017.
    """
    if method not in METHODS:
        raise ValueError(f"{method} is none of {', '.join(METHODS)}")
    if list(depths) != sorted(depths) or min(depths, default=1) <= 0:
        raise ValueError("depths must ascend from above zero")
    if carbon == "inorganic" and (estimate_density or mineral_mass):
        raise ValueError("density and organic matter are not estimated from inorganic carbon")
    found, reason = layers(
        frame,
        profile=profile,
        laboratory=laboratory,
        setting=setting,
        carbon=carbon,
        estimate_density=estimate_density,
        believe=believe,
    )
    problems = [*row_problems(frame, reason), *method_problems(frame)]
    top, bottom = bridged(found.top, found.bottom, found.start, bridge)
    work = Work(found, top, bottom, whole_soil=whole_soil, mineral_mass=mineral_mass, setting=setting)
    if method == "equal_mass":
        targets = np.asarray(masses, dtype=float) if masses is not None else _masses(work, depths, reference)
    else:
        targets = np.asarray(depths, dtype=float)
    out, sampled = _compute(work, method, targets, smoothing, draws, seed, errors or Errors(), keep_draws)
    if carbon == "inorganic":
        out = out.drop(columns="soil_inorganic_carbon_stock")
        out = out.rename(columns={"soil_organic_carbon_stock": "soil_inorganic_carbon_stock"})
    if masses is None and method == "equal_mass":
        out["depth_bottom"] = np.tile(np.asarray(depths, dtype=float), len(found.start))
    rows = pd.DataFrame({"used": reason == "", "reason": reason}, index=frame.index)
    for name in ("source_file", "source_row"):
        if name in frame:
            rows[name] = frame[name]
    return Stocks(out, rows, sampled), problems


def _masses(work: Work, depths: Sequence[float], reference: Mapping[str, Any] | None) -> Array:
    """Mean soil mass of the reference profiles down to each depth [t ha-1]; NaN where none reaches it."""
    keep = np.ones(len(work.layers.keys), dtype=bool)
    for column, value in (reference or {}).items():
        keep &= (work.layers.keys[column] == value).to_numpy()
    mass, whole = work.soil_mass(np.asarray(depths, dtype=float))
    mass = np.where(whole & keep[:, None], mass, np.nan)
    count = np.isfinite(mass).sum(axis=0)
    return np.where(count > 0, np.nansum(mass, axis=0) / np.maximum(count, 1), np.nan)


def _compute(
    work: Work, method: Method, targets: Array, smoothing: float, draws: int, seed: int, errors: Errors, keep: bool
) -> tuple[pd.DataFrame, Array | None]:
    found: Layers = work.layers
    people, wide = len(found.start), len(targets)
    middle = np.full((people, wide), np.nan)
    summary = np.full((people, wide, 4), np.nan)
    sampled = np.full((people, wide, draws), np.nan) if keep and draws else None
    carbon = CarbonDraws.of(found.groups, draws, errors, seed)
    density = density_lines.DensityDraws.of(found.groups, draws, errors, work.setting, seed)
    weights = weighted(work, method, targets, smoothing)
    for part, (first, last) in enumerate(_parts(found, draws)):
        rows = slice(found.start[first], found.ends()[last - 1])
        group = found.group[rows]
        contents = np.column_stack([work.content[rows], carbon.draw(found.carbon.rows(rows), group, part)])
        dense = density.draw(found.density[rows], contents[:, 1:] / 10, group, part)
        dense = np.column_stack([work.density[rows], dense])
        if method == "equal_mass":
            value = spline_by_mass(work, first, last, contents, dense, targets)
        else:
            value = fixed(work, first, last, contents, dense, weights[rows])
        middle[first:last] = value[..., 0]
        if draws:
            drawn = value[..., 1:]
            summary[first:last, :, 0], summary[first:last, :, 1] = (
                drawn.mean(axis=-1),
                drawn.std(axis=-1, ddof=int(draws > 1)),
            )
            whole = np.isfinite(value[..., 0])
            if whole.any():
                limits = np.quantile(drawn[whole], [0.025, 0.975], axis=-1)
                summary[first:last, :, 2:][whole] = limits.T
        if sampled is not None:
            sampled[first:last] = value[..., 1:]
    table = work.describe(method, targets, middle, summary, weights)
    return table, None if sampled is None else sampled.reshape(people * wide, draws)


def _parts(found: Layers, draws: int) -> list[tuple[int, int]]:
    """Profiles from (included) to (excluded) whose layers and draws fit into one chunk."""
    size = np.diff(np.append(found.start, len(found.top))) * (draws + 1)
    out, first, filled = [], 0, 0
    for i, one in enumerate(size.tolist()):
        if filled and filled + one > CHUNK:
            out.append((first, i))
            first, filled = i, 0
        filled += one
    return [*out, (first, len(size))] if len(size) else out
