"""Footprints of a tower table: distances, share inside the field, and the mean footprint by day and by night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from halosink.eddy.footprints.climatology import Grid, mean_footprint, usual_extent
from halosink.eddy.footprints.contours import SHARES, levels, share_of_cells
from halosink.eddy.footprints.ground import (
    ACROSS,
    boundary_layer_height,
    displacement_height,
    obukhov_length,
    roughness_length,
)
from halosink.eddy.footprints.inside import share_inside
from halosink.eddy.footprints.kljun import WISHED, Scales, scales
from halosink.eddy.footprints.single import distance_of_share, peak_distance
from halosink.problems import Problem

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DISTANCES = (0.5, 0.7, 0.8, 0.9)
"""Shares whose distance upwind is told. Own choice: those that field workers ask for."""
RANGE = (0.05, 0.95)
"""Quantiles over steps that bound low and high. Own choice: the middle nine tenths."""
DARK = 10.0
"""Shortwave radiation [W m-2] up to which a step counts as night when the sun's height is not known: wutzler2018."""
MOST_STEPS = 1000
"""Steps of day and of night of which the mean footprint is made; of more a random part is taken (always the same). Own
choice: the mean of 1000 looks like that of all, and years take a second. Distances and shares rest on all steps."""
PRESSURE = 101.3
"""Air pressure [kPa] when it was not measured, for the Obukhov length. Own choice: sea level."""
FEWEST = 10
"""Steps below which no mean is told. Own choice."""
PERIODS = ("all", "day", "night")
QUANTITIES = ("peak_distance", *(f"r{share * 100:.0f}" for share in DISTANCES), "share_inside_fetch")
COLUMNS = ("period", "quantity", "value", "low", "high", "unit", "records", "reason")
GRID_COLUMNS = ("period", "x", "y", "weight", "level")


@dataclass(frozen=True, slots=True)
class TowerFootprint:
    """quantities: COLUMNS, a row per period ("all", "day", "night") and quantity: median over steps with the range of
    nine tenths of them; share_inside_fetch is the mean. grid: GRID_COLUMNS, a row per period and cell that lies in the
    90 % source area. steps (n rows): peak_distance, r80 [m], share_inside_fetch, reason. problems: what was assumed."""

    quantities: pd.DataFrame
    grid: pd.DataFrame
    steps: pd.DataFrame
    problems: tuple[Problem, ...]


def tower_footprint(
    table: pd.DataFrame,
    *,
    measurement_height: float | None,
    canopy_height: float | None = None,
    displacement: float | None = None,
    roughness: float | None = None,
    fetch: ArrayLike | None = None,
    latitude: float | None = None,
    extent: float | None = None,
    cell: float | None = None,
    most_steps: int = MOST_STEPS,
    told: Callable[[int], None] | None = None,
) -> TowerFootprint:
    """Footprints of all steps of a tower table and their mean, see kljun for the equations.

    Columns: friction_velocity and wind_direction; obukhov_length, or stability_parameter, or sensible_heat_flux with
    air_temperature (then worked out); crosswind_sd (else twice u*); wind_speed, which is taken unless `roughness` [m]
    is given; boundary_layer_height [m] if there is one (else ground.boundary_layer_height).
    measurement_height [m above ground], canopy_height, displacement [m]: see ground; fetch [m]: see share_inside.
    extent, cell, told: see climatology.mean_footprint; told comes for each of the periods. most_steps: see MOST_STEPS.

    Never raises on data: without what it needs, every row says why.
    """
    steps, problems = _scales(table, measurement_height, canopy_height, displacement, roughness, latitude)
    inside = np.full(len(table), np.nan) if fetch is None else share_inside(steps, fetch)
    missing = _missing(table, measurement_height)
    rows: list[dict[str, object]] = []
    reach = usual_extent(steps) if extent is None else extent
    grids: dict[str, tuple[Grid, int]] = {}
    for period, chosen in _periods(table):
        good = steps.good & chosen if chosen is not None else np.zeros(len(table), dtype=bool)
        reason = missing or ("no_radiation" if chosen is None else "few_footprints" if good.sum() < FEWEST else "")
        rows += _rows(period, steps, inside, good, reason, fetch is not None)
        count = int(good.sum())
        if not reason and period == "all" and sum(n for _, n in grids.values()) == count and len(grids) == 2:
            grids[period] = _joined(*grids.values()), count
        elif not reason:
            part = steps.take(_thinned(good, most_steps))
            grids[period] = mean_footprint(part, reach, cell, told=told), count
    cells = [_cells(period, grids[period][0]) for period in PERIODS if period in grids]
    rows.sort(key=lambda row: PERIODS.index(str(row["period"])))
    each = pd.DataFrame(
        {
            "peak_distance": peak_distance(steps),
            "r80": distance_of_share(steps, 0.8),
            "share_inside_fetch": inside,
            "reason": np.full(len(table), missing, dtype=object) if missing else steps.reason,
        }
    )
    grid = pd.concat(cells, ignore_index=True) if cells else pd.DataFrame(columns=list(GRID_COLUMNS))
    return TowerFootprint(pd.DataFrame(rows, columns=list(COLUMNS)), grid, each, tuple(problems))


