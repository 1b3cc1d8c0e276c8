"""The maps of a study: layers examined, the chain run on tiles, draws on wider cells, tables, pictures and files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import CheckRow, Text
from halosink.maps.chain import Inputs
from halosink.maps.cost.corridors import Corridor, corridors, spanning_network
from halosink.maps.cost.tiled import tiled_cost_distance
from halosink.maps.ensemble import WIDTHS, Ensemble, Parts, run_ensemble, sensitivity, usual_options
from halosink.maps.grid import Grid, Tile
from halosink.maps.landuse import without_coverage
from halosink.maps.sink_problems import sink_problems
from halosink.problems import Problem, UserError, errors
from halosink.study_region import boundary, change, export, layers, pictures, plots, results, work
from halosink.study_region.chosen import Chosen, choose, lacking_levels
from halosink.study_region.passes import VALUES, Job, Mapped, Prepared, run
from halosink.study_region.plots import Corrected
from halosink.study_region.sources import Source
from halosink.study_region.store import Stack

if TYPE_CHECKING:
    from halosink.runner import Workspace
    from halosink.settings_region import Region

DRAWN_CELLS = 300_000
"""Cells of a grid for draws where study.toml sets none. Own choice: a hundred draws in about a minute."""
MAPS_DRAWN = 100
"""Maps of a correction drawn at most; more draws use them again. Own choice: each of 300 000 cells is 1.2 MB."""
LINKED_CELLS = 50_000_000
"""Cells up to which corridors are traced. Own choice: their ways are followed in memory, 24 bytes a cell."""
STEPS = ("layers", "importance", "classes", "sources", "cost", "potential", "sinks", "tables")
MAPS = (*VALUES, "importance", "importance_class", "resistance", "cost", "allocation")
RENAMED = {"sink": "category", "sink_patch": "patch"}
"""Arrays of the stack whose maps are called otherwise."""


def outputs(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    """Every result of the region, one after the other. Raises UserError with everything wrong with its layers."""
    region, folder = workspace.settings.region, workspace.folder
    sources, problems = layers.examine(folder, region)
    if errors(problems):
        raise UserError(problems)
    edge, _ = boundary.load(folder, region)
    grid = boundary.grid(region, sources, edge)
    chosen = choose(region, sources, latitude(grid))
    problems += chosen.problems
    if errors(problems):
        raise UserError(problems)
    scratch = workspace.results / ".tmp" / "work"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with work.crew(region.machine) as crew:
            yield from _outputs(workspace, Stack(scratch / "stack", grid, region.machine.tile), sources, edge, chosen,
                                problems, crew)  # fmt: skip
    except OSError as error:
        if region.machine.scheduler:
            values = {"address": region.machine.scheduler, "reason": str(error)}
            raise UserError([Problem("E-REGION-SCHEDULER", values=values)]) from error
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def cover(region: Region, sources: Mapping[str, Source]) -> tuple[float, float] | None:
    """NDVI of bare ground and of full cover, where study.toml gives both and the land use does not tell coverage."""
    bare, full = region.vegetation.ndvi_bare, region.vegetation.ndvi_full
    layer = region.layers.get("land_use")
    if bare is None or full is None or layer is None or "ndvi" not in sources:
        return None
    unknown = not isinstance(layer.classes, str) or bool(without_coverage(layer.classes or "cnlucc"))
    return (bare, full) if unknown and full > bare else None


def doubts(folder: Path, region: Region) -> list[Problem]:
    """Everything wrong with the layers and what has to be said of the map, without making it."""
    sources, problems = layers.examine(folder, region)
    if errors(problems):
        return problems
    edge, _ = boundary.load(folder, region)
    return problems + choose(region, sources, latitude(boundary.grid(region, sources, edge))).problems


def latitude(grid: Grid) -> float:
    """Of the middle of the grid [degree]."""
    from halosink.study_region import align

    left, bottom, right, top = grid.bounds
    return float(align.transformer(grid.crs, "EPSG:4326").transform((left + right) / 2, (bottom + top) / 2)[1])


def _outputs(
    workspace: Workspace, stack: Stack, sources: dict[str, Source], edge: boundary.Boundary | None, chosen: Chosen,
    problems: list[Problem], crew: work.Crew,
) -> Iterator[tuple[str, Any]]:  # fmt: skip
    region, confidence, grid = workspace.settings.region, workspace.settings.analysis.confidence, stack.grid
    job = Job(
        stack, sources, edge, chosen.methods, chosen.choices, bool(region.vegetation.density), cover(region, sources)
    )
    draws = region.uncertainty.draws
    total = len(STEPS) + draws
    told = iter(range(len(STEPS)))
    threads = region.machine.workers
    corrected: list[Corrected] = []

    def amend(prepared: Prepared) -> None:
        found = plots.correction(workspace, job, problems)
        if found is not None:
            corrected.append(found)
            plots.amend(job, found, prepared)

    mapped = run(job, crew, partial(_measure, threads=threads), _ring(region, grid),
                 lambda name: workspace.progress(next(told), total), amend)  # fmt: skip
    if errors(problems):
        raise UserError(problems)
    problems += lacking_levels(mapped.prepared.lacking, sources)
    problems += _said(mapped, chosen, grid.cell_area, region.patterns.goals)
    ensemble, sensitive, coarse = _draws(
        workspace, job, chosen, corrected, lambda k: workspace.progress(len(STEPS) + k, total)
    )
    if ensemble is not None and coarse is not None:
        _confidence(stack, coarse, ensemble)
    confident = _patch_confidence(stack, mapped, ensemble)
    found = results.patches(job, mapped, confident)
    given = chosen.choices.resistance_weights is not None
    yield "region/layers.parquet", results.layers(sources, job, mapped)
    yield "region/totals.parquet", results.totals(job, mapped, ensemble, confidence)
    yield "region/classes.parquet", results.classes(job, mapped, ensemble, confidence)
    yield "region/sinks.parquet", results.sinks(job, mapped, ensemble, confidence)
    yield "region/vegetation.parquet", results.vegetation(job, mapped)
    yield "region/patches.parquet", found
    yield "region/patterns.parquet", results.pattern_table(found)
    yield "region/measures.parquet", results.measures(mapped, found, region.patterns.goals)
    yield "region/weights.parquet", results.weights(mapped, ensemble, given, confidence)
    yield "region/levels.parquet", results.levels(job)
    if sensitive is not None:
        yield "region/sensitivity.parquet", sensitive
    links = _corridors(stack, mapped, problems)
    yield "region/corridors.parquet", _corridor_table(links)
    yield "region/corridor_lines.parquet", _corridor_lines(links, grid)
    extra: dict[str, str] = {}
    for one in corrected:
        yield "region/correction_skill.parquet", one.correction.skill
        extra |= dict.fromkeys((f"corrected_{one.name}", f"corrected_{one.name}_width"), pictures.UNITS[one.name])
    checks = [*results.checks(mapped), *(c for one in corrected for c in one.correction.checks)]
    yield "region/checks.parquet", CheckRow.table(checks)
    for name, value in change.outputs(job, crew, confidence, workspace.settings.study.seed, chosen.spread):
        if name.startswith(("trend_", "transition")):
            extra[name] = value
        else:
            yield name, value
    maps = _maps(stack, extra)
    if not stack.has("soil_inorganic_carbon"):
        maps.pop("soil_organic_carbon", None)
    shown = {RENAMED.get(name, name): pictures.picture(stack, name, classes) for name, classes in maps.items()}
    units = pictures.UNITS | {f"{name}_width": unit for name, unit in pictures.UNITS.items()} | extra
    units |= {"soil_carbon": "1"} if job.methods.soil == "index" else {}
    yield from pictures.frames(grid, shown, edge, units).items()
    for name in maps:
        path = stack.folder.parent / "maps" / f"{RENAMED.get(name, name)}.tif"
        export.cloud_optimised(stack, name, path, units.get(name, "1"))
        yield f"region/maps/{path.name}", path
    path = stack.folder.parent / "patches.gpkg"
    export.geopackage(stack, found, edge, path)
    yield "region/patches.gpkg", path
    if years := _years(region, sources):
        title = region.name.en or workspace.settings.study.title.en
        names = [RENAMED.get(name, name) for name in maps]
        yield "region/stac.json", export.stac_item(stack, edge, names, years, title, units)
    else:
        problems.append(Problem("N-REGION-YEAR"))
    yield "region/problems.json", {"problems": [p.record() for p in problems]}


def _said(mapped: Mapped, chosen: Chosen, cell_area: float, goals: str) -> list[Problem]:
    """What the map itself shows to be doubtful."""
    found = [
        Problem("W-REGION-CONSTANT-LAYER", values={"layer": name, "value": f"{mapped.limits[name].minimum:g}"})
        for name, weight in chosen.choices.weights.items()
        if weight > 0 and mapped.limits[name].constant
    ]
    classes = len(mapped.edges) - 1
    if classes < 5:
        found.append(Problem("N-REGION-FEWER-CLASSES", values={"layer": "importance", "classes": classes, "asked": 5}))
    rules = chosen.choices.rules
    table = mapped.counted.profile.table(rules, 1, 1)
    half = Text("English", "英文") if goals == "en" else Text("Chinese", "中文")
    found += [Problem("N-REGION-NO-ROADS"), Problem("N-REGION-GOALS", values={"half": half})]
    return [*sink_problems(table, *mapped.candidates, rules, cell_area), *found]


def _measure(stack: Stack, patches: int, threads: int) -> None:
    grid = stack.grid
    ground, source, cost, allocation = (stack.array(n) for n in ("resistance", "patch", "cost", "allocation"))
    tiled_cost_distance(ground, source, cost, allocation, grid.width, grid.height, tile=stack.tile, threads=threads)


def _ring(region: Region, grid: Grid) -> int:
    """Cells of the surroundings of a patch."""
    return round(region.patterns.ring / grid.width) if region.patterns.ring else 0


def _draws(
    workspace: Workspace, job: Job, chosen: Chosen, corrected: list[Corrected], tell: Any
) -> tuple[Ensemble | None, Any, Grid | None]:
    """The ensemble and the sensitivities on a grid of wider cells; None where no draws are asked for."""
    wanted = workspace.settings.region.uncertainty
    if not wanted.draws:
        return None, None, None
    grid = job.stack.grid
    least = int(np.ceil(np.sqrt(grid.rows * grid.columns / DRAWN_CELLS)))
    coarse = grid.coarser(wanted.coarser or max(1, least))
    inputs, parts = _wide_inputs(job, coarse, corrected, wanted.draws, workspace.settings.study.seed)
    choices, seed = chosen.choices, workspace.settings.study.seed
    ensemble = run_ensemble(inputs, parts, choices, chosen.spread, wanted.draws, seed, tell)
    return ensemble, sensitivity(inputs, choices, usual_options(inputs, choices)), coarse


def _wide_inputs(job: Job, coarse: Grid, corrected: list[Corrected], draws: int, seed: int) -> tuple[Inputs, Parts]:
    """The layers on wider cells: means of the quantities of the maps' own cells, land use by majority."""
    from halosink.maps.quantities import quantities

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


