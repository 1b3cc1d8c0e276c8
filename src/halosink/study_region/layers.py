"""Everything a region's layers hold and everything wrong with them, before a map is drawn."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from halosink.maps import landuse
from halosink.maps.grid import Grid
from halosink.problems import Problem, UserError, did_you_mean
from halosink.study_region import align, boundary, finding, placing, plausible
from halosink.study_region.boundary import Boundary
from halosink.study_region.sources import Source, roles, slope_of

if TYPE_CHECKING:
    from halosink.settings_region import Layer, Region

BYTES_PER_CELL = 120
"""Disk a cell needs, all results together. Own choice: about thirty layers of float32."""
OF_THE_REGION = ("W-REGION-PARTIAL", "W-REGION-GAPS")
"""Shares of the region, which is not known where its boundary cannot be used."""
DISTORTED, SKEWED = 0.05, 0.01
"""Errors of areas on the map from which its reference system is refused, and warned of. Own choice: within a zone of
UTM they stay below 0.002 and reach 0.024 in the next; Web Mercator at 41 degrees is wrong by 0.76."""
COARSE_SLOPE = 100.0
"""Elevation cells wider than this (m) flatten slopes of mountains. Own choice: between the usual 30 and 90 m and the
kilometre."""


def examine(folder: Path, region: Region) -> tuple[dict[str, Source], list[Problem]]:
    """The layers of a region by role, and everything wrong with them, the boundary and the grid.

    Only heads and samples of files are read, land use wholly up to plausible.COUNTED cells. Layers that cannot be
    opened are not among the sources; with an error among the problems none should be used. Where elevation is given
    without slope, the layer slope is made of it.
    """
    outline, problems = boundary.load(folder, region)
    problems += _map_crs(region)
    sources: dict[str, Source] = {}
    layers: dict[str, Layer] = dict(region.layers.items())
    for role, layer in layers.items():
        source, wrong = _source(folder, role, layer)
        problems += wrong
        if source:
            sources[role] = source
    good, wrong = placing.check(sources, outline)
    problems += wrong
    for role in good:
        try:
            problems += plausible.check(sources[role], layers[role], outline)
        except UserError as error:
            problems += error.problems
    if region.boundary and outline is None:
        problems = [p for p in problems if p.code not in OF_THE_REGION]
    problems += _coverage(region)
    if "elevation" in sources:
        for role, layer in layers.items():
            if layer.lapse_rate and role in sources and sources[role].files:
                sources[role] = replace(sources[role], lapse_rate=layer.lapse_rate, elevation=sources["elevation"])
        if "slope" not in sources and sources["elevation"].files:
            sources["slope"] = slope_of(sources["elevation"])
            problems += _coarse_slope(sources["slope"])
    elif "elevation" not in layers:
        problems += [
            Problem("E-REGION-LAPSE", values={"layer": roles()[role].label})
            for role, layer in layers.items()
            if layer.lapse_rate
        ]
    if not any(p.level == "error" for p in problems) and (outline or any(s.files for s in sources.values())):
        problems += _grid(folder, region, sources, outline)
    return sources, problems


def _source(folder: Path, role: str, layer: Layer) -> tuple[Source | None, list[Problem]]:
    known = roles()[role]
    table, problems = _table(role, layer)
    if layer.value is not None:
        if not known.lowest <= layer.value <= known.highest:
            values = {"layer": known.label, "value": layer.value, "unit": known.unit, "lowest": known.lowest,
                      "highest": known.highest}  # fmt: skip
            problems.append(Problem("W-REGION-VALUE", values=values))
        if role == "land_use" and layer.value not in landuse.classes():
            codes = ", ".join(map(str, landuse.classes()))
            values = {"layer": known.label, "value": f"{layer.value:g}", "known": codes}
            problems.append(Problem("E-REGION-CLASS-VALUE", values=values))
        return Source(role, value=layer.value, unit=known.unit, table=table, modelled=layer.modelled.text), problems
    found, wrong = finding.files(folder, role, layer)
    problems += wrong
    if not found:
        return None, problems
    return Source(role, found, None, known.unit, layer.resampling, "", table, modelled=layer.modelled.text), problems


def _table(role: str, layer: Layer) -> tuple[tuple[tuple[int, int], ...] | None, list[Problem]]:
    """The translation of the codes of a land use file."""
    if role != "land_use":
        return None, []
    label = roles()[role].label
    if isinstance(layer.classes, str):
        legend = layer.classes or "cnlucc"
        if legend not in landuse.legends():
            known = landuse.legends()
            values = {"layer": label, "legend": legend, "known": ", ".join(known), "meant": did_you_mean(legend, known)}
            return (), [Problem("E-REGION-LEGEND", values=values)]
        return tuple(landuse.table(legend).items()), []
    pairs = tuple((int(code), to) for code, to in layer.classes.items())
    bad = sorted({to for _, to in pairs if to and to not in landuse.classes()})
    if bad:
        known_codes = ", ".join(map(str, landuse.classes()))
        return pairs, [Problem("E-REGION-CLASS-TARGET", values={"layer": label, "codes": ", ".join(map(str, bad)),
                                                                 "known": known_codes})]  # fmt: skip
    return pairs, []


def _coverage(region: Region) -> list[Problem]:
    layer = region.layers.get("land_use")
    unknown = layer and isinstance(layer.classes, str) and layer.classes in landuse.legends()
    if not layer or not unknown or "ndvi" in region.layers or not landuse.without_coverage(str(layer.classes)):
        return []
    return [Problem("N-REGION-COVERAGE", values={"layer": roles()["land_use"].label, "legend": layer.classes})]


def _map_crs(region: Region) -> list[Problem]:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if not region.crs:
        return []
    try:
        crs = CRS.from_user_input(region.crs)
    except CRSError:
        return [Problem("E-REGION-MAP-CRS", values={"crs": region.crs})]
    if not crs.is_projected or any(abs(a.unit_conversion_factor - 1) > 1e-9 for a in crs.axis_info[:2]):
        unit = ", ".join(sorted({a.unit_name for a in crs.axis_info[:2]}))
        return [Problem("E-REGION-GEOGRAPHIC", values={"crs": region.crs, "name": crs.name, "unit": unit})]
    return []


def _coarse_slope(slope: Source) -> list[Problem]:
    from halosink.study_region.sources import on_ground

    frame = slope.rasters()[0].frame
    width, height = on_ground(frame, frame.shape[0] // 2, frame.shape[0] // 2 + 1)
    cell = float(np.sqrt(width[0] * height[0]))
    if cell <= COARSE_SLOPE:
        return []
    return [Problem("N-REGION-COARSE-SLOPE", file=slope.rasters()[0].file, values={"cell": f"{cell:.0f}"})]


def _grid(folder: Path, region: Region, sources: dict[str, Source], outline: Boundary | None) -> list[Problem]:
    if not region.cell and not any(s.files for s in sources.values()):
        return [Problem("E-REGION-NO-CELL")]
    grid = boundary.grid(region, sources, outline)
    problems: list[Problem] = []
    values: dict[str, Any]
    cells, cell = grid.rows * grid.columns, grid.width
    need, free = cells * BYTES_PER_CELL, shutil.disk_usage(folder).free
    if need > free:
        values = {"cells": f"{cells:.3g}", "need": f"{need / 1e9:.0f}", "free": f"{free / 1e9:.0f}",
                  "cell": f"{grid.width:g}",
                  "better": f"{_round_up(grid.width * (need / (0.5 * free)) ** 0.5):g}"}  # fmt: skip
        return [Problem("E-REGION-DISK", values=values)]
    problems += _distorted(region, grid)
    frame = align.frame_of(grid)
    widths = {r: 1.0 / align.fineness(frame, s.rasters()[0].frame) for r, s in sources.items() if s.files}
    if widths and min(widths.values()) > 2:
        finest = min(widths, key=lambda r: widths[r])
        values = {"cell": f"{grid.width:g}", "layer": roles()[finest].label, "width": f"{widths[finest] * cell:.3g}"}
        problems.append(Problem("N-REGION-FINE", values=values))
    if cells < 100:
        values = {"cell": f"{grid.width:g}", "cells": cells}
        problems.append(Problem("W-REGION-FEW-CELLS", values=values))
    return problems


def _distorted(region: Region, grid: Grid) -> list[Problem]:
    """A reference system in which areas on the map are not those on the ground."""
    from pyproj import Proj

    left, bottom, right, top = grid.bounds
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(left, right, 5), np.linspace(bottom, top, 5)))
    longitude, latitude = align.transformer(grid.crs, "EPSG:4326").transform(x, y)
    scale = np.asarray(Proj(grid.crs).get_factors(longitude, latitude).areal_scale)
    error = float(np.max(np.abs(np.where(np.isfinite(scale), scale, np.inf) - 1)))
    if error <= SKEWED:
        return []
    code = "E-REGION-DISTORTED" if error > DISTORTED else "W-REGION-DISTORTED"
    values = {"crs": region.crs, "name": boundary.name_of(grid.crs), "percent": f"{100 * error:.2g}"}
    return [Problem(code, values=values)]


def _round_up(number: float) -> float:
    """To one figure."""
    power = 10.0 ** np.floor(np.log10(number))
    return float(np.ceil(number / power) * power)
