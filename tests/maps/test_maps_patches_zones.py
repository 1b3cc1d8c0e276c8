"""What is summed over patches: exact, and the same in any tiles and any order."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from halosink.maps.grid import Grid
from halosink.maps.patches.label import label_patches
from halosink.maps.patches.rings import surroundings
from halosink.maps.patches.zones import Zonal, cross_table, outline_sides, shape_index


def world(seed=0, rows=60, columns=45):
    rng = np.random.default_rng(seed)
    zones, count = label_patches(rng.random((rows, columns)) < 0.55)
    values = (rng.normal(0, 1, zones.shape) * 10.0 ** rng.integers(-8, 8, zones.shape)).astype(np.float32)
    values[rng.random(zones.shape) < 0.1] = np.nan
    return zones, count, values


def test_sums_are_those_of_fsum():
    zones, count, values = world()
    zonal = Zonal.empty(count)
    zonal.add(zones, values)
    sums = zonal.sums()
    for zone in range(1, count + 1):
        inside = values[zones == zone].astype(float)
        inside = inside[~np.isnan(inside)]
        assert sums[zone] == pytest.approx(math.fsum(inside), rel=1e-15, abs=inside.size * 2.0**-64)
        assert zonal.cells[zone] == inside.size
        if inside.size:
            assert (zonal.least[zone], zonal.most[zone]) == (inside.min(), inside.max())
            assert zonal.means()[zone] == sums[zone] / inside.size
        else:
            assert np.isnan(zonal.means()[zone])


def test_the_sum_over_patches_is_the_sum_over_cells():
    zones, count, values = world(1, 300, 300)
    zonal = Zonal.empty(count)
    zonal.add(zones, values)
    cells = values[(zones > 0) & ~np.isnan(values)].astype(float)
    exact = math.fsum(cells)
    assert zonal.total() == pytest.approx(exact, rel=1e-15)
    assert math.fsum(zonal.sums()) == pytest.approx(exact, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(size=st.integers(3, 40), seed=st.integers(0, 1000))
def test_any_tiles_in_any_order_give_the_same_bits(size, seed):
    zones, count, values = world(seed)
    whole = Zonal.empty(count)
    whole.add(zones, values)
    tiles = list(Grid("", 0.0, 0.0, 1.0, 1.0, *zones.shape).tiles(size))
    np.random.default_rng(seed).shuffle(tiles)
    merged = Zonal.empty(count)
    for tile in tiles:
        part = Zonal.empty(count)
        rows, columns = (slice(*tile[:2]), slice(*tile[2:]))
        part.add(zones[rows, columns], values[rows, columns], int(tile[0]), int(tile[2]))
        merged.merge(part)
    for name in Zonal.__slots__:
        np.testing.assert_array_equal(getattr(merged, name), getattr(whole, name), err_msg=name)
    assert merged.sums().tobytes() == whole.sums().tobytes()


def test_centres_are_those_of_scipy():
    zones, count, _ = world(2)
    zonal = Zonal.empty(count)
    zonal.add(zones, np.ones(zones.shape, np.float32))
    expected = np.array(ndimage.center_of_mass(np.ones(zones.shape), zones, range(1, count + 1)))
    np.testing.assert_allclose(np.column_stack(zonal.centres())[1:], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, 3e9])
def test_values_too_large_to_sum_are_refused(bad):
    with pytest.raises(ValueError, match="finite"):
        Zonal.empty(1).add(np.ones((1, 1), np.int32), np.full((1, 1), bad))
    with pytest.raises(ValueError, match="shape"):
        Zonal.empty(1).add(np.ones((1, 1), np.int32), np.ones((1, 2)))


def test_cross_table_keeps_every_cell():
    zones, count, _ = world(3)
    land = np.random.default_rng(3).choice([11, 33, 66, 7], zones.shape).astype(np.uint8)
    table = cross_table(zones, land, count, (11, 33, 66))
    for k, code in enumerate((11, 33, 66)):
        np.testing.assert_array_equal(table[1:, k], np.bincount(zones[land == code], minlength=count + 1)[1:])
    assert table.sum() == np.isin(land[zones > 0], (11, 33, 66)).sum()
    half = zones.shape[0] // 2
    parts = cross_table(zones[:half], land[:half], count, (11, 33, 66)) + cross_table(
        zones[half:], land[half:], count, (11, 33, 66)
    )
    np.testing.assert_array_equal(parts, table)


def test_outlines_of_rectangles():
    zones = np.zeros((9, 11), np.int32)
    zones[0:4, 0:6] = 1
    zones[5:9, 2:11] = 2
    zones[1:5, 7:9] = 3
    zones[2, 2] = 0
    sides = outline_sides(zones, 3)
    np.testing.assert_array_equal(sides, [[0, 2 * 4 + 2, 8, 8], [0, 2 * 6 + 2, 18, 4]])
    square = 4 * 30.0 * 25
    np.testing.assert_allclose(shape_index(np.array([square, 0.0]), np.array([(30.0 * 25) ** 2, 0.0])), [1, np.nan])


@pytest.mark.parametrize("size", [4, 7, 50])
def test_outlines_by_tiles(size):
    zones, count, _ = world(4)
    whole = outline_sides(zones, count)
    total = np.zeros_like(whole)
    for t in Grid("", 0.0, 0.0, 1.0, 1.0, *zones.shape).tiles(size):
        below = zones[t.row1, t.column0 : t.column1] if t.row1 < zones.shape[0] else None
        right = zones[t.row0 : t.row1, t.column1] if t.column1 < zones.shape[1] else None
        total += outline_sides(zones[t.window], count, below, right, t.row0 == 0, t.column0 == 0)
    np.testing.assert_array_equal(total, whole)
    # every cell side is either shared with the same patch or on its outline
    cells = np.bincount(zones.ravel(), minlength=count + 1)[1:]
    inner = np.zeros(count + 1, np.int64)
    for a, b in ((zones[1:], zones[:-1]), (zones[:, 1:], zones[:, :-1])):
        inner += 2 * np.bincount(a[a == b], minlength=count + 1)
    np.testing.assert_array_equal(whole.sum(axis=0)[1:], 4 * cells - inner[1:])


def test_rings_are_what_a_square_dilation_adds_whole_and_in_tiles():
    zones, count, _ = world(5, 40, 50)
    land = np.random.default_rng(5).choice([11, 33, 66], zones.shape).astype(np.uint8)
    codes, radius = (11, 33, 66), 3
    table = surroundings(zones, land, count, codes, radius)
    for zone in range(1, count + 1):
        inside = zones == zone
        ring = ndimage.binary_dilation(inside, np.ones((2 * radius + 1,) * 2)) & ~inside
        np.testing.assert_array_equal(table[zone], [np.sum(land[ring] == code) for code in codes])
    total = np.zeros_like(table)
    for t in Grid("", 0.0, 0.0, 1.0, 1.0, *zones.shape).tiles(16):
        r0, r1 = max(t.row0 - radius, 0), min(t.row1 + radius, zones.shape[0])
        c0, c1 = max(t.column0 - radius, 0), min(t.column1 + radius, zones.shape[1])
        margin = (t.row0 - r0, r1 - t.row1, t.column0 - c0, c1 - t.column1)
        total += surroundings(zones[r0:r1, c0:c1], land[r0:r1, c0:c1], count, codes, radius, margin)
    np.testing.assert_array_equal(total, table)
