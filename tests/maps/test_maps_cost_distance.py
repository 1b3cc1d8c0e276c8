"""Least accumulated cost against scikit-image, against sums by hand, and its rule for ties."""

import math

import numpy as np
import pytest

import maps_cost_surfaces as worlds
from halosink.maps.cost.distance import cost_distance
from halosink.maps.cost.settling import bucket_plan

ADVERSARIAL = list(worlds.adversarial_surfaces())


@pytest.mark.parametrize("surface", ADVERSARIAL, ids=lambda s: s.name)
def test_bits_of_mcp_and_smallest_id_on_adversarial_surfaces(surface):
    same_as_oracles(surface)


@pytest.mark.parametrize("seed", range(4))
def test_bits_of_mcp_and_smallest_id_on_random_surfaces(seed):
    for surface in worlds.random_surfaces(40, seed):
        same_as_oracles(surface)


def same_as_oracles(surface):
    found = cost_distance(*surface[1:])
    assert np.array_equal(found.distance, worlds.by_mcp(surface), equal_nan=True), surface.name
    assert np.array_equal(found.allocation, worlds.by_relaxation(surface, found.distance)), surface.name
    assert found.distance.dtype == np.float64 and found.allocation.dtype == np.int32


def test_sums_by_hand():
    resistance = np.array([[1.0, 3.0, 5.0], [np.nan, np.nan, 1.0]], np.float32)
    sources = np.array([[4, 0, 0], [0, 0, 0]], np.int32)
    found = cost_distance(resistance, sources, 30.0, 40.0)
    slant = 80 / 2 + 50 * (3 + 1) / 2 - 40
    expected = [[0.0, 30 * 2, 60 + 30 * 4], [np.nan, np.nan, 60 + slant]]
    assert np.array_equal(found.distance, expected, equal_nan=True)
    assert np.array_equal(found.allocation, [[4, 4, 4], [0, 0, 4]])


def test_even_ground_gives_the_octile_distance():
    sources = np.zeros((41, 41), np.int32)
    sources[20, 20] = 1
    found = cost_distance(np.full((41, 41), 2.0), sources, 30.0, 30.0)
    far, near = np.sort(np.abs(np.indices((41, 41)) - 20), axis=0)[::-1]
    np.testing.assert_allclose(found.distance, 60 * (far - near) + 60 * math.sqrt(2) * near, rtol=1e-14)


def test_the_ring_of_buckets_and_the_heap_give_the_same_bits():
    rng = np.random.default_rng(5)
    resistance = rng.uniform(1, 10, (60, 70))
    sources = np.zeros((60, 70), np.int32)
    sources[3, 3], sources[50, 60] = 2, 1
    alone = cost_distance(resistance, sources, 1.0, 1.0)
    assert not bucket_plan(1.0, 10.0, 1.0, 1.0, 4200).ordered
    wide_resistance, wide_sources = np.full((60, 73), np.nan), np.zeros((60, 73), np.int32)
    wide_resistance[:, :70], wide_sources[:, :70] = resistance, sources
    wide_resistance[:, 72] = 0.0
    assert bucket_plan(0.0, 10.0, 1.0, 1.0, 4380).ordered
    beside = cost_distance(wide_resistance, wide_sources, 1.0, 1.0)
    assert np.array_equal(alone.distance, beside.distance[:, :70])
    assert np.array_equal(alone.allocation, beside.allocation[:, :70])


def test_two_sources_equally_far_give_the_smaller_id():
    sources = np.array([[9, 0, 0, 0, 4]], np.int32)
    assert cost_distance(np.ones((1, 5)), sources, 1.0, 1.0).allocation.tolist() == [[9, 9, 4, 4, 4]]


def test_what_cannot_be_summed_is_refused():
    sources = np.ones((2, 3), np.int32)
    for wrong in (-1.0, np.inf):
        resistance = np.ones((2, 3))
        resistance[1, 1] = wrong
        with pytest.raises(ValueError, match="1 resistances are negative or infinite, the first in row 1, column 1"):
            cost_distance(resistance, sources, 1.0, 1.0)
    with pytest.raises(ValueError, match="alike"):
        cost_distance(np.ones((3, 2)), sources, 1.0, 1.0)
    with pytest.raises(ValueError, match="no area"):
        cost_distance(np.ones((2, 3)), sources, 0.0, 1.0)


def test_no_cells_no_distances():
    found = cost_distance(np.ones((0, 5)), np.ones((0, 5), np.int32), 1.0, 1.0)
    assert found.distance.shape == (0, 5)
