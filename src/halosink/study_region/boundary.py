"""The boundary of the region, and the one grid that covers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.maps.grid import Grid, Tile
from halosink.problems import Problem, did_you_mean
from halosink.study_region import align
from halosink.study_region.align import Frame

if TYPE_CHECKING:
    from halosink.settings_region import Region
    from halosink.study_region.sources import Source

ENCODINGS = ("utf-8", "gb18030")
"""Tried in this order for attributes of shapefiles without .cpg. Own choice: what Chinese shapefiles come in."""
LISTED = 20_000
"""Files of a study looked through for one that was meant. Own choice: stores of tiles hold more."""
LABEL = Text("boundary", "边界")
NO_SHAPES = Text("no shapes", "没有要素")
SEGMENT = 1000.0
"""Sides longer than this (m) get points between, so that they bend with the projection. Own choice."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The polygons meant, as one shape (WKB) in its reference system."""

    shape: bytes
    crs: str
    file: str = ""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        import shapely

        return shapely.from_wkb(self.shape).bounds  # type: ignore[no-any-return]


def load(folder: Path, region: Region) -> tuple[Boundary | None, list[Problem]]:
    """The boundary of a study, None if it names none or nothing can be used, and all that is wrong with it."""
    import shapely

    if not region.boundary:
        return None, []
    name = region.boundary
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return None, [Problem("E-REGION-OUTSIDE", file=name, values={"layer": LABEL, "file": name})]
    if not path.exists():
        return None, [_missing(folder, name)]
    frame, error = _table(path)
    if frame is None:
        return None, [Problem("E-REGION-NO-POLYGONS", file=name, values={"file": name, "reason": error})]
    if len(frame) == 0:
        return None, [Problem("E-REGION-NO-POLYGONS", file=name, values={"file": name, "reason": NO_SHAPES})]
    values: dict[str, Any]
    for column, wanted in region.boundary_where.items():
        if column not in frame.columns:
            known = [str(c) for c in frame.columns if c != frame.geometry.name]
            values = {"file": name, "column": column, "known": ", ".join(known), "meant": did_you_mean(column, known)}
            return None, [Problem("E-REGION-WHERE-COLUMN", file=name, values=values)]
        texts = frame[column].map(_text)
        if not (texts == wanted.strip()).any():
            known = sorted(set(texts))
            values = {"file": name, "column": column, "value": wanted, "known": ", ".join(known[:20]),
                      "meant": did_you_mean(wanted, known)}  # fmt: skip
            return None, [Problem("E-REGION-WHERE-VALUE", file=name, values=values)]
        frame = frame[texts == wanted.strip()]
    problems: list[Problem] = []
    shapes = frame.geometry.dropna()
    shapes = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"]) & ~shapes.is_empty]
    if not len(shapes):
        kinds = ", ".join(sorted(set(map(str, frame.geometry.geom_type))))
        return None, [Problem("E-REGION-NO-POLYGONS", file=name, values={"file": name, "reason": kinds})]
    bad = shapes[~shapes.is_valid]
    if len(bad):
        where = shapely.is_valid_reason(bad.iloc[0])
        problems.append(Problem("W-REGION-POLYGON-MENDED", file=name,
                                values={"file": name, "number": len(bad), "reason": where}))  # fmt: skip
    union = shapely.union_all(shapely.make_valid(np.asarray(shapes)))
    if union.area == 0:
        return None, [*problems, Problem("E-REGION-NO-POLYGONS", file=name, values={"file": name, "reason": "0 m2"})]
    left, bottom, right, top = union.bounds
    degrees = max(abs(left), abs(right)) <= 360 and max(abs(bottom), abs(top)) <= 90
    if frame.crs is None:
        if not degrees:
            return None, [*problems, Problem("E-REGION-BOUNDARY-CRS", file=name, values={"file": name})]
        problems.append(Problem("N-REGION-BOUNDARY-DEGREES", file=name, values={"file": name}))
    crs = frame.crs.to_wkt() if frame.crs is not None else "EPSG:4326"
    if align.geographic(crs) and not degrees:
        values = {"layer": LABEL, "file": name, "x": f"{left:g} … {right:g}", "y": f"{bottom:g} … {top:g}"}
        values["crs"] = name_of(crs)
        return None, [*problems, Problem("E-REGION-CRS-WRONG", file=name, values=values)]
    return Boundary(shapely.to_wkb(union), crs, name), problems


