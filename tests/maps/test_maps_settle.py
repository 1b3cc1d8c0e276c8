"""The rules of patches and inclusions against a plain reading of them, cell by cell."""

from collections import Counter

import numpy as np
import pytest

from halosink.maps.grid import Grid
from halosink.maps.patches.label import label_patches
from halosink.maps.patches.settle import settle
from halosink.maps.patches.tiled import join_records, tile_patches, tile_record


def around(cell, shape):
    r, c = cell
    for x, y in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
        yield (x, y) if 0 <= x < shape[0] and 0 <= y < shape[1] else None


def flood(cells, raster):
    """Sets of cells that hang together over sides, or over corners where the value is the same."""
    shape, left = raster.shape, set(cells)
    while left:
        group, front = set(), [left.pop()]
        while front:
            cell = front.pop()
            group.add(cell)
            corners = [(cell[0] + i, cell[1] + j) for i in (-1, 1) for j in (-1, 1)]
            alike = [near for near in corners if near in left and raster[near] == raster[cell]]
            for near in (*around(cell, shape), *alike):
                if near in left:
                    left.remove(near)
                    front.append(near)
        yield group


def plain(raster, least, fixed, narrow, inclusion, enclosure):
    """Kind of each cell, and patches as sets of cells."""
    shape = raster.shape
    patch, count = label_patches(raster)
    kind = np.zeros(shape, int)
    for number in range(1, count + 1):
        inside = patch == number
        value = int(raster[inside][0])
        if value in least and inside.sum() >= least[value]:
            kind[inside] = value

    def judge(cells):
        new = {}
        for group in flood(cells, raster):
            outline = [near for cell in group for near in around(cell, shape) if near not in group]
            along = Counter(int(kind[near]) for near in outline if near is not None and kind[near] > 0)
            if along and len(group) <= inclusion:
                best = max(sorted(along), key=lambda k: along[k])
                if along[best] >= enclosure * len(outline):
                    new.update(dict.fromkeys(group, best))
        for cell, taken in new.items():
            kind[cell] = taken

    free = (kind == 0) & ~np.isin(raster, (0, *fixed))
    judge([tuple(cell) for cell in np.argwhere(free)])
    for value in narrow:
        judge([tuple(cell) for cell in np.argwhere((kind == 0) & (raster == value))])
    return kind


@pytest.mark.parametrize("seed", range(25))
def test_settled_kinds_are_those_of_a_plain_reading(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(5, 22, 2))
    coarse = rng.integers(0, 7, (6, 6)).astype(np.uint8)
    raster = np.kron(coarse, np.ones((4, 4), np.uint8))[: shape[0], : shape[1]]
    noise = rng.random(shape) < 0.2
    raster = np.where(noise, rng.integers(0, 7, shape), raster).astype(np.uint8)
    least = {2: float(rng.integers(1, 12)), 3: float(rng.integers(1, 12))}
    fixed, narrow = (6,), (4, 5)
    inclusion, enclosure = float(rng.integers(1, 15)), float(rng.choice([0.3, 0.5, 0.8, 1.0]))
    expected = plain(raster, least, fixed, narrow, inclusion, enclosure)
    for size in (5, 100):
        grid = Grid("", 0.0, 0.0, 1.0, 1.0, *map(int, shape))
        tiles = list(grid.tiles(size))
        joined = join_records(tile_record(raster[t.window], t, grid.shape, 8, contacts=True) for t in tiles)
        settled = settle(joined, least, fixed, narrow, inclusion, enclosure)
        kind, patch = np.empty(shape, int), np.empty(shape, int)
        for t in tiles:
            numbers = tile_patches(raster[t.window], t, joined)
            kind[t.window], patch[t.window] = settled.kind[numbers], settled.patch[numbers]
        np.testing.assert_array_equal(kind, expected)
        np.testing.assert_array_equal(patch > 0, expected > 0)
        numbers, first = np.unique(patch[patch > 0], return_index=True)
        np.testing.assert_array_equal(numbers, np.arange(1, settled.count + 1))
        assert (np.diff(first) > 0).all()
        for number in numbers:
            assert len(set(expected[patch == number])) == 1
        touching = {(int(p), int(v)) for p, v in settled.neighbours}
        for cell in np.argwhere(patch > 0):
            for near in around(tuple(cell), shape):
                if near is not None and raster[near] in fixed:
                    assert (patch[tuple(cell)], raster[near]) in touching
                if near is not None and expected[near] == expected[tuple(cell)]:
                    assert patch[near] == patch[tuple(cell)]
