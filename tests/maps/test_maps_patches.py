"""Patches: the same as scipy and scikit-image find, and tile by tile the same as whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from halosink.maps.grid import Grid, Tile
from halosink.maps.patches.label import label_patches
from halosink.maps.patches.tiled import join_records, tile_patches, tile_record


def in_reading_order(labels):
    """Labels of any numbering, renumbered by their first cell."""
    numbers, first = np.unique(labels, return_index=True)
    order = dict.fromkeys(numbers[numbers == 0], 0)
    for number in numbers[numbers > 0][np.argsort(first[numbers > 0])]:
        order[number] = len(order) + (0 not in order)
    return np.vectorize(order.get, otypes=[np.int32])(labels)


def spiral(n):
    mask = np.zeros((n, n), bool)
    top, bottom, left, right = 0, n - 1, 0, n - 1
    while top <= bottom and left <= right:
        mask[top, max(left - 2, 0) : right + 1] = True
        mask[top : bottom + 1, right] = True
        mask[bottom, left : right + 1] = True
        mask[top + 2 : bottom + 1, left] = True
        top, bottom, left, right = top + 2, bottom - 2, left + 2, right - 2
    return mask


def masks(n=37):
    rows, columns = np.indices((n, n + 4))
    comb = (columns % 2 == 0) | (rows == n - 1)
    return {
        "all": np.ones((n, n), bool),
        "none": np.zeros((n, n), bool),
        "checkerboard": (rows + columns) % 2 == 0,
        "comb": comb,
        "comb upside down": comb[::-1].copy(),
        "spiral": spiral(n),
        "stripes": rows % 3 == 0,
        "one row": np.ones((1, 50), bool),
        "one column": np.ones((50, 1), bool),
        "diagonal": np.eye(n, dtype=bool)[:, ::-1].copy(),
    }


def tiled(classes, size, neighbours, contacts=False):
    grid = Grid("", 0.0, 0.0, 1.0, 1.0, *classes.shape)
    tiles = list(grid.tiles(size))
    records = [tile_record(classes[t.window], t, grid.shape, neighbours, contacts) for t in reversed(tiles)]
    joined = join_records(records, neighbours)
    out = np.full(classes.shape, -1, np.int32)
    for tile in tiles:
        out[tile.window] = tile_patches(classes[tile.window], tile, joined, neighbours)
    return out, joined


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("name", masks())
def test_patches_of_a_mask_are_those_of_scipy(name, neighbours):
    mask = masks()[name]
    patch, count = label_patches(mask, neighbours)
    expected, expected_count = ndimage.label(mask, np.ones((3, 3)) if neighbours == 8 else None)
    assert count == expected_count
    np.testing.assert_array_equal(patch, in_reading_order(expected))
    assert patch.dtype == np.int32


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.59, 0.75])
def test_patches_of_noise_are_those_of_scipy(share, neighbours):
    mask = np.random.default_rng(7).random((113, 71)) < share
    patch, count = label_patches(mask, neighbours)
    expected, expected_count = ndimage.label(mask, np.ones((3, 3)) if neighbours == 8 else None)
    assert count == expected_count
    np.testing.assert_array_equal(patch, in_reading_order(expected))


@pytest.mark.parametrize("neighbours", [4, 8])
def test_patches_of_classes_are_those_of_scikit_image(neighbours):
    measure = pytest.importorskip("skimage.measure")
    classes = np.random.default_rng(8).integers(0, 4, (90, 64)).astype(np.uint8)
    patch, count = label_patches(classes, neighbours)
    expected = measure.label(classes, background=0, connectivity=2 if neighbours == 8 else 1)
    assert count == expected.max()
    np.testing.assert_array_equal(patch, in_reading_order(expected))


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("size", [1, 5, 8, 100])
@pytest.mark.parametrize("name", masks())
def test_tiles_give_the_same_patches_as_the_whole(name, size, neighbours):
    mask = masks()[name]
    patch, count = label_patches(mask, neighbours)
    again, joined = tiled(mask, size, neighbours)
    np.testing.assert_array_equal(again, patch)
    assert joined.count == count
    np.testing.assert_array_equal(joined.cells[1:], np.bincount(patch.ravel(), minlength=count + 1)[1:])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 25), columns=st.integers(1, 25), size=st.integers(1, 12), classes=st.integers(1, 4),
    seed=st.integers(0, 2**31), neighbours=st.sampled_from([4, 8]),
)  # fmt: skip
def test_any_raster_in_any_tiles(rows, columns, size, classes, seed, neighbours):
    raster = np.random.default_rng(seed).integers(0, classes + 1, (rows, columns)).astype(np.uint8)
    patch, _ = label_patches(raster, neighbours)
    again, joined = tiled(raster, size, neighbours, contacts=True)
    np.testing.assert_array_equal(again, patch)
    _, whole = tiled(raster, 1000, neighbours, contacts=True)
    for name in ("value", "first", "cells", "edge", "pairs", "sides"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name), err_msg=name)
    np.testing.assert_array_equal(patch.ravel()[joined.first[1:]], np.arange(1, joined.count + 1))
    np.testing.assert_array_equal(raster.ravel()[joined.first[1:]], joined.value[1:])


def test_shared_sides_counted_by_hand():
    raster = np.array([[1, 1, 2], [0, 1, 2], [3, 3, 3]], np.uint8)
    for size in (1, 2, 3):
        _, joined = tiled(raster, size, 4, contacts=True)
        got = {tuple(pair): n for pair, n in zip(joined.pairs.tolist(), joined.sides.tolist(), strict=True)}
        # outer sides of the grid and of the cell without data are those of number 0
        assert got == {(0, 1): 3 + 2, (0, 2): 1 + 2, (0, 3): 1 + 3 + 1 + 1, (1, 2): 2, (1, 3): 1, (2, 3): 1}


@pytest.mark.parametrize(
    ("classes", "neighbours", "words"),
    [
        (np.zeros(4, np.uint8), 8, "1 dimensions"),
        (np.zeros((2, 2)), 8, "float64"),
        (np.zeros((2, 2), np.uint8), 6, "6"),
    ],
)
def test_wrong_rasters_are_refused(classes, neighbours, words):
    with pytest.raises(ValueError, match=words):
        label_patches(classes, neighbours)


def test_tiles_that_do_not_meet_are_refused():
    a = tile_record(np.ones((2, 2), bool), Tile(0, 2, 0, 2), (2, 4))
    b = tile_record(np.ones((1, 2), bool), Tile(0, 1, 2, 4), (2, 4))
    with pytest.raises(ValueError, match="whole border"):
        join_records([a, b])
    with pytest.raises(ValueError, match="shape"):
        tile_record(np.ones((3, 2), bool), Tile(0, 2, 0, 2), (2, 4))