def _scales(
    table: pd.DataFrame,
    measured: float | None,
    canopy: float | None,
    displacement: float | None,
    roughness: float | None,
    latitude: float | None,
) -> tuple[Scales, list[Problem]]:
    problems: list[Problem] = []
    lift = displacement_height(canopy) if displacement is None else displacement
    above = np.nan if measured is None else measured - lift
    ustar, direction = _column(table, "friction_velocity"), _column(table, "wind_direction")
    length, worked_out = _length(table, above, ustar)
    if worked_out:
        problems.append(_note("OBUKHOV", worked_out))
    across, wind = _column(table, "crosswind_sd"), _column(table, "wind_speed")
    usable = np.isfinite(ustar + length + direction)
    guessed = usable & ~np.isfinite(across)
    across = np.where(np.isfinite(across), across, ACROSS * ustar)
    if guessed.any():
        problems.append(_note("CROSSWIND", int(guessed.sum()), times=ACROSS))
    depth = _column(table, "boundary_layer_height")
    estimated = usable & ~np.isfinite(depth)
    depth = np.where(np.isfinite(depth), depth, boundary_layer_height(ustar, length, latitude))
    if estimated.any():
        problems.append(_note("DEPTH", int(estimated.sum())))
    if roughness is not None:
        rough = np.full(len(table), roughness)
    else:
        rough = np.where(np.isfinite(wind), np.nan, roughness_length(canopy))
        if (usable & ~np.isfinite(wind)).any():
            count = int((usable & ~np.isfinite(wind)).sum())
            problems.append(_note("ROUGHNESS", count, roughness=roughness_length(canopy)))
    low = WISHED * (roughness_length(canopy) if roughness is None else roughness)
    if measured is not None and above < low and (canopy or roughness):
        problems.append(Problem("W-EDDY-FOOTPRINT-HEIGHT", values={"height": round(above, 2), "wished": round(low, 2)}))
    found = scales(above, ustar, length, across, direction, depth, rough, wind)
    return found, problems


def _note(what: str, count: int, **values: float) -> Problem:
    return Problem(f"N-EDDY-FOOTPRINT-{what}", count=count, values={"count": count, **values})


def _length(table: pd.DataFrame, above: float, ustar: Array) -> tuple[Array, int]:
    """Obukhov length [m] as measured or worked out, and how many of the latter."""
    length, ratio = _column(table, "obukhov_length"), _column(table, "stability_parameter")
    with np.errstate(divide="ignore", invalid="ignore"):
        length = np.where(np.isfinite(length), length, np.clip(above / ratio, -1e6, 1e6))
    pressure = _column(table, "air_pressure")
    pressure = np.where(np.isfinite(pressure), pressure, PRESSURE)
    heat, air = _column(table, "sensible_heat_flux"), _column(table, "air_temperature")
    made = obukhov_length(ustar, heat, air, pressure)
    new = ~np.isfinite(length) & np.isfinite(made)
    return np.where(np.isfinite(length), length, made), int(new.sum())


def _missing(table: pd.DataFrame, measured: float | None) -> str:
    if measured is None:
        return "no_measurement_height"
    for name in ("friction_velocity", "wind_direction"):
        if not np.isfinite(_column(table, name)).any():
            return f"no_{name}"
    return ""


def _periods(table: pd.DataFrame) -> Iterator[tuple[str, Mask | None]]:
    sun, light = _column(table, "potential_radiation"), _column(table, "shortwave_radiation")
    if np.isfinite(sun).any():
        known, day = np.isfinite(sun), sun > 0
    else:
        known, day = np.isfinite(light), light > DARK
    yield "day", known & day if known.any() else None
    yield "night", known & ~day if known.any() else None
    yield "all", np.ones(len(table), dtype=bool)


def _rows(
    period: str, steps: Scales, inside: Array, good: Mask, reason: str, fetched: bool
) -> Iterator[dict[str, object]]:
    values = [peak_distance(steps), *(distance_of_share(steps, share) for share in DISTANCES), inside]
    for name, each in zip(QUANTITIES, values, strict=True):
        share = name == "share_inside_fetch"
        why = reason or ("no_fetch" if share and not fetched else "")
        told = dict.fromkeys(("value", "low", "high"), float("nan"))
        if not why:
            low, middle, high = np.quantile(each[good], (RANGE[0], 0.5, RANGE[1])).tolist()
            told = {"value": float(each[good].mean()) if share else middle, "low": low, "high": high}
        unit, records = "1" if share else "m", int(good.sum())
        yield {"period": period, "quantity": name, **told, "unit": unit, "records": records, "reason": why}


def _thinned(good: Mask, most: int) -> NDArray[np.int64]:
    rows = np.flatnonzero(good)
    return rows if len(rows) <= most else np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _joined(one: tuple[Grid, int], other: tuple[Grid, int]) -> Grid:
    """The mean of two means of so many steps each."""
    (a, n), (b, m) = one, other
    return replace(a, weight=(n * a.weight + m * b.weight) / (n + m), records=a.records + b.records)


def _cells(period: str, grid: Grid) -> pd.DataFrame:
    level = share_of_cells(grid.weight, levels(grid.weight, grid.cell**2), SHARES)
    m, k = np.nonzero(np.isfinite(level))
    return pd.DataFrame(
        {"period": period, "x": grid.x[k], "y": grid.y[m], "weight": grid.weight[m, k], "level": level[m, k]}
    )


def _column(table: pd.DataFrame, name: str) -> Array:
    if name not in table:
        return np.full(len(table), np.nan)
    return np.asarray(pd.to_numeric(table[name], errors="coerce"), dtype=np.float64)
