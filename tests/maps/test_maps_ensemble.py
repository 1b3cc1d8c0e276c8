"""Draws of a map: their laws, what they repeat, and that without errors every draw is the map itself."""

from dataclasses import replace

import numpy as np
import pytest

from halosink.maps.agreement import confusion, map_agreement
from halosink.maps.chain import Choices, Inputs, map_sinks
from halosink.maps.ensemble import (
    CATEGORIES,
    Parts,
    Spread,
    carbon_totals,
    draw_parts,
    draw_weights,
    interval,
    interval_width,
    land_by_category,
    run_ensemble,
    sensitivity,
    usual_options,
)
from halosink.maps.field import random_field
from halosink.maps.patches.profile import CODES
from halosink.maps.rules import Rules

SIDE, CELL = 24, 1000.0
WEIGHTS = {"nep": 0.5, "vegetation_carbon": 0.25, "soil_carbon": 0.25}
CERTAIN = Spread(npp=0, respiration=0, vegetation_carbon=0, soil_carbon=0, weights=1e14)


def county():
    """Grass in the north, desert, farmland in the south with a village; smooth quantities, a corner without data."""
    rng = np.random.default_rng(3)
    land = np.full((SIDE, SIDE), 62, np.uint8)
    land[:8] = 31
    land[2:5, 3:12] = 21
    land[15:22, 4:18] = 12
    land[18, 9:11] = 52
    land[:2, -2:] = 0
    noise = [random_field(land.shape, CELL, CELL, 8000, rng) for _ in range(4)]
    known = np.where(land > 0, np.float32(1), np.float32(np.nan))

    def of(table):
        look_up = np.zeros(256, np.float32)
        look_up[list(table)] = list(table.values())
        return look_up[land] * known

    parts = Parts(
        npp=of({31: 300, 21: 450, 62: 30, 12: 400, 52: 100}) * np.exp(0.2 * noise[0]),
        respiration=known * np.linspace(80, 200, SIDE, dtype=np.float32)[:, None],
        vegetation_carbon=of({31: 2.1, 21: 52.3, 62: 1.0, 12: 5.7, 52: 0.0}),
        soil_organic_carbon=of({31: 150, 21: 180, 62: 20, 12: 90, 52: 60}) * np.exp(0.2 * noise[1]),
        soil_inorganic_carbon=known * 120 * np.exp(0.2 * noise[2]),
        vegetation_code=land,
    )
    factors = {"slope": known * np.float32(12) * np.exp(noise[3]), "population_density": known * np.abs(noise[0]) * 900}
    return Inputs(land, parts.values(), factors, CELL, CELL), parts


INPUTS, PARTS = county()
CHOICES = Choices(WEIGHTS, Rules(minimum_primary_km2=4, minimum_secondary_km2=4, minimum_potential_km2=4))


def run(draws, seed=1, spread=Spread(), **changes):  # noqa: B008
    return run_ensemble(INPUTS, PARTS, replace(CHOICES, **changes), spread, draws, seed)


def test_the_county_has_sinks_of_every_category():
    assert set(map_sinks(INPUTS, CHOICES).pattern.category.ravel()) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("relative", [0.1, 0.3, 0.8])
def test_errors_have_mean_one_and_the_relative_spread(relative):
    """Within four standard errors; the standard error of a lognormal's variance from its fourth moment."""
    n, one = 6000, np.ones((1, 2), np.float32)
    spread = Spread(npp=relative, local_share=0.5, local_range=0)
    rng = np.random.default_rng(11)
    drawn = np.array([draw_parts(Parts(npp=one), spread, 1, 1, rng).npp[0] for _ in range(n)], float)
    log_variance = np.log1p(relative**2)
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=4 * relative / np.sqrt(n))
    logs = np.log(drawn)
    np.testing.assert_allclose(logs.var(axis=0), log_variance, rtol=4 * np.sqrt(2 / n))
    np.testing.assert_allclose(logs.mean(axis=0), -log_variance / 2, atol=4 * np.sqrt(log_variance / n))
    assert abs(np.corrcoef(logs.T)[0, 1] - 0.5) < 4 * (1 - 0.25) / np.sqrt(n)


