"""Damaged files, wrong boundaries and wrong map systems: told with layer and remedy, never a fault of the program."""

import pickle

import numpy as np
import pytest

rasterio = pytest.importorskip("rasterio")
geopandas = pytest.importorskip("geopandas")
import shapely  # noqa: E402
from pyproj import Geod  # noqa: E402
from rasterio.transform import Affine  # noqa: E402
from rasterio.warp import transform  # noqa: E402

from halosink.problems import Problem, UserError, wordings  # noqa: E402
from halosink.settings_region import Region  # noqa: E402
from halosink.study_region import layers  # noqa: E402

LEFT, TOP, STEP, SHAPE = 80.0, 41.6, 0.01, (60, 80)


def write(path, values, **more):
    with rasterio.open(path, "w", driver="GTiff", height=SHAPE[0], width=SHAPE[1], count=1, dtype=values.dtype,
                       crs="EPSG:4326", transform=Affine(STEP, 0, LEFT, 0, -STEP, TOP), **more) as file:  # fmt: skip
        file.write(values[None])


@pytest.fixture
def study(tmp_path):
    """examine(layers, settings) of a folder with good land use, elevation and boundary."""
    rng = np.random.default_rng(5)
    write(tmp_path / "land.tif", rng.choice([12, 31, 63], SHAPE).astype(np.uint8), nodata=255)
    write(tmp_path / "dem.tif", rng.normal(1500, 50, SHAPE).astype(np.float32))
    ring = shapely.box(80.1, 41.1, 80.7, 41.5)
    geopandas.GeoDataFrame({"县名": ["温宿县"]}, geometry=[ring], crs=4326).to_file(tmp_path / "county.geojson")

    def examine(changes=None, **settings):
        given = {"land_use": "land.tif", "elevation": "dem.tif", **(changes or {})}
        return layers.examine(tmp_path, Region(**{"boundary": "county.geojson", "layers": given, **settings}))[1]

    examine.folder = tmp_path
    return examine


def told(problems):
    """Errors and warnings by code; every sentence fills in both languages and names no place on this computer."""
    for p in problems:
        for part in ("what", "why", "fix"):
            for language in ("en", "zh"):
                text = p.say(part, language)
                assert text and "{" not in text and "/tmp" not in text, text
    return {p.code: p for p in problems if p.level != "note"}


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_file_cut_short_is_damaged_not_a_fault_of_the_program(study, share):
    path = study.folder / "dem.tif"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    found = told(study())
    assert set(found) == {"E-REGION-DAMAGED"}
    assert found["E-REGION-DAMAGED"].file == "dem.tif"
    assert "elevation" in found["E-REGION-DAMAGED"].say("what", "en")


def test_problems_survive_the_way_to_another_process():
    error = UserError([Problem("E-REGION-OUTSIDE", file="a.tif", values={"layer": "a", "file": "a.tif"})])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_a_lapse_rate_does_not_ask_for_elevation_whose_file_is_broken(study):
    (study.folder / "dem.tif").write_text("ncols 10\n")
    lapse = {"temperature": {"value": 10.0, "lapse_rate": -6.5}}
    assert set(told(study(lapse))) == {"E-REGION-NO-RASTER"}


def test_a_table_as_boundary_holds_no_polygon(study):
    (study.folder / "plots.csv").write_text("plot,latitude,longitude\nP1,41.3,80.5\n")
    assert "E-REGION-NO-POLYGONS" in told(study(boundary="plots.csv"))


@pytest.mark.parametrize("boundary", ["plots.csv", "countie.geojson"])
def test_shares_of_the_region_are_not_told_where_the_boundary_is_unusable(study, boundary):
    (study.folder / "plots.csv").write_text("plot\nP1\n")
    empty = np.full(SHAPE, 255, np.uint8)
    empty[20:40, 20:40] = 31
    write(study.folder / "land.tif", empty, nodata=255)
    assert not {"W-REGION-GAPS", "W-REGION-PARTIAL"} & set(told(study(boundary=boundary)))
    assert "W-REGION-GAPS" in told(study())


def test_land_use_as_a_number_is_a_code(study):
    assert "E-REGION-CLASS-VALUE" in told(study({"land_use": 77}))
    assert not told(study({"land_use": 31}, cell=1000))


@pytest.mark.parametrize(
    ("crs", "code"),
    [("EPSG:32644", None), ("EPSG:4515", None), ("EPSG:3857", "E-REGION-DISTORTED"),
     ("EPSG:32645", None),
        ("EPSG:32646", "W-REGION-DISTORTED"), ("EPSG:32650", "E-REGION-DISTORTED"), ("", None)],
)  # fmt: skip
def test_map_systems_that_stretch_areas_are_refused(study, crs, code):
    found = told(study(crs=crs, cell=1000))
    assert [c for c in found if c.endswith("DISTORTED")] == ([code] if code else [])


def test_the_distortion_told_is_that_of_the_areas(study):
    from halosink.study_region import boundary

    region = Region(boundary="county.geojson", crs="EPSG:3857", cell=1000, layers={"land_use": "land.tif"})
    grid = boundary.grid(region, {}, boundary.load(study.folder, region)[0])
    left, bottom, right, top = grid.bounds
    ends = transform("EPSG:3857", "EPSG:4326", [left, right, right, left],
                                   [top - 1000, top - 1000, top, top])  # fmt: skip
    ground = abs(Geod(ellps="WGS84").polygon_area_perimeter(*ends)[0])
    percent = 100 * ((right - left) * 1000 / ground - 1)
    said = told(study(crs="EPSG:3857", cell=1000))["E-REGION-DISTORTED"].values["percent"]
    assert float(said) == pytest.approx(percent, rel=0.02)


@pytest.mark.parametrize("code", ["E-REGION-BANDS", "E-REGION-YEARS", "W-REGION-POLYGON-MENDED"])
def test_sentences_with_a_number_read_well_with_one(code):
    text = wordings()[code].what.en
    assert "{number} bands" not in text and "{number} years" not in text and "{number} polygons" not in text
