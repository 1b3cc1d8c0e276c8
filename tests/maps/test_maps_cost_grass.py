"""Least accumulated cost against GRASS r.cost, to the last bit; takes seconds, and is skipped without GRASS."""

import numpy as np
import pytest

import maps_cost_surfaces as worlds
from halosink.maps.cost.distance import cost_distance
from maps_cost_grass import GRASS, r_cost

pytestmark = pytest.mark.skipif(GRASS is None, reason="the program `grass` is not on the PATH")


@pytest.mark.parametrize(("width", "height"), [(1.0, 1.0), (30.0, 47.5)])
def test_bits_of_r_cost(width, height):
    """r.cost counts distance in widths of a cell, so that cells 1 wide and height / width high give its bits."""
    cases = [(s.resistance, s.sources) for s in worlds.random_surfaces(7, 21) if startable(s)]
    named = ("checkerboard of sources", "checkerboard of barriers", "islands", "switchback", "all sources", "one row")
    cases += [(s.resistance, s.sources) for s in worlds.adversarial_surfaces() if s.name in named]
    for (resistance, sources), (distance, nearest) in zip(cases, r_cost(cases, width, height), strict=True):
        found = cost_distance(resistance, sources, 1.0, height / width)
        assert np.array_equal(np.where(np.isinf(found.distance), np.nan, found.distance), distance, equal_nan=True)
        metres = cost_distance(resistance, sources, width, height).distance
        np.testing.assert_allclose(metres[np.isfinite(metres)] / width, distance[~np.isnan(distance)], rtol=1e-13)
        assert ((nearest > 0) == (found.allocation > 0)).all()
        if len(np.unique(resistance)) > 10:
            assert np.array_equal(nearest, found.allocation)


def startable(surface):
    return bool(((surface.sources > 0) & ~np.isnan(surface.resistance)).any())