def _confidence(stack: Stack, coarse: Grid, ensemble: Ensemble) -> None:
    """Maps of the share of draws: of each category, of the category each cell has, of its class."""
    factor = round(coarse.width / stack.grid.width)
    layers = {f"category_probability_{c}": ensemble.sinks.probability(c) for c in (1, 2, 3)}
    layers |= {f"{name}_width": values for name, values in ensemble.widths.items()}
    for name in (*layers, "confidence", "importance_confidence"):
        stack.add(name, "float32")
    for tile in stack.tiles:
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


def _patch_confidence(stack: Stack, mapped: Mapped, ensemble: Ensemble | None) -> NDArray[np.float64] | None:
    """Mean confidence of the cells of each patch."""
    from halosink.maps.patches.zones import Zonal

    if ensemble is None:
        return None
    zonal = Zonal.empty(mapped.patches)
    for tile in stack.tiles:
        zonal.add(stack.read("sink_patch", tile), stack.read("confidence", tile), tile.row0, tile.column0)
    return zonal.means()


def _corridors(stack: Stack, mapped: Mapped, problems: list[Problem]) -> list[Corridor]:
    grid = stack.grid
    if mapped.sources < 2:
        return []
    if grid.rows * grid.columns > LINKED_CELLS:
        problems.append(Problem("N-REGION-CORRIDORS", values={"cells": f"{LINKED_CELLS:.0g}"}))
        return []
    ground, source, cost, allocation = (stack.read(n) for n in ("resistance", "patch", "cost", "allocation"))
    return spanning_network(corridors(ground, source, cost, allocation, grid.width, grid.height))


