"""How sure the maps are: the chain drawn on wider cells, and its shares brought back to the cells of the maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.chain import Inputs
from halosink.maps.ensemble import Ensemble, Parts, run_ensemble, sensitivity, usual_options
from halosink.maps.grid import Grid, Tile
from halosink.maps.patches.zones import Zonal
from halosink.maps.quantities import quantities
from halosink.study_region import pictures, plots
from halosink.study_region.chosen import Chosen
from halosink.study_region.passes import VALUES, Job, Mapped
from halosink.study_region.plots import Corrected
from halosink.study_region.store import Stack

if TYPE_CHECKING:
    from halosink.runner import Workspace

DRAWN_CELLS = 300_000
"""Cells of a grid for draws where study.toml sets none. Own choice: a hundred draws in about a minute."""
MAPS_DRAWN = 100
"""Maps of a correction drawn at most; more draws use them again. Own choice: each of 300 000 cells is 1.2 MB."""


def draw_maps(
    workspace: Workspace, job: Job, chosen: Chosen, corrected: list[Corrected], tell: Any
) -> tuple[Ensemble | None, Any, Grid | None]:
    """The ensemble and the sensitivities on a grid of wider cells; None where no draws are asked for."""
    wanted = workspace.settings.region.uncertainty
    if not wanted.draws:
        return None, None, None
    grid = job.stack.grid
    least = int(np.ceil(np.sqrt(grid.rows * grid.columns / DRAWN_CELLS)))
    coarse = grid.coarser(wanted.coarser or max(1, least))
    inputs, parts = wide_inputs(job, coarse, corrected, wanted.draws, workspace.settings.study.seed)
    choices, seed = chosen.choices, workspace.settings.study.seed
    ensemble = run_ensemble(inputs, parts, choices, chosen.spread, wanted.draws, seed, tell)
    return ensemble, sensitivity(inputs, choices, usual_options(inputs, choices)), coarse


def wide_inputs(job: Job, coarse: Grid, corrected: list[Corrected], draws: int, seed: int) -> tuple[Inputs, Parts]:
    """The layers on wider cells: means of the quantities of the maps' own cells, land use by majority."""
    stack = job.stack
    factor = round(coarse.width / stack.grid.width)
    strips = _strips(stack, factor)
    summed = {"nep"} | ({"soil_carbon"} if stack.has("soil_organic_carbon") else set())
    names = [name for name in VALUES if stack.has(name) and name not in summed]

    def wide(name: str, classes: bool) -> NDArray[Any]:
        return np.concatenate([pictures.shrink(stack.read(name, tile), factor, classes) for tile in strips])

    land = wide("land_use", True).astype(np.uint8)
    values = {name: wide(name, False) for name in names}
    code = wide("vegetation", True).astype(np.uint8) if job.methods.vegetation == "vegetation" else land
    whole = Tile(0, coarse.rows, 0, coarse.columns)
    read = {role: source.read(coarse, whole) for role, source in job.sources.items()}
    made = quantities({**read, "land_use": land}, job.methods)
    factors = {
        name.removeprefix("factor_"): np.where(land > 0, one, np.nan).astype(np.float32)
        for name, one in made.items()
        if name.startswith("factor_")
    }
    drawn = {}
    for one in corrected:
        beside = {n: made[n] for n in one.correction.covariates if n in made} | {one.name: values[one.name]}
        maps = one.correction.draws(*plots.centres(coarse, whole), beside, min(draws, MAPS_DRAWN), seed, noise=False)
        drawn[one.name] = np.where(np.isnan(maps), values[one.name], np.maximum(maps, 0)).astype(np.float32)
    parts = Parts(**values, vegetation_code=code, drawn=drawn)
    return Inputs(land, parts.values(), factors, coarse.width, coarse.height), parts


def _strips(stack: Stack, factor: int) -> list[Tile]:
    """Whole rows, as many as a tile has, in multiples of `factor`."""
    step = max(1, stack.tile // factor) * factor
    rows = range(0, stack.grid.rows, step)
    return [Tile(row, min(row + step, stack.grid.rows), 0, stack.grid.columns) for row in rows]


def confidence_maps(stack: Stack, coarse: Grid, ensemble: Ensemble) -> None:
    """Maps of the share of draws: of each category, of the category each cell has, of its class."""
    factor = round(coarse.width / stack.grid.width)
    layers = {f"category_probability_{c}": ensemble.sinks.probability(c) for c in (1, 2, 3)}
    layers |= {f"{name}_width": values for name, values in ensemble.widths.items()}
    for name in (*layers, "confidence", "importance_confidence"):
        stack.add(name, "float32")
    for tile in stack.filled():
        rows, columns = (np.arange(a, b) // factor for a, b in (tile[:2], tile[2:]))
        at = np.ix_(rows, columns)
        land = stack.read("land_use", tile) > 0
        for name, values in layers.items():
            stack.write(name, tile, np.where(land, values[at], np.nan).astype(np.float32))
        for name, of, tally in (
            ("confidence", "sink", ensemble.sinks),
            ("importance_confidence", "importance_class", ensemble.classes),
        ):
            own = stack.read(of, tile)
            shares = np.stack([tally.probability(c + 1)[at] for c in range(len(tally.counts))])
            picked = np.take_along_axis(shares, np.maximum(own, 1)[None].astype(np.intp) - 1, axis=0)[0]
            stack.write(name, tile, np.where(own > 0, picked, np.nan).astype(np.float32))


def patch_confidence(stack: Stack, mapped: Mapped, ensemble: Ensemble | None) -> NDArray[np.float64] | None:
    """Mean confidence of the cells of each patch."""
    if ensemble is None:
        return None
    zonal = Zonal.empty(mapped.patches)
    for tile in stack.filled():
        zonal.add(stack.read("sink_patch", tile), stack.read("confidence", tile), tile.row0, tile.column0)
    return zonal.means()
