"""Layers and boundaries as files: formats, units, everything wrong told at once."""

import json
import string
import warnings

import numpy as np
import pytest

rasterio = pytest.importorskip("rasterio")
geopandas = pytest.importorskip("geopandas")
import shapely  # noqa: E402
from rasterio.transform import Affine  # noqa: E402

from halosink.maps.grid import Tile  # noqa: E402
from halosink.problems import wordings  # noqa: E402
from halosink.settings_region import Region  # noqa: E402
from halosink.study_region import boundary, layers  # noqa: E402
from halosink.study_region.sources import roles  # noqa: E402

RNG = np.random.default_rng(11)
LEFT, TOP, STEP = 80.0, 41.6, 0.01
SHAPE = (60, 80)


def write(path, values, *, crs="EPSG:4326", place=(STEP, 0, LEFT, 0, -STEP, TOP), no_data=None, driver="GTiff"):
    values = np.asarray(values)
    values = values if values.ndim == 3 else values[None]
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", driver=driver, height=values.shape[1], width=values.shape[2], count=len(values),
                       dtype=values.dtype, crs=crs, transform=Affine(*place), nodata=no_data) as file:  # fmt: skip
        file.write(values)


def elevation():
    row, column = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return (1000 + 12 * row + 40 * np.sin(column / 9)).astype(np.float32)


def months(low=-12.0, high=25.0):
    year = low + (high - low) * np.sin(np.pi * (np.arange(12) + 0.5) / 12)
    return (year[:, None, None] + RNG.normal(0, 0.5, (12, *SHAPE))).astype(np.float32)


def codes():
    return RNG.choice([10, 12, 16], SHAPE).astype(np.uint8)


@pytest.fixture
def study(tmp_path):
    """A folder with good layers; give(role, **changes) examines it with one layer changed."""
    write(tmp_path / "land.tif", codes(), no_data=255)
    write(tmp_path / "dem.tif", elevation())
    write(tmp_path / "temp.tif", months())
    write(tmp_path / "rain.tif", np.abs(months(5, 60)))
    ring = shapely.box(80.1, 41.1, 80.7, 41.5)
    geopandas.GeoDataFrame({"name": ["温宿县"]}, geometry=[ring], crs=4326).to_file(tmp_path / "county.geojson")
    good = {"land_use": {"file": "land.tif", "classes": "igbp"}, "elevation": "dem.tif", "temperature": "temp.tif",
            "precipitation": "rain.tif"}  # fmt: skip

    def examine(changes=None, **settings):
        region = Region(**{"boundary": "county.geojson", "layers": {**good, **(changes or {})}, **settings})
        return layers.examine(tmp_path, region)

    examine.folder = tmp_path
    return examine


def told(problems):
    """Codes; every sentence must fill in both languages."""
    for p in problems:
        for part in ("what", "why", "fix"):
            for language in ("en", "zh"):
                text = p.say(part, language)
                assert text and "{" not in text.replace("{year}", "").replace("{month}", ""), text
    return [p.code for p in problems]


def grid_of(study, sources, **settings):
    region = Region(boundary="county.geojson", **settings)
    return boundary.grid(region, sources, boundary.load(study.folder, region)[0])


