"""Maps and patches as files that other programs open."""

import json
import struct
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("rasterio")
pytest.importorskip("zarr")
pytest.importorskip("geopandas")

import pyogrio
import rasterio
import shapely
from rasterio.features import rasterize

from halosink.maps.grid import Grid
from halosink.study_region import export, pictures
from halosink.study_region.boundary import Boundary
from halosink.study_region.store import Stack
from halosink.study_region.work import Crew

EQUAL_AREA = "+proj=laea +lat_0=41.5 +lon_0=80.25 +datum=WGS84 +units=m"


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    rng = np.random.default_rng(1)
    found = Stack(tmp_path / "stack", Grid("EPSG:32644", 450_000.0, 4_600_000.0, 30.0, 30.0, 700, 1300), 512)
    nep = rng.normal(100, 50, found.grid.shape).astype(np.float32)
    nep[:100] = np.nan
    patch = np.zeros(found.grid.shape, np.int32)
    patch[10:200, 10:50] = 1
    patch[150:180, 20:30] = 0
    patch[300:310, 500:1200] = 2
    patch[310:600, 1199] = 2
    patch[400, 100], patch[401, 101] = 3, 3
    arrays = {"nep": nep, "sink_patch": patch, "sink": (patch > 0).astype(np.uint8), "cost": nep.astype(np.float64)}
    for name, values in arrays.items():
        found.add(name, values.dtype.name)
        for tile in found.tiles:
            found.write(name, tile, values[tile.window])
    return found


def offsets(path: Path) -> list[tuple[int, int, int]]:
    """Of each image in the order of its directories: where the directory lies, its width, its first byte of data."""
    data = path.read_bytes()
    assert data[:4] == b"II*\0"
    at, found = struct.unpack_from("<I", data, 4)[0], []
    while at:
        tags = {}
        number = struct.unpack_from("<H", data, at)[0]
        for k in range(number):
            tag, kind, count, value = struct.unpack_from("<HHII", data, at + 2 + 12 * k)
            if kind == 3 and count == 1:
                value &= 0xFFFF
            tags[tag] = (count, value)
        count, value = tags[324]
        blocks = [value] if count == 1 else list(struct.unpack_from(f"<{count}I", data, value))
        found.append((at, tags[256][1], min(b for b in blocks if b)))
        assert {322, 323} <= set(tags)
        at = struct.unpack_from("<I", data, at + 2 + 12 * number)[0]
    return found


@pytest.mark.parametrize("name", ["nep", "sink_patch", "sink", "cost"])
def test_geotiff_is_cloud_optimised(stack: Stack, tmp_path: Path, name: str) -> None:
    path = tmp_path / "out" / f"{name}.tif"
    export.cloud_optimised(stack, name, path, "g C m-2 a-1")
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.block_shapes == [(512, 512)] and file.overviews(1) == [2, 4]
        assert file.crs.to_epsg() == 32644 and file.transform.to_gdal()[:2] == (450_000.0, 30.0)
        values = file.read(1)
        assert values.tobytes() == stack.read(name).astype(values.dtype).tobytes()
        assert file.units == ("g C m-2 a-1",) and file.tags()["unit"] == "g C m-2 a-1"
    images = offsets(path)
    assert [width for _, width, _ in images] == sorted((w for _, w, _ in images), reverse=True)
    # All directories stand before the data, the data of the smallest overview first.
    assert max(at for at, _, _ in images) < min(first for _, _, first in images)
    assert [first for _, _, first in images] == sorted((f for _, _, f in images), reverse=True)
    assert not list(path.parent.glob("*.part.tif"))


def test_maps_made_at_once_have_the_same_bytes(stack: Stack, tmp_path: Path) -> None:
    maps = {"nep": "nep", "sink": "category", "sink_patch": "patch"}
    one = [p.read_bytes() for p in export.each_map(stack, Crew(), maps, tmp_path / "a", {})]
    many = [p.read_bytes() for p in export.each_map(stack, Crew(workers=3), maps, tmp_path / "b", {})]
    assert one == many and [p.stem for p in sorted((tmp_path / "b").iterdir())] == ["category", "nep", "patch"]


