"""The studies of regions: the synthetic county is the same each time and true to its truth; the real ones are whole."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rasterio")

import rasterio

from halosink import samples
from halosink.problems import UserError
from halosink.samples.county import truth as true_county
from halosink.samples.county.generate import generate
from halosink.samples.county.world import MONTHS, World
from halosink.settings_region import Region

REAL = ("assaba", "wensu")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def study(name: str) -> dict:
    return tomllib.loads((resources.files("halosink.samples") / name / "study.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    generate(folder, 1)
    return folder


@pytest.fixture(scope="module")
def truth(county):
    return json.loads((county / "truth.json").read_text("utf-8"))


def test_the_county_is_the_same_for_the_same_seed(county, tmp_path):
    generate(tmp_path / "a", 1)
    generate(tmp_path / "b", 2)
    same, other = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert same == contents(county)
    assert {f for f in same if same[f] == other[f]} == set()
    assert sum(map(len, same.values())) < 1_500_000


def test_every_layer_of_the_county_is_named_and_there(county):
    region = Region.model_validate(study("county")["region"])
    said = {f for layer in region.layers.values() for y in layer.years or (0,) for f in [layer.file.format(year=y)]}
    said |= {region.boundary, study("county")["tables"]["plots"]["file"]}
    assert said == {f for f in contents(county) if f.startswith("data/")}


def test_the_county_comes_as_downloads_do(county):
    systems, cells, void = set(), set(), {}
    for path in sorted((county / "data").glob("*.tif")):
        with rasterio.open(path) as file:
            systems.add(file.crs.to_wkt())
            cells.add(round(file.res[0], 9))
            void[path.stem] = file.nodata
    assert len(systems) == 3 and len(cells) == 5
    assert void["npp_2020"] == 32767 and void["vegetation"] is None and void["topsoil_gravel"] is None
    with rasterio.open(county / "data" / "npp_2020.tif") as file:
        values = file.read(1)
    assert {32762, 32764, 32766, 32767} == set(np.unique(values[values > 32700]).tolist())


def test_the_months_of_the_county_are_the_means_of_its_days():
    days = true_county._course()
    edges = np.round(np.arange(13) * 365 / 12).astype(int)
    means = [days[a:b].mean() for a, b in zip(edges, edges[1:], strict=False)]
    assert means == pytest.approx(MONTHS, abs=0.25)


def test_the_truth_of_the_county_adds_up(truth):
    total = truth["totals"]
    assert total["nep_t_C_a-1"] == pytest.approx(total["npp_t_C_a-1"] - total["respiration_t_C_a-1"], abs=0.5)
    assert sum(truth["class_area_km2"].values()) == pytest.approx(total["nep_area_km2"])
    for year in ("2000", "2020"):
        assert sum(truth["land_use_km2"][year].values()) == pytest.approx(truth["area_km2"])
    for category, land in truth["category_land_use_km2"].items():
        assert sum(land.values()) == pytest.approx(truth["category_area_km2"][category])
    assert set(truth["category_land_use_km2"]["1"]) <= {"21", "22", "23", "31", "32", "33", "64"}
    assert sum(truth["weights"].values()) == pytest.approx(1, abs=1e-4)
    assert truth["land_use_km2"]["2020"]["12"] > 1.2 * truth["land_use_km2"]["2000"]["12"]
    assert all(truth["land_use_km2"]["2020"][code] > 5 for code in ("12", "46", "62", "63"))


def test_breaks_of_the_truth_are_the_best_there_are():
    values = np.concatenate([np.full(9, v) for v in (0.0, 0.1, 0.4, 0.7, 1.0)])
    found = true_county._breaks(values)
    assert len(set(np.searchsorted(found[1:-1], values, side="left").tolist())) == 5
    jenkspy = pytest.importorskip("jenkspy")
    drawn = np.random.default_rng(3).gamma(2, 1, 400)
    best = jenkspy.jenks_breaks(drawn, n_classes=5)[1:-1]
    assert true_county._breaks(drawn)[1:-1] == pytest.approx(best, abs=0.02 * np.ptp(drawn))


def test_least_costs_of_the_truth_are_those_of_scikit_image(truth):
    graph = pytest.importorskip("skimage.graph")
    side = true_county.SIDE
    rng = np.random.default_rng(5)
    resistance = rng.uniform(1, 10, (side, side))
    sources = rng.random((side, side)) < 0.001
    oracle = graph.MCP_Geometric(resistance, fully_connected=True).find_costs(np.argwhere(sources))[0]
    assert true_county._cost(resistance, sources) == pytest.approx(oracle * true_county.CELL, rel=1e-12)


def test_plots_of_the_county_tell_where_the_soil_layers_are_wrong(county):
    rows = np.genfromtxt(county / "data" / "plots.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    assert len(rows) == 60 and len(set(rows["plot"])) == 60
    from pyproj import Transformer

    world = World(np.random.default_rng([1, 17]))
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32644", always_xy=True).transform(
        rows["longitude"], rows["latitude"]
    )
    measured = np.log(rows["soil_organic_carbon_stock"])
    true, _ = true_county.soil(world, x, y, measured=True)
    layer, _ = true_county.soil(world, x, y, measured=False)
    assert np.std(measured - np.log(true)) == pytest.approx(0.08, abs=0.025)
    assert np.std(measured - np.log(layer)) > 2 * np.std(measured - np.log(true))


@pytest.mark.parametrize("name", ["county", *REAL])
def test_studies_of_regions_parse_and_speak_both_languages(name):
    found = study(name)
    region = Region.model_validate(found["region"])
    assert {"land_use", "temperature", "precipitation", "elevation", "population"} <= set(region.layers)
    assert bool(found["study"].get("synthetic")) is (name == "county")
    said = [found["study"]["title"], found["study"]["about"], *found["study"].get("assumptions", [])]
    for text in said:
        assert not re.search(r"[一-鿿]", text["en"]) and re.search(r"[一-鿿]", text["zh"])
        assert not re.search(r"[一-鿿][,;:!?]", text["zh"])


@pytest.mark.parametrize("name", REAL)
def test_every_file_of_a_real_region_has_the_bytes_it_is_said_to_have(name, reference):
    for one in samples._real()[name]["files"]:
        raw = (reference / "data" / one["local"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == one["sha256"], one["file"]


@pytest.mark.parametrize("name", REAL)
def test_real_regions_are_prepared_whole(name, reference, tmp_path):
    samples.prepare(name, tmp_path)
    region = Region.model_validate(tomllib.loads((tmp_path / "study.toml").read_text("utf-8"))["region"])
    names = {layer.file.format(year=y) for layer in region.layers.values() for y in layer.years or (0,)}
    for file in names | {region.boundary}:
        assert (tmp_path / file).is_file(), file
    if region.boundary.endswith(".shp"):
        assert all((tmp_path / region.boundary).with_suffix(s).is_file() for s in (".shx", ".dbf", ".prj", ".cpg"))
    for file in names:
        with rasterio.open(tmp_path / file) as opened:
            assert opened.crs is not None


def test_the_real_regions_name_their_missing_files(tmp_path, monkeypatch):
    monkeypatch.delenv("HALOSINK_REFERENCE", raising=False)
    with pytest.raises(UserError) as error:
        samples.prepare("wensu", tmp_path / "s")
    assert [p.code for p in error.value.problems] == ["E-SAMPLE-ABSENT"] * len(samples._real()["wensu"]["files"])


def test_the_chain_finds_the_truth_of_the_county(county, truth):
    from halosink import settings
    from halosink.maps.grid import Tile
    from halosink.maps.quantities import Methods, quantities
    from halosink.maps.stock.vegetation import density_of_types, wensu_types
    from halosink.study_region import boundary, layers

    region = settings.load(county).region
    sources, problems = layers.examine(county, region)
    assert not [p for p in problems if p.code.startswith("E-")]
    outline, _ = boundary.load(county, region)
    grid = boundary.grid(region, sources, outline)
    whole = Tile(0, grid.rows, 0, grid.columns)
    read = {role: s.read(grid, whole, s.years[-1] if s.years else None) for role, s in sources.items()}
    read["land_use"] = np.where(boundary.mask(outline, grid, whole), read["land_use"], 0).astype(np.uint8)
    for code, area in truth["land_use_km2"]["2020"].items():
        assert (read["land_use"] == int(code)).sum() * grid.cell_area / 1e6 == pytest.approx(area)
    densities = density_of_types(wensu_types())
    methods = Methods("given", True, "stock", "vegetation", inorganic_as_carbonate=True, density=densities)
    found = quantities(read, methods)
    tonnes = {"npp": 1e6, "respiration": 1e6, "nep": 1e6, "vegetation_carbon": 1e4, "soil_carbon": 1e4}
    known = np.isfinite(found["nep"])
    total = {
        name: float(np.nansum(np.where(known | (per == 1e4), found[name], 0), dtype=float)) * grid.cell_area / per
        for name, per in tonnes.items()
    }
    told = truth["totals"]
    soil = told["soil_organic_by_layers_t_C"] + told["soil_inorganic_by_layers_t_C"]
    assert total["npp"] == pytest.approx(told["npp_t_C_a-1"], rel=0.005)
    assert total["respiration"] == pytest.approx(told["respiration_t_C_a-1"], rel=0.005)
    assert total["nep"] == pytest.approx(told["nep_t_C_a-1"], rel=0.01)
    assert total["vegetation_carbon"] == pytest.approx(told["vegetation_t_C"], rel=0.005)
    assert total["soil_carbon"] == pytest.approx(soil, rel=0.005)