def test_good_layers_have_no_problem_but_notes(study):
    sources, problems = study()
    assert set(told(problems)) == {"N-REGION-COVERAGE", "N-REGION-COARSE-SLOPE"}
    assert set(sources) == {"land_use", "elevation", "temperature", "precipitation", "slope"}
    grid = grid_of(study, sources)
    assert grid.width == pytest.approx((STEP * 111_195) * np.cos(np.radians(41.3)) ** 0.5, rel=0.01)
    whole = Tile(0, grid.rows, 0, grid.columns)
    for source in sources.values():
        values = source.read(grid, whole)
        assert values.shape[-2:] == grid.shape
        assert values.dtype == (np.uint8 if source.is_class else np.float32)
        for tile in grid.tiles(23):
            np.testing.assert_array_equal(source.read(grid, tile), values[..., tile.row0 : tile.row1,
                                                                          tile.column0 : tile.column1])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "driver"),
    [("a.tif", "GTiff"), ("高程.tif", "GTiff"), ("a.asc", "AAIGrid"), ("a.img", "HFA"), ("a.nc", "netCDF")],
)
def test_formats_give_the_same_numbers(study, name, driver):
    if driver == "AAIGrid":
        from rasterio.shutil import copy

        copy(study.folder / "dem.tif", study.folder / name, driver=driver)
    elif driver == "netCDF":
        write_netcdf(study.folder / name)
    else:
        write(study.folder / name, elevation(), driver=driver)
    sources, problems = study({"elevation": {"file": name, "crs": "" if driver != "AAIGrid" else "EPSG:4326"}})
    assert not [c for c in told(problems) if c.startswith(("E", "W"))]
    grid = grid_of(study, sources)
    whole = Tile(0, grid.rows, 0, grid.columns)
    want = study({})[0]["elevation"].read(grid, whole)
    np.testing.assert_allclose(sources["elevation"].read(grid, whole), want, rtol=1e-6)


def write_netcdf(path, name="elevation", values=None, unit=None):
    from scipy.io import netcdf_file

    values = elevation() if values is None else values
    with netcdf_file(path, "w") as file:
        dims = ("time", "lat", "lon")[3 - values.ndim :]
        for dim, size in zip(dims, values.shape, strict=True):
            file.createDimension(dim, size)
        places = {"lat": TOP - STEP * (np.arange(SHAPE[0]) + 0.5), "lon": LEFT + STEP * (np.arange(SHAPE[1]) + 0.5)}
        for dim in dims[-2:]:
            v = file.createVariable(dim, "f8", (dim,))
            v[:] = places[dim]
            v.units = "degrees_north" if dim == "lat" else "degrees_east"
            v.standard_name = "latitude" if dim == "lat" else "longitude"
        v = file.createVariable(name, "f4", dims)
        v[:] = values
        if unit:
            v.units = unit
    return path


def test_netcdf_declares_kelvin(study):
    write_netcdf(study.folder / "t.nc", "tas", months() + np.float32(273.15), "K")
    sources, problems = study({"temperature": {"file": "t.nc", "variable": "tas"}})
    assert not [c for c in told(problems) if c.startswith(("E", "W"))]
    grid = grid_of(study, sources)
    values = sources["temperature"].read(grid, Tile(0, grid.rows, 0, grid.columns))
    assert np.nanmin(values) > -14 and np.nanmax(values) < 27


@pytest.mark.parametrize("version", [2, 3])
def test_zarr_of_both_formats(study, version):
    import zarr

    group = zarr.open_group(study.folder / "dem.zarr", mode="w", zarr_format=version)
    places = {"lat": TOP - STEP * (np.arange(SHAPE[0]) + 0.5), "lon": LEFT + STEP * (np.arange(SHAPE[1]) + 0.5)}
    arrays = {"elevation": (elevation(), ("lat", "lon")), **{k: (v, (k,)) for k, v in places.items()}}
    for name, (values, dims) in arrays.items():
        shape = {"shape": values.shape, "chunks": (20,) * values.ndim, "dtype": values.dtype}
        array = group.create_array(name, **shape, **({"dimension_names": dims} if version == 3 else {}))
        array[:] = values
        array.attrs["_ARRAY_DIMENSIONS"] = list(dims)
        array.attrs["units"] = {"lat": "degrees_north", "lon": "degrees_east"}.get(name, "m")
        array.attrs["standard_name"] = {"lat": "latitude", "lon": "longitude"}.get(name, "altitude")
    sources, problems = study({"elevation": {"file": "dem.zarr", "variable": "elevation"}})
    assert "N-REGION-DEGREES" in told(problems) and not [c for c in told(problems) if c[0] in "EW"]
    grid = grid_of(study, sources)
    tile = Tile(0, grid.rows, 0, grid.columns)
    want = study({})[0]["elevation"].read(grid, tile)
    np.testing.assert_allclose(sources["elevation"].read(grid, tile), want, rtol=1e-6)
    assert "E-REGION-VARIABLE" in told(study({"elevation": {"file": "dem.zarr", "variable": "elevatoin"}})[1])


