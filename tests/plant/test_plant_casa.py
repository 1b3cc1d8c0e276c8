"""Absorbed light and its stresses: published points, limits, invariants."""

import numpy as np
import pytest

from halosink.plant import casa
from halosink.plant.efficiencies import TYPE_OF_LAND_USE, light_use


def test_simple_ratio_of_the_published_limits():
    np.testing.assert_allclose(
        casa.simple_ratio([0.023, 0.634, 0.636, 0.647, 0.747]), [1.05, 4.46, 4.49, 4.67, 6.91], atol=6e-3
    )


@pytest.mark.parametrize("method", ["ndvi", "ratio", "both"])
def test_absorbed_fraction_runs_from_bare_to_full(method):
    green = np.array([-0.2, 0.023, 0.2, 0.4, 0.634, 0.9, np.nan])
    found = casa.absorbed_fraction(green, 0.634, 0.023, method=method)
    np.testing.assert_allclose(found[[0, 1, 4, 5]], [0.001, 0.001, 0.95, 0.95])
    assert np.isnan(found[6]) and np.all(np.diff(found[1:5]) > 0)


def test_float32_stays_and_full_cover_of_one_is_taken_as_just_below():
    green = np.float32([0.1, 0.5])
    for full, bare in ((0.634, 0.023), (np.float32([0.634, 1]), np.float32([0.023, 0]))):
        found = casa.absorbed_fraction(green, full, bare)
        assert found.dtype == np.float32 and np.isfinite(found).all()
    assert casa.temperature_stress(green, 20.0).dtype == casa.moisture_stress(green, green).dtype == np.float32


def test_absorbed_fraction_is_the_mean_of_both_lines():
    green = np.linspace(0.05, 0.6, 20)
    one, two, both = (casa.absorbed_fraction(green, 0.634, 0.023, method=m) for m in ("ndvi", "ratio", "both"))
    np.testing.assert_allclose(both, (one + two) / 2)
    assert np.all(one > two)
    with pytest.raises(ValueError, match="full cover"):
        casa.absorbed_fraction(green, 0.1, 0.2)
    with pytest.raises(ValueError, match="no method"):
        casa.absorbed_fraction(green, 0.6, 0.02, method="evi")


def test_second_temperature_stress_is_one_at_the_optimum_and_half_ten_above_or_thirteen_below():
    optimum = 20.0
    first = 0.8 + 0.02 * optimum - 0.0005 * optimum**2
    second = casa.temperature_stress(np.array([20.0, 30.0, 7.0]), optimum) / first
    np.testing.assert_allclose(second, [1, 0.5, 0.5], atol=0.1)
    assert second[0] == pytest.approx(1.1814 / (1 + np.exp(-2)) / (1 + np.exp(-3)))
    assert first == pytest.approx(1.0)


def test_nothing_grows_at_minus_ten_and_missing_months_stay_missing():
    found = casa.temperature_stress(np.array([-10.0, -25.0, np.nan, 5.0]), 15.0)
    np.testing.assert_array_equal(found[:2], 0)
    assert np.isnan(found[2]) and found[3] > 0


def test_optimum_is_the_temperature_of_the_greenest_month():
    green = np.full((12, 3), 0.1)
    green[6, 0], green[4, 1] = 0.5, 0.6
    green[:, 2] = np.nan
    warm = np.arange(12.0)[:, None] * np.ones(3)
    np.testing.assert_array_equal(casa.optimum_temperature(green, warm), [6, 4, np.nan])


def test_moisture_stress_is_between_a_half_and_one():
    found = casa.moisture_stress(np.array([0.0, 50, 80, 90, 0, np.nan]), np.array([100.0, 100, 80, 80, 0, 10]))
    np.testing.assert_allclose(found, [0.5, 0.75, 1, 1, 1, np.nan])


def test_regional_evaporation_keeps_to_rain_and_to_radiation():
    wet, could = np.meshgrid(np.linspace(0, 3000, 50), np.linspace(0, 1500, 40))
    real, potential = casa.regional_evaporation(wet, could)
    sun = 0.369 * np.sqrt(could * wet) + 0.598 * could
    assert np.all(real <= wet + 1e-9) and np.all(real <= sun + 1e-9)
    assert np.all(real[:, 0] == 0) and np.all(real[0] == 0)
    np.testing.assert_allclose(potential, (real + could) / 2)
    dry, _ = casa.regional_evaporation(1.0, 1500.0)
    assert dry == pytest.approx(1.0, rel=0.01)


def test_production_of_a_month_by_hand_and_in_proportion():
    ones = np.ones((12, 2))
    found = casa.casa_npp(600 * ones, 0.4 * ones, 0.9 * ones, 0.75 * ones, 0.608)
    np.testing.assert_allclose(found, 0.5 * 600 * 0.4 * 0.9 * 0.75 * 0.608)
    np.testing.assert_allclose(casa.casa_npp(600 * ones, 0.4 * ones, 0.9, 0.75, 2 * 0.608), 2 * found)
    with pytest.raises(ValueError, match="below zero"):
        casa.casa_npp(-ones, ones, ones, ones, 1)
    half = casa.casa_npp(*(np.float32(a) * ones.astype(np.float32) for a in (600, 0.4, 0.9, 0.75)), 0.608)
    assert half.dtype == np.float32


def test_a_desert_year_lies_in_the_published_range_of_the_shule_basin():
    """Gobi 0 to 50, desert shrub 50 to 100 and alpine meadow above 150 g C m-2 a-1 (pan2017shule)."""
    month = np.arange(12)
    warm = 9 - 16 * np.cos(2 * np.pi * (month - 0.3) / 12)
    sun = 480 - 260 * np.cos(2 * np.pi * (month + 0.2) / 12)
    types = light_use()
    totals = {}
    for name, peak, moist in (("barren", 0.07, 0.1), ("shrub", 0.16, 0.2), ("grass", 0.45, 0.7)):
        use = types[name]
        green = 0.05 + (peak - 0.05) * np.clip(np.sin(2 * np.pi * (month - 3) / 12), 0, 1)
        stress = casa.temperature_stress(warm, casa.optimum_temperature(green, warm))
        absorbed = casa.absorbed_fraction(green, use.full, use.bare)
        made = casa.casa_npp(sun, absorbed, stress, casa.moisture_stress(moist, 1.0), use.efficiency.mean)
        totals[name] = made.sum()
    assert totals["barren"] < 50 < totals["shrub"] < 150 < totals["grass"] < 500, totals


def test_both_sets_of_efficiencies_have_the_same_types_and_bracket_their_doubt():
    ours, other = light_use("pan2017shule"), light_use("zhu2007")
    assert set(ours) == set(other) == set(TYPE_OF_LAND_USE.values())
    assert ours["barren"].efficiency.mean == 0.389 and ours["needleleaf_forest"].efficiency.mean == 1.008
    for name, use in ours.items():
        gap = abs(use.efficiency.mean - other[name].efficiency.mean)
        assert use.efficiency.sd >= gap / 2 - 1e-12 and use.full > use.bare
        assert use.title.zh and use.title.en
    with pytest.raises(KeyError):
        light_use("nobody2000")
