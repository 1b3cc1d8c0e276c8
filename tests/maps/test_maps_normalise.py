"""Min-max, importance: analytic values, tiles, refusals."""

import numpy as np
import pytest

from halosink.maps.breaks.histogram import Histogram
from halosink.maps.importance import WEIGHTS, check_weights, importance_score
from halosink.maps.normalise import Extremes, denormalised, normalised, robust_limits

LAYER = np.array([[-229.125, 0.0], [293.020, np.nan]], dtype=np.float32)


def test_normalised_between_the_extremes():
    limits = Extremes.of(LAYER)
    assert limits == Extremes(float(np.float32(-229.125)), float(np.float32(293.020)), 3)
    share = normalised(LAYER, limits)
    assert share.dtype == np.float32
    assert share.ravel() == pytest.approx([0, 229.125 / 522.145, 1, np.nan], nan_ok=True)
    assert denormalised(share, limits).ravel() == pytest.approx(LAYER.ravel(), abs=1e-4, nan_ok=True)


def test_extremes_of_tiles_are_those_of_the_whole():
    rng = np.random.default_rng(1)
    layer = np.where(rng.random((50, 40)) < 0.3, np.nan, rng.normal(size=(50, 40)))
    merged = Extremes.of(np.full(3, np.nan))
    for start in (40, 0, 20):
        merged = merged.merge(Extremes.of(layer[start : start + 20]))
    assert merged == Extremes.of(layer)
    whole = normalised(layer, merged)
    tiles = [normalised(layer[:7], merged), normalised(layer[7:], merged)]
    assert np.array_equal(np.vstack(tiles), whole, equal_nan=True)


def test_constant_empty_and_robust_layers():
    flat = Extremes.of(np.array([3.0, 3.0]))
    assert flat.constant
    assert normalised(np.array([3.0, np.nan]), flat) == pytest.approx([0, np.nan], nan_ok=True)
    with pytest.raises(ValueError, match="without values"):
        normalised(LAYER, Extremes.of(np.full(2, np.nan)))
    values = np.append(np.linspace(0, 1, 1001), 1e3)
    robust = robust_limits(Histogram.of(values, 0, 1e3), 0.1)
    assert (robust.minimum, robust.maximum) == pytest.approx((0.1, 0.9), abs=0.03)
    assert normalised(np.array([-5.0, 1e3]), robust).tolist() == [0, 1]
    with pytest.raises(ValueError, match="share"):
        robust_limits(Histogram.of(values, 0, 1e3), 0.5)


def test_importance_of_extremes_and_middle():
    layers = {"nep": np.array([0.0, 10, 5, np.nan]), "vegetation_carbon": np.array([0.0, 2, 1, 1]),
              "soil_carbon": np.array([0.0, 8, 8, 8]), "unused": np.zeros(4)}  # fmt: skip
    limits = {name: Extremes.of(values) for name, values in layers.items()}
    score = importance_score(layers, limits)
    assert score == pytest.approx([0, 1, 0.5 * 0.5 + 0.25 * 0.5 + 0.25, np.nan], nan_ok=True)
    only = importance_score(layers, limits, {"nep": 1.0, "soil_carbon": 0.0})
    assert only == pytest.approx([0, 1, 0.5, np.nan], nan_ok=True)


def test_weights_must_add_up_to_one():
    check_weights(WEIGHTS)
    check_weights({"a": 1 / 3, "b": 1 / 3, "c": 0.333333})
    for wrong in ({"a": 0.5, "b": 0.4}, {"a": 1.5, "b": -0.5}, {"a": np.nan}, {}):
        with pytest.raises(ValueError, match="weights"):
            check_weights(wrong)
    with pytest.raises(ValueError, match="vegetation_carbon"):
        importance_score({"nep": LAYER, "soil_carbon": LAYER}, {k: Extremes.of(LAYER) for k in WEIGHTS})
