"""Carbon of soil and vegetation against the paper's table, InVEST's own test and IPCC's."""

import csv

import numpy as np
import pytest

from halosink.maps.stock import pools, soil, tier1, vegetation
from halosink.soil.stocks import density_lines


def test_stock_of_a_layer_by_hand():
    assert soil.layer_stock(10, 1.4, 0.1, 0.3) == pytest.approx(10e-3 * 1.4e3 * 0.9 * 0.3 * 10)
    assert soil.layer_stock(10, 1.66, 0.1, 0.3, whole_soil=True) == pytest.approx(10e-3 * 1400 * 0.3 * 10, rel=1e-6)
    assert soil.inorganic_of_carbonate(10.0) == pytest.approx(1.2, abs=2e-3)
    with pytest.raises(ValueError, match="gravel"):
        soil.layer_stock(10, 1.4, 10, 0.3)


def test_k22_index_is_no_stock_unless_density_is_ten_over_thirty():
    assert soil.soil_index(1.0, 2.0, 3.0, 4.0) == pytest.approx(3 * 0.3 + 7 * 0.7)
    top = soil.layer_stock(20.0, 0.1, 0.0, 0.3) + soil.layer_stock(10.0, 0.1, 0.0, 0.7)
    assert soil.soil_index(0.0, 20.0, 0.0, 10.0) == pytest.approx(top)


def test_soil_carbon_keeps_kinds_and_layers_apart():
    one = np.ones(3, np.float32)
    top = soil.SoilLayer(0.8 * one, 1.2 * one, np.array([1.3, np.nan, 1.3], np.float32), 0.05 * one, 0.3)
    sub = soil.SoilLayer(0.4 * one, 1.5 * one, np.array([1.4, 1.4, 1.4], np.float32), 0.1 * one, 0.7)
    sub.organic[2] = np.nan
    found = soil.soil_carbon((top, sub), unit="percent")
    assert found.organic[0][0] == pytest.approx(8 * 1.3 * 0.95 * 30 * 0.1)
    assert found.inorganic[1][0] == pytest.approx(15 * 1.4 * 0.9 * 70 * 0.1)
    estimated = float(density_lines.central(np.array([0.8]), "mineral")[0])
    assert found.organic[0][1] == pytest.approx(8 * estimated * 0.95 * 30 * 0.1, rel=1e-5)
    np.testing.assert_allclose(found.estimated, [0, 0.3, 0], atol=1e-7)
    assert found.organic_sd[0] == pytest.approx(0.05 * (found.organic[0][0] + found.organic[1][0]))
    drawn = found.organic[0][1] * density_lines.SCATTER / estimated + 0.05 * found.organic[1][1]
    assert found.organic_sd[1] == pytest.approx(drawn, rel=1e-5)
    assert found.total[0] == pytest.approx(sum(float(a[0]) for a in (*found.organic, *found.inorganic)))
    assert np.isnan(found.total[2]) and np.isfinite(found.organic[0][2])
    with pytest.raises(KeyError):
        soil.soil_carbon((top, sub), unit="ppm")


def test_density_error_of_a_drawn_stock_is_the_stated_one():
    rng = np.random.default_rng(0)
    one = np.ones(1, np.float32)
    layer = soil.SoilLayer(10 * one, 0 * one, np.nan * one, 0 * one, 0.3)
    found = soil.soil_carbon((layer,))
    middle = float(density_lines.central(np.array([1.0]), "mineral")[0])
    drawn = soil.layer_stock(10, rng.normal(middle, density_lines.SCATTER, 20_000), 0, 0.3)
    assert found.organic_sd[0] == pytest.approx(drawn.std(), rel=0.02)


def test_table_2_storages_follow_from_densities_and_areas():
    types = vegetation.wensu_types()
    assert [t.code for t in types] == list(range(1, 17))
    for one in types:
        assert vegetation.storage(one.density, one.area) == pytest.approx(one.storage, abs=5e-4)
    area, total = sum(t.area for t in types), sum(float(vegetation.storage(t.density, t.area)) for t in types)
    assert area == pytest.approx(142.15, abs=5e-3)
    assert total == pytest.approx(361.013, abs=5e-4)
    assert total / area == pytest.approx(2.53966, abs=5e-6)
    assert total / (area - types[-1].area) == pytest.approx(2.98087, abs=5e-6)
    groups = {"Desert": 46.12, "Steppe": 33.033, "Meadow": 95.632, "Alpine vegetation": 62.205}
    for group, storage in groups.items():
        found = sum(float(vegetation.storage(t.density, t.area)) for t in types if t.group.en == group)
        assert found == pytest.approx(storage, abs=5e-4)


def test_table_2_is_the_reference_table(reference):
    with open(reference / "sources" / "tables" / "wensu_table2_vegetation_carbon.csv", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["row_kind"] == "row"]
    for row, one in zip(rows, vegetation.wensu_types(), strict=True):
        assert one.group.zh == row["vegetation_type_zh"]
        assert (row["vegetation_subtype_zh"] or "无植被") == one.title.zh
        numbers = [float(row[k]) for k in ("carbon_density_t_per_hm2", "area_1e4_hm2", "carbon_storage_1e4_t")]
        assert numbers == [one.density, one.area, one.storage]


def test_k02_least_storage_is_marsh_meadow_and_not_steppe_shrub_desert():
    least = min((t for t in vegetation.wensu_types() if t.density > 0), key=lambda t: t.storage)
    assert least.storage == 0.273 and "marsh meadow" in least.title.en