def test_polygons_have_the_area_of_the_table(stack: Stack, tmp_path: Path) -> None:
    cells = np.bincount(stack.read("sink_patch").ravel())[1:]
    table = pd.DataFrame({"patch": [1, 2, 3], "area_km2": cells * 900 / 1e6, "name_zh": ["甲", "乙", "丙"]})
    edge = Boundary(shapely.to_wkb(shapely.box(450_000, 4_580_000, 470_000, 4_600_000)), "EPSG:32644")
    path = tmp_path / "patches.gpkg"
    export.geopackage(stack, table, edge, path)
    read = pyogrio.read_dataframe(path, layer="patches")
    assert read["name_zh"].tolist() == ["甲", "乙", "丙"] and read.crs.to_epsg() == 32644
    assert read.geometry.is_valid.all()
    np.testing.assert_allclose(read.area / 1e6, read["area_km2"], rtol=1e-12)
    drawn = rasterize(zip(read.geometry, read["patch"], strict=True), stack.grid.shape,
                      transform=rasterio.Affine(*stack.grid.transform), dtype="int32")  # fmt: skip
    assert (drawn == stack.read("sink_patch")).all()
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["patches", "boundary"]
    again = tmp_path / "again.gpkg"
    export.geopackage(stack, table, edge, again)
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("crs", ["EPSG:32644", EQUAL_AREA])
def test_stac_item(crs: str, tmp_path: Path) -> None:
    """What the schemas of STAC 1.0.0 and its projection 2.0.0 and raster 1.1.0 extensions demand of an item."""
    from pyproj import CRS

    grid = Grid(crs, 0.0, 0.0, 500.0, 500.0, 100, 120)
    item = export.stac_item(Stack(tmp_path, grid, 64), None, ["nep", "category"], (2000, 2020), "title", {"nep": "g"})
    item = json.loads(json.dumps(item))
    assert item["type"] == "Feature" and item["stac_version"] == "1.0.0" and isinstance(item["links"], list)
    assert "collection" not in item, "only items that link to a collection name one"
    shape = shapely.geometry.shape(item["geometry"])
    assert shape.is_valid and item["bbox"] == pytest.approx(list(shape.bounds))
    known = item["properties"]
    assert known["datetime"] is None and known["start_datetime"] < known["end_datetime"]
    assert known["proj:shape"] == [100, 120] and len(known["proj:transform"]) == 9
    told = known["proj:code"] or known["proj:wkt2"]
    assert CRS(told).equals(CRS(crs)) and (known["proj:code"] is None) == (crs == EQUAL_AREA)
    for asset in item["assets"].values():
        assert asset["href"].startswith("./") and isinstance(asset["roles"], list)
    assert item["assets"]["nep"]["raster:bands"] == [{"unit": "g"}]


def check_cf(found, stack: Stack, name: str, title: str) -> None:
    assert found[title].dims == ("y", "x")
    assert found[title].values.tobytes() == stack.read(name).astype(found[title].dtype).tobytes()
    assert found["x"].values[0] == 450_015.0 and found["y"].values[0] == 4_600_000.0 - 15.0
    assert found["x"].attrs["standard_name"] == "projection_x_coordinate"
    assert found.rio.crs.to_epsg() == 32644
    assert found.spatial_ref.attrs["GeoTransform"] == "450000.0 30.0 0.0 4600000.0 0.0 -30.0"
    assert found.spatial_ref.attrs["grid_mapping_name"] == "transverse_mercator"


