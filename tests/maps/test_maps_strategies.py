"""Patterns and measures: as Table 10 and Table 6 print them, and recognised where the tables put them."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halosink.maps.patches.profile import CODES
from halosink.maps.strategies.advise import WEIGHT, advise_measures
from halosink.maps.strategies.catalogue import TYPES, goals, land_use_types, patterns
from halosink.maps.strategies.recognise import fit, recognise_patterns

NAMES = {
    "Paddy land": 11, "Dry land": 12, "Forest land": 21, "Shrub land": 22, "Open forest land": 23,
    "Other forest land": 24, "High coverage grassland": 31, "Medium coverage grassland": 32,
    "Low coverage grassland": 33, "River and canal": 41, "Reservoir": 43, "Floodplain": 46, "Urban land": 51,
    "Rural settlement": 52, "Gobi desert": 62, "Bare soil": 65, "Bare rock or gravel": 66,
}  # fmt: skip


def rows_of(reference, name):
    with open(reference / "sources" / "tables" / f"{name}.csv", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def composition(**shares):
    """Shares by code, given as c31=0.5, one row."""
    row = np.zeros((1, len(CODES)))
    for name, share in shares.items():
        row[0, CODES.index(int(name[1:]))] = share
    return row


def published(reference, name):
    row = np.zeros((1, len(CODES)))
    for line in rows_of(reference, name):
        if line["row_kind"] == "row":
            row[0, CODES.index(NAMES[line["land_use_subtype_en"]])] += float(line["area_km2"])
    return row


def test_the_patterns_are_table_10(reference):
    table = rows_of(reference, "wensu_table10_strategies")
    assert [p.number for p in patterns()] == [1, 2, 3, 4, 5, 6, 7, 8]
    names = {"Primary carbon sink": 1, "Secondary carbon sink": 2, "Potential carbon sink": 3}
    for pattern, row in zip(patterns(), table, strict=True):
        assert pattern.category == names[row["sink_category_en"]]
        for field, column in (("name", "spatial_pattern"), ("character", "characteristic"), ("strategy", "strategy")):
            assert getattr(pattern, field) == (row[f"{column}_en"], row[f"{column}_zh"])
        for field in ("aims", "measures"):
            for i, language in enumerate(("en", "zh")):
                texts = [text[i] for text in getattr(pattern, field)]
                assert texts == [part.strip() for part in row[f"{field}_{language}_condensed"].split(";")]
    assert [sum(p.category == c for p in patterns()) for c in (1, 2, 3)] == [1, 2, 5]


def test_the_measures_are_table_6_and_development_land_has_none_k35(reference):
    table = rows_of(reference, "wensu_table6_management_approaches")
    for land in land_use_types():
        expected = [(r["approach_en"], r["approach_zh"]) for r in table if r["land_use_type_en"] == land.name.en]
        assert list(land.measures) == expected
        assert bool(expected) == (land.number != 5)
    assert sum(len(land.measures) for land in land_use_types()) == len(table)


def test_other_names_of_strategies_are_kept_k12():
    assert patterns()[1].aliases == {"en": ("Carbon conservation",), "zh": ("戈壁保碳",)}


def test_the_halves_swap_forest_and_unused_land_k11():
    english, chinese = (dict(zip(TYPES, goals(half), strict=True)) for half in ("en", "zh"))
    assert (english["forest"], english["unused"]) == (chinese["unused"], chinese["forest"]) == ("raise", "maintain")
    assert {k for k in TYPES if english[k] != chinese[k]} == {"forest", "unused"}
    with pytest.raises(ValueError, match="goal profile"):
        goals("fr")


@pytest.mark.parametrize(
    ("table", "category", "wanted"),
    [
        ("wensu_table7_primary_sink_landuse", 1, {1}),
        ("wensu_table8_secondary_sink_landuse", 2, {3}),
        ("wensu_table9_potential_sink_landuse", 3, {4, 5}),
    ],
)
@pytest.mark.parametrize("known_category", [True, False])
def test_the_published_compositions_show_their_patterns(reference, table, category, wanted, known_category):
    areas = published(reference, table)
    found = recognise_patterns(areas, CODES, np.array([category]) if known_category else None)
    assert int(found.pattern[0]) in wanted
    assert found.score[0] == 1.0


SYNTHETIC = [
    (1, composition(c31=0.6, c33=0.3, c21=0.1), None, 0),
    (2, composition(c12=0.6, c33=0.25, c46=0.15), composition(c62=0.8, c33=0.2), 0),
    (3, composition(c12=0.9, c24=0.05, c52=0.05), composition(c12=0.7, c33=0.3), 0),
    (4, composition(c33=0.9, c32=0.1), composition(c66=0.9, c33=0.1), 0),
    (5, composition(c33=0.95, c65=0.05), composition(c33=1.0), 0),
    (6, composition(c46=0.6, c63=0.3, c33=0.1), composition(c63=0.9, c41=0.1), 0),
    (7, composition(c22=0.4, c12=0.4, c33=0.2), composition(c41=0.1, c12=0.9), 0),
    (8, composition(c33=1.0), composition(c66=0.8, c33=0.2), 0.05),
]


@pytest.mark.parametrize(("number", "patch", "around", "road"), SYNTHETIC)
def test_every_pattern_is_recognised_where_it_is_drawn(number, patch, around, road):
    category = np.array([patterns()[number - 1].category])
    found = recognise_patterns(patch, CODES, category, around, np.array([road]))
    assert (int(found.pattern[0]), found.score[0]) == (number, 1.0)
    assert recognise_patterns(patch, CODES, None, around, np.array([road])).pattern[0] == number


def test_the_highway_pattern_needs_a_road_and_otherwise_is_pattern_4():
    _, patch, around, _ = SYNTHETIC[7]
    for road in (None, np.array([0.0]), np.array([np.nan])):
        found = recognise_patterns(patch, CODES, np.array([3]), around, road)
        assert found.pattern[0] == 4
    found = recognise_patterns(patch, CODES, np.array([3]), around, np.array([0.05]))
    assert (found.pattern[0], found.runner_up[0]) == (8, 4)
    assert found.share[0] == pytest.approx(1 / (1 + 1 + 0.5))  # pattern 5 fits by half: no bare soil


def test_gobi_outside_the_mask_makes_pattern_2_k09():
    _, patch, around, _ = SYNTHETIC[1]
    assert recognise_patterns(patch, CODES, np.array([2]), around).pattern[0] == 2
    found = recognise_patterns(patch, CODES, np.array([2]))
    assert (found.pattern[0], found.score[0]) == (3, 0.5)  # farmland is there, settlements and plantations are not


@pytest.mark.parametrize(("number", "code"), [(1, 31), (3, 12), (5, 33)])
def test_a_map_too_coarse_for_the_scattered_part_fits_by_half(number, code):
    patch = composition(**{f"c{code}": 1.0})
    found = recognise_patterns(patch, CODES, np.array([patterns()[number - 1].category]))
    assert (found.pattern[0], found.score[0]) == (number, 0.5)


def test_nothing_typical_is_no_pattern():
    empty = np.zeros((1, len(CODES)))
    for patch in (composition(c44=1.0), composition(c51=1.0), empty):
        found = recognise_patterns(patch, CODES)
        assert (found.pattern[0], found.score[0], found.share[0], found.runner_up[0]) == (0, 0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(
    weights=st.lists(st.floats(0, 1), min_size=len(CODES), max_size=len(CODES)), factor=st.floats(1e-3, 1e6),
    seed=st.integers(0, 99), category=st.integers(1, 3),
)  # fmt: skip
def test_only_shares_count_and_the_order_of_columns_does_not(weights, factor, seed, category):
    patch = np.array([weights]) + 1e-6
    base = recognise_patterns(patch, CODES, np.array([category]))
    scaled = recognise_patterns(patch * factor, CODES, np.array([category]))
    np.testing.assert_allclose(scaled.scores, base.scores, rtol=1e-9, atol=1e-12)
    order = np.random.default_rng(seed).permutation(len(CODES))
    turned = recognise_patterns(patch[:, order], [CODES[i] for i in order], np.array([category]))
    np.testing.assert_allclose(turned.scores, base.scores, rtol=1e-9, atol=1e-12)
    considered = {p.number for p in patterns() if p.category == category}
    assert int(base.pattern[0]) in considered | {0}
    assert int(base.runner_up[0]) in considered | {0}
    assert 0 <= base.score[0] <= 1 and 0 <= base.share[0] <= 1
    known = np.nan_to_num(base.scores[0])
    assert base.pattern[0] == 0 or base.score[0] == known.max()


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_fit_is_one_within_its_range_and_falls_evenly_outside(a, b, least, most):
    least, most = min(least, most), max(least, most)
    values = fit(np.array([a, b, least, most, 0.0, 1.0]), least, most)
    assert values[2] == values[3] == pytest.approx(1.0)
    assert (values[4], values[5]) == (0.0, 0.0)
    assert abs(values[0] - values[1]) <= abs(a - b) / min(least, 1 - most) + 1e-9


def test_patches_are_judged_one_by_one():
    patch = np.concatenate([row[1] for row in SYNTHETIC])
    around = np.concatenate([row[2] if row[2] is not None else np.zeros((1, len(CODES))) for row in SYNTHETIC])
    road = np.array([row[3] for row in SYNTHETIC])
    category = np.array([p.category for p in patterns()])
    found = recognise_patterns(patch, CODES, category, around, road)
    np.testing.assert_array_equal(found.pattern, np.arange(1, 9))
    with pytest.raises(ValueError, match="tables of patches"):
        recognise_patterns(patch, CODES, category, around[:3])


def test_advice_begins_with_the_pattern_and_goes_on_by_need():
    patch = composition(c33=0.3, c66=0.6, c12=0.095, c52=0.005)[0]
    english = advise_measures(4, patch, CODES, "en")
    assert [a.order for a in english] == list(range(1, len(english) + 1))
    assert [a.measure for a in english[:3]] == list(patterns()[3].measures)
    shares = {6: 0.6 * WEIGHT["maintain"], 3: 0.3 * WEIGHT["boost"], 1: 0.095 * WEIGHT["boost"]}
    order = list(dict.fromkeys(a.number for a in english if a.origin == "type"))
    assert order == sorted(shares, key=lambda n: -shares[n]) == [3, 6, 1]
    chinese = advise_measures(4, patch, CODES, "zh")
    assert list(dict.fromkeys(a.number for a in chinese if a.origin == "type")) == [6, 3, 1]
    assert {a.measure for a in english} == {a.measure for a in chinese}


def test_advice_without_pattern_or_land():
    assert {a.origin for a in advise_measures(0, composition(c21=1.0)[0], CODES)} == {"type"}
    assert advise_measures(0, composition()[0], CODES) == ()
    assert advise_measures(0, composition(c51=1.0)[0], CODES) == ()
    with pytest.raises(ValueError, match="pattern is 9"):
        advise_measures(9, composition(c21=1.0)[0], CODES)
