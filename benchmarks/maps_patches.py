"""Labelling, tiles, zonal sums: CPU time beside scipy and scikit-image in the same process.

    python benchmarks/maps_patches.py [CELLS] [ROUNDS]

CELLS (default 1e8), the best of ROUNDS (default 2). scikit-image is left out where it is not installed.
"""

from __future__ import annotations

import importlib.util
import math
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import ndimage

from halosink.maps.grid import Grid
from halosink.maps.patches.label import label_patches
from halosink.maps.patches.tiled import join_records, tile_patches, tile_record
from halosink.maps.patches.zones import Zonal, cross_table
from halosink.maps.rules import Rules
from halosink.maps.sinks import sink_pattern


def best(work: Callable[[], object], rounds: int) -> float:
    """CPU s of the quickest round."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def tell(what: str, seconds: float, ours: float | None = None) -> None:
    ratio = f"   {seconds / ours:5.2f} times ours" if ours else ""
    print(f"{what:60} {seconds:8.2f} s{ratio}", flush=True)


def world(side: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    importance, land = np.empty((side, side), np.uint8), np.empty((side, side), np.uint8)
    for row in range(0, side, 1000):
        part = slice(row, min(row + 1000, side))
        shape = importance[part].shape
        smooth = ndimage.gaussian_filter(rng.random(shape, np.float32), 6)
        importance[part] = np.clip(3 + (smooth - 0.5) * 90, 1, 5)
        smooth = ndimage.gaussian_filter(rng.random(shape, np.float32), 6)
        land[part] = np.array([12, 31, 33, 66, 52], np.uint8)[np.clip(2 + (smooth - 0.5) * 90, 0, 4).astype(int)]
    return importance, land


def in_tiles(mask: np.ndarray, grid: Grid) -> None:
    tiles = list(grid.tiles())
    joined = join_records(tile_record(mask[t.window], t, grid.shape) for t in tiles)
    for t in tiles:
        tile_patches(mask[t.window], t, joined)


def main() -> None:
    cells = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    side = math.isqrt(cells)
    importance, land = world(side)
    mask = importance >= 3
    label_patches(mask[:64, :64])
    small = sink_pattern(importance[:64, :64], land[:64, :64], 900.0, Rules())
    Zonal.empty(len(small.table)).add(small.patch, importance[:64, :64].astype(np.float32))
    print(f"{side} x {side} cells, best of {rounds}")
    ours = best(lambda: label_patches(mask), rounds)
    tell("label_patches, 8 neighbours, whole", ours)
    tell("scipy.ndimage.label", best(lambda: ndimage.label(mask, np.ones((3, 3))), rounds), ours)
    if importlib.util.find_spec("skimage"):
        from skimage.measure import label

        tell("skimage.measure.label", best(lambda: label(mask, connectivity=2), rounds), ours)
    grid = Grid("", 0.0, 0.0, 30.0, 30.0, side, side)
    tell("labels in tiles of 1024, both passes", best(lambda: in_tiles(mask, grid), rounds))
    patch, count = label_patches(mask)
    values = importance.astype(np.float32)
    tell(
        f"zonal sums, extremes and centres of {count} patches",
        best(lambda: Zonal.empty(count).add(patch, values), rounds),
    )
    tell("cross table by land use", best(lambda: cross_table(patch, land, count, (12, 31, 33, 52, 66)), rounds))
    rules = Rules(minimum_primary_km2=0.5, minimum_secondary_km2=0.5, inclusion_km2=0.2)
    tell("sink_pattern with its table", best(lambda: sink_pattern(importance, land, 900.0, rules), rounds))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main()
