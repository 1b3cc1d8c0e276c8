"""Least accumulated cost: the bits of scikit-image and GRASS, of tiles and threads, and corridors against all pairs.

    python validation/maps_cost.py [SURFACES]

Random surfaces (1000 without an argument: seven kinds of resistance, float32 and float64, square and flat cells) and
adversarial ones. Ends with exit code 1 when a bit differs where none may.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import maps_cost_surfaces as worlds
from halosink.maps.cost.corridors import Corridor, corridors, spanning_network
from halosink.maps.cost.distance import cost_distance
from halosink.maps.cost.tiled import tiled_cost_distance
from maps_cost_certificate import all_faults
from maps_cost_county import surface as county
from maps_cost_grass import GRASS, r_cost
from maps_cost_pairs import all_pairs


def reach(text: str, fine: bool) -> bool:
    print(f"{'reached' if fine else 'MISSED '}  {text}")
    return fine


def bits_of_mcp(surfaces: list[worlds.Surface]) -> bool:
    wrong, wrong_ids, cells = 0, 0, 0
    for surface in surfaces:
        found = cost_distance(*surface[1:])
        cells += found.distance.size
        wrong += not np.array_equal(found.distance, worlds.by_mcp(surface), equal_nan=True)
        wrong_ids += not np.array_equal(found.allocation, worlds.by_relaxation(surface, found.distance))
    text = f"{len(surfaces)} surfaces, {cells} cells: {wrong} differ from MCP_Geometric in a bit, {wrong_ids} in an id"
    return reach(f"{text} from the rule for ties", wrong == wrong_ids == 0)


def bits_of_grass(surfaces: list[worlds.Surface]) -> bool:
    if GRASS is None:
        print("not done  GRASS: the program `grass` is not on the PATH")
        return True
    startable = [s for s in surfaces if ((s.sources > 0) & ~np.isnan(s.resistance)).any()]
    fine = True
    for width, height in ((1.0, 1.0), (30.0, 30.0), (30.0, 47.5)):
        answers = r_cost([(s.resistance, s.sources) for s in startable], width, height)
        wrong, worst, tied, untied, cells = 0, 0.0, 0, 0, 0
        for surface, (distance, nearest) in zip(startable, answers, strict=True):
            found = cost_distance(surface.resistance, surface.sources, 1.0, height / width)
            metres = cost_distance(surface.resistance, surface.sources, width, height).distance
            reached = np.where(np.isinf(found.distance), np.nan, found.distance)
            wrong += not np.array_equal(reached, distance, equal_nan=True)
            some = np.isfinite(metres) & (metres > 1e-290)
            worst = max(worst, float(np.abs(distance[some] * width / metres[some] - 1).max(initial=0)))
            for source in np.unique(nearest[nearest != found.allocation])[:50]:
                only = np.where(surface.sources == source, source, 0).astype(np.int32)
                alone = cost_distance(surface.resistance, only, 1.0, height / width).distance
                given = (nearest == source) & (nearest != found.allocation)
                tied += int(given.sum())
                untied += int((alone[given] != found.distance[given]).sum())
            cells += found.distance.size
        text = f"{len(startable)} surfaces, cells {width:g} by {height:g}: {wrong} differ from r.cost in a bit"
        text += f" in its unit, widths of a cell; in metres by {worst:.1e} at most"
        text += f"; {tied} of {cells} cells given to another source, {untied} of them not as near"
        fine &= reach(text, wrong == untied == 0 and worst < 1e-13)
    return fine


def bits_of_tiles(surfaces: list[worlds.Surface]) -> bool:
    rng = np.random.default_rng(1)
    wrong = 0
    for surface in surfaces:
        whole = cost_distance(*surface[1:])
        shape = surface.resistance.shape
        distance, allocation = np.empty(shape), np.empty(shape, np.int32)
        tile, threads = int(rng.integers(1, 20)), int(rng.integers(1, 4))
        tiled_cost_distance(surface.resistance, surface.sources, distance, allocation, *surface[3:], tile, threads)
        wrong += not np.array_equal(distance, whole.distance, equal_nan=True)
        wrong += not np.array_equal(allocation, whole.allocation)
    text = f"{len(surfaces)} surfaces: {wrong} differ between tiles (1 to 19 cells, 1 to 3 threads) and whole"
    return reach(text, wrong == 0)


def a_county(side: int = 1500) -> bool:
    resistance, sources, cell = county(side)
    found = cost_distance(resistance, sources, cell, cell)
    distance, allocation = np.empty(resistance.shape), np.empty(resistance.shape, np.int32)
    visits = tiled_cost_distance(resistance, sources, distance, allocation, cell, cell, 256, 2)
    same = np.array_equal(distance, found.distance, equal_nan=True) and np.array_equal(allocation, found.allocation)
    wrong = all_faults(resistance, sources, distance, allocation, cell, cell)
    text = f"like Wensu, {side} x {side}: tiles as whole {same}, cells that their neighbours contradict {wrong[:2]}"
    return reach(f"{text}, {visits['settled']:.2f} settled per cell", same and wrong == (0, 0, 0))


def links_of_all_pairs(surfaces: list[worlds.Surface]) -> bool:
    pairs, apart_pairs, worst, below, trees = 0, 0, 0.0, 0, 0
    for surface in surfaces:
        _, resistance, sources, width, height = surface
        found = cost_distance(*surface[1:])
        links = corridors(resistance, sources, *found, width, height)
        costs = {link[:2]: link.cost for link in links}
        known = all_pairs(surface, found.allocation)
        for pair, (cost, apart) in known.items():
            pairs += 1
            if apart:
                apart_pairs += 1
                worst = max(worst, abs(costs.get(pair, np.inf) - cost) / max(cost, 1e-300))
            below += costs.get(pair, np.inf) < cost * (1 - 1e-12)
        nowhere = np.empty((0, 2), int)
        best = spanning_network([Corridor(*pair, cost, 0.0, 0.0, nowhere) for pair, (cost, _) in known.items()])
        network = spanning_network(links)
        ours, theirs = (sum(link.cost for link in tree) for tree in (network, best))
        trees += len(network) != len(best) or abs(ours - theirs) > 1e-12 * theirs
    text = f"{apart_pairs} of {pairs} pairs joined within their two zones: corridor off by {worst:.1e} at most"
    fine = reach(text, worst < 1e-12)
    fine &= reach(f"{below} corridors cheaper than the search over all pairs", below == 0)
    return reach(f"{len(surfaces)} networks: {trees} cost other than the tree over all pairs", trees == 0) and fine


def main(count: int = 1000) -> int:
    random = list(worlds.random_surfaces(count, 2026, largest=60))
    adversarial = [surface for side in (13, 23, 40) for surface in worlds.adversarial_surfaces(side)]
    fine = bits_of_mcp(random + adversarial)
    fine &= bits_of_tiles(random + adversarial)
    fine &= bits_of_grass(random[: max(count // 25, 7)] + list(worlds.adversarial_surfaces()))
    fine &= links_of_all_pairs([s for s in random if s.sources.any()][: max(count // 4, 7)])
    return 0 if fine & a_county() else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
