"""Tile by tile, on disk and by two threads: the bits of the whole in memory."""

import numpy as np
import pytest

import maps_cost_surfaces as worlds
from halosink.maps.cost.distance import cost_distance
from halosink.maps.cost.tiled import tiled_cost_distance


def tiled(surface, tile, threads):
    shape = surface.resistance.shape
    distance, allocation = np.full(shape, 7.0), np.full(shape, 7, np.int32)
    tiled_cost_distance(surface.resistance, surface.sources, distance, allocation, *surface[3:], tile, threads)
    return distance, allocation


def same_as_whole(surface, tile, threads):
    whole, (distance, allocation) = cost_distance(*surface[1:]), tiled(surface, tile, threads)
    assert np.array_equal(distance, whole.distance, equal_nan=True), (surface.name, tile, threads)
    assert np.array_equal(allocation, whole.allocation), (surface.name, tile, threads)


@pytest.mark.parametrize("surface", list(worlds.adversarial_surfaces()), ids=lambda s: s.name)
def test_adversarial_surfaces(surface):
    for tile in (1, 2, 5, 64):
        same_as_whole(surface, tile, 1)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_random_surfaces(threads):
    rng = np.random.default_rng(threads)
    for surface in worlds.random_surfaces(70, threads):
        same_as_whole(surface, int(rng.integers(1, 12)), threads)


def test_memory_maps(tmp_path):
    surface = next(worlds.random_surfaces(1, 9, largest=200))
    whole = cost_distance(*surface[1:])
    shape = surface.resistance.shape
    distance = np.memmap(tmp_path / "distance", np.float64, "w+", shape=shape)
    allocation = np.memmap(tmp_path / "allocation", np.int32, "w+", shape=shape)
    tiled_cost_distance(surface.resistance, surface.sources, distance, allocation, *surface[3:], 50, 2)
    assert np.array_equal(distance, whole.distance, equal_nan=True) and np.array_equal(allocation, whole.allocation)


def test_wrong_input_is_refused_before_anything_is_written():
    resistance, sources = np.ones((9, 9)), np.ones((9, 9), np.int32)
    resistance[7, 5] = resistance[8, 8] = -2
    distance, allocation = np.full((9, 9), 7.0), np.full((9, 9), 7, np.int32)
    with pytest.raises(ValueError, match="2 resistances are negative or infinite, the first in row 7, column 5"):
        tiled_cost_distance(resistance, sources, distance, allocation, 1.0, 1.0, 4)
    with pytest.raises(ValueError, match="alike"):
        tiled_cost_distance(resistance[1:], sources, distance, allocation, 1.0, 1.0, 4)
    assert (distance == 7).all() and (allocation == 7).all()


def test_each_tile_is_worked_on_a_few_times():
    rng = np.random.default_rng(2)
    sources = np.zeros((400, 400), np.int32)
    sources[200, 50], sources[20, 390] = 1, 2
    distance, allocation = np.empty((400, 400)), np.empty((400, 400), np.int32)
    found = tiled_cost_distance(rng.uniform(1, 10, (400, 400)), sources, distance, allocation, 1.0, 1.0, 50)
    assert found["settled"] < 1.25
    assert found["visits"] < 5
