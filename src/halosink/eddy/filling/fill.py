"""Every gap of a tower's series filled, or left empty with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.filling import gaps, sampling
from halosink.eddy.filling.conventions import DEFAULT, DRIVERS, Convention, Driver
from halosink.eddy.options import Filler
from halosink.eddy.steps import Steps

if TYPE_CHECKING:
    from halosink.eddy.filling.forest import Forest

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
FLUXES = ("nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux")
SOURCES = ("measured", "mds", "forest", "empty")
COLUMNS = ("value", "source", "quality", "estimate", "sd", "count", "method", "window_days", "reason")
# own choice: what the forest fills counts as medium, and as doubtful where the gap is longer than the window within
# which sampling counts as medium (14 days)
FOREST_QUALITY, DOUBTFUL_FROM_DAYS = 2, 14.0


def fill_gaps(
    table: pd.DataFrame,
    field: str,
    *,
    convention: Convention = "reddyproc",
    filler: Filler = "auto",
    forest_from: float = 3.0,
    longest_gap: float = 60.0,
    every: bool = True,
    drivers: Sequence[str | Driver] = DEFAULT,
    seed: int = 0,
    forest: Forest | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """The series `field` of a tower table without its gaps, and how each value came about.

    table: rows one after the other at equal steps (column time), canonical columns and units, NaN where nothing was
    measured or kept. field: a flux or a driver. drivers: at most three columns, the main one first, of those with a
    known tolerance or as Driver with its own; a driver that is the field itself, is not in the table or holds nothing
    is left out, and the methods that need it with it. Drivers are used as they are, unfilled, as both reference
    programs do.

    filler: "mds" marginal distribution sampling (sampling.sample, in the given convention); "forest" every gap by the
    forest; "auto" gaps of forest_from days or more of a flux by the forest, shorter ones and those of the weather by
    sampling (own choice: weather is mostly missing altogether, and then a forest has nothing to go by). Where the one
    that should fill finds nothing, the other is taken, and the source says so. longest_gap [days]: longer gaps are left
    empty by every filler. What counts as one gap: gaps.find. every: estimates of measured records too. forest: one that
    was grown of this series; without it one is grown, from seed, when it is needed. progress(done, of) is called by it.

    Gives one row per row of table, on its index: value [unit of the field] measured or filled, NaN where empty; source
    (category measured, mds, forest, empty); quality 0 measured, 1 best to 3, -1 empty; estimate and sd of every record,
    as if it were missing but of all measurements (for measured records always by sampling: their sd is the random
    error), NaN where there is none; count of records, method (1 three drivers, 2 main driver, 3 diurnal mean, 0 none)
    and window_days of the sampling; reason, "" or why: no_data (fewer than two measurements), gap_too_long, no_drivers,
    no_alike where empty; no_forest where sampling filled what the forest should have.

    Sources: reichstein2005, wutzler2018, pastorello2020; 60 days: wutzler2018.
    Raises KeyError: field or time is not in the table. ValueError: irregular times, an unknown driver, filler or
    convention, more than three drivers.
    """
    flux = _numbers(table, field)
    measured = np.isfinite(flux)
    n = len(flux)
    per_day = Steps.of(table["time"].to_numpy()).per_day if n > 1 else 48
    days, too_long, by_forest = divide(
        measured, per_day, field, filler=filler, forest_from=forest_from, longest_gap=longest_gap
    )
    rows = ~too_long if every else ~measured & ~too_long
    used = usable_drivers(table, field, drivers)
    sampled = sampling.sample(flux, used, per_day, convention=convention, rows=rows)
    estimate, sd, count = sampled.mean.copy(), sampled.sd.copy(), sampled.count.copy()
    method, window = sampled.method.copy(), sampled.window.copy()
    source = np.select([measured, np.isfinite(estimate)], [0, 1], 3)
    quality = np.select([source == 0, source == 1], [0, sampled.quality], -1)
    wanting = ~measured & ~too_long & ~np.isfinite(estimate)

    if filler == "forest" or (filler == "auto" and field in FLUXES):
        by_forest |= wanting
    if by_forest.any() and measured.sum() > 1:
        grown = forest or _grown(table, field, seed, progress)
        now = by_forest & np.isfinite(grown.estimate)
        estimate[now], sd[now] = grown.estimate[now], grown.sd[now]
        count[now], method[now], window[now] = 0, 0, 0
        source[now] = 2
        quality[now] = np.where(days[now] > DOUBTFUL_FROM_DAYS, 3, FOREST_QUALITY)
    empty = source == 3
    lacking = ~np.isfinite(used[0][1]) if used else np.ones(n, dtype=bool)
    reason = np.select(
        [empty & (measured.sum() < 2), empty & too_long, empty & lacking, empty, by_forest & (source == 1)],
        ["no_data", "gap_too_long", "no_drivers", "no_alike", "no_forest"],
        "",
    )
    return pd.DataFrame(
        {
            "value": np.where(measured, flux, np.where(empty, np.nan, estimate)),
            "source": pd.Categorical.from_codes(source.astype(np.int64), categories=pd.Index(SOURCES)),
            "quality": quality.astype(np.int8),
            "estimate": estimate,
            "sd": sd,
            "count": count,
            "method": method,
            "window_days": window,
            "reason": reason,
        },
        index=table.index,
        columns=list(COLUMNS),
    )


class Division(NamedTuple):
    """(n,) each. days: length of the gap that a step lies in, 0 at measured steps. too_long: steps that stay empty.
    by_forest: steps that the forest should fill."""

    days: Array
    too_long: Flags
    by_forest: Flags


def divide(
    measured: Flags,
    per_day: int,
    field: str,
    *,
    filler: Filler = "auto",
    forest_from: float = 3.0,
    longest_gap: float = 60.0,
) -> Division:
    """Which gaps fill_gaps leaves empty, and which it gives to the forest. Raises ValueError: an unknown filler."""
    if filler not in ("auto", "mds", "forest"):
        raise ValueError(f"filler is {filler!r}; known are 'auto', 'mds' and 'forest'")
    found = gaps.find(measured, per_day)
    days = found.over_steps(found.days(per_day), measured)
    too_long = days > longest_gap
    least = {"auto": forest_from if field in FLUXES else np.inf, "mds": np.inf, "forest": 0.0}[filler]
    return Division(days, too_long, ~measured & ~too_long & (days >= least))


def usable_drivers(
    table: pd.DataFrame, field: str, drivers: Sequence[str | Driver] = DEFAULT
) -> tuple[tuple[Driver, Array], ...]:
    """What sampling.sample can use of the drivers: all three, the main one alone, or none.

    As in wutzler2018: a driver does not fill itself; without one of the second and third the main one is used alone,
    and without the main one only the diurnal mean is left.
    Raises ValueError: an unknown driver, or more than three.
    """
    unknown = [d for d in drivers if isinstance(d, str) and d not in DRIVERS]
    if unknown or len(drivers) > 3:
        raise ValueError(f"drivers {list(drivers)}: at most three, each a Driver or one of {', '.join(DRIVERS)}")
    meant = [DRIVERS[d] if isinstance(d, str) else d for d in drivers]
    there = [(d, _numbers(table, d.name)) for d in meant if d.name != field and d.name in table]
    there = [(d, values) for d, values in there if np.isfinite(values).any()]
    if not there or there[0][0] != meant[0]:
        return ()
    return tuple(there) if len(there) == 3 else (there[0],)


def _numbers(table: pd.DataFrame, column: str) -> Array:
    values: Array = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _grown(table: pd.DataFrame, field: str, seed: int, progress: Callable[[int, int], None] | None) -> Forest:
    from halosink.eddy.filling import forest

    return forest.fill(table, field, seed=seed, progress=progress)
