"""The Wensu study: published values recomputed, and each known inconsistency (k01 to k36) with the switch it has.

Where two halves or two tables disagree both are run. Where nothing can be decided (treatment "note") the test holds
that the package claims nothing: no rule by elevation, side of the plain or number of sinks, no threshold as published.
"""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.maps.cost.distance import cost_distance
from halosink.maps.entropy import weights_from_entropy
from halosink.maps.flow.climate import annual_precipitation
from halosink.maps.flow.respiration import PER_DEGREE, AnnualDataError, respiration, respiration_of_month
from halosink.maps.grid import Grid
from halosink.maps.importance import WEIGHTS
from halosink.maps.resistance import published_levels, published_weights, reclass
from halosink.maps.rules import Rules
from halosink.maps.sinks import candidates
from halosink.maps.stock.soil import layer_stock, soil_index
from halosink.maps.stock.vegetation import density_of_land_use, storage, wensu_types
from halosink.maps.strategies.catalogue import goals, land_use_types, patterns
from halosink.maps.strategies.recognise import recognise_patterns
from wensu_tables import FACTORS, SINKS, codes_by_name, everything, land_use, table

PATTERN = {p.number: p for p in patterns()}
SETTINGS = {field.name for field in fields(Rules)}


def test_every_value_that_follows_from_others(reference):
    lines = everything(reference)
    assert len(lines) > 200
    assert [line for line in lines if not line.met] == []


def test_every_inconsistency_of_the_study_has_a_test(reference):
    known = pd.read_csv(reference / "sources/tables/known_inconsistencies.csv")
    wensu = known.loc[known["document"].str.contains("Wensu"), "id"].tolist()
    assert wensu == [f"k{n:02}" for n in range(1, 37)]
    assert [k for k in wensu if not any(name.startswith(f"test_{k}") for name in globals())] == []


def test_k01_both_exponents():
    assert PER_DEGREE == {"english": 0.0913, "chinese": 0.09137}
    for warm, wet, percent in ((10.1, 5.45, 0.05), (25, 10, 0.15), (-20, 0, -0.14)):
        default = respiration_of_month(warm, wet)
        assert default == respiration_of_month(warm, wet, per_degree=PER_DEGREE["english"])
        chinese = respiration_of_month(warm, wet, per_degree=PER_DEGREE["chinese"])
        assert 100 * (chinese / default - 1) == pytest.approx(percent, abs=0.005)


def test_k02_lowest_storage_is_of_marsh_meadow():
    lowest = min((one for one in wensu_types() if one.density > 0), key=lambda one: storage(one.density, one.area))
    assert (lowest.title.zh, round(float(storage(lowest.density, lowest.area)), 3)) == (
        "温带禾草、苔草及杂类草沼泽化草甸", 0.273)  # fmt: skip
    called = next(one for one in wensu_types() if one.title.en == "Temperate steppe shrub desert")
    assert float(storage(called.density, called.area)) == pytest.approx(0.8)


def test_k03_gobi_is_printed_to_fill_the_sum(reference):
    found = land_use(reference, 2).set_index("land_use_subtype_en")["found"]
    assert round(found["Gobi desert"], 2) == 0.02
    assert found["Gobi desert"] == pytest.approx(0.01, abs=0.01)


def test_k04_weights_of_printed_entropies(reference):
    rows = table(reference, "4_").set_index("resistance_factor_en")
    found = weights_from_entropy(rows["information_entropy_e"].to_dict())
    off = [abs(100 * found[n].weight - rows.loc[n, "weight_w_percent"]) for n in FACTORS]
    assert max(off) == pytest.approx(0.0092, abs=5e-5)
    assert max(off) <= 0.01


def test_k05_area_of_table_and_rasters():
    area = sum(one.area for one in wensu_types()) * 100
    assert area == pytest.approx(14215)
    assert area == pytest.approx(14200, rel=0.002)
    assert area != pytest.approx(14600, rel=0.02)


def test_k06_land_use_and_vegetation_stay_apart(reference):
    cropland = 0.0
    for name in SINKS.values():
        rows = table(reference, name)
        cropland += rows.loc[rows["land_use_subtype_en"].isin(["Dry land", "Paddy land"]), "area_km2"].sum()
    cultivated = next(one for one in wensu_types() if one.group.zh == "栽培植被")
    assert cropland == pytest.approx(1669.31)
    assert cultivated.area * 100 == pytest.approx(1146)
    assert density_of_land_use()[12] == cultivated.density
    by_land_use, by_vegetation = storage(cultivated.density, [cropland * 100, cultivated.area * 1e4])
    assert by_land_use / by_vegetation == pytest.approx(1669.31 / 1146)


