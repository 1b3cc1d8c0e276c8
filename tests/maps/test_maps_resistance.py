"""Levels of resistance: bounds, codes, what is missing, refusals; the weighted sum."""

import numpy as np
import pytest

from halosink.maps.resistance import (
    Levels,
    missing_classes,
    present_weights,
    published_levels,
    published_weights,
    reclass,
    weighted_resistance,
)


def test_steps_hold_their_lower_bound():
    slope = published_levels()["slope"]
    values = np.array([[0, 19.999, 20], [39.9, 80, np.nan]], dtype=np.float32)
    found = reclass(values, slope)
    assert found.dtype == np.float32
    assert found.ravel() == pytest.approx([1, 1, 3, 3, 9, np.nan], nan_ok=True)
    assert missing_classes(values, slope) == []


def test_land_use_by_type_and_by_code():
    codes = np.array([0, 11, 21, 33, 46, 52, 63, 99], dtype=np.uint8)
    levels = published_levels()["land_use"]
    assert reclass(codes, levels) == pytest.approx([np.nan, 3, 1, 1, 5, 10, 5, np.nan], nan_ok=True)
    assert missing_classes(codes, levels) == [99]
    own = Levels.of("land_use", [{"class": 6, "value": 5}, {"class": 63, "value": 8}])
    assert reclass(codes, own)[-2] == 8
    assert missing_classes(codes, own) == [11, 21, 33, 46, 52, 99]
    types = np.arange(1, 7, dtype=np.uint8)
    assert reclass(types, levels).tolist() == [3, 1, 1, 5, 10, 5]
    with pytest.raises(ValueError, match="uint8"):
        reclass(np.array([1.0, np.nan]), levels)


def test_numbers_in_no_step_are_named():
    levels = Levels.of("slope", [{"lower": 0, "upper": 10, "value": 1}, {"lower": 20, "value": 2}])
    values = np.array([-3.0, 5, 12, 25, np.nan])
    assert reclass(values, levels) == pytest.approx([np.nan, 1, np.nan, 2, np.nan], nan_ok=True)
    assert missing_classes(values, levels) == [-3, 12]


def test_tables_go_there_and_back():
    for name, levels in published_levels().items():
        assert Levels.of(name, levels.rows(), levels.unit) == levels


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"lower": 0, "upper": 10, "value": 1}, {"lower": 5, "value": 2}], "overlap"),
        ([{"lower": 10, "upper": 0, "value": 1}], "overlap or run backwards"),
        ([{"value": 0}], "above 0"),
        ([{"value": float("nan")}], "above 0"),
        ([{"class": 1, "value": 1}, {"lower": 3, "value": 1}], "either"),
        ([], "either"),
        ([{"class": 1, "value": 1}, {"class": 1, "value": 2}], "twice"),
    ],
)
def test_wrong_tables_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        Levels.of("slope", rows)


def test_weighted_sum_and_missing_factors():
    weights = published_weights()
    assert sum(weights.values()) == pytest.approx(1, abs=1e-12)
    kept, missing = present_weights(weights, {"slope", "elevation"})
    assert missing == ["land_use", "accumulated_temperature", "annual_precipitation", "population_density"]
    assert kept == pytest.approx({"slope": 28.8111 / 61.2745, "elevation": 32.4634 / 61.2745})
    layers = {"slope": np.array([1, 9, np.nan], dtype=np.float32), "elevation": np.array([10, 1, 1], dtype=np.float32)}
    found = weighted_resistance(layers, kept)
    assert found.dtype == np.float32
    expected = [kept["slope"] + 10 * kept["elevation"], 9 * kept["slope"] + kept["elevation"], np.nan]
    assert found == pytest.approx(expected, rel=1e-6, nan_ok=True)
    lowest = weighted_resistance({k: np.ones(1, dtype=np.float32) for k in weights}, weights)
    assert lowest == pytest.approx([1.0], rel=1e-7)
    with pytest.raises(ValueError, match="elevation"):
        weighted_resistance({"slope": layers["slope"]}, kept)
    with pytest.raises(ValueError, match="add up"):
        weighted_resistance(layers, {"slope": 0.5, "elevation": 0.4})
    with pytest.raises(ValueError, match="no factor"):
        present_weights(weights, [])