def test_a_wrong_system_is_overruled(study):
    write(study.folder / "utm.tif", elevation(), crs="EPSG:32644")
    sources, problems = study({"elevation": {"file": "utm.tif", "crs": "EPSG:4326"}})
    assert not [c for c in told(problems) if c[0] in "EW"]
    grid = grid_of(study, sources)
    tile = Tile(0, grid.rows, 0, grid.columns)
    np.testing.assert_array_equal(sources["elevation"].read(grid, tile), study({})[0]["elevation"].read(grid, tile))


@pytest.mark.parametrize("how", ["nearest", "majority", "area"])
def test_classes_are_never_mixed(study, how):
    sources, _ = study({"land_use": {"file": "land.tif", "classes": "igbp", "resampling": how}}, cell=2500)
    grid = grid_of(study, sources, cell=2500)
    got = sources["land_use"].read(grid, Tile(0, grid.rows, 0, grid.columns))
    assert set(np.unique(got)) <= {0, 12, 32, 65} and got.dtype == np.uint8


def test_units_scale_and_valid(study):
    write(study.folder / "p.tif", (elevation() / 10).astype(np.uint16), no_data=65535)
    sources, _ = study({"npp": {"file": "p.tif", "scale": 0.001, "unit": "kg C m-2 a-1", "valid": [0, 120]}})
    grid = grid_of(study, sources)
    values = sources["npp"].read(grid, Tile(0, grid.rows, 0, grid.columns))
    assert np.nanmax(values) <= 120 and np.isnan(values).any()  # 0.001 kg = 1 g


def test_persons_per_cell_become_densities(study):
    counts = RNG.integers(0, 50, SHAPE).astype(np.float32)
    write(study.folder / "people.tif", counts)
    assert "E-REGION-COUNTS" in told(study({"population": {"file": "people.tif", "unit": "persons"}})[1])
    write(study.folder / "ppp_2020.tif", counts)
    assert "W-REGION-COUNTS-LIKELY" in told(study({"population": "ppp_2020.tif"})[1])
    for unit in ("persons/km2", "km-2", "人/km2", "people per km2"):
        assert "E-REGION-UNIT-UNKNOWN" not in told(study({"population": {"file": "people.tif", "unit": unit}})[1]), unit
    sources, _ = study({"population": {"file": "people.tif", "resampling": "sum"}})
    region = Region(cell=400)
    wide = boundary.grid(region, {"land_use": sources["population"]}, None)
    density = sources["population"].read(wide, Tile(0, wide.rows, 0, wide.columns))
    assert np.nansum(density, dtype=float) * wide.cell_area / 1e6 == pytest.approx(counts.sum(dtype=float), rel=1e-5)


def test_one_number_for_the_region(study):
    sources, problems = study({"topsoil_bulk_density": 1.4, "topsoil_gravel": 30})
    assert told(problems).count("W-REGION-VALUE") == 1  # gravel is a share
    grid = grid_of(study, sources)
    assert (sources["topsoil_bulk_density"].read(grid, Tile(0, 2, 0, 3)) == np.float32(1.4)).all()


@pytest.mark.parametrize("resampling", ["area", "smooth"])
def test_lapse_rate_keeps_the_mean_of_a_coarse_cell(study, resampling):
    factor = 20
    coarse = RNG.normal(10, 3, (12, 3, 4)).astype(np.float32)
    write(study.folder / "coarse.tif", coarse, place=(STEP * factor, 0, LEFT, 0, -STEP * factor, TOP))
    layer = {"file": "coarse.tif", "lapse_rate": -6.5, "resampling": resampling}
    sources, problems = study({"temperature": layer}, boundary="", crs="EPSG:3857", cell=200)
    assert [c for c in told(problems) if c.startswith("E")] == ["E-REGION-DISTORTED"]
    # A grid of which each coarse cell holds 20 x 20 cells: that of the elevation itself.
    from halosink.maps.grid import Grid

    grid = Grid("EPSG:4326", LEFT, TOP, STEP, STEP, *SHAPE)
    whole = Tile(0, *SHAPE[:1], 0, SHAPE[1])
    values = sources["temperature"].read(grid, whole)
    means = values.astype(float).reshape(12, 3, factor, 4, factor).mean(axis=(2, 4))
    np.testing.assert_allclose(means, coarse, atol=1e-4 if resampling == "area" else 0.03)
    height = elevation().astype(float)
    if resampling == "area":
        np.testing.assert_allclose(
            values[0, 5, 7] - values[0, 15, 7], -6.5e-3 * (height[5, 7] - height[15, 7]), atol=1e-3
        )