def test_k05_sum_of_areas_is_the_raster_and_not_the_county():
    area = 100 * sum(t.area for t in vegetation.wensu_types())
    assert area == pytest.approx(14200, rel=2e-3)
    assert area != pytest.approx(14600, rel=2e-2)


def test_counts_of_a_map_in_tiles_give_table_2_back():
    types = vegetation.wensu_types()
    cells = np.concatenate([np.full(round(100 * t.area), t.code, np.uint8) for t in types])
    counts = sum(vegetation.class_counts(part) for part in np.array_split(cells, 7))
    table = vegetation.vegetation_table(counts, 1e6, types)
    np.testing.assert_allclose(table["storage_t"], [1e4 * t.storage for t in types], rtol=1e-4)
    assert ((table["low"] <= table["storage_t"]) & (table["storage_t"] <= table["high"])).all()
    density = vegetation.density_map(np.array([[1, 16], [0, 200]]), vegetation.density_of_types(types))
    np.testing.assert_array_equal(density, np.array([[52.3, 0], [np.nan, np.nan]], np.float32))
    assert float(np.nansum(vegetation.density_map(cells, vegetation.density_of_types(types)), dtype=float)) * 100 == (
        pytest.approx(table["storage_t"].sum(), rel=1e-6)
    )


def test_tables_of_the_study_are_checked():
    row = {"code": 3, "name_en": "reed", "density": 4.0, "low": 2.0, "high": 6.0}
    (one,) = vegetation.types_of([row])
    assert one.sd == pytest.approx(4 / (2 * 1.959964)) and one.title.zh == "reed"
    for wrong in ({"density": -1.0}, {"density": 7.0}, {"density": float("nan")}, {"code": 0}, {"code": 256}):
        with pytest.raises(ValueError):
            vegetation.types_of([row | wrong])
    with pytest.raises(ValueError, match="twice"):
        vegetation.types_of([row, row])


def test_land_use_densities_are_densities_of_table_2():
    known = {t.density for t in vegetation.wensu_types()}
    assert set(vegetation.density_of_land_use().values()) <= known
    assert vegetation.density_of_land_use()[21] == 52.3


def test_drawn_densities_scatter_as_stated_and_are_shared():
    types = vegetation.wensu_types()
    drawn = vegetation.density_draws(types, 20_000)
    assert drawn[1].mean() == pytest.approx(52.3, rel=0.01) and drawn[1].std() == pytest.approx(0.3 * 52.3, rel=0.02)
    assert drawn[16].max() == 0 and min(d.min() for d in drawn.values()) == 0
    np.testing.assert_array_equal(vegetation.density_draws(types[4:6], 20_000)[5], drawn[5])
    assert abs(np.corrcoef(drawn[1], drawn[2])[0, 1]) < 0.03
    by_use = vegetation.land_use_draws(50)
    np.testing.assert_array_equal(by_use[11], by_use[24])


def test_pools_as_in_the_test_of_invest():
    table = {1: pools.Pools(15, 10, 60, 1), 2: pools.Pools(5, 3, 20, 0)}
    now, then = np.array([[1, 1], [2, 0]], np.uint8), np.array([[2, 1], [2, 1]], np.uint8)
    np.testing.assert_array_equal(pools.carbon_map(now, table), [[86, 86], [28, np.nan]])
    np.testing.assert_array_equal(pools.carbon_map(now, table, pool="soil"), [[60, 60], [20, np.nan]])
    np.testing.assert_array_equal(pools.scenario_change(now, then, table), [[-58, 0], [0, np.nan]])
    counts = vegetation.class_counts(now)
    found = pools.pool_table(counts, table, 5e4)
    assert found["total_t"].tolist() == [2 * 5 * 86, 5 * 28] and found["area_hm2"].tolist() == [10, 5]
    assert pools.missing_classes(vegetation.class_counts([0, 1, 9]), table) == (9,)


def test_reference_stocks_of_ipcc():
    zones = np.array([4, 2, 6, 12, 0, 1], np.uint8)
    value, sd = tier1.reference_stock(zones)
    np.testing.assert_allclose(value, [43, 24, 59, 21, np.nan, 64])
    assert sd[0] == pytest.approx(43 * 0.08 / 1.959964)
    sandy, _ = tier1.reference_stock(zones[:2], soil="sandy_soils")
    assert sandy.tolist() == [13, 10]
    use = np.array([12, 12, 31, 44], np.uint8)
    value, sd = tier1.reference_stock(np.full(4, 4, np.uint8), use, soil=np.array([1, 3, 1, 1]))
    np.testing.assert_allclose(value, [43 * 0.77, 13 * 0.77, 43, np.nan], rtol=1e-6)
    assert sd[0] == pytest.approx(43 * 0.77 * np.hypot(0.08, 0.14) / 1.959964)
    with pytest.raises(ValueError):
        tier1.reference_stock(zones, soil="loess")


def test_reference_stocks_have_a_value_in_every_zone_of_wensu_and_assaba(reference):
    rasterio = pytest.importorskip("rasterio")
    for folder in ("wensu_xinjiang", "assaba_mauritania/extra_global_layers"):
        with rasterio.open(reference / "data" / folder / "ipcc_climate_zones.tif") as file:
            zones = file.read(1)
        value, _ = tier1.reference_stock(zones)
        assert np.isfinite(value[(zones >= 1) & (zones <= 12)]).all()
        if "assaba" in folder:
            assert set(np.unique(zones[zones > 0])) == {12}, "Assaba lies in the dry tropics, whose code was inferred"
