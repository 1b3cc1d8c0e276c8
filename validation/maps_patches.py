"""Patches and sinks: tile by tile the same bits as whole; sums over patches against sums over cells.

    python validation/maps_patches.py [CELLS]

CELLS (default 1e8) is the size of the raster for the sums. Lines that a limit stands in end with "ok" or "MISSED"; one
missed ends with exit code 1.
"""

from __future__ import annotations

import math
import resource
import sys
import time

import numpy as np
from scipy import ndimage

from halosink.maps import sinks
from halosink.maps.grid import Grid
from halosink.maps.patches.label import label_patches
from halosink.maps.patches.tiled import join_records, tile_patches, tile_record
from halosink.maps.patches.zones import Zonal
from halosink.maps.rules import Rules
from halosink.maps.sinks import sink_pattern, with_potential

SIDE, SUM = 1000, 1e-9


def tell(what: str, figure: str, fine: bool) -> bool:
    print(f"{what:70} {figure:>30}  {'ok' if fine else 'MISSED'}")
    return fine


def spiral(n: int) -> np.ndarray:
    mask = np.zeros((n, n), bool)
    low, high = 0, n - 1
    while low <= high:
        mask[low, max(low - 2, 0) : high + 1] = True
        mask[low : high + 1, high] = True
        mask[high, low : high + 1] = True
        mask[low + 2 : high + 1, low] = True
        low, high = low + 2, high - 2
    return mask


def masks() -> dict[str, np.ndarray]:
    rows, columns = np.indices((SIDE, SIDE))
    rng = np.random.default_rng(1)
    return {
        "spiral": spiral(SIDE),
        "checkerboard": (rows + columns) % 2 == 0,
        "all": np.ones((SIDE, SIDE), bool),
        "none": np.zeros((SIDE, SIDE), bool),
        "comb": (columns % 2 == 0) | (rows == SIDE - 1),
        "noise near percolation (0.593)": rng.random((SIDE, SIDE)) < 0.593,
        "smooth": ndimage.gaussian_filter(rng.random((SIDE, SIDE)), 5) > 0.5,
        "five classes": rng.integers(0, 6, (SIDE, SIDE)).astype(np.uint8),
    }


def labels() -> bool:
    fine = True
    grid = Grid("", 0.0, 0.0, 1.0, 1.0, SIDE, SIDE)
    for name, mask in masks().items():
        for neighbours in (4, 8):
            patch, count = label_patches(mask, neighbours)
            same = True
            if mask.dtype == bool:
                theirs, expected = ndimage.label(mask, np.ones((3, 3)) if neighbours == 8 else None)
                pairs = np.unique(theirs.astype(np.int64).ravel() * (count + 1) + patch.ravel())
                same = expected == count and pairs.size == count + (not mask.all())
            numbers, first = np.unique(patch, return_index=True)
            same &= bool((np.diff(first[numbers > 0]) > 0).all())
            for size in (64, 257):
                tiles = list(grid.tiles(size))
                records = (tile_record(mask[t.window], t, grid.shape, neighbours) for t in reversed(tiles))
                joined = join_records(records, neighbours)
                same &= all(
                    np.array_equal(tile_patches(mask[t.window], t, joined, neighbours), patch[t.window]) for t in tiles
                )
            fine &= tell(
                f"{name}, {neighbours} neighbours: scipy = whole = tiles of 64 and 257", f"{count} patches", same
            )
    return fine


def county(seed: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)

    def field(width: float) -> np.ndarray:
        smooth = ndimage.gaussian_filter(rng.random((side, side)), width)
        return np.argsort(np.argsort(smooth.ravel())).reshape(side, side) / side**2

    importance = (1 + 5 * field(12)).astype(np.uint8)
    importance[field(30) < 0.05] = 0
    land = np.array([12, 31, 33, 66, 52, 41, 24, 21, 62, 63], np.uint8)[(10 * field(6)).astype(int)]
    return importance, land, field(20)


def patterns() -> bool:
    fine = True
    rules = Rules(minimum_primary_km2=0.5, minimum_secondary_km2=0.5, minimum_potential_km2=0.3, inclusion_km2=0.2)
    for seed in range(3):
        importance, land, cost = county(seed, 700)
        found = []
        for size in (5000, 128, 61):
            sinks.TILE = size
            sources = sink_pattern(importance, land, 900.0, rules)
            found.append(with_potential(sources, importance, land, cost, 0.6, 900.0, rules))
        same = all(
            np.array_equal(found[0].patch, f.patch)
            and np.array_equal(found[0].category, f.category)
            and found[0].table.equals(f.table)
            for f in found[1:]
        )
        counts = np.bincount(found[0].table.category, minlength=4)[1:]
        fine &= tell(f"sinks of county {seed}: whole = tiles of 128 and 61", f"{counts} by category", same)
    return fine


def sums(cells: int) -> bool:
    side = math.isqrt(cells)
    rng = np.random.default_rng(5)
    mask = np.empty((side, side), bool)
    values = np.empty((side, side), np.float32)
    for row in range(0, side, 1000):
        part = slice(row, min(row + 1000, side))
        mask[part] = ndimage.gaussian_filter(rng.random(mask[part].shape, np.float32), 4) > 0.5
        values[part] = rng.normal(20, 250, mask[part].shape)
    start = time.process_time()
    patch, count = label_patches(mask)
    zonal = Zonal.empty(count)
    zonal.add(patch, values)
    seconds = time.process_time() - start
    exact = math.fsum(math.fsum(values[r][mask[r]]) for r in range(side))
    of_patches = math.fsum(zonal.sums())
    off = abs(of_patches - exact) / abs(exact)
    fine = tell(f"sum over {count} patches = sum over {side**2:.1e} cells (fsum)", f"{off:.1e} relative", off <= SUM)
    merged = Zonal.empty(count)
    for t in reversed(list(Grid("", 0.0, 0.0, 1.0, 1.0, side, side).tiles(2048))):
        merged.add(patch[t.window], values[t.window], t.row0, t.column0)
    same = all(np.array_equal(getattr(merged, name), getattr(zonal, name)) for name in Zonal.__slots__)
    fine &= tell("the same bits from tiles of 2048 in reverse order", f"{seconds:.1f} CPU s whole", same)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")
    return fine


def main() -> int:
    cells = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    fine = labels()
    fine &= patterns()
    fine &= sums(cells)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
