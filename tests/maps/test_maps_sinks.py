"""Sinks: each rule of Table 3 on a county drawn by hand, tiles against the whole, the published compositions."""

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from halosink.maps import sinks
from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.natural import natural_breaks
from halosink.maps.cutoff import cost_cutoff, reachable
from halosink.maps.grid import Grid
from halosink.maps.patches.profile import CODES, Profile
from halosink.maps.patches.tiled import join_records, tile_patches, tile_record
from halosink.maps.rules import Rules
from halosink.maps.sinks import candidates, sink_pattern, with_potential

KM2 = 1e6
NAMES = {
    "Paddy land": 11, "Dry land": 12, "Forest land": 21, "Shrub land": 22, "Open forest land": 23,
    "Other forest land": 24, "High coverage grassland": 31, "Medium coverage grassland": 32,
    "Low coverage grassland": 33, "River and canal": 41, "Reservoir": 43, "Floodplain": 46, "Urban land": 51,
    "Rural settlement": 52, "Gobi desert": 62, "Bare soil": 65, "Bare rock or gravel": 66,
}  # fmt: skip


def county():
    """30 x 20 cells of 1 km: glacier, a belt of grass with forest and a lake, rock, low grass, farmland with a village
    and a road through it; no data in a corner."""
    land = np.full((30, 20), 66, np.uint8)
    importance = np.full((30, 20), 2, np.uint8)
    land[:2], importance[:2] = 44, 1
    land[2:8], importance[2:8] = 31, 5
    land[3, 4:8] = 21
    land[5, 5:7] = 42
    land[6, 18] = 12
    land[12:16], importance[12:16] = 33, 3
    land[20:28], importance[20:28] = 12, 4
    land[24, 10:12] = 52
    land[20:28, 15] = 53
    land[26, 3] = 31
    importance[28:, :5] = 0
    return importance, land


def test_candidates_take_class_and_cover():
    importance = np.array([[5, 4, 3, 4, 4, 5, 0]], np.uint8)
    land = np.array([[31, 21, 31, 12, 52, 24, 31]], np.uint8)
    np.testing.assert_array_equal(candidates(importance, land, Rules()), [[1, 1, 0, 2, 0, 2, 0]])


@pytest.mark.parametrize(("classes", "expected"), [((4,), [0, 2, 0]), ((4, 5), [0, 2, 2]), ((3, 4), [2, 2, 0])])
def test_secondary_classes_by_table_3_or_by_the_mapped_result_k20(classes, expected):
    importance = np.array([[3, 4, 5]], np.uint8)
    land = np.full((1, 3), 12, np.uint8)
    np.testing.assert_array_equal(candidates(importance, land, Rules(secondary_classes=classes)), [expected])


def test_the_county_has_one_primary_and_one_secondary_sink():
    importance, land = county()
    found = sink_pattern(importance, land, KM2, Rules())
    expected = np.where(importance > 0, 4, 0).astype(np.uint8)
    expected[2:8] = 1  # forest, lake and the one field are taken in
    expected[20:28] = 2  # village, grass and both sides of the road
    np.testing.assert_array_equal(found.category, expected)
    np.testing.assert_array_equal(found.patch, np.select([expected == 1, expected == 2], [1, 2]))
    table = found.table.set_index("patch")
    assert table.category.tolist() == [1, 2]
    assert table.area_km2.tolist() == [120.0, 160.0]
    assert table.natural_share[1] == pytest.approx(117 / 120)
    assert table.cultivated_share[2] == pytest.approx(149 / 160)
    assert table.perimeter_km[1] == 2 * (20 + 6)
    assert (table.row[1], table.column[1]) == (4.5, 9.5)
    assert table.high_share.tolist() == [1.0, 1.0]
    assert table.importance.tolist() == [5.0, 4.0]


def test_without_inclusions_only_candidates_remain_and_the_road_divides():
    importance, land = county()
    rules = Rules(inclusion_km2=0)
    found = sink_pattern(importance, land, KM2, rules)
    wanted = candidates(importance, land, rules)
    assert not found.category[(wanted == 0) & (importance > 0)].tolist().count(1)
    assert (found.category == 2).sum() == 8 * 20 - 2 - 8 - 1
    assert (found.table.category == 2).sum() == 2