@pytest.mark.parametrize(("number", "land"), [(6, {46: 0.5, 63: 0.5}), (7, {22: 0.4, 12: 0.4, 41: 0.2})])
def test_k07_patterns_reach_beyond_the_sink(number, land):
    codes = [33, *land]
    inside = np.array([[1.0] + [0.0] * len(land)])
    ring = np.array([[0.0, *land.values()]])
    assert recognise_patterns(inside, codes, np.array([3]), ring).pattern.tolist() == [number]
    assert recognise_patterns(inside, codes, np.array([3])).pattern.tolist() != [number]


def test_k08_no_area_of_saline_alkali_land(reference):
    listed = pd.concat([table(reference, name) for name in SINKS.values()])
    assert "Saline-alkali land" not in set(listed["land_use_subtype_en"])
    assert 63 in {code for condition in PATTERN[6].conditions for code in condition.codes}
    assert 63 in Rules().potential_codes


def test_k09_gobi_pattern_may_lie_outside_the_mask():
    gobi = [c for c in PATTERN[2].conditions if 62 in c.codes]
    assert gobi
    assert {c.where for c in gobi} == {"either"}


def test_k10_no_class_follows_from_elevation():
    assert not any("elevation" in name for name in SETTINGS | set(WEIGHTS))


def test_k11_goals_of_both_halves():
    english, chinese = goals("en"), goals("zh")
    forest, unused = 1, 5
    assert (english[forest], english[unused]) == ("raise", "maintain")
    assert (chinese[forest], chinese[unused]) == ("maintain", "raise")
    same = [i for i in range(6) if i not in (forest, unused)]
    assert [english[i] for i in same] == [chinese[i] for i in same]
    assert goals() == english


def test_k12_strategy_keeps_its_aliases():
    assert (PATTERN[2].strategy.en, PATTERN[2].strategy.zh) == ("Carbon conservation restoration", "保碳修复")
    assert PATTERN[2].aliases == {"en": ("Carbon conservation",), "zh": ("戈壁保碳",)}


def test_k13_monitoring_keeps_both_names():
    assert (PATTERN[8].strategy.en, PATTERN[8].strategy.zh) == ("Carbon sequestration monitoring", "重点固碳监测")


def test_k14_restoring_keeps_both_names():
    assert (PATTERN[6].strategy.en, PATTERN[6].strategy.zh) == ("Restoring for carbon sequestration", "固碳防治")


def test_k15_any_road_makes_the_pattern():
    assert "highways" in PATTERN[8].character.en
    assert "道路" in PATTERN[8].character.zh
    roads = [c for c in PATTERN[8].conditions if c.where == "road"]
    assert roads
    assert all(not c.codes for c in roads)


def test_k16_measures_are_those_of_table_6(reference):
    rows = pd.read_csv(reference / "sources/tables/wensu_table6_management_approaches.csv")
    printed = rows.groupby("land_use_type_zh")["approach_zh"].agg(list).to_dict()
    ours = {kind.name.zh: [m.zh for m in kind.measures] for kind in land_use_types() if kind.measures}
    assert ours == printed


def test_k17_number_of_sinks_is_no_setting():
    assert not [name for name in SETTINGS if any(w in name for w in ("count", "number"))]


@pytest.mark.parametrize("elevation", [2500.0, 3500.0])
def test_k18_primary_sinks_in_either_belt(elevation):
    importance, grass = np.array([[5, 4]], dtype=np.uint8), np.array([[31, 31]], dtype=np.uint8)
    assert candidates(importance, grass, Rules()).tolist() == [[1, 1]]
    assert reclass(np.array([elevation]), published_levels()["elevation"])[0] in (2, 4)


def test_k19_no_side_of_the_plain():
    assert not [name for name in SETTINGS if any(w in name for w in ("north", "south", "east", "west"))]


def test_k21_no_place_of_the_gobi():
    text = " ".join(p.character.en for p in patterns())
    assert not any(word in text for word in ("southern", "southwestern", "southeastern", "central"))


def test_k20_classes_of_secondary_sinks_are_a_setting():
    importance = np.array([[5, 4, 3, 2]], dtype=np.uint8)
    dry = np.full((1, 4), 12, dtype=np.uint8)
    for classes, expected in (((4,), [0, 2, 0, 0]), ((3, 4), [0, 2, 2, 0]), ((4, 5), [2, 2, 0, 0])):
        assert candidates(importance, dry, replace(Rules(), secondary_classes=classes)).tolist() == [expected]


def test_k22_index_is_not_a_stock():
    index = float(soil_index(0.6, 0.9, 0.5, 0.4))
    assert index == pytest.approx(1.5 * 0.3 + 0.9 * 0.7)
    percent, density = 10.0, 1.4
    stock = layer_stock(1.5 * percent, density, 0.1, 0.3) + layer_stock(0.9 * percent, density, 0.1, 0.7)
    assert float(stock) == pytest.approx(100 * density * 0.9 * index, rel=1e-6)


def test_k23_the_equation_is_monthly():
    assert float(respiration_of_month(10.10, 65.4)) == pytest.approx(17.14, abs=0.005)
    year = respiration(np.full(12, 10.10), np.full(12, 65.4 / 12)).sum()
    assert year == pytest.approx(129.38, abs=0.005)
    with pytest.raises(AnnualDataError):
        respiration(np.array([10.10]), np.array([65.4]))