def test_zarr_opens_with_xarray(stack: Stack, tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("rioxarray")
    from zarr.storage import ZipStore

    maps = {"nep": "nep", "sink": "category", "cost": "cost"}
    for name in ("a", "b"):
        export.zarr_store(stack, maps, tmp_path / f"{name}.zarr.zip", {"nep": "g C m-2 a-1"})
    assert (tmp_path / "a.zarr.zip").read_bytes() == (tmp_path / "b.zarr.zip").read_bytes()
    with ZipStore(tmp_path / "a.zarr.zip", mode="r") as store:
        found = xarray.open_zarr(store, decode_coords="all", mask_and_scale=False, consolidated=True)
        for name, title in maps.items():
            check_cf(found, stack, name, title)
        assert found["nep"].attrs["units"] == "g C m-2 a-1" and found.attrs["Conventions"].startswith("CF-")


def test_netcdf_opens_with_gdal_and_after_cf(stack: Stack, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    export.netcdf(stack, "nep", tmp_path / "nep.nc", "g C m-2 a-1")
    export.netcdf(stack, "nep", tmp_path / "again.nc", "g C m-2 a-1")
    assert (tmp_path / "nep.nc").read_bytes() == (tmp_path / "again.nc").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(tmp_path / "nep.nc") as file:
            assert file.read(1).tobytes() == stack.read("nep").tobytes()
            assert file.crs.to_epsg() == 32644 and file.transform.to_gdal()[:2] == (450_000.0, 30.0)
    with h5py.File(tmp_path / "nep.nc") as file:
        nep = file["nep"]
        assert nep.attrs["units"] == b"g C m-2 a-1" and file.attrs["Conventions"].startswith(b"CF-")
        mapping = file[nep.attrs["grid_mapping"].decode()]
        assert mapping.attrs["grid_mapping_name"] == b"transverse_mercator"
        assert file["x"][0] == 450_015.0 and file["y"].attrs["standard_name"] == b"projection_y_coordinate"


@pytest.mark.parametrize("factor", [2, 3, 7])
def test_smaller_pictures(factor: int) -> None:
    """Against plain sums and counts of each square."""
    rng = np.random.default_rng(factor)
    values = rng.normal(size=(29, 40)).astype(np.float32)
    values[rng.random(values.shape) < 0.4] = np.nan
    codes = rng.integers(0, 4, values.shape).astype(np.uint8)
    means, most = pictures.shrink(values, factor, False), pictures.shrink(codes, factor, True)
    for r in range(means.shape[0]):
        for c in range(means.shape[1]):
            window = slice(r * factor, (r + 1) * factor), slice(c * factor, (c + 1) * factor)
            known = values[window][np.isfinite(values[window])].astype(float)
            if 2 * len(known) >= factor**2:
                assert means[r, c] == pytest.approx(known.mean(), rel=1e-6)
            else:
                assert np.isnan(means[r, c])
            counts = np.bincount(codes[window].ravel(), minlength=4)
            counts[0] += factor**2 - codes[window].size
            assert most[r, c] == counts.argmax()


@pytest.mark.parametrize("ending", ["tif", "nc"])
def test_what_is_written_is_read_again_as_a_layer(stack: Stack, tmp_path: Path, ending: str) -> None:
    from halosink.settings_region import Region
    from halosink.study_region import layers

    stack.add("land_use", "uint8")
    for tile in stack.tiles:
        stack.write("land_use", tile, np.full(tile.shape, 33, np.uint8))
    study = tmp_path / "study"
    write = export.cloud_optimised if ending == "tif" else export.netcdf
    write(stack, "nep", study / f"elevation.{ending}", "m")
    export.cloud_optimised(stack, "land_use", study / "land_use.tif")
    region = Region.model_validate(
        {"crs": "EPSG:32644", "layers": {"elevation": f"elevation.{ending}", "land_use": "land_use.tif"}}
    )
    sources, problems = layers.examine(study, region)
    assert not [p for p in problems if p.code.startswith("E-")], problems
    for tile in stack.tiles:
        assert sources["elevation"].read(stack.grid, tile)[0].tobytes() == stack.read("nep", tile).tobytes()
