"""Layers brought to the grid: exact areas against polygon overlaps, the same bits whatever the tiles, sums kept."""

from functools import cache

import numpy as np
import pytest

from halosink.maps.grid import Grid, Tile

shapely = pytest.importorskip("shapely")
pytest.importorskip("rasterio")
from halosink.study_region import align, lapse  # noqa: E402
from halosink.study_region.align import Frame  # noqa: E402

SINUSOIDAL = "+proj=sinu +R=6371007.181"
CASES = {
    "finer layer, same system": (
        Grid("EPSG:32644", 500_000, 4_600_000, 730, 730, 24, 26),
        Frame("EPSG:32644", (301.0, 0, 499_000, 0, -301.0, 4_601_000), (70, 80)),
    ),
    "coarser layer, same system": (
        Grid("EPSG:32644", 500_000, 4_600_000, 730, 730, 24, 26),
        Frame("EPSG:32644", (2000.0, 0, 499_000, 0, -2000.0, 4_601_000), (12, 12)),
    ),
    "layer from south to north": (
        Grid("EPSG:32644", 500_000, 4_600_000, 730, 730, 24, 26),
        Frame("EPSG:32644", (301.0, 0, 499_000, 0, 301.0, 4_580_000), (70, 80)),
    ),
    "finer layer in degrees": (
        Grid("EPSG:32644", 500_000, 4_600_000, 730, 730, 24, 26),
        Frame("EPSG:4326", (0.0031, 0, 80.95, 0, -0.0027, 41.6), (90, 110)),
    ),
    "coarser layer in degrees": (
        Grid("EPSG:32644", 500_000, 4_600_000, 730, 730, 24, 26),
        Frame("EPSG:4326", (0.05, 0, 80.95, 0, -0.05, 41.6), (7, 8)),
    ),
    "slanted sinusoidal layer of like cells": (
        Grid("+proj=laea +lat_0=17 +lon_0=-11.5", -3000, 90_000, 463, 463, 24, 26),
        Frame(SINUSOIDAL, (463.3127, 0, -1_260_000, 0, -463.3127, 2_000_000), (300, 300)),
    ),
}


@cache
def numbers(case: str) -> np.ndarray:
    values = np.random.default_rng(7).normal(10, 3, (2, *CASES[case][1].shape)).astype(np.float32)
    values[:, np.random.default_rng(8).random(values.shape[1:]) < 0.15] = np.nan
    return values


def of(values):
    return lambda window: np.ascontiguousarray(values[..., window.row0 : window.row1, window.column0 : window.column1])


def quadrangles(grid: Grid, layer: Frame):
    """The cells of the grid as polygons in cells of the layer, each corner carried over exactly."""
    a, _, c, _, e, f = layer.transform
    column, row = np.meshgrid(np.arange(grid.columns + 1), np.arange(grid.rows + 1))
    x, y = grid.left + column * grid.width, grid.top - row * grid.height
    x, y = align.transformer(grid.crs, layer.crs).transform(x, y)
    u, v = (x - c) / a, (y - f) / e
    for i in range(grid.rows):
        for j in range(grid.columns):
            pick = ([i, i, i + 1, i + 1], [j, j + 1, j + 1, j])
            yield i, j, u[pick], v[pick]


def overlaps(u, v, shape):
    polygon = shapely.Polygon(np.column_stack([u, v]))
    for r in range(max(int(v.min()), 0), min(int(np.ceil(v.max())), shape[0])):
        for c in range(max(int(u.min()), 0), min(int(np.ceil(u.max())), shape[1])):
            yield r, c, polygon.intersection(shapely.box(c, r, c + 1, r + 1)).area / polygon.area


@pytest.mark.parametrize("case", CASES)
def test_mean_is_that_by_area_of_polygon_overlap(case):
    grid, layer = CASES[case]
    values = numbers(case)
    got = align.resample(align.frame_of(grid), layer, Tile(0, grid.rows, 0, grid.columns), of(values), "area", 2)
    compared = 0
    for i, j, u, v in quadrangles(grid, layer):
        parts = [(s, values[0, r, c]) for r, c, s in overlaps(u, v, layer.shape) if not np.isnan(values[0, r, c])]
        share = sum(s for s, _ in parts)
        if abs(share - 0.5) < 1e-3:
            continue
        if share < 0.5:
            assert np.isnan(got[:, i, j]).all()
            continue
        want = sum(s * x for s, x in parts) / share
        # Corners are off by at most ERROR cells, which moves at most 4 ERROR of the area between numbers 3 sd apart.
        assert got[0, i, j] == pytest.approx(want, abs=4 * align.ERROR * 20 + 1e-5)
        compared += 1
    assert compared > 300


@pytest.mark.parametrize("case", CASES)
def test_majority_is_the_largest_area(case):
    grid, layer = CASES[case]
    codes = np.random.default_rng(3).integers(0, 4, layer.shape).astype(np.uint8)
    got = align.resample(align.frame_of(grid), layer, Tile(0, grid.rows, 0, grid.columns), of(codes), "majority", 1)
    for i, j, u, v in quadrangles(grid, layer):
        areas = np.zeros(4)
        for r, c, share in overlaps(u, v, layer.shape):
            areas[codes[r, c]] += share
        first, second = np.sort(areas[1:])[::-1][:2]
        valid = areas[1:].sum()
        if first - second > 1e-2 and abs(valid - 0.5) > 1e-3:
            assert got[i, j] == (int(areas[1:].argmax()) + 1 if valid > 0.5 else 0)


