"""Whether the layers lie where the region is: reference systems, axes, overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from halosink.problems import Problem
from halosink.study_region import align, boundary
from halosink.study_region.align import Frame
from halosink.study_region.boundary import Boundary
from halosink.study_region.rasters import Raster
from halosink.study_region.sources import Source, roles

DEGREES = "EPSG:4326"
COVERED = 0.999
"""Share of the region a layer must cover to be whole. Own choice: leaves slivers along the border out of account."""


def check(sources: Mapping[str, Source], outline: Boundary | None) -> tuple[list[str], list[Problem]]:
    """The roles whose layers lie on the region, and what is wrong with the others.

    Without a boundary the region is the land use layer, else the first layer.
    """
    import shapely

    region = boundary.projected(outline, DEGREES) if outline else None
    if region is None:
        first = sources.get("land_use") or next((s for s in sources.values() if s.files), None)
        region = _extent(first.rasters()[0].frame) if first and first.files else None
    good: list[str] = []
    problems: list[Problem] = []
    astray: list[Problem] = []
    for role, source in sources.items():
        fine = True
        for raster in {r.frame: r for _, rasters in source.files for r in rasters}.values():
            problem = _impossible(raster, role, region)
            if problem is None and region is not None:
                problem = _overlap(raster, role, region)
                if problem and problem.code in ("E-REGION-NO-OVERLAP", "E-REGION-SWAPPED"):
                    astray.append(problem)
                    fine = False
                    break
            if problem:
                problems.append(problem)
                fine &= problem.level != "error"
        if fine and source.files:
            good.append(role)
    if astray and outline and not good and region is not None:
        turned = shapely.transform(region, lambda p: p[:, ::-1])
        extents = [_extent(s.rasters()[0].frame) for s in sources.values() if s.files]
        if any(e is not None and e.intersects(turned) for e in extents):
            left, bottom, right, top = region.bounds
            values = {"file": outline.file, "x": _span(left, right), "y": _span(bottom, top)}
            return good, [*problems, Problem("E-REGION-BOUNDARY-SWAPPED", file=outline.file, values=values)]
    return good, problems + astray


def _impossible(raster: Raster, role: str, region: Any) -> Problem | None:
    """Coordinates that the declared reference system cannot have."""
    left, bottom, right, top = _own_box(raster.frame)
    degrees = max(abs(left), abs(right)) <= 360 and max(abs(bottom), abs(top)) <= 90.5
    values = {"layer": roles()[role].label, "file": raster.file, "x": _span(left, right), "y": _span(bottom, top),
              "crs": boundary.name_of(raster.frame.crs)}  # fmt: skip
    if align.geographic(raster.frame.crs):
        if degrees:
            return None
        if max(abs(left), abs(right)) <= 90.5 and max(abs(bottom), abs(top)) <= 360:
            return Problem("E-REGION-SWAPPED", file=raster.file, values=values)
        return Problem("E-REGION-CRS-WRONG", file=raster.file, values={**values, "meant": "-"})
    if degrees:
        return Problem("E-REGION-CRS-WRONG", file=raster.file, values={**values, "meant": DEGREES})
    box = boundary.box_of(raster.frame, DEGREES)
    if not np.all(np.isfinite(box)):
        return Problem("E-REGION-CRS-WRONG", file=raster.file, values={**values, "meant": "-"})
    return None


def _overlap(raster: Raster, role: str, region: Any) -> Problem | None:
    extent = _extent(raster.frame)
    share = extent.intersection(region).area / region.area if extent is not None else 0.0
    left, bottom, right, top = _own_box(raster.frame)
    box, own = region.bounds, boundary.box_of(raster.frame, DEGREES)
    values = {"layer": roles()[role].label, "file": raster.file, "x": _span(left, right), "y": _span(bottom, top),
              "crs": boundary.name_of(raster.frame.crs), "percent": f"{100 * share:.1f}",
              "region": f"{_span(box[0], box[2])} °E, {_span(box[1], box[3])} °N",
              "place": f"{_span(own[0], own[2])} °E, {_span(own[1], own[3])} °N"}  # fmt: skip
    if share == 0:
        turned = _extent(_turned(raster.frame))
        if turned is not None and turned.intersects(region):
            return Problem("E-REGION-SWAPPED", file=raster.file, values=values)
        return Problem("E-REGION-NO-OVERLAP", file=raster.file, values=values)
    return Problem("W-REGION-PARTIAL", file=raster.file, values=values) if share < COVERED else None


def _turned(frame: Frame) -> Frame:
    """The layer with x and y exchanged."""
    a, b, c, d, e, f = frame.transform
    return Frame(frame.crs, (d, e, f, a, b, c), frame.shape)


def _extent(frame: Frame) -> Any:
    """Outline of a layer in degrees, None where it has none."""
    import shapely

    a, b, c, d, e, f = frame.transform
    t, one = np.linspace(0, 1, 101), np.ones(101)
    column = np.concatenate([t, one, t[::-1], 0 * t]) * frame.shape[1]
    row = np.concatenate([0 * t, t, one, t[::-1]]) * frame.shape[0]
    x, y = a * column + b * row + c, d * column + e * row + f
    if not align.geographic(frame.crs):
        x, y = align.transformer(frame.crs, DEGREES).transform(x, y)
    good = np.isfinite(x) & np.isfinite(y)
    if good.sum() < 4:
        return None
    shape = shapely.make_valid(shapely.Polygon(np.column_stack([x[good], y[good]])))
    if x[good].max() > 180:
        west = shapely.transform(shape, lambda p: p - np.array([360.0, 0.0]))
        shape = shapely.union_all([shape, west])
    return shape


def _own_box(frame: Frame) -> tuple[float, float, float, float]:
    a, b, c, d, e, f = frame.transform
    rows, columns = frame.shape
    x = [c, c + a * columns, c + b * rows, c + a * columns + b * rows]
    y = [f, f + d * columns, f + e * rows, f + d * columns + e * rows]
    return min(x), min(y), max(x), max(y)


def _span(low: float, high: float) -> str:
    return f"{low:.7g} … {high:.7g}"