@pytest.mark.parametrize(("share", "alike"), [(0.0, 1.0), (1.0, 0.0)])
def test_errors_are_all_common_or_all_local(share, alike):
    spread = Spread(respiration=0.3, local_share=share, local_range=0)
    rng = np.random.default_rng(2)
    ones = Parts(respiration=np.ones((1, 2), np.float32))
    logs = np.log([draw_parts(ones, spread, 1, 1, rng).respiration[0] for _ in range(2000)])
    assert abs(np.corrcoef(logs.T.astype(float))[0, 1] - alike) < 4 / np.sqrt(2000)


def test_cells_of_one_type_of_vegetation_err_together_and_types_apart():
    code = np.array([[31, 31, 21]], np.uint8)
    given = Parts(vegetation_carbon=np.array([[2, 4, 50]], np.float32), vegetation_code=code)
    rng = np.random.default_rng(4)
    found = [draw_parts(given, Spread(), 1, 1, rng).vegetation_carbon[0] for _ in range(3000)]
    factor = np.array(found, float) / [2, 4, 50]
    np.testing.assert_allclose(factor[:, 0], factor[:, 1], rtol=1e-6)
    assert abs(np.corrcoef(np.log(factor[:, [0, 2]]).T)[0, 1]) < 4 / np.sqrt(3000)
    np.testing.assert_allclose(factor.mean(axis=0), 1, atol=4 * 0.3 / np.sqrt(3000))


def test_the_two_kinds_of_soil_carbon_err_apart_and_their_sum_follows():
    drawn = draw_parts(PARTS, Spread(), CELL, CELL, np.random.default_rng(0))
    values = drawn.values()
    np.testing.assert_array_equal(values["soil_carbon"], drawn.soil_organic_carbon + drawn.soil_inorganic_carbon)
    np.testing.assert_array_equal(values["nep"], drawn.npp - drawn.respiration)
    organic, inorganic = (
        getattr(drawn, n) / getattr(PARTS, n) for n in ("soil_organic_carbon", "soil_inorganic_carbon")
    )
    assert not np.allclose(organic, inorganic, equal_nan=True)
    np.testing.assert_array_equal(np.isnan(values["nep"]), INPUTS.land_use == 0)


def test_maps_of_a_correction_are_taken_in_turn():
    maps = np.stack([np.full((1, 2), v, np.float32) for v in (5, 6, 7)])
    given = Parts(soil_organic_carbon=np.ones((1, 2), np.float32), drawn={"soil_organic_carbon": maps})
    rng = np.random.default_rng(0)
    found = [float(draw_parts(given, Spread(), 1, 1, rng, k).soil_organic_carbon[0, 0]) for k in range(5)]
    assert found == [5, 6, 7, 5, 6]


def test_weights_follow_a_dirichlet_law():
    """Mean w and variance w (1 - w) / (concentration + 1)."""
    weights, concentration, n = {"a": 0.5, "b": 0.3, "c": 0.2, "d": 0.0}, 30.0, 20_000
    rng = np.random.default_rng(8)
    drawn = [draw_weights(weights, concentration, rng) for _ in range(n)]
    assert set(drawn[0]) == {"a", "b", "c"}
    assert max(abs(sum(d.values()) - 1) for d in drawn) < 1e-12
    for name in "abc":
        w, values = weights[name], np.array([d[name] for d in drawn])
        variance = w * (1 - w) / (concentration + 1)
        assert abs(values.mean() - w) < 4 * np.sqrt(variance / n)
        assert values.var() == pytest.approx(variance, rel=0.06)
    assert draw_weights({"a": 1.0, "b": 0.0}, 50.0, rng) == {"a": 1.0}


def test_without_errors_every_draw_is_the_map():
    found, mapped = run(5, spread=CERTAIN), map_sinks(INPUTS, CHOICES)
    category = mapped.pattern.category
    assert (found.sinks.confidence(category)[category > 0] == 1).all()
    assert (found.classes.confidence(mapped.importance_class)[mapped.importance_class > 0] == 1).all()
    np.testing.assert_array_equal(found.class_km2, np.tile(found.mapped.class_km2, (5, 1)))
    np.testing.assert_array_equal(found.land_km2, np.tile(found.mapped.land_km2, (5, 1, 1)))
    for name, total in found.mapped.totals.items():
        np.testing.assert_allclose(found.totals[name], total, rtol=1e-6)
    np.testing.assert_allclose(found.edges, np.tile(mapped.edges, (5, 1)), atol=1e-5)
    np.testing.assert_allclose(found.widths["nep"][category > 0], 0, atol=1e-3)


