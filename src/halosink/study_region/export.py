"""Maps and patches as files that any geographic information system opens."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.study_region import boundary
from halosink.study_region.store import Stack
from halosink.study_region.work import Crew

LEVEL = "4"
"""Of deflate. Own choice: maps of 1.6e7 cells are 1 % larger than at the usual 6 and take a third less time."""
LARGEST = 200_000_000
"""Cells whose patches are drawn as polygons at once. Own choice: 0.8 GB; larger maps are drawn from wider cells."""
WHEN = "1970-01-01T00:00:00Z"
"""Time written into a GeoPackage, which demands one, so that the same maps give the same bytes."""


def cloud_optimised(stack: Stack, name: str, path: Path, unit: str = "") -> None:
    """A layer of the stack as a cloud-optimised GeoTIFF: written tile by tile, then copied with its overviews."""
    classes = stack.array(name).dtype.kind in "ui"
    _copied(
        stack, name, path, unit, driver="COG", compress="deflate", level=LEVEL, predictor="2" if classes else "3",
        bigtiff="if_safer", overview_resampling="mode" if classes else "average", num_threads="all_cpus",
    )  # fmt: skip


def netcdf(stack: Stack, name: str, path: Path, unit: str = "") -> None:
    """A layer of the stack as NetCDF-4 after the CF conventions: a variable of that name, its grid_mapping, x and y."""
    _copied(
        stack, name, path, unit, driver="netCDF", format="NC4", compress="deflate", zlevel="4", write_bottomup="no",
        write_gdal_history="no",
    )  # fmt: skip


def _copied(stack: Stack, name: str, path: Path, unit: str, **options: str) -> None:
    import rasterio.shutil

    part = path.with_suffix(".part.tif")
    path.parent.mkdir(parents=True, exist_ok=True)
    _plain(stack, name, part, unit)
    rasterio.shutil.copy(part, path, **options)
    part.unlink()


def _plain(stack: Stack, name: str, path: Path, unit: str) -> None:
    """A GeoTIFF without compression, tile by tile."""
    import rasterio
    from rasterio.transform import Affine
    from rasterio.windows import Window

    grid = stack.grid
    dtype = stack.array(name).dtype
    options = {
        "driver": "GTiff", "width": grid.columns, "height": grid.rows, "count": 1, "crs": grid.crs,
        "dtype": "float32" if dtype.kind == "f" else dtype.name, "transform": Affine(*grid.transform),
        "nodata": 0 if dtype.kind in "ui" else np.nan, "tiled": True, "blockxsize": 512, "blockysize": 512,
        "bigtiff": "if_safer",
    }  # fmt: skip
    with rasterio.open(path, "w", **options) as out:
        for tile in stack.tiles:
            window = Window(tile.column0, tile.row0, tile.shape[1], tile.shape[0])
            out.write(stack.read(name, tile).astype(options["dtype"]), 1, window=window)
        out.update_tags(unit=unit)
        out.update_tags(1, NETCDF_VARNAME=name, units=unit)
        out.units = (unit,)


def zarr_store(stack: Stack, maps: Mapping[str, str], path: Path, units: Mapping[str, str]) -> None:
    """Arrays of the stack under their titles as one Zarr group (format 2, which most programs read) after the CF
    conventions, in a zip archive: x and y of the centres of cells, grid_mapping spatial_ref."""
    import zarr
    from pyproj import CRS

    grid, system = stack.grid, CRS.from_user_input(stack.grid.crs)
    folder = path.with_suffix(".part")
    shutil.rmtree(folder, ignore_errors=True)
    group = zarr.open_group(folder, mode="w", zarr_format=2, attributes={"Conventions": "CF-1.8"})
    affine = " ".join(map(repr, (grid.left, grid.width, 0.0, grid.top, 0.0, -grid.height)))
    place = {**system.to_cf(), "spatial_ref": system.to_wkt(), "GeoTransform": affine, "_ARRAY_DIMENSIONS": []}
    group.create_array("spatial_ref", data=np.array(0, np.int32), attributes=place)
    x = grid.left + (np.arange(grid.columns) + 0.5) * grid.width
    y = grid.top - (np.arange(grid.rows) + 0.5) * grid.height
    for axis, (name, values) in zip(system.cs_to_cf(), (("x", x), ("y", y)), strict=True):
        group.create_array(name, data=values, attributes={**axis, "_ARRAY_DIMENSIONS": [name]})
    for name, title in maps.items():
        own = stack.array(name)
        kind = own.dtype if own.dtype.kind in "ui" else np.dtype("float32")
        told: dict[str, Any] = {"_ARRAY_DIMENSIONS": ["y", "x"], "grid_mapping": "spatial_ref"}
        told["units"] = units.get(name, "1")
        out = group.create_array(
            title, shape=grid.shape, chunks=own.chunks, dtype=kind, fill_value=own.fill_value, attributes=told
        )
        for tile in stack.tiles:
            out[tile.window] = stack.read(name, tile).astype(kind)
    zarr.consolidate_metadata(folder)
    _zipped(folder, path)
    shutil.rmtree(folder)


def _zipped(folder: Path, path: Path) -> None:
    """All files of a folder, always in the same order and of the same date, not compressed again."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            with out.open(entry, "w", force_zip64=True) as to, file.open("rb") as of:
                shutil.copyfileobj(of, to)