def test_the_smallest_area_is_kept_and_one_cell_less_is_not():
    importance = np.full((6, 10), 1, np.uint8)
    land = np.full((6, 10), 66, np.uint8)
    importance[2, :], land[2, :] = 5, 31
    rules = Rules(inclusion_km2=0)
    assert len(sink_pattern(importance, land, KM2, rules).table) == 1
    assert len(sink_pattern(importance, land, KM2, replace(rules, minimum_primary_km2=10.5)).table) == 0
    land[2, 0] = 66
    assert len(sink_pattern(importance, land, KM2, rules).table) == 0


def test_an_inclusion_goes_where_most_of_its_outline_lies():
    importance = np.full((12, 20), 4, np.uint8)
    land = np.full((12, 20), 31, np.uint8)
    land[:, 10:] = 12
    land[5:7, 8:11] = 52  # six cells: outline of 2 + 2 + 2 sides along grass, 2 + 2 along farmland
    found = sink_pattern(importance, land, KM2, Rules())
    assert set(found.category[5:7, 8:11].ravel()) == {1}
    assert found.table.area_km2.tolist() == [122.0, 118.0]


def test_a_village_at_the_edge_of_the_county_follows_the_enclosure():
    importance = np.full((6, 6), 4, np.uint8)
    land = np.full((6, 6), 12, np.uint8)
    land[0, 0] = 52  # two of four sides along farmland
    assert sink_pattern(importance, land, KM2, Rules(enclosure=0.5)).category[0, 0] == 2
    assert sink_pattern(importance, land, KM2, Rules(enclosure=0.51)).category[0, 0] == 4


def test_a_potential_sink_lies_on_low_cost_between_the_sources():
    importance, land = county()
    rules = Rules()
    sources = sink_pattern(importance, land, KM2, rules)
    cost = np.abs(np.arange(30) - 14.0)[:, np.newaxis] * np.ones((1, 20))
    cost[sources.patch > 0] = 0
    found = with_potential(sources, importance, land, cost, 6.0, KM2, rules)
    expected = sources.category.copy()
    expected[8:20] = 3
    np.testing.assert_array_equal(found.category, expected)
    assert found.table.category.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(found.patch[sources.patch > 0], sources.patch[sources.patch > 0])
    assert found.table.area_km2.tolist() == [120.0, 160.0, 240.0]


@pytest.mark.parametrize(("connected", "rows"), [("touch", 4), ("between", 0), ("any", 8)])
def test_what_potential_sinks_must_touch(connected, rows):
    importance, land = county()
    rules = Rules(connected=connected)
    sources = sink_pattern(importance, land, KM2, rules)
    cost = np.full(importance.shape, 9.0)
    cost[8:10] = cost[13:17] = cost[18:20] = 1.0
    cost[sources.patch > 0] = 0
    found = with_potential(sources, importance, land, cost, 1.0, KM2, rules)
    assert (found.category == 3).sum() == rows * 20


def test_water_glacier_and_settlements_never_become_potential():
    importance, land = county()
    rules = Rules()
    sources = sink_pattern(importance, land, KM2, rules)
    land[10, 10], land[11, 4], land[14, 14] = 52, 41, 44
    land[9, 9] = 11  # a field is no barrier: it is taken in
    cost = np.where(sources.patch > 0, 0.0, 1.0)
    found = with_potential(sources, importance, land, cost, 1.0, KM2, rules)
    assert [found.category[cell] for cell in ((10, 10), (11, 4), (14, 14), (9, 9))] == [4, 4, 4, 3]
    assert not (found.category[:2] == 3).any()


def test_cells_out_of_reach_and_without_data_are_never_potential():
    importance, land = county()
    rules = Rules()
    sources = sink_pattern(importance, land, KM2, rules)
    cost = np.where(sources.patch > 0, 0.0, 1.0)
    cost[8:12], cost[12:14] = np.nan, np.inf
    found = with_potential(sources, importance, land, cost, 1e9, KM2, rules)
    assert not (found.category[8:14] == 3).any()
    assert (found.category[14:20] == 3).all()
    np.testing.assert_array_equal(found.category == 0, importance == 0)


def noise(seed):
    rng = np.random.default_rng(seed)
    from scipy import ndimage

    def field():
        smooth = ndimage.gaussian_filter(rng.random((70, 90)), 2)
        return np.argsort(np.argsort(smooth.ravel())).reshape(70, 90) / smooth.size

    importance = (1 + 5 * field()).astype(np.uint8)
    importance[field() < 0.05] = 0
    land = np.array([12, 31, 33, 66, 52, 41, 24, 21], np.uint8)[(8 * field()).astype(int)]
    land[rng.random((70, 90)) < 0.1] = 12
    return importance, land, field()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [7, 16, 33])