def test_slope_of_a_layer_in_degrees_uses_metres_on_the_ground(study):
    row = np.mgrid[: SHAPE[0], : SHAPE[1]][0]
    write(study.folder / "ramp.tif", (100.0 * row).astype(np.float32))
    sources, _ = study({"elevation": "ramp.tif"})
    grid = grid_of(study, sources)
    got = sources["slope"].read(grid, Tile(0, grid.rows, 0, grid.columns))
    # 100 m of fall in 0.01 degree of latitude, 1110.7 m at 41.3 degrees north on WGS 84
    assert np.nanmedian(got) == pytest.approx(np.degrees(np.arctan(100 / 1110.7)), rel=1e-3)


def test_everything_wrong_is_told_at_once(study):
    write(study.folder / "three.tif", months()[:3])
    _, problems = study(
        {
            "temperature": "three.tif",
            "precipitation": "../rain.tif",
            "elevation": "dem.tiff",
            "npp": {"file": "npp_{year}.tif", "years": [2010, 2015]},
            "population": {"file": "land.tif", "unit": "bushels"},
        }
    )
    codes = told(problems)
    for code in ("BANDS", "OUTSIDE", "FILE", "YEARS", "UNIT-UNKNOWN"):
        assert f"E-REGION-{code}" in codes
    assert "dem.tif" in next(p for p in problems if p.code == "E-REGION-FILE").say("what", "en")


SICK = {
    "E-REGION-NO-RASTER": lambda f: (f / "sick.tif").write_text("no raster"),
    "E-REGION-NO-CRS": lambda f: write(f / "sick.tif", elevation(), crs=None),
    "E-REGION-CRS-WRONG": lambda f: write(f / "sick.tif", elevation(), crs="EPSG:32644"),
    "E-REGION-SWAPPED": lambda f: write(f / "sick.tif", elevation().T.copy(), place=(-STEP, 0, TOP, 0, STEP, LEFT)),
    "E-REGION-NO-OVERLAP": lambda f: write(f / "sick.tif", elevation(), place=(STEP, 0, 90, 0, -STEP, TOP)),
    "W-REGION-PARTIAL": lambda f: write(f / "sick.tif", elevation(), place=(STEP, 0, 80.4, 0, -STEP, TOP)),
    "E-REGION-EMPTY": lambda f: write(f / "sick.tif", np.full(SHAPE, -9999, np.float32), no_data=-9999),
    "E-REGION-FILL": lambda f: write(f / "sick.tif", np.where(RNG.random(SHAPE) < 0.1, -9999, elevation())),
    "W-REGION-RANGE": lambda f: write(
        f / "sick.tif", np.where(RNG.random(SHAPE) < 0.01, 1e5 * RNG.random(SHAPE), elevation())
    ),
    "E-REGION-UNIT": lambda f: write(f / "sick.tif", elevation() * 1000),
    "W-REGION-GAPS": lambda f: write(f / "sick.tif", np.where(RNG.random(SHAPE) < 0.3, np.nan, elevation())),
    "E-REGION-BANDS": lambda f: write(f / "sick.tif", months()),
}


@pytest.mark.parametrize("code", SICK)
def test_sick_elevation(study, code):
    SICK[code](study.folder)
    _, problems = study({"elevation": "sick.tif"})
    found = [p for p in problems if p.code[0] in "EW"]
    assert told(found) == [code]
    assert "elevation" in found[0].say("what", "en") and "高程" in found[0].say("what", "zh")