def each_map(
    stack: Stack, crew: Crew, maps: Mapping[str, str], folder: Path, units: Mapping[str, str]
) -> Iterator[Path]:
    """Cloud-optimised GeoTIFFs folder/<maps[name]>.tif of arrays of the stack, in the order of `maps`."""
    jobs = [(name, folder / f"{title}.tif", units.get(name, "1")) for name, title in maps.items()]
    yield from crew.each(partial(_one_map, stack), jobs)


def _one_map(stack: Stack, job: tuple[str, Path, str]) -> Path:
    cloud_optimised(stack, *job)
    return job[1]


def geopackage(stack: Stack, patches: pd.DataFrame, edge: boundary.Boundary | None, path: Path) -> None:
    """Patches as polygons with the columns of their table, and the boundary, in the reference system of the maps."""
    import geopandas
    import pyogrio

    found = _polygons(stack)
    frame = geopandas.GeoDataFrame(patches, geometry=[found.get(int(p)) for p in patches["patch"]], crs=stack.grid.crs)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WHEN})
    try:
        pyogrio.write_dataframe(frame, path, layer="patches", driver="GPKG", geometry_type="MultiPolygon")
        if edge is not None:
            shape = boundary.projected(edge, stack.grid.crs)
            whole = geopandas.GeoDataFrame({"name": ["boundary"]}, geometry=[shape], crs=stack.grid.crs)
            pyogrio.write_dataframe(whole, path, layer="boundary", driver="GPKG", append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _polygons(stack: Stack) -> dict[int, Any]:
    import shapely
    from rasterio.features import shapes
    from rasterio.transform import Affine

    grid = stack.grid
    step = int(np.ceil(np.sqrt(max(1.0, grid.rows * grid.columns / LARGEST))))
    values: NDArray[np.int32] = np.asarray(stack.array("sink_patch")[::step, ::step])
    width, height = grid.width * step, grid.height * step
    transform = Affine(width, 0.0, grid.left, 0.0, -height, grid.top)
    parts: dict[int, list[Any]] = {}
    for shape, number in shapes(values, mask=values > 0, transform=transform, connectivity=4):
        parts.setdefault(int(number), []).append(shapely.geometry.shape(shape))
    return {number: shapely.MultiPolygon(found) for number, found in sorted(parts.items())}


def stac_item(
    stack: Stack, edge: boundary.Boundary | None, maps: Iterable[str], years: tuple[int, int], title: str,
    units: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """A STAC 1.0.0 item of the maps; its links are relative to the folder it lies in."""
    import shapely

    from halosink.study_region import align

    grid = stack.grid
    left, bottom, right, top = grid.bounds
    shape = boundary.projected(edge, grid.crs) if edge is not None else shapely.box(left, bottom, right, top)
    move = align.transformer(grid.crs, "EPSG:4326")
    simple = shapely.simplify(shape, 2 * grid.width)
    shape = shapely.transform(simple, lambda p: np.round(np.column_stack(move.transform(p[:, 0], p[:, 1])), 6))
    names = sorted(maps)
    return {
        "type": "Feature", "stac_version": "1.0.0", "id": "region",
        "stac_extensions": [
            "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
            "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
        ],
        "geometry": shapely.geometry.mapping(shape), "bbox": [round(float(v), 6) for v in shape.bounds],
        "properties": {
            "title": title, "datetime": None, "start_datetime": f"{years[0]:04d}-01-01T00:00:00Z",
            "end_datetime": f"{years[1]:04d}-12-31T23:59:59Z", **_system(grid.crs), "proj:shape": list(grid.shape),
            "proj:transform": [*grid.transform, 0.0, 0.0, 1.0],
        },
        "links": [],
        "assets": {
            name: {
                "href": f"./maps/{name}.tif", "roles": ["data"], "title": name,
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "raster:bands": [{"unit": units.get(name, "1")}],
            }
            for name in names
        } | {"patches": {"href": "./patches.gpkg", "roles": ["data"], "type": "application/geopackage+sqlite3"}},
    }  # fmt: skip


def _system(crs: str) -> dict[str, Any]:
    """Of the projection extension: the code of the system, or its definition and no code."""
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    known = system.to_authority(min_confidence=100)
    return {"proj:code": ":".join(known)} if known else {"proj:code": None, "proj:wkt2": system.to_wkt("WKT2_2019")}
