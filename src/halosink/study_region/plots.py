"""A map of the region corrected by the field plots of the study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.maps.correction.corrected import Correction
from halosink.maps.correction.field_plots import correct
from halosink.maps.grid import Grid, Tile
from halosink.maps.normalise import Extremes
from halosink.maps.patches.zones import Zonal
from halosink.maps.quantities import quantities
from halosink.problems import Problem, UserError
from halosink.settings import FILE
from halosink.study_region import align
from halosink.study_region.passes import Job, Prepared

if TYPE_CHECKING:
    from halosink.runner import Workspace
    from halosink.settings_region import Plots

MEASURED = {
    "soil_organic_carbon": ("soil_organic_carbon_stock",),
    "soil_inorganic_carbon": ("soil_inorganic_carbon_stock",),
    "npp": ("net_primary_production",),
}
"""Fields that measure what a map holds, in its unit."""
MOST_INSIDE = 0.8
"""Share of plots inside the grid below which it is said. Own choice."""


class Corrected(NamedTuple):
    """What plots say of a map: the correction, the plots that were used, how many lie outside the region."""

    name: str
    correction: Correction
    plots: pd.DataFrame


def correction(workspace: Workspace, job: Job, problems: list[Problem]) -> Corrected | None:
    """The correction that [region.plots] asks for; None without one or where it cannot be done, with the reason."""
    wanted = workspace.settings.region.plots
    if not wanted.table:
        return None
    name = f"tables/{wanted.table}"
    where = "region.plots"
    if f"{name}.parquet" not in workspace.outputs():
        problems.append(Problem("E-REGION-PLOTS-TABLE", file=FILE, column=where, values={"table": wanted.table}))
        return None
    if not job.stack.has(wanted.corrects):
        values = {"what": f"plots.corrects = {wanted.corrects}", "layers": wanted.corrects}
        problems.append(Problem("N-REGION-LACKS", file=FILE, column=where, values=values))
        return None
    table = workspace.frame(name)
    if wrong := unlike(wanted):
        problems.append(wrong)
        return None
    lacking = [c for c in ("longitude", "latitude", wanted.quantity) if c not in table]
    if lacking:
        values = {"column": ", ".join(lacking), "columns": ", ".join(map(str, table.columns))}
        problems.append(Problem("E-REGION-PLOTS-COLUMN", file=FILE, column=where, values=values))
        return None
    plots, names, swapped = _sampled(job, table.dropna(subset=["longitude", "latitude"]), wanted.corrects)
    outside = {"number": len(table) - len(plots), "total": len(table), "table": wanted.table}
    if not len(plots):
        code = "E-REGION-PLOTS-SWAPPED" if swapped else "E-REGION-PLOTS-OUTSIDE"
        problems.append(Problem(code, file=FILE, column=where, values=outside))
        return None
    if len(plots) < MOST_INSIDE * len(table):
        problems.append(Problem("W-REGION-PLOTS-OUTSIDE", file=FILE, column=where, values=outside))
    try:
        found = correct(
            plots, wanted.quantity, names, method=wanted.method, uncorrected=wanted.corrects,
            seed=workspace.settings.study.seed,
        )  # fmt: skip
    except UserError as error:
        problems += error.problems
        return None
    problems += found.problems
    return Corrected(wanted.corrects, found, plots)


def unlike(wanted: Plots) -> Problem | None:
    """E-REGION-PLOTS-UNLIKE where the field of the table is not what the map holds."""
    if wanted.quantity in MEASURED[wanted.corrects]:
        return None
    known = ", ".join(MEASURED[wanted.corrects])
    values = {"quantity": wanted.quantity, "corrects": wanted.corrects, "known": known}
    return Problem("E-REGION-PLOTS-UNLIKE", file=FILE, column="region.plots.quantity", values=values)


def _sampled(job: Job, table: pd.DataFrame, corrects: str) -> tuple[pd.DataFrame, list[str], bool]:
    """Plots inside the grid with x, y [m] and the covariates of their cells; their names; whether plots would be inside
    with longitude and latitude exchanged."""
    grid = job.stack.grid
    move = align.transformer("EPSG:4326", grid.crs)
    x, y = move.transform(table["longitude"].to_numpy(float), table["latitude"].to_numpy(float))
    row, column = np.floor((grid.top - y) / grid.height), np.floor((x - grid.left) / grid.width)
    inside = (row >= 0) & (row < grid.rows) & (column >= 0) & (column < grid.columns)
    out = table[inside].reset_index(drop=True).assign(x=x[inside], y=y[inside])
    row, column = row[inside].astype(int), column[inside].astype(int)
    values: dict[str, NDArray[np.float64]] = {}
    for tile in job.stack.tiles:
        here = (row >= tile.row0) & (row < tile.row1) & (column >= tile.column0) & (column < tile.column1)
        if not here.any():
            continue
        for name, layer in covariates(job, tile, corrects).items():
            of = values.setdefault(name, np.full(len(out), np.nan))
            of[here] = layer[row[here] - tile.row0, column[here] - tile.column0]
    names = [n for n, v in values.items() if n != corrects and np.nanstd(v) > 0]
    return out.assign(**values), names, not len(out) and _inside(grid, table["latitude"], table["longitude"])


def _inside(grid: Grid, longitude: pd.Series, latitude: pd.Series) -> bool:
    x, y = align.transformer("EPSG:4326", grid.crs).transform(longitude.to_numpy(float), latitude.to_numpy(float))
    left, bottom, right, top = grid.bounds
    return bool(((x >= left) & (x < right) & (y > bottom) & (y <= top)).any())


def covariates(job: Job, tile: Tile, corrects: str) -> dict[str, NDArray[np.float32]]:
    """Factors of a tile that tell of site conditions, and the map that is corrected."""
    layers = {role: source.read(job.stack.grid, tile) for role, source in job.sources.items()}
    layers["land_use"] = job.stack.read("land_use", tile)
    return {**_covariates(layers, job), corrects: job.stack.read(corrects, tile)}


def _covariates(layers: Mapping[str, NDArray[Any]], job: Job) -> dict[str, NDArray[np.float32]]:
    made = quantities(layers, job.methods)
    found = {name: values for name, values in made.items() if name.startswith("factor_")}
    if "npp" in made:
        found["npp"] = made["npp"]
    return found


def amend(job: Job, corrected: Corrected, prepared: Prepared) -> None:
    """Write the corrected map and its width over the stack, and what was recorded of it."""
    stack, name = job.stack, corrected.name
    for added in (f"corrected_{name}", f"corrected_{name}_width"):
        stack.add(added, "float32")
    extremes, zonal = Extremes.of(np.zeros(0, np.float32)), Zonal.empty(1)
    whole, total = Extremes.of(np.zeros(0, np.float32)), Zonal.empty(1)
    for tile in stack.tiles:
        x, y = centres(stack.grid, tile)
        seen = corrected.correction.predict(x, y, covariates(job, tile, name))
        old = stack.read(name, tile)
        new = np.where(np.isnan(old), np.nan, np.maximum(seen.mean, 0)).astype(np.float32)
        new = np.where(np.isnan(new) | ~seen.applicable, old, new)
        stack.write(name, tile, new)
        width = np.where(seen.applicable & ~np.isnan(old), seen.high - seen.low, np.nan).astype(np.float32)
        stack.write(f"corrected_{name}", tile, new)
        stack.write(f"corrected_{name}_width", tile, width)
        extremes = extremes.merge(Extremes.of(new))
        zonal.add(np.ones(tile.shape, np.int32), new)
        if name.startswith("soil_"):
            both = stack.read("soil_carbon", tile) + (new - old)
            stack.write("soil_carbon", tile, both)
            whole = whole.merge(Extremes.of(both))
            total.add(np.ones(tile.shape, np.int32), both)
        if name == "npp" and stack.has("nep"):
            both = new - stack.read("respiration", tile)
            stack.write("nep", tile, both)
            whole = whole.merge(Extremes.of(both))
            total.add(np.ones(tile.shape, np.int32), both)
    prepared.extremes[name], prepared.sums[name] = extremes, zonal
    if whole.count:
        sum_of = "nep" if name == "npp" else "soil_carbon"
        prepared.extremes[sum_of], prepared.sums[sum_of] = whole, total


def centres(grid: Grid, tile: Tile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x, y of the cells of a tile [m]."""
    x = grid.left + (np.arange(tile.column0, tile.column1) + 0.5) * grid.width
    y = grid.top - (np.arange(tile.row0, tile.row1) + 0.5) * grid.height
    return np.broadcast_to(x, tile.shape), np.broadcast_to(y[:, None], tile.shape)
