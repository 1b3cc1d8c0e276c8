"""Entropy weights against published cases, the plain formula, and themselves in other tiles."""

import json
import math

import numpy as np
import pytest

from halosink.maps.entropy import EntropySums, entropy_sums, entropy_weights, weights_from_entropy
from halosink.maps.normalise import Extremes


def weights(layers, *args, **kwargs):
    sums = entropy_sums(layers, {k: Extremes.of(v) for k, v in layers.items()}, *args, **kwargs)
    return {k: w.weight for k, w in entropy_weights(sums).items()}


def plain(matrix):
    p = matrix / matrix.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        e = -np.where(p > 0, p * np.log(p), 0).sum(axis=0) / math.log(len(matrix))
    return (1 - e) / (1 - e).sum()


def test_published_cases(reference):
    for case in json.loads((reference / "data/method_oracles/entropy_weights_oracle.json").read_text()):
        matrix = np.array(case["matrix"], dtype=float)
        found = weights({str(i): column for i, column in enumerate(matrix.T)})
        digits = max(len(str(w).split(".")[1]) for w in case["weights"])
        assert list(found.values()) == pytest.approx(case["weights"], abs=0.5 * 10**-digits + 1e-12)
        assert list(found.values()) == pytest.approx(plain(matrix), abs=1e-13)


def test_equal_to_the_plain_formula():
    rng = np.random.default_rng(3)
    matrix = np.column_stack([rng.gamma(k, 2, 5000) for k in (0.3, 1, 4)] + [rng.integers(1, 10, 5000)])
    layers = {str(i): c for i, c in enumerate(matrix.T)}
    assert list(weights(layers).values()) == pytest.approx(plain(matrix), rel=1e-12)
    scaled = (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)
    assert list(weights(layers, "minmax").values()) == pytest.approx(plain(scaled), rel=1e-12)
    turned = np.column_stack([1 - scaled[:, 0], scaled[:, 1:]])
    assert list(weights(layers, "minmax", negative=["0"]).values()) == pytest.approx(plain(turned), rel=1e-12)
    shifted = list(weights(layers, "minmax", shift=1e-4).values())
    assert shifted == pytest.approx(plain(scaled + 1e-4), rel=1e-12)


def test_same_bits_in_any_tiles():
    rng = np.random.default_rng(5)
    shape = (90, 70)
    layers = {k: np.where(rng.random(shape) < 0.1, np.nan, rng.gamma(2, 3, shape)).astype(np.float32) for k in "abc"}
    limits = {k: Extremes.of(v) for k, v in layers.items()}
    whole = entropy_sums(layers, limits)
    for rows, columns, order in ((7, 70, 1), (13, 11, -1), (1, 1, 1)):
        tiles = [(slice(i, i + rows), slice(j, j + columns)) for i in range(0, 90, rows) for j in range(0, 70, columns)]
        merged = {k: EntropySums(0, 0, 0) for k in layers}
        for tile in tiles[::order]:
            part = entropy_sums({k: v[tile] for k, v in layers.items()}, limits)
            merged = {k: merged[k].merge(part[k]) for k in merged}
        assert merged == whole
    complete = np.logical_and.reduce([np.isfinite(v) for v in layers.values()])
    assert {s.count for s in whole.values()} == {int(complete.sum())}


def test_special_layers():
    layers = {"constant": np.full(50, 3.0), "varied": np.arange(50.0), "zero": np.zeros(50)}
    assert weights(layers) == pytest.approx({"constant": 0, "varied": 1, "zero": 0}, abs=1e-12)
    assert weights(layers, "minmax") == pytest.approx({"constant": 0, "varied": 1, "zero": 0}, abs=1e-12)
    with pytest.raises(ValueError, match="minmax"):
        weights({"a": np.array([-1.0, 2, 3])})
    with pytest.raises(ValueError, match="two cells"):
        weights({"a": np.array([1.0, np.nan])})
    with pytest.raises(ValueError, match="no factor differs"):
        weights_from_entropy({"a": 1.0, "b": 1.0})