def test_sinks_do_not_depend_on_tiles(size, seed, monkeypatch):
    importance, land, cost = noise(seed)
    rules = Rules(minimum_primary_km2=12, minimum_secondary_km2=9, minimum_potential_km2=6, inclusion_km2=8)
    results = []
    for tile in (1024, size):
        monkeypatch.setattr(sinks, "TILE", tile)
        sources = sink_pattern(importance, land, KM2, rules)
        results.append((sources, with_potential(sources, importance, land, cost, 0.7, KM2, rules)))
    assert {1, 2, 3} <= set(results[0][1].table.category)
    for whole, tiled in zip(*results, strict=True):
        np.testing.assert_array_equal(tiled.patch, whole.patch)
        np.testing.assert_array_equal(tiled.category, whole.category)
        pd.testing.assert_frame_equal(tiled.table, whole.table, check_exact=True)


def test_the_steps_by_tiles_are_those_of_the_whole():
    importance, land, cost = noise(21)
    rules = Rules(minimum_primary_km2=12, minimum_secondary_km2=9, minimum_potential_km2=6, inclusion_km2=8)
    sources = sink_pattern(importance, land, KM2, rules)
    whole = with_potential(sources, importance, land, cost, 0.7, KM2, rules)
    tiles = list(Grid("", 0.0, 0.0, 1000.0, 1000.0, *importance.shape).tiles(32))
    shape = importance.shape

    def first(t):
        return sinks.source_regions(importance[t.window], land[t.window], rules)

    joined = join_records([tile_record(first(t), t, shape, contacts=True) for t in tiles])
    settled = sinks.categorise(joined, KM2, rules)
    category = {t: tile_patches(first(t), t, joined, lookup=sinks.source_categories(settled)) for t in tiles}
    for t in tiles:
        np.testing.assert_array_equal(category[t], sources.category[t.window])
        np.testing.assert_array_equal(tile_patches(first(t), t, joined, lookup=settled.patch), sources.patch[t.window])

    def second(t):
        return sinks.potential(importance[t.window], land[t.window], category[t], cost[t.window], 0.7, rules)

    again = join_records([tile_record(second(t), t, shape, contacts=True) for t in tiles])
    found = sinks.potential_patches(again, KM2, rules)
    for t in tiles:
        patch = tile_patches(second(t), t, again, lookup=found.patch)
        expected = np.where(whole.category == 3, whole.patch - settled.count, 0)[t.window]
        np.testing.assert_array_equal(patch, expected)
    assert settled.count + found.count == len(whole.table)


@pytest.mark.parametrize("seed", range(3))
def test_invariants_of_any_pattern(seed):
    importance, land, cost = noise(seed + 10)
    rules = Rules(minimum_primary_km2=12, minimum_secondary_km2=9, minimum_potential_km2=6, inclusion_km2=5)
    sources = sink_pattern(importance, land, KM2, rules)
    found = with_potential(sources, importance, land, cost, 0.5, KM2, rules)
    assert found.table.area_km2.sum() == np.isin(found.category, (1, 2, 3)).sum()
    assert (found.table.area_km2 >= 6).all()
    for part in (found.patch[np.isin(found.category, (1, 2))], found.patch[found.category == 3]):
        first = np.unique(part, return_index=True)[1]
        assert (np.diff(first) > 0).all()
    wanted = candidates(importance, land, rules)
    # a candidate in a large patch is never lost
    assert not ((found.category == 3) & (wanted > 0) & np.isin(sources.category, (1, 2))).any()
    np.testing.assert_array_equal(found.category[sources.category < 3], sources.category[sources.category < 3])


def test_profiles_of_tiles_merge_to_that_of_the_whole():
    importance, land, _ = noise(3)
    rules = Rules(minimum_primary_km2=5, minimum_secondary_km2=5)
    found = sink_pattern(importance, land, KM2, rules)
    merged = Profile.empty(len(found.table))
    for t in Grid("", 0.0, 0.0, 1000.0, 1000.0, *importance.shape).tiles(20):
        part = Profile.empty(len(found.table))
        below = found.patch[t.row1, t.column0 : t.column1] if t.row1 < importance.shape[0] else None
        right = found.patch[t.row0 : t.row1, t.column1] if t.column1 < importance.shape[1] else None
        layers = (layer[t.window] for layer in (found.patch, found.category, importance, land))
        part.add(*layers, t.row0, t.column0, below, right)
        merged.merge(part)
    pd.testing.assert_frame_equal(merged.table(rules, 1000.0, 1000.0), found.table, check_exact=True)


