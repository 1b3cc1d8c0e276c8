"""Paths add up to the distance to the last bit; corridors and the spanning network equal the search over all pairs."""

import numpy as np
import pytest

import maps_cost_surfaces as worlds
from halosink.maps.cost.corridors import Corridor, corridors, crossings, merge_crossings, spanning_network
from halosink.maps.cost.distance import cost_distance
from halosink.maps.cost.paths import least_cost_path, path_length
from maps_cost_pairs import all_pairs

SURFACES = [*worlds.adversarial_surfaces(13), *worlds.random_surfaces(42, 3, largest=25)]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
def test_paths_end_in_their_source_and_add_up(surface):
    _, resistance, sources, width, height = surface
    found = cost_distance(*surface[1:])
    values = resistance.astype(np.float64)
    for cell in np.argwhere(np.isfinite(found.distance))[::5]:
        path = least_cost_path(resistance, sources, *found, tuple(cell), width, height)
        assert (path[0] == cell).all() and sources[tuple(path[-1])] == found.allocation[tuple(cell)]
        assert len(np.unique(path, axis=0)) == len(path)
        cost = 0.0
        for a, b in zip(path[::-1][:-1], path[::-1][1:], strict=True):
            half = 0.5 * np.sqrt(((a[0] - b[0]) * height) ** 2 + ((a[1] - b[1]) * width) ** 2)
            cost = cost + half * (values[tuple(a)] + values[tuple(b)])
        assert cost == found.distance[tuple(cell)]


@pytest.mark.parametrize("surface", list(worlds.random_surfaces(56, 11, largest=25)), ids=lambda s: s.name)
def test_corridors_equal_the_search_over_all_pairs(surface):
    _, resistance, sources, width, height = surface
    found = cost_distance(*surface[1:])
    links = corridors(resistance, sources, *found, width, height)
    costs = {link[:2]: link.cost for link in links}
    assert list(costs) == sorted(costs)
    known = all_pairs(surface, found.allocation)
    for pair, (cost, apart) in known.items():
        if apart:
            assert costs[pair] == pytest.approx(cost, rel=1e-12, abs=0)
        elif pair in costs:
            assert costs[pair] >= cost * (1 - 1e-12)
    network = spanning_network(links)
    nowhere = np.empty((0, 2), int)
    best = spanning_network([Corridor(*pair, cost, 0.0, 0.0, nowhere) for pair, (cost, _) in known.items()])
    assert len(network) == len(best)
    assert sum(link.cost for link in network) == pytest.approx(sum(link.cost for link in best), rel=1e-12, abs=0)


def test_a_corridor_by_hand():
    resistance = np.array([[2.0, 2.0, 4.0, 4.0, 2.0]])
    sources = np.array([[8, 0, 0, 0, 3]], np.int32)
    (link,) = corridors(resistance, sources, *cost_distance(resistance, sources, 100.0, 100.0), 100.0, 100.0)
    assert link[:5] == (3, 8, 200 + 300 + 400 + 300, 400.0, 3.0)
    assert link.path.tolist() == [[0, 4], [0, 3], [0, 2], [0, 1], [0, 0]]


def test_length_of_a_path():
    assert path_length(np.array([[0, 0], [1, 1], [1, 2]]), 30.0, 40.0) == 80.0


def test_crossings_by_pieces_equal_the_whole():
    for surface in worlds.random_surfaces(28, 6, largest=30):
        _, resistance, _, width, height = surface
        distance, allocation = cost_distance(*surface[1:])
        pieces = []
        for row in range(0, resistance.shape[0], 7):
            for column in range(0, resistance.shape[1], 5):
                at = np.s_[row : row + 8, column : column + 6]
                parts = resistance[at], distance[at], allocation[at]
                pieces.append(crossings(*parts, width, height, row, column))
        whole = crossings(resistance, distance, allocation, width, height)
        assert np.array_equal(merge_crossings(pieces), whole)
        assert np.array_equal(merge_crossings(pieces[::-1]), whole)


def test_a_cell_out_of_reach_has_no_path():
    resistance, sources = np.array([[1.0, np.nan, 1.0]]), np.array([[1, 0, 0]], np.int32)
    with pytest.raises(ValueError, match="no source reaches row 0, column 2"):
        least_cost_path(resistance, sources, *cost_distance(resistance, sources, 1.0, 1.0), (0, 2), 1.0, 1.0)
