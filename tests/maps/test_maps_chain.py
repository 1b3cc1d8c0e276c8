"""The chain from quantities to sinks: a county of 30 cells worked out in plain Python, and what must not change it."""

import heapq
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from halosink.maps.chain import Choices, Inputs, chosen_weights, class_edges, limits, map_sinks
from halosink.maps.entropy import FactorWeight
from halosink.maps.resistance import Levels
from halosink.maps.rules import Rules

ROWS, COLUMNS, SIDE = 5, 6, 1000.0
LAND = [
    [31, 31, 31, 21, 62, 62],
    [31, 31, 32, 33, 62, 62],
    [33, 33, 62, 33, 41, 62],
    [62, 33, 62, 12, 12, 12],
    [31, 62, 62, 12, 12, 52],
]
NEP = [
    [280, 300, 240, 260, -60, -80],
    [220, 260, 200, 40, -90, -100],
    [60, 20, -70, 30, -20, -90],
    [-80, 10, -60, 180, 210, 190],
    [270, -50, -80, 200, 220, 0],
]
SOIL = [
    [180, 170, 150, 200, 20, 10],
    [160, 140, 120, 60, 30, 20],
    [70, 50, 20, 40, 60, 10],
    [10, 40, 20, 100, 110, 90],
    [150, 20, 30, 120, 100, 80],
]
SLOPE = [
    [30, 28, 20, 33, 8, 6],
    [22, 18, 12, 9, 4, 3],
    [12, 9, 6, 5, 2, 2],
    [6, 4, 3, 2, 1, 1],
    [5, 3, 2, 1, 1, 1],
]
BREAKS = (0.2, 0.35, 0.5, 0.8)
OF_LAND = {1: 2.0, 2: 1.0, 3: 1.0, 4: 10.0, 5: 20.0, 6: 4.0}
RULES = Rules(
    minimum_primary_km2=2, minimum_secondary_km2=2, minimum_potential_km2=2, inclusion_km2=0, cutoff="value",
    cost_value=2500,
)  # fmt: skip
LEVELS = {
    "land_use": Levels.of("land_use", [{"class": code, "value": value} for code, value in OF_LAND.items()]),
    "slope": Levels.of("slope", [
        {"upper": 5, "value": 1}, {"lower": 5, "upper": 15, "value": 3}, {"lower": 15, "value": 6},
    ]),
}  # fmt: skip
CELLS = list(itertools.product(range(ROWS), range(COLUMNS)))


def raster(table):
    return np.array(table, np.float32)


def inputs(**changes):
    values = {"nep": raster(NEP), "soil_carbon": raster(SOIL)}
    given = Inputs(np.array(LAND, np.uint8), values, {"slope": raster(SLOPE)}, SIDE, SIDE)
    return replace(given, **changes)


CHOICES = Choices({"nep": 0.6, "soil_carbon": 0.4}, RULES, 0.0, BREAKS, {"slope": 0.25, "land_use": 0.75}, LEVELS)


def steps(cell):
    for down, across in itertools.product((-1, 0, 1), repeat=2):
        there = cell[0] + down, cell[1] + across
        if (down or across) and there in set(CELLS):
            yield there, math.hypot(down, across)


def patches(members):
    """Sets of cells that touch, corners too."""
    left, found = set(members), []
    while left:
        todo, patch = [left.pop()], set()
        while todo:
            cell = todo.pop()
            patch.add(cell)
            near = {there for there, _ in steps(cell)} & left
            left -= near
            todo += near
        found.append(patch)
    return found