@pytest.mark.parametrize(
    ("table", "category"), [("wensu_table7_primary_sink_landuse", 1), ("wensu_table8_secondary_sink_landuse", 2)]
)
def test_the_published_composition_is_one_sink_with_the_published_area(reference, table, category):
    with open(reference / "sources" / "tables" / f"{table}.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cells = {NAMES[r["land_use_subtype_en"]]: round(float(r["area_km2"]) * 100) for r in rows if r["row_kind"] == "row"}
    total = sum(cells.values())
    rules = Rules()
    own = rules.natural_codes if category == 1 else rules.cultivated_codes
    width = 401
    land = np.full(((total + width - 1) // width + 6, width), 66, np.uint8)
    importance = np.where(np.arange(land.size).reshape(land.shape) // width < 3, 1, 4).astype(np.uint8)
    flat = land[3:].reshape(-1)
    main = max((c for c in cells if c in own), key=lambda c: cells[c])
    flat[:total] = main
    importance[3:].reshape(-1)[total:] = 1
    inner = (np.arange(1, total // width - 1, 2)[:, np.newaxis] * width + np.arange(1, width - 1, 2)).ravel()
    scattered = np.repeat([c for c in cells if c != main and c not in own], [n for c, n in cells.items()
                          if c != main and c not in own])  # fmt: skip
    flat[np.random.default_rng(1).permutation(inner)[: scattered.size]] = scattered
    place = np.flatnonzero(flat[:total] == main)
    blocks = np.repeat(
        [c for c in cells if c != main and c in own], [n for c, n in cells.items() if c != main and c in own]
    )
    flat[place[: blocks.size]] = blocks
    found = sink_pattern(importance, land, 1e4, rules)
    published = float(next(r["area_km2"] for r in rows if r["row_kind"] == "total"))
    assert found.table.category.tolist() == [category]
    assert found.table.area_km2[0] == pytest.approx(published, abs=0.005)
    share = sum(n for c, n in cells.items() if c in own) / total
    column = "natural_share" if category == 1 else "cultivated_share"
    assert found.table[column][0] == pytest.approx(share, rel=1e-12)
    assert set(cells) <= set(CODES)


def test_cutoffs():
    cost = np.array([[0.0, np.inf, np.nan, 1.0, 2.0, 3.0, 50.0, 51.0, 52.0, 99.0, 100.0]])
    some = cost[np.isfinite(cost) & (cost > 0)]
    assert cost_cutoff(cost, Rules(cutoff="value", cost_value=7.5)) == 7.5
    assert cost_cutoff(cost, Rules(cutoff="quantile", cost_quantile=0.5)) == 50.0
    assert cost_cutoff(cost, Rules(cost_classes=3)) == 3.0 == natural_breaks(some, 3).edges[1]
    assert np.isnan(cost_cutoff(np.zeros((2, 2)), Rules()))


def test_cutoffs_by_tiles():
    cost = np.random.default_rng(0).gamma(2.0, 1e4, (200, 200))
    cost[:10, :10], cost[50:60, 50:60] = 0, np.inf
    whole = Histogram.of(reachable(cost), 0.0, 3e5)
    merged = Histogram.of(reachable(cost[:77]), 0.0, 3e5).merge(Histogram.of(reachable(cost[77:]), 0.0, 3e5))
    for how in ("quantile", "breaks"):
        rules = Rules(cutoff=how)
        assert cost_cutoff(merged, rules) == cost_cutoff(whole, rules)
        assert cost_cutoff(merged, rules) == pytest.approx(cost_cutoff(cost, rules), abs=2 * 3e5 / 65536)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum_primary_km2": -1.0}, {"enclosure": 0.0}, {"cost_quantile": 1.5}, {"primary_classes": (6,)},
        {"natural_codes": (12,)}, {"barred_codes": (33,)}, {"cost_classes": 1}, {"inclusion_km2": float("nan")},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        Rules(**wrong)