@pytest.mark.parametrize(
    ("role", "values", "code", "meant"),
    [
        ("temperature", lambda: months() + 273.15, "E-REGION-UNIT", "offset = -273.15"),
        ("temperature", lambda: (10 * months()).astype(np.int16), "E-REGION-UNIT", "scale = 0.1"),
        ("temperature", lambda: np.repeat(elevation()[None] / 100, 12, 0), "E-REGION-SAME-MONTHS", None),
        ("precipitation", lambda: np.repeat(elevation()[None], 12, 0), "E-REGION-SAME-MONTHS", None),
        ("topsoil_bulk_density", lambda: elevation(), "E-REGION-UNIT", "scale = 0.001"),
        ("topsoil_gravel", lambda: elevation() / 30, "E-REGION-UNIT", "scale = 0.01"),
        ("ndvi", lambda: elevation() * 4, "E-REGION-UNIT", "scale = 0.0001"),
        ("npp", lambda: elevation().astype(np.uint16), "W-REGION-SCALE", None),
        ("npp", lambda: elevation() / 5000, "W-REGION-SMALL", None),
    ],
)
def test_numbers_in_another_unit(study, role, values, code, meant):
    write(study.folder / "odd.tif", values())
    _, problems = study({role: "odd.tif"})
    told(problems)
    problem = next(p for p in problems if p.code == code)
    if meant:
        assert f"with {meant}." in problem.say("why", "en") and meant in problem.say("why", "zh")


def test_fill_beside_the_declared_one(study):
    values = elevation().astype(np.uint16)
    values[:20] = 65533
    values[-5:] = 65535
    write(study.folder / "gpp.tif", values, no_data=65535)
    layer = {"file": "gpp.tif", "scale": 0.0001, "unit": "kg C m-2 a-1"}
    problem = next(p for p in study({"gpp": layer})[1] if p.code == "E-REGION-FILL")
    assert "no_data = [65533]" in problem.say("fix", "en") and "65535" in problem.say("what", "zh")
    assert "E-REGION-FILL" not in told(study({"gpp": {**layer, "no_data": [65533]}})[1])


@pytest.mark.parametrize(("dtype", "scale", "code"), [("int16", 0.0001, -3000), ("uint8", 0.004, 255)])
def test_fill_of_a_scaled_vegetation_index(study, dtype, scale, code):
    values = ((elevation() - 950) / 850 / scale).astype(dtype)
    assert values.min() > 0 and values.max() < 1 / scale
    values[20:25] = code
    write(study.folder / "ndvi.tif", values)
    problem = next(p for p in study({"ndvi": {"file": "ndvi.tif", "scale": scale}})[1] if p.code == "E-REGION-FILL")
    assert f"no_data = [{code}]" in problem.say("fix", "en")


def test_class_missing_from_the_table(study):
    values = codes()
    values[0, :7] = 44
    write(study.folder / "odd.tif", values)
    changes = {"land_use": {"file": "odd.tif", "classes": {"10": 32, "12": 12, "16": 65}}}
    _, problems = study(changes, boundary="")
    problem = next(p for p in problems if p.code == "E-REGION-CLASS")
    assert "44 (7)" in problem.say("what", "en")
    _, problems = study({"land_use": {"file": "land.tif", "classes": "esa"}})
    assert "igbp" in next(p for p in problems if p.code == "E-REGION-CLASS").say("what", "zh")
    assert "E-REGION-LEGEND" in told(study({"land_use": {"file": "land.tif", "classes": "igpb"}})[1])
    assert "E-REGION-CLASS-TARGET" in told(study({"land_use": {"file": "land.tif", "classes": {"10": 77}}})[1])


