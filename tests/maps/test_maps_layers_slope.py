"""Slope against planes, a second implementation and GRASS' formula."""

import numpy as np
import pytest

from halosink.maps.terrain import slope


def padded(z):
    out = np.full((z.shape[0] + 2, z.shape[1] + 2), np.nan, np.float32)
    out[1:-1, 1:-1] = z
    return out


def cells(rows, size):
    return np.full(rows, float(size))


@pytest.mark.parametrize(("east", "south"), [(0.0, 0.0), (0.3, 0.0), (0.1, -0.7), (2.0, 1.0)])
def test_planes_have_their_slope_everywhere_also_at_edges_and_holes(east, south):
    row, column = np.mgrid[:12, :15]
    z = (500 + 30 * east * column + 20 * south * row).astype(np.float32)
    z[5, 6] = np.nan
    got = slope(padded(z), cells(12, 30), cells(12, 20))
    want = np.degrees(np.arctan(np.hypot(east, south)))
    assert np.isnan(got[5, 6]) and np.isnan(got).sum() == 1
    np.testing.assert_allclose(got[~np.isnan(got)], want, atol=2e-4)


def test_equals_horn_as_convolution():
    from scipy.ndimage import convolve

    z = np.random.default_rng(2).normal(1000, 60, (40, 50)).astype(np.float32)
    kernel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], float)
    east, south = convolve(z.astype(float), kernel) / (8 * 30), convolve(z.astype(float), kernel.T) / (8 * 25)
    want = np.degrees(np.arctan(np.hypot(east, south)))
    got = slope(padded(z), cells(40, 30), cells(40, 25))
    np.testing.assert_allclose(got[1:-1, 1:-1], want[1:-1, 1:-1], rtol=1e-6)


def test_tiles_with_one_cell_around_are_the_whole():
    z = padded(np.random.default_rng(3).normal(0, 9, (30, 30)).astype(np.float32))
    whole = slope(z, cells(30, 30), cells(30, 30))
    part = slope(z[9:21, 4:26], cells(10, 30), cells(10, 30))
    np.testing.assert_array_equal(part, whole[9:19, 4:24])


def test_equals_xarray_spatial():
    xrspatial = pytest.importorskip("xrspatial")
    import xarray as xr

    z = np.random.default_rng(4).normal(500, 40, (30, 35)).astype(np.float32)
    raster = xr.DataArray(z, dims=("y", "x"), attrs={"res": (30, 30)})
    want = xrspatial.slope(raster).to_numpy()
    got = slope(padded(z), cells(30, 30), cells(30, 30))
    np.testing.assert_allclose(got[1:-1, 1:-1], want[1:-1, 1:-1], atol=1e-3)