def test_more_draws_keep_the_first_ones_and_the_same_seed_the_same_bytes():
    few, many, other = run(4), run(7), run(4, seed=2)
    for name in ("class_km2", "land_km2", "edges"):
        assert getattr(many, name)[:4].tobytes() == getattr(few, name).tobytes()
    for name in ("totals", "weights"):
        assert getattr(many, name)[:4].to_numpy().tobytes() == getattr(few, name).to_numpy().tobytes()
    assert run(4).sinks.counts.tobytes() == few.sinks.counts.tobytes()
    assert (few.totals.to_numpy() != other.totals.to_numpy()).all()


def test_areas_of_a_draw_add_up_to_the_land():
    found = run(6)
    land = (INPUTS.land_use > 0).sum()
    np.testing.assert_allclose(found.class_km2.sum(axis=1), land)
    per_use = np.array([(INPUTS.land_use == code).sum() for code in CODES])
    assert (found.land_km2.sum(axis=1) <= per_use).all()
    assert (found.sinks.counts.sum(axis=0) == 6 * (INPUTS.land_use > 0)).all()
    for c in CATEGORIES:
        np.testing.assert_allclose(found.land_km2[:, c - 1].sum(), found.sinks.counts[c - 1].sum())
    assert np.allclose(found.weights[[*WEIGHTS]].sum(axis=1), 1)
    assert np.allclose(found.weights.filter(like="resistance_").sum(axis=1), 1)


def test_totals_of_two_cells():
    """100 g m-2 on a hectare is 1 t; a hectare with 3 t hm-2 has 3 t."""
    values = {"nep": np.array([[100, -50, np.nan]], np.float32), "soil_carbon": np.array([[3, 4, np.nan]], np.float32)}
    assert carbon_totals(values, 10_000.0) == pytest.approx({"nep": 0.5, "soil_carbon": 7.0})


def test_width_of_an_error_common_to_the_region_is_in_proportion_to_production():
    found = run(60, spread=replace(CERTAIN, npp=0.2, local_share=0.0))
    known = INPUTS.land_use > 0
    ratio = (found.widths["nep"] / PARTS.npp)[known]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)
    assert 0.5 < ratio[0] < 1.2
    assert np.isnan(found.widths["nep"][~known]).all()
    np.testing.assert_allclose(found.widths["soil_carbon"][known], 0, atol=1e-2)


def test_draws_without_a_source_leave_cost_out_of_reach():
    """A patch so small that many draws lose it."""
    rules = replace(CHOICES.rules, minimum_primary_km2=1e6, minimum_secondary_km2=10)
    found = run(12, rules=rules)
    lost = found.land_km2[:, :2].sum(axis=(1, 2)) == 0
    assert 0 < lost.sum() < 12
    assert (found.land_km2[lost, 2].sum(axis=1) == 0).all() and (found.land_km2[~lost, 2].sum(axis=1) > 0).all()
    assert np.isnan(found.widths["cost"]).all()


def test_width_of_a_cell_that_few_draws_do_not_reach():
    draws = np.tile(np.arange(99, dtype=np.float32)[:, None], (1, 4))
    draws[0, 1] = np.inf
    draws[:5, 2] = np.inf
    draws[7, 3] = np.nan
    found = interval_width(draws)
    assert found[0] == pytest.approx(0.975 * 100 - 0.025 * 100)
    assert found[1] == pytest.approx(found[0]) and np.isnan(found[2:]).all()


def test_interval_takes_the_ranks_that_hold_one_more_draw_as_often_as_said():
    draws = np.random.default_rng(0).permutation(79).astype(float)
    assert interval(draws) == pytest.approx((1, 39, 77))
    assert interval(draws[draws < 9]) == (0, 4, 8)
    low, middle, high = interval(np.stack([draws, draws + 100], axis=1), 0.9)
    np.testing.assert_allclose([low, middle, high], [[3, 103], [39, 139], [75, 175]])
    assert np.isnan(interval(np.zeros(0))).all()
    assert [np.shape(end) for end in interval(np.zeros((0, 3, 2)))] == [(3, 2)] * 3


def test_interval_holds_a_further_draw():
    """Of 20 000 normal samples of 100, within four standard errors of 95 % (linear quantiles hold 93.1 %)."""
    numbers = np.random.default_rng(1).standard_normal((101, 20_000))
    low, _, high = interval(numbers[:100])
    held = ((low <= numbers[100]) & (numbers[100] <= high)).mean()
    assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 20_000)