def grid(region: Region, sources: Mapping[str, Source], boundary: Boundary | None) -> Grid:
    """The grid of the maps: over the boundary, else over the land use layer (without it, the first with files).

    Reference system: that of the settings, else a Lambert azimuthal equal area system centred on the region (degrees
    rounded to hundredths). Cells: of the settings, else as large as those of the land use layer, to three figures. The
    corner lies on a multiple of the cell. ValueError if there is neither a boundary nor a layer with files.
    """
    given = [s for s in sources.values() if s.files]
    first = sources.get("land_use")
    first = first if first is not None and first.files else given[0] if given else None
    if boundary is None and first is None:
        raise ValueError("neither boundary nor layer")
    crs = region.crs or _equal_area(_box(boundary, first, "EPSG:4326"))
    left, bottom, right, top = _box(boundary, first, crs)
    cell = region.cell
    if not cell:
        if first is None:
            raise ValueError("no cell width")
        middle = ((left + right) / 2, (bottom + top) / 2)
        unit = Frame(crs, (1.0, 0.0, middle[0], 0.0, -1.0, middle[1]), (1, 1))
        cell = float(f"{1.0 / align.fineness(unit, first.files[-1][1][0].frame):.3g}")
    column0, row0 = np.floor(left / cell + 1e-6), np.ceil(top / cell - 1e-6)
    column1, row1 = np.ceil(right / cell - 1e-6), np.floor(bottom / cell + 1e-6)
    return Grid(crs, float(column0 * cell), float(row0 * cell), cell, cell, int(row0 - row1), int(column1 - column0))


def mask(boundary: Boundary | None, grid: Grid, tile: Tile) -> NDArray[np.bool_]:
    """Cells whose centre lies inside; all of them without a boundary."""
    inside = np.ones(tile.shape, bool)
    if boundary is not None:
        inside = _inside(_edges(boundary, grid.crs), grid.left, grid.top, grid.width, grid.height, *tile)
    return inside


@njit(cache=True, nogil=True)
def _inside(
    edges: NDArray[np.float64], left: float, top: float, width: float, height: float, row0: int, row1: int,
    column0: int, column1: int,
) -> NDArray[np.bool_]:  # fmt: skip
    """Even-odd rule along the middle of each row; edges: x0, y0, x1, y1 with y0 < y1."""
    rows = row1 - row0
    out = np.zeros((rows, column1 - column0), np.bool_)
    ends = np.zeros(rows + 1, np.int64)
    crossings = np.empty(0)
    for fill in range(2):
        for k in range(len(edges)):
            first = max(int(np.floor((top - edges[k, 3]) / height - 0.5)) - 1, row0)
            last = min(int(np.ceil((top - edges[k, 1]) / height - 0.5)) + 1, row1 - 1)
            for row in range(first, last + 1):
                y = top - (row + 0.5) * height
                if edges[k, 1] <= y < edges[k, 3]:
                    if fill:
                        x = edges[k, 0] + (y - edges[k, 1]) * (edges[k, 2] - edges[k, 0]) / (edges[k, 3] - edges[k, 1])
                        ends[row - row0] -= 1
                        crossings[ends[row - row0]] = (x - left) / width - 0.5
                    else:
                        ends[row - row0] += 1
        if not fill:
            ends = np.cumsum(ends)
            crossings = np.empty(ends[rows])
    for i in range(rows):
        found = np.sort(crossings[ends[i] : ends[i + 1]])
        for k in range(0, len(found) - 1, 2):
            for j in range(max(int(np.ceil(found[k])), column0), min(int(np.ceil(found[k + 1])), column1)):
                out[i, j - column0] = True
    return out