def test_k24_one_quantity_under_both_names():
    assert respiration_of_month(0.0, 0.0) == pytest.approx(0.22 * 30 * 0.465)


def test_k25_least_accumulated_cost_over_sources():
    surface = np.array([[1.0, 1, 1, 5, 1]])
    sources = np.array([[1, 0, 0, 0, 2]], dtype=np.int32)
    found = cost_distance(surface, sources, 100.0, 100.0)
    one = cost_distance(surface, np.where(sources == 1, 1, 0).astype(np.int32), 100.0, 100.0).distance
    two = cost_distance(surface, np.where(sources == 2, 2, 0).astype(np.int32), 100.0, 100.0).distance
    assert found.distance.tolist() == np.minimum(one, two).tolist()
    assert found.distance.tolist() == [[0, 100, 200, 300, 0]]


def test_k26_thresholds_are_settings_and_own_choice():
    assert {"minimum_primary_km2", "minimum_secondary_km2", "minimum_potential_km2", "cutoff"} <= SETTINGS
    assert "k26" in (Rules.__doc__ or "")
    assert "own choice" in (Rules.__doc__ or "")


def test_k27_smallest_area_is_below_a_cell(reference):
    grid = Grid("EPSG:32644", 0, 0, 1000, 1000, 1, 1)
    smallest = min(table(reference, name)["area_km2"].min() for name in SINKS.values())
    assert smallest == 0.12
    assert smallest < grid.cell_area / 1e6


def test_k28_scales_as_printed():
    highest = {}
    for name, levels in published_levels().items():
        highest[name] = max([v for _, _, v in levels.steps] + [v for _, v in levels.classes])
    assert highest == {"slope": 9, "elevation": 10, "land_use": 10, "accumulated_temperature": 9,
                       "annual_precipitation": 9, "population_density": 9}  # fmt: skip


def test_k29_precipitation_hardly_tells_cells_apart():
    rain = reclass(np.array([65.4, 149.9, 150.0]), published_levels()["annual_precipitation"])
    assert rain.tolist() == [9, 9, 7]
    weights = published_weights()
    assert weights["annual_precipitation"] == min(weights.values())


@pytest.fixture
def extent(reference):
    """West-east and south-north [km]: by the corners, as printed."""
    pyproj = pytest.importorskip("pyproj")
    rows = pd.read_csv(reference / "sources/tables/wensu_study_area.csv").set_index("id")["value_low"]
    south, north, west, east, across, along = (float(rows[k]) for k in ("r01", "r02", "r03", "r04", "r07", "r08"))
    middle, geod = (south + north) / 2, pyproj.Geod(ellps="WGS84")
    by_corners = geod.inv(west, middle, east, middle)[2] / 1e3, geod.inv(west, south, west, north)[2] / 1e3
    return by_corners, (across, along)


def test_k30_width_within_ten_percent(extent):
    assert extent[0][0] == pytest.approx(166.5, abs=0.5)
    assert extent[0][0] == pytest.approx(extent[1][0], rel=0.10)


def test_k31_height_within_two_percent(extent):
    assert extent[0][1] == pytest.approx(164.6, abs=0.5)
    assert extent[0][1] == pytest.approx(extent[1][1], rel=0.02)


def test_k32_precipitation_is_a_sum_of_the_year():
    assert float(annual_precipitation(np.full(12, 5.45, dtype=np.float32))) == pytest.approx(65.4, rel=1e-6)
    assert "annual_precipitation" in published_levels()


def test_k33_names_are_joined_by_row(reference):
    rows = table(reference, "2_")
    rows = rows[(rows["row_kind"] == "row") & rows["vegetation_subtype_en"].notna()]
    pairs = list(zip(rows["vegetation_subtype_en"], rows["vegetation_subtype_zh"], strict=True))
    assert [(one.title.en, one.title.zh) for one in wensu_types()][:15] == pairs


def test_k34_reservoir_and_pond_are_one_class():
    assert [code for name, code in codes_by_name().items() if "eservoir" in name or "ond" in name] == [43]


def test_k35_a_sixth_type_without_measures(reference):
    subtypes = set(pd.read_csv(reference / "sources/tables/wensu_table6_landuse_subtypes.csv")["subtype_en"])
    assert len(subtypes) == 19
    codes = codes_by_name()
    assert subtypes <= set(codes)
    assert {codes[n] // 10 for n in ("Urban land", "Rural settlement")} == {5}
    assert len(land_use_types()) == 6
    assert land_use_types()[4].measures == ()
    assert reclass(np.array([51, 52], dtype=np.uint8), published_levels()["land_use"]).tolist() == [10, 10]


def test_k36_cited_by_the_family_name():
    assert vocabulary.sources()["zhang_wensu"].author.startswith("Zhang")