def test_interval_is_joined_with_the_one_around_the_map():
    draws = np.arange(79.0)
    assert interval(draws, mapped=39.0) == pytest.approx((1, 39, 77))
    assert interval(draws, mapped=60.0) == pytest.approx((1, 39, 98))
    assert interval(draws, mapped=-10.0) == pytest.approx((-48, 39, 77))
    assert interval(draws, mapped=-10.0, least=0.0) == pytest.approx((0, 39, 77))
    assert interval(draws, mapped=60.0, most=80.0) == pytest.approx((1, 39, 80))
    low, _, high = interval(
        np.stack([draws, draws], axis=1), mapped=np.array([60.0, -10.0]), most=np.array([80.0, 90.0])
    )
    np.testing.assert_allclose([low, high], [[1, -48], [80, 77]])


@pytest.mark.parametrize("mapped", [-300.0, 5.0, 40.0, 500.0])
def test_interval_holds_the_map_and_what_it_held_without(mapped):
    draws = np.random.default_rng(3).gamma(2.0, 20.0, 100)
    bare, joined = interval(draws), interval(draws, mapped=mapped)
    assert joined[0] <= min(mapped, bare[0]) and joined[2] >= max(mapped, bare[2]) and joined[1] == bare[1]


def test_progress_is_told_after_each_draw():
    told = []
    run_ensemble(INPUTS, PARTS, CHOICES, Spread(), 3, 0, told.append)
    assert told == [1, 2, 3]


def test_land_by_category_counts_cells():
    found = map_sinks(INPUTS, CHOICES)
    table = land_by_category(found, INPUTS)
    for category in (1, 2, 3, 4):
        for k, code in enumerate(CODES):
            both = (found.pattern.category == category) & (INPUTS.land_use == code)
            assert table[category, k] == both.sum()


def test_sensitivity_is_the_difference_of_two_maps():
    options = {
        ("areas", "x 2"): (INPUTS, replace(CHOICES, rules=replace(CHOICES.rules, minimum_primary_km2=40.0))),
        ("weights", "soil"): (INPUTS, replace(CHOICES, weights={"soil_carbon": 1.0})),
        ("weights", "impossible"): (INPUTS, replace(CHOICES, weights={"soil_carbon": 0.4})),
    }
    table = sensitivity(INPUTS, CHOICES, options)
    assert list(zip(table["what"], table["option"], strict=True))[::3] == [("areas", "x 2"), ("weights", "soil")]
    base = map_sinks(INPUTS, CHOICES).pattern.category
    for row in table.itertuples():
        other = map_sinks(*options[row.what, row.option]).pattern.category
        same = map_agreement(confusion(base, other))
        assert row.area_km2 == (other == row.category).sum() * CELL**2 / 1e6
        assert row.change_km2 == row.area_km2 - (base == row.category).sum() * CELL**2 / 1e6
        assert row.agreement == same.overall == (base == other)[base > 0].mean()
        assert row.kappa == same.kappa


def test_usual_options_change_one_thing_at_a_time():
    options = usual_options(INPUTS, CHOICES)
    known = {
        "importance": dict(WEIGHTS),
        "resistance": {n: w.weight for n, w in map_sinks(INPUTS, CHOICES).weights.items()},
    }
    for (what, option), (inputs, choices) in options.items():
        assert inputs is INPUTS
        group, _, name = what.partition(".")
        if group in known:
            weights = choices.weights if group == "importance" else choices.resistance_weights
            assert sum(weights.values()) == pytest.approx(1)
            key = name if name in known[group] else f"{name}_carbon"
            step = {"-20 %": 0.8, "+20 %": 1.2}[option]
            others = [n for n in weights if n != key and known[group][n] > 0]
            for one in others:
                ratio = weights[key] / weights[one] / (known[group][key] / known[group][one])
                assert ratio == pytest.approx(step)
    assert {what for what, _ in options} == {
        "importance.nep", "importance.vegetation", "importance.soil", "resistance.slope", "resistance.land_use",
        "resistance.population_density", "secondary_classes", "areas", "cost_classes", "trim",
    }  # fmt: skip


def test_sensitivity_to_nothing_is_nothing():
    table = sensitivity(INPUTS, CHOICES, {("same", "as it is"): (INPUTS, CHOICES)})
    assert (table["change_km2"] == 0).all() and (table["agreement"] == 1).all() and (table["kappa"] == 1).all()
    assert len(sensitivity(INPUTS, CHOICES, {})) == 0