@lru_cache(maxsize=16)
def projected(boundary: Boundary, crs: str) -> Any:
    """The shape in another reference system, its long sides cut."""
    import shapely

    shape = shapely.from_wkb(boundary.shape)
    if align.same(boundary.crs, crs):
        return shape
    long = SEGMENT / 111_000.0 if align.geographic(boundary.crs) else SEGMENT
    x0, y0, x1, y1 = shape.bounds
    shape = shapely.segmentize(shape, max(long, max(x1 - x0, y1 - y0) / 2000))
    move = align.transformer(boundary.crs, crs)
    return shapely.transform(shape, lambda p: np.column_stack(move.transform(p[:, 0], p[:, 1])))


@lru_cache(maxsize=16)
def _edges(boundary: Boundary, crs: str) -> NDArray[np.float64]:
    import shapely

    rings = shapely.get_rings(shapely.get_parts(projected(boundary, crs)))
    points = [shapely.get_coordinates(r) for r in rings]
    edges = np.concatenate([np.column_stack([p[:-1], p[1:]]) for p in points])
    edges = np.where((edges[:, 1] > edges[:, 3])[:, None], edges[:, [2, 3, 0, 1]], edges)
    return np.ascontiguousarray(edges[edges[:, 1] < edges[:, 3]])


def _box(boundary: Boundary | None, source: Source | None, crs: str) -> tuple[float, float, float, float]:
    if boundary is not None:
        return projected(boundary, crs).bounds  # type: ignore[no-any-return]
    assert source is not None
    return box_of(source.files[-1][1][0].frame, crs)


def box_of(frame: Frame, crs: str) -> tuple[float, float, float, float]:
    """Bounds of a layer in another reference system, from 101 points along each side."""
    a, b, c, d, e, f = frame.transform
    rows, columns = frame.shape
    t = np.linspace(0, 1, 101)
    column = np.concatenate([t, t, 0 * t, 0 * t + 1]) * columns
    row = np.concatenate([0 * t, 0 * t + 1, t, t]) * rows
    x, y = a * column + b * row + c, d * column + e * row + f
    if not align.same(frame.crs, crs):
        x, y = align.transformer(frame.crs, crs).transform(x, y)
    good = np.isfinite(x) & np.isfinite(y)
    if not good.any():
        return (np.nan,) * 4
    return float(x[good].min()), float(y[good].min()), float(x[good].max()), float(y[good].max())


def _equal_area(box: tuple[float, float, float, float]) -> str:
    from pyproj import CRS

    longitude, latitude = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return str(CRS(f"+proj=laea +lat_0={latitude:.2f} +lon_0={longitude:.2f} +datum=WGS84 +units=m").to_wkt())


def name_of(crs: str) -> str:
    from pyproj import CRS

    known = CRS.from_user_input(crs)
    code = known.to_authority()
    return ":".join(code) if code else known.name


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _table(path: Path) -> tuple[Any, str | Text]:
    """The polygons with their attributes, and why there are none."""
    import geopandas
    from pyogrio.errors import DataSourceError

    tries: list[dict[str, str]] = [{}]
    if path.suffix.lower() == ".shp" and not path.with_suffix(".cpg").exists():
        tries = [{"encoding": e} for e in ENCODINGS]
    error = ""
    for options in tries:
        try:
            found = geopandas.read_file(path, engine="pyogrio", **options)
            return (found, "") if isinstance(found, geopandas.GeoDataFrame) else (None, NO_SHAPES)
        except UnicodeDecodeError as e:
            error = str(e)
        except DataSourceError as e:
            return None, str(e).replace(str(path.parent), "")
    return None, error


def _missing(folder: Path, name: str) -> Problem:
    found = sorted(f.relative_to(folder).as_posix() for f in islice(folder.rglob("*"), LISTED))
    return Problem("E-REGION-FILE", file=name,
                   values={"layer": LABEL, "file": name, "meant": did_you_mean(name, found)})  # fmt: skip