def test_years_are_found_and_their_no_data_compared(study):
    write(study.folder / "lc" / "2010.tif", np.where(RNG.random(SHAPE) < 0.1, 0, codes()).astype(np.uint8), no_data=0)
    write(study.folder / "lc" / "2020.tif", codes(), no_data=255)
    sources, problems = study({"land_use": {"file": "lc/{year}.tif", "classes": "igbp"}})
    assert sources["land_use"].years == (2010, 2020)
    assert "N-REGION-NODATA-DIFFERS" in told(problems)
    grid = grid_of(study, sources)
    tile = Tile(0, grid.rows, 0, grid.columns)
    assert not np.array_equal(sources["land_use"].read(grid, tile, 2010), sources["land_use"].read(grid, tile))
    with pytest.raises(KeyError):
        sources["land_use"].read(grid, tile, 2011)


def test_months_as_files(study):
    for month, values in enumerate(months(), 1):
        write(study.folder / f"t_{month:02d}.tif", values)
    sources, problems = study({"temperature": "t_{month}.tif"})
    assert sources["temperature"].bands == 12 and not [c for c in told(problems) if c[0] == "E"]
    (study.folder / "t_07.tif").unlink()
    problem = next(p for p in study({"temperature": "t_{month}.tif"})[1] if p.code == "E-REGION-MONTHS")
    assert "7" in problem.say("what", "en")


def test_system_of_the_maps(study):
    assert "E-REGION-GEOGRAPHIC" in told(study(crs="EPSG:4326")[1])
    assert "E-REGION-GEOGRAPHIC" in told(study(crs="EPSG:2263")[1])  # feet
    assert "E-REGION-MAP-CRS" in told(study(crs="EPSG:0")[1])
    assert "E-REGION-DISK" in told(study(cell=0.001)[1])
    assert "N-REGION-FINE" in told(study(cell=50)[1])
    assert "W-REGION-FEW-CELLS" in told(study(cell=20_000)[1])
    layer = {"file": "temp.tif", "lapse_rate": -6.5}
    region = Region(layers={"temperature": layer}, cell=1000)
    assert "E-REGION-LAPSE" in told(layers.examine(study.folder, region)[1])


@pytest.mark.parametrize("cpg", [None, "GBK", "UTF-8"])
def test_chinese_shapefiles(study, cpg):
    encoding = "GBK" if cpg in (None, "GBK") else "UTF-8"
    folder = study.folder / "边界"
    folder.mkdir()
    frame = geopandas.GeoDataFrame(
        {"县名": ["温宿县", "阿克苏市"], "code": [652922, 652901]},
        geometry=[shapely.box(80.1, 41.1, 80.7, 41.5), shapely.box(80.2, 41.2, 80.3, 41.3)],
        crs=4326,
    )
    frame.to_file(folder / "县界.shp", encoding=encoding)
    cpg_file = folder / "县界.cpg"
    cpg_file.write_text(encoding) if cpg else cpg_file.unlink(missing_ok=True)
    for where in ({"县名": "温宿县"}, {"code": "652922"}):
        region = Region(boundary="边界/县界.shp", boundary_where=where)
        found, problems = boundary.load(study.folder, region)
        assert not problems and found and found.bounds == pytest.approx((80.1, 41.1, 80.7, 41.5))
    for where, code in (({"县名": "温宿"}, "VALUE"), ({"县": "温宿县"}, "COLUMN")):
        _, problems = boundary.load(study.folder, Region(boundary="边界/县界.shp", boundary_where=where))
        assert told(problems) == [f"E-REGION-WHERE-{code}"]


def test_sick_boundaries(study):
    def load(name, geometry, crs=4326):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a file without reference system is what is wanted
            geopandas.GeoDataFrame({"a": [1]}, geometry=[geometry], crs=crs).to_file(study.folder / name)
        return boundary.load(study.folder, Region(boundary=name))

    assert told(load("line.geojson", shapely.LineString([(80, 41), (81, 42)]))[1]) == ["E-REGION-NO-POLYGONS"]
    bow = shapely.Polygon([(80, 41), (81, 42), (81, 41), (80, 42)])
    mended, problems = load("bow.geojson", bow)
    assert told(problems) == ["W-REGION-POLYGON-MENDED"] and mended
    assert shapely.from_wkb(mended.shape).area == pytest.approx(0.5)
    assert told(load("bare.shp", shapely.box(5e5, 4e6, 6e5, 5e6), crs=None)[1]) == ["E-REGION-BOUNDARY-CRS"]
    assert told(load("metres.shp", shapely.box(5e5, 4e6, 6e5, 5e6))[1]) == ["E-REGION-CRS-WRONG"]
    (study.folder / "text.geojson").write_text("no json")
    assert told(boundary.load(study.folder, Region(boundary="text.geojson"))[1]) == ["E-REGION-NO-POLYGONS"]
    assert told(boundary.load(study.folder, Region(boundary="cuonty.geojson"))[1]) == ["E-REGION-FILE"]