def _corridor_table(links: list[Corridor]) -> pd.DataFrame:
    rows = [(c.from_patch, c.to_patch, c.cost, c.length / 1000, c.mean_resistance) for c in links]
    columns = ["from_patch", "to_patch", "cost", "length_km", "mean_resistance"]
    kinds = dict.fromkeys(columns[:2], int) | dict.fromkeys(columns[2:], float)
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def _corridor_lines(links: list[Corridor], grid: Grid) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"corridor": i, "x": grid.left + (c.path[:, 1] + 0.5) * grid.width,
                      "y": grid.top - (c.path[:, 0] + 0.5) * grid.height})
        for i, c in enumerate(links, 1)
    ]  # fmt: skip
    empty = pd.DataFrame({"corridor": np.zeros(0, int), "x": np.zeros(0), "y": np.zeros(0)})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _maps(stack: Stack, extra: dict[str, str]) -> dict[str, bool]:
    """Arrays that become maps, and whether they hold classes."""
    names = ["land_use", *MAPS, "sink", "sink_patch", "confidence", "importance_confidence"]
    names += [f"category_probability_{c}" for c in (1, 2, 3)] + [f"{name}_width" for name in WIDTHS] + sorted(extra)
    return {name: stack.array(name).dtype.kind in "ui" for name in names if stack.has(name)}


def _years(region: Region, sources: dict[str, Source]) -> tuple[int, int] | None:
    years = [year for source in sources.values() for year in source.years] or ([region.year] if region.year else [])
    return (min(years), max(years)) if years else None