@pytest.mark.parametrize("how", ["area", "sum", "smooth", "nearest", "majority"])
@pytest.mark.parametrize("case", CASES)
def test_tiles_are_the_whole_to_the_bit(case, how):
    grid, layer = CASES[case]
    values = (np.nan_to_num(numbers(case)[0]) % 5).astype(np.uint8) if how == "majority" else numbers(case)
    whole = align.resample(align.frame_of(grid), layer, Tile(0, grid.rows, 0, grid.columns), of(values), how, 2)
    for size in (5, 9):
        for tile in grid.tiles(size):
            part = align.resample(align.frame_of(grid), layer, tile, of(values), how, 2)
            np.testing.assert_array_equal(part, whole[..., tile.row0 : tile.row1, tile.column0 : tile.column1])


def test_small_windows_change_no_bit(monkeypatch):
    grid, layer = CASES["finer layer in degrees"]
    whole = Tile(0, grid.rows, 0, grid.columns)
    want = align.resample(align.frame_of(grid), layer, whole, of(numbers("finer layer in degrees")), "area", 2)
    monkeypatch.setattr(align, "WINDOW", 500)
    got = align.resample(align.frame_of(grid), layer, whole, of(numbers("finer layer in degrees")), "area", 2)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("cell", [90.0, 463.0, 5000.0])
def test_counts_keep_their_sum(cell):
    counts = np.random.default_rng(1).integers(0, 900, (1, 30, 40)).astype(np.float32)
    layer = Frame("EPSG:4326", (0.01, 0, 80.0, 0, -0.01, 41.5), (30, 40))
    grid = Grid(
        "+proj=laea +lat_0=41.3 +lon_0=80.2", -25_000, 30_000, cell, cell, int(60_000 / cell), int(60_000 / cell)
    )
    got = align.resample(align.frame_of(grid), layer, Tile(0, grid.rows, 0, grid.columns), of(counts), "sum", 1)
    assert np.nansum(got) == pytest.approx(counts.sum(dtype=float), rel=1e-9)


def test_bilinear_interpolation_gives_a_plane_back():
    layer = Frame("EPSG:32644", (1000.0, 0, 0, 0, -1000.0, 50_000), (50, 50))
    row, column = np.mgrid[:50, :50] + 0.5
    plane = (3 * column - 2 * row + 7).astype(np.float32)[None]
    grid = Grid("EPSG:32644", 10_000, 40_000, 130, 130, 60, 60)
    got = align.resample(align.frame_of(grid), layer, Tile(0, 60, 0, 60), of(plane), "smooth", 1)[0]
    i, j = np.mgrid[:60, :60] + 0.5
    np.testing.assert_allclose(got, 3 * (10 + 0.13 * j) - 2 * (10 + 0.13 * i) + 7, atol=2e-5)


def test_aligned_cells_pass_unchanged():
    grid = Grid("EPSG:32644", 300_000, 4_600_000, 30, 30, 40, 50)
    values = np.random.default_rng(0).normal(size=(1, 40, 50)).astype(np.float32)
    layer = align.frame_of(grid)
    for how in ("area", "smooth", "nearest"):
        got = align.resample(layer, layer, Tile(0, 40, 0, 50), of(values), how, 1)
        np.testing.assert_array_equal(got, values)


def test_ties_take_the_lowest_code():
    codes = np.array([[5, 5, 3, 3], [3, 3, 5, 5]], np.uint8)
    layer = Frame("EPSG:32644", (10.0, 0, 0, 0, -10.0, 20.0), (2, 4))
    grid = Frame("EPSG:32644", (20.0, 0, 0, 0, -20.0, 20.0), (1, 2))
    got = align.resample(grid, layer, Tile(0, 1, 0, 2), of(codes), "majority", 1)
    assert got.tolist() == [[3, 3]]


def test_longitudes_beyond_180_meet_those_below():
    values = np.arange(36, dtype=np.float32).reshape(1, 1, 36)
    layer = Frame("EPSG:4326", (10.0, 0, 0.0, 0, -10.0, 22.0), (1, 36))
    grid = Grid("+proj=laea +lat_0=17 +lon_0=-11.5", -5000, 5000, 1000, 1000, 10, 10)
    got = align.resample(align.frame_of(grid), layer, Tile(0, 10, 0, 10), of(values), "nearest", 1)
    assert (got == 34).all()  # 348.5 degrees east


def test_sharpened_numbers_interpolate_to_the_given_means():
    given = np.random.default_rng(5).normal(20, 4, (1, 9, 11))
    centres = lapse.sharpen(given).astype(np.float32)
    fine = 200
    layer = Frame("EPSG:32644", (1000.0, 0, 0, 0, -1000.0, 9000.0), (9, 11))
    grid = Grid("EPSG:32644", 0, 9000, 1000 / fine, 1000 / fine, 9 * fine, 11 * fine)
    surface = align.resample(align.frame_of(grid), layer, Tile(0, 9 * fine, 0, 11 * fine), of(centres), "smooth", 1)
    means = surface[0].astype(float).reshape(9, fine, 11, fine).mean(axis=(1, 3))
    # The rest is the midpoint rule on kinks: at most (1/fine)^2 of the differences between centres.
    np.testing.assert_allclose(means, given[0], atol=30 * (1 / fine) ** 2 + 1e-5)