def worked_out():
    """Importance, class, resistance, cost and category of each cell, without any of the library's functions."""
    score, kind, ground = {}, {}, {}
    flat = [list(itertools.chain(*table)) for table in (NEP, SOIL)]
    for r, c in CELLS:
        nep, soil = ((t[r][c] - min(f)) / (max(f) - min(f)) for t, f in zip((NEP, SOIL), flat, strict=True))
        score[r, c] = 0.6 * nep + 0.4 * soil
        kind[r, c] = 1 + sum(score[r, c] > b for b in BREAKS)
        slope = 1 if SLOPE[r][c] < 5 else 3 if SLOPE[r][c] < 15 else 6
        ground[r, c] = 0.25 * slope + 0.75 * OF_LAND[LAND[r][c] // 10]
    category = dict.fromkeys(CELLS, 4)
    for number, codes in ((1, RULES.natural_codes), (2, RULES.cultivated_codes)):
        for patch in patches(k for k in CELLS if kind[k] >= 4 and LAND[k[0]][k[1]] in codes):
            if len(patch) >= 2:
                category |= dict.fromkeys(patch, number)
    sources = {k for k in CELLS if category[k] < 3}
    cost, queue = {}, [(0.0, k) for k in sorted(sources)]
    while queue:
        so_far, cell = heapq.heappop(queue)
        if cell not in cost:
            cost[cell] = so_far
            for there, length in steps(cell):
                heapq.heappush(queue, (so_far + (ground[cell] + ground[there]) / 2 * length * SIDE, there))
    weak = [k for k in CELLS if kind[k] <= 3 and LAND[k[0]][k[1]] in RULES.potential_codes and cost[k] <= 2500]
    for patch in patches(k for k in weak if k not in sources):
        beside = {(r + i, c + j) for r, c in patch for i, j in ((0, 1), (1, 0), (0, -1), (-1, 0))}
        if len(patch) >= 2 and beside & sources:
            category |= dict.fromkeys(patch, 3)
    return score, kind, ground, cost, category


def table(cells):
    return np.array([[cells[r, c] for c in range(COLUMNS)] for r in range(ROWS)])


def test_county_of_thirty_cells_by_hand():
    score, kind, ground, cost, category = (table(one) for one in worked_out())
    assert set(category.ravel()) == {1, 2, 3, 4}
    found = map_sinks(inputs(), CHOICES)
    np.testing.assert_allclose(found.importance, score, rtol=1e-6)
    np.testing.assert_array_equal(found.importance_class, kind)
    np.testing.assert_allclose(found.resistance, ground, rtol=1e-6)
    np.testing.assert_allclose(found.cost, cost, rtol=1e-6)
    np.testing.assert_array_equal(found.pattern.category, category)
    np.testing.assert_array_equal(found.edges, [0, *BREAKS, 1])
    assert found.cutoff == 2500


def test_each_cell_belongs_to_the_patch_it_is_cheapest_to_reach():
    found = map_sinks(inputs(), CHOICES)
    of_source = found.pattern.patch * (found.pattern.category < 3)
    assert set(found.allocation.ravel()) <= set(of_source[of_source > 0])
    np.testing.assert_array_equal(found.allocation[of_source > 0], of_source[of_source > 0])
    assert (found.cost[of_source > 0] == 0).all() and (found.cost[of_source == 0] > 0).all()


def test_natural_breaks_are_the_best_of_all_partitions():
    found = map_sinks(inputs(), replace(CHOICES, breaks=()))
    values = np.sort(found.importance.ravel().astype(float))

    def inside(cuts):
        parts = np.split(values, cuts)
        return sum(((p - p.mean()) ** 2).sum() for p in parts)

    best = min(inside(cuts) for cuts in itertools.combinations(range(1, values.size), 4))
    classes = found.importance_class.ravel()
    score = found.importance.ravel().astype(float)
    mine = sum(((score[classes == c] - score[classes == c].mean()) ** 2).sum() for c in range(1, 6))
    assert mine == pytest.approx(best, abs=1e-12)


def test_entropy_weights_where_none_are_given():
    found = map_sinks(inputs(), replace(CHOICES, resistance_weights=None))
    difference = {}
    for name, values in (("slope", SLOPE), ("land_use", LAND)):
        flat = [v for row in values for v in row]
        level = (
            [1 if v < 5 else 3 if v < 15 else 6 for v in flat] if name == "slope" else [OF_LAND[v // 10] for v in flat]
        )
        share = [v / sum(level) for v in level]
        difference[name] = 1 + sum(p * math.log(p) for p in share) / math.log(len(share))
    for name, one in found.weights.items():
        assert one.weight == pytest.approx(difference[name] / sum(difference.values()), rel=1e-9)
        assert one.difference == pytest.approx(difference[name], rel=1e-9)


@pytest.mark.parametrize("breaks", [BREAKS, ()])
@pytest.mark.parametrize(("name", "change"), [
    ("nep", lambda v: v + 512), ("nep", lambda v: v / 4), ("soil_carbon", lambda v: 8 * v),
    ("soil_carbon", lambda v: 2 * v - 64),
])  # fmt: skip
def test_unit_and_zero_of_a_quantity_change_nothing(breaks, name, change):
    choices = replace(CHOICES, breaks=breaks)
    values = inputs().values
    one, other = map_sinks(inputs(), choices), map_sinks(inputs(values={**values, name: change(values[name])}), choices)
    np.testing.assert_array_equal(one.importance_class, other.importance_class)
    np.testing.assert_array_equal(one.pattern.category, other.pattern.category)
    np.testing.assert_allclose(one.edges, other.edges, rtol=1e-6)


@pytest.mark.parametrize("turn", [lambda a: a[::-1].copy(), lambda a: a[:, ::-1].copy(), lambda a: a.T.copy()])
def test_a_county_seen_from_another_side_has_the_same_sinks(turn):
    given = inputs()
    turned = Inputs(turn(given.land_use), {n: turn(v) for n, v in given.values.items()},
                    {n: turn(v) for n, v in given.factors.items()}, SIDE, SIDE)  # fmt: skip
    one, other = map_sinks(given, CHOICES), map_sinks(turned, CHOICES)
    np.testing.assert_array_equal(turn(one.pattern.category), other.pattern.category)
    np.testing.assert_allclose(turn(one.cost), other.cost, rtol=1e-12)


def test_rows_without_data_around_the_county_change_nothing():
    given = inputs()

    def wider(values, nothing):
        return np.pad(values, ((2, 1), (0, 0)), constant_values=nothing)

    padded = Inputs(wider(given.land_use, 0), {n: wider(v, np.nan) for n, v in given.values.items()},
                    {n: wider(v, np.nan) for n, v in given.factors.items()}, SIDE, SIDE)  # fmt: skip
    one, other = (map_sinks(i, replace(CHOICES, breaks=(), resistance_weights=None)) for i in (given, padded))
    assert not other.importance_class[:2].any() and not other.pattern.category[-1].any()
    assert np.isnan(other.importance[:2]).all() and np.isnan(other.resistance[-1]).all()
    np.testing.assert_array_equal(one.pattern.category, other.pattern.category[2:-1])
    np.testing.assert_array_equal(one.pattern.patch, other.pattern.patch[2:-1])
    np.testing.assert_array_equal(one.edges, other.edges)
    np.testing.assert_allclose(one.cost, other.cost[2:-1], rtol=1e-12)


def test_a_cell_without_one_quantity_or_without_land_use_has_no_class():
    values = {name: v.copy() for name, v in inputs().values.items()}
    values["nep"][1, 1] = np.nan
    land = inputs().land_use.copy()
    land[3, 4] = 0
    found = map_sinks(inputs(values=values, land_use=land), CHOICES)
    assert np.flatnonzero(found.importance_class == 0).tolist() == [COLUMNS + 1, 3 * COLUMNS + 4]
    np.testing.assert_array_equal(found.pattern.category == 0, found.importance_class == 0)


def test_a_constant_quantity_adds_nothing():
    values = {**inputs().values, "soil_carbon": np.full((ROWS, COLUMNS), 7, np.float32)}
    found = map_sinks(inputs(values=values), CHOICES).importance
    alone = map_sinks(inputs(), replace(CHOICES, weights={"nep": 1.0})).importance
    np.testing.assert_allclose(found, 0.6 * alone, rtol=1e-6)


def test_a_quantity_of_weight_zero_is_not_needed():
    only = inputs(values={"nep": raster(NEP)})
    one = map_sinks(only, replace(CHOICES, weights={"nep": 1.0, "soil_carbon": 0.0}))
    np.testing.assert_array_equal(one.importance, map_sinks(only, replace(CHOICES, weights={"nep": 1.0})).importance)


def test_a_constant_factor_has_no_entropy_weight_and_all_constant_factors_the_same():
    flat = inputs(factors={"slope": np.full((ROWS, COLUMNS), 2, np.float32)})
    weights = map_sinks(flat, replace(CHOICES, resistance_weights=None)).weights
    assert weights["slope"].weight == 0 and weights["land_use"].weight == 1
    choices = replace(CHOICES, resistance_weights=None, land_resistance=False)
    two = replace(flat, factors={"slope": flat.factors["slope"], "elevation": np.full((ROWS, COLUMNS), 9, np.float32)})
    assert {n: w.weight for n, w in map_sinks(two, choices).weights.items()} == {"slope": 0.5, "elevation": 0.5}


def test_weights_given_for_other_factors_too_are_brought_to_sum_one():
    known = {"slope": FactorWeight(0.9, 0.1, 0.5), "land_use": FactorWeight(0.9, 0.1, 0.5)}
    found = chosen_weights(known, {"slope": 0.2, "land_use": 0.6, "elevation": 0.2})
    assert {n: w.weight for n, w in found.items()} == pytest.approx({"slope": 0.25, "land_use": 0.75})
    assert found["slope"].entropy == 0.9


def test_without_a_source_nothing_is_reached_and_nothing_potential():
    found = map_sinks(
        inputs(), replace(CHOICES, rules=replace(RULES, minimum_primary_km2=90, minimum_secondary_km2=90))
    )
    assert math.isnan(found.cutoff) and len(found.pattern.table) == 0
    assert set(found.pattern.category.ravel()) == {4}
    assert not np.isfinite(found.cost).any() and not found.allocation.any()


@pytest.mark.parametrize(("given", "choices"), [
    (inputs(values={"nep": raster(NEP)}), CHOICES),
    (inputs(), replace(CHOICES, weights={"nep": 0.7, "soil_carbon": 0.4})),
    (inputs(), replace(CHOICES, breaks=(0.2, 0.1, 0.5, 0.8))),
    (inputs(factors={}), replace(CHOICES, land_resistance=False)),
    (inputs(land_use=np.zeros((ROWS, COLUMNS), np.uint8)), replace(CHOICES, breaks=())),
    (inputs(values={"nep": raster(NEP), "soil_carbon": np.full((ROWS, COLUMNS), np.nan, np.float32)}), CHOICES),
])  # fmt: skip
def test_what_cannot_be_mapped_is_refused(given, choices):
    with pytest.raises(ValueError):
        map_sinks(given, choices)


def test_given_breaks_beyond_the_score_leave_classes_empty():
    np.testing.assert_array_equal(class_edges(raster(NEP), (-0.5, 0.2, 0.9, 1.5)), [-0.5, -0.5, 0.2, 0.9, 1.5, 1.5])
    found = map_sinks(inputs(), replace(CHOICES, breaks=(-0.5, 0.2, 0.9, 1.5)))
    assert set(found.importance_class.ravel()) <= {2, 3, 4}


def test_trimmed_limits_leave_out_the_ends():
    values = np.append(np.linspace(0, 1, 1001), [50.0, -50.0]).astype(np.float32)
    assert (limits(values, 0.0).minimum, limits(values, 0.0).maximum) == (-50, 50)
    found = limits(values, 0.02)
    assert found.minimum == pytest.approx(0.02, abs=0.005) and found.maximum == pytest.approx(0.98, abs=0.005)