def test_swapped_boundary(study):
    text = json.loads((study.folder / "county.geojson").read_text("utf-8"))
    rings = text["features"][0]["geometry"]["coordinates"]
    text["features"][0]["geometry"]["coordinates"] = [[p[::-1] for p in ring] for ring in rings]
    (study.folder / "swapped.geojson").write_text(json.dumps(text), "utf-8")
    assert [c for c in told(study(boundary="swapped.geojson")[1]) if c[0] == "E"] == ["E-REGION-BOUNDARY-SWAPPED"]


def test_mask_is_the_polygon(study):
    from halosink.maps.grid import Grid

    shape = shapely.Point(1000, 1000).buffer(900, 64).difference(shapely.Point(1100, 900).buffer(300))
    outline = boundary.Boundary(shapely.to_wkb(shape), "EPSG:32644")
    grid = Grid("EPSG:32644", 0, 2000, 7, 7, 286, 286)
    got = boundary.mask(outline, grid, Tile(0, 286, 0, 286))
    column, row = np.meshgrid(np.arange(286) + 0.5, np.arange(286) + 0.5)
    np.testing.assert_array_equal(got, shapely.contains_xy(shape, 7 * column, 2000 - 7 * row))
    for tile in grid.tiles(50):
        np.testing.assert_array_equal(boundary.mask(outline, grid, tile), got[tile.row0 : tile.row1,
                                                                             tile.column0 : tile.column1])  # fmt: skip
    assert boundary.mask(None, grid, Tile(0, 2, 0, 2)).all()


def test_sources_travel(study):
    import pickle

    sources, _ = study()
    for source in sources.values():
        assert pickle.loads(pickle.dumps(source)) == source and hash(source) is not None


def test_wordings_and_roles_are_whole():
    from halosink import vocabulary

    ours = [c for c in wordings() if "-REGION-" in c]
    assert len(ours) > 40
    for role in roles().values():
        assert role.label.en and role.label.zh and role.source in vocabulary.sources()
        assert role.kind in ("amount", "smooth", "class") and role.lowest < role.highest
    for code in ours:
        for text in wordings()[code].what:
            list(string.Formatter().parse(text))


def test_assaba(reference):
    folder = reference / "data/assaba_mauritania"
    region = Region(
        boundary="Admin_layers/Assaba_Region_layer.shp",
        layers={
            "land_use": {"file": "Modis_Land_Cover_Data/{year}LCT.tif", "classes": "igbp", "years": [2010, 2023]},
            "gpp": {"file": "MODIS_Gross_Primary_Production_GPP/{year}_GP.tif", "scale": 0.0001, "years": [2010, 2017],
                    "unit": "kg C m-2 a-1", "no_data": [65533]},
        },
    )  # fmt: skip
    sources, problems = layers.examine(folder, region)
    assert set(told(problems)) == {"W-REGION-GAPS", "N-REGION-NODATA-DIFFERS", "N-REGION-COVERAGE"}
    outline, _ = boundary.load(folder, region)
    grid = boundary.grid(region, sources, outline)
    tile = Tile(0, grid.rows, 0, grid.columns)
    inside = boundary.mask(outline, grid, tile)
    for year, grams in ((2010, 154), (2017, 71)):  # README of the data: 0.154 and 0.071 kg C m-2
        assert np.nanmean(sources["gpp"].read(grid, tile, year)[0][inside]) == pytest.approx(grams, abs=0.6)
    assert inside.sum() * grid.cell_area == pytest.approx(boundary.projected(outline, grid.crs).area, rel=1e-3)
