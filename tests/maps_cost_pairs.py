"""Least cost between all pairs of patches, one search of scikit-image from each: the oracle of corridors."""

import numpy as np
from skimage.graph import MCP_Geometric

from maps_cost_surfaces import Surface


def all_pairs(surface: Surface, allocation: np.ndarray) -> dict[tuple[int, int], tuple[float, bool]]:
    """The least cost, and whether a cheapest way stays in the two zones, for each pair of ids that can be joined."""
    _, resistance, sources, width, height = surface
    barrier = np.isnan(resistance)
    known = {}
    ids = np.unique(sources[(sources > 0) & ~barrier])
    for first in ids:
        search = MCP_Geometric(np.where(barrier, -1, resistance).astype(float), sampling=(height, width))
        costs, _ = search.find_costs(np.argwhere((sources == first) & ~barrier))
        for second in ids[ids > first]:
            ends = np.where((sources == second) & ~barrier, costs, np.inf)
            if np.isfinite(ends.min()):
                way = np.array(search.traceback(np.unravel_index(ends.argmin(), ends.shape)))
                apart = set(allocation[tuple(way.T)].tolist()) <= {first, second}
                known[int(first), int(second)] = float(ends.min()), apart
    return known
