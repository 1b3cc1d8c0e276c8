"""The maps of a study: layers examined, the chain run on tiles, draws on wider cells, tables, pictures and files."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.contracts import CheckRow, Text
from halosink.maps.cost.tiled import tiled_cost_distance
from halosink.maps.ensemble import WIDTHS, Ensemble
from halosink.maps.grid import Grid
from halosink.maps.landuse import without_coverage
from halosink.maps.sink_problems import sink_problems
from halosink.problems import Problem, UserError, errors
from halosink.study_region import boundary, change, draws, export, layers, links, pictures, plots, results, work
from halosink.study_region.chosen import Chosen, choose, lacking_levels
from halosink.study_region.passes import PASSES, VALUES, Job, Mapped, NoCellsError, Prepared, run
from halosink.study_region.plots import Corrected
from halosink.study_region.sources import Source
from halosink.study_region.store import Stack

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace
    from halosink.settings_region import Region

MAPS = (*VALUES, "importance", "importance_class", "resistance", "cost", "allocation")
LEAST_SCORED = 0.8
"""Share of the land with a class of importance below which it is said. Own choice."""
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
    except work.NoSchedulerError as error:
        values = {"address": region.machine.scheduler, "reason": str(error)}
        raise UserError([Problem("E-REGION-SCHEDULER", values=values)]) from error
    except Exception as error:
        if type(error).__name__ == "RasterioIOError" and "rite" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        if type(error).__name__ != "KilledWorker":
            raise
        raise UserError([Problem("E-REGION-WORKERS", values={"reason": str(error)[:200]})]) from error
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
    found = problems + choose(region, sources, latitude(boundary.grid(region, sources, edge))).problems
    wrong = plots.unlike(region.plots) if region.plots.table else None
    return [*found, wrong] if wrong else found


def latitude(grid: Grid) -> float:
    """Of the middle of the grid [degree]."""
    from halosink.study_region import align

    left, bottom, right, top = grid.bounds
    return float(align.transformer(grid.crs, "EPSG:4326").transform((left + right) / 2, (bottom + top) / 2)[1])


def _outputs(
    workspace: Workspace, stack: Stack, sources: dict[str, Source], edge: boundary.Boundary | None, chosen: Chosen,
    problems: list[Problem], crew: work.Crew,
) -> Iterator[tuple[str, Any]]:  # fmt: skip
    region, grid = workspace.settings.region, stack.grid
    own = bool(region.vegetation.density)
    job = Job(stack, sources, edge, chosen.methods, chosen.choices, own, cover(region, sources))
    total = 100 * (len(PASSES) + region.uncertainty.draws)
    corrected: list[Corrected] = []

    def amend(prepared: Prepared) -> None:
        found = plots.correction(workspace, job, problems)
        if found is not None:
            corrected.append(found)
            plots.amend(job, found, prepared)

    try:
        mapped = run(job, crew, _measure, _ring(region, grid), amend=amend,
                     tick=lambda share: workspace.progress(round(100 * share * len(PASSES)), total))  # fmt: skip
    except NoCellsError as error:
        raise UserError([*problems, Problem("E-REGION-NO-CELLS")]) from error
    if errors(problems):
        raise UserError(problems)
    problems += lacking_levels(mapped.prepared.lacking, sources)
    problems += _said(mapped, chosen, grid.cell_area, region.patterns.goals)
    ensemble, sensitive, coarse = draws.draw_maps(
        workspace, job, chosen, corrected, lambda k: workspace.progress(100 * (len(PASSES) + k), total)
    )
    if ensemble is not None and coarse is not None:
        draws.confidence_maps(stack, coarse, ensemble)
    if sensitive is not None:
        yield "region/sensitivity.parquet", sensitive
    found = results.patches(job, mapped, draws.patch_confidence(stack, mapped, ensemble))
    yield from _tables(workspace, job, mapped, ensemble, found)
    yield from _lines(stack, mapped, problems)
    extra: dict[str, str] = {}
    for one in corrected:
        yield "region/correction_skill.parquet", one.correction.skill
        extra |= dict.fromkeys((f"corrected_{one.name}", f"corrected_{one.name}_width"), pictures.UNITS[one.name])
    checks = [*results.checks(mapped), *(c for one in corrected for c in one.correction.checks)]
    yield "region/checks.parquet", CheckRow.table(checks)
    for name, value in change.outputs(job, crew, workspace.settings.analysis.confidence, workspace.settings.study.seed,
                                      chosen.spread):  # fmt: skip
        if name.startswith(("trend_", "transition")):
            extra[name] = value
        else:
            yield name, value
    yield from _files(workspace, job, crew, found, extra, problems)
    yield "region/problems.json", {"problems": [p.record() for p in problems]}


def _tables(
    workspace: Workspace, job: Job, mapped: Mapped, ensemble: Ensemble | None, found: pd.DataFrame
) -> Iterator[tuple[str, Any]]:
    confidence, region = workspace.settings.analysis.confidence, workspace.settings.region
    given = job.choices.resistance_weights is not None
    yield "region/layers.parquet", results.layers(job.sources, job, mapped)
    yield "region/totals.parquet", results.totals(job, mapped, ensemble, confidence)
    yield "region/classes.parquet", results.classes(job, mapped, ensemble, confidence)
    yield "region/sinks.parquet", results.sinks(job, mapped, ensemble, confidence)
    yield "region/vegetation.parquet", results.vegetation(job, mapped)
    yield "region/patches.parquet", found
    yield "region/patterns.parquet", results.pattern_table(found)
    yield "region/measures.parquet", results.measures(mapped, found, region.patterns.goals)
    yield "region/weights.parquet", results.weights(mapped, ensemble, given, confidence)
    yield "region/levels.parquet", results.levels(job)


def _lines(stack: Stack, mapped: Mapped, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    traced = links.trace(stack, mapped, problems)
    yield "region/corridors.parquet", links.corridor_table(traced)
    yield "region/corridor_lines.parquet", links.corridor_lines(traced, stack.grid)


def _files(
    workspace: Workspace, job: Job, crew: work.Crew, found: pd.DataFrame, extra: dict[str, str], problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    """Pictures for the report, and files for other programs."""
    region, stack, edge, folder = workspace.settings.region, job.stack, job.edge, job.stack.folder.parent
    maps = _maps(stack, extra)
    if not stack.has("soil_inorganic_carbon"):
        maps.pop("soil_organic_carbon", None)
    titles = {name: RENAMED.get(name, name) for name in maps}
    shown = dict(zip(titles.values(), pictures.each_picture(stack, crew, maps), strict=True))
    units = pictures.UNITS | {f"{name}_width": unit for name, unit in pictures.UNITS.items()} | extra
    units |= {"soil_carbon": "1"} if job.methods.soil == "index" else {}
    yield from pictures.frames(stack.grid, shown, edge, units).items()
    if "cog" in region.machine.formats:
        for path in export.each_map(stack, crew, titles, folder / "maps", units):
            yield f"region/maps/{path.name}", path
    if "netcdf" in region.machine.formats:
        for name, title in titles.items():
            path = folder / "maps" / f"{title}.nc"
            export.netcdf(stack, name, path, units.get(name, "1"))
            yield f"region/maps/{path.name}", path
    if "zarr" in region.machine.formats:
        path = folder / "maps.zarr.zip"
        export.zarr_store(stack, titles, path, units)
        yield f"region/{path.name}", path
    path = folder / "patches.gpkg"
    export.geopackage(stack, found, edge, path)
    yield "region/patches.gpkg", path
    years = _years(region, job.sources)
    if years is None:
        problems.append(Problem("N-REGION-YEAR"))
    elif "cog" in region.machine.formats:
        title = region.name.en or "region"
        yield "region/stac.json", export.stac_item(stack, edge, titles.values(), years, title, units)


def _said(mapped: Mapped, chosen: Chosen, cell_area: float, goals: str) -> list[Problem]:
    """What the map itself shows to be doubtful."""
    found = [
        Problem("W-REGION-CONSTANT-LAYER", values={"layer": name, "value": f"{mapped.limits[name].minimum:g}"})
        for name, weight in chosen.choices.weights.items()
        if weight > 0 and mapped.limits[name].constant
    ]
    scored, land = int(mapped.counted.classes[1:6].sum()), max(int(mapped.prepared.land_use[1:].sum()), 1)
    if scored < LEAST_SCORED * land:
        found.append(Problem("W-REGION-FEW-SCORED", values={"share": f"{100 * scored / land:.0f}"}))
    classes = len(mapped.edges) - 1
    if classes < 5:
        found.append(Problem("N-REGION-FEWER-CLASSES", values={"layer": "importance", "classes": classes, "asked": 5}))
    rules = chosen.choices.rules
    table = mapped.counted.profile.table(rules, 1, 1)
    half = Text("English", "英文") if goals == "en" else Text("Chinese", "中文")
    found += [Problem("N-REGION-NO-ROADS"), Problem("N-REGION-GOALS", values={"half": half})]
    return [*sink_problems(table, *mapped.candidates, rules, cell_area), *found]


def _measure(stack: Stack, patches: int) -> None:
    grid, threads = stack.grid, min(work.THREADS, work.cores())
    ground, source, cost, allocation = (stack.array(n) for n in ("resistance", "patch", "cost", "allocation"))
    tiled_cost_distance(ground, source, cost, allocation, grid.width, grid.height, tile=stack.tile, threads=threads)


def _ring(region: Region, grid: Grid) -> int:
    """Cells of the surroundings of a patch."""
    return round(region.patterns.ring / grid.width) if region.patterns.ring else 0


def _maps(stack: Stack, extra: dict[str, str]) -> dict[str, bool]:
    """Arrays that become maps, and whether they hold classes."""
    names = ["land_use", *MAPS, "sink", "sink_patch", "confidence", "importance_confidence"]
    names += [f"category_probability_{c}" for c in (1, 2, 3)] + [f"{name}_width" for name in WIDTHS] + sorted(extra)
    return {name: stack.array(name).dtype.kind in "ui" for name in names if stack.has(name)}


def _years(region: Region, sources: Mapping[str, Source]) -> tuple[int, int] | None:
    years = [year for source in sources.values() for year in source.years] or ([region.year] if region.year else [])
    return (min(years), max(years)) if years else None
