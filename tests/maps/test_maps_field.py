"""Random fields: their covariance, exactly, from the answer to one unit of noise after the other."""

import numpy as np
import pytest

from halosink.maps.field import random_field


class Impulse:
    """White noise of which only one number is not 0."""

    def __init__(self, at):
        self.at = at

    def standard_normal(self, shape):
        noise = np.zeros(shape)
        self.size = noise.size
        noise.flat[self.at % noise.size] = 1
        return noise


def covariance(shape, width, height, reach):
    """(cells, cells) over all of the noise: the field is linear in it."""
    first = Impulse(0)
    random_field(shape, width, height, reach, first)
    answers = np.stack([random_field(shape, width, height, reach, Impulse(k)).ravel() for k in range(first.size)])
    return answers.T.astype(float) @ answers


def wanted(shape, width, height, reach):
    row, column = np.divmod(np.arange(shape[0] * shape[1]), shape[1])
    apart = np.hypot((row[:, None] - row) * height, (column[:, None] - column) * width)
    return np.exp(-3 * apart / reach), apart


@pytest.mark.parametrize(("width", "height"), [(100.0, 100.0), (100.0, 250.0), (300.0, 100.0)])
def test_covariance_is_exponential_where_the_torus_is_twice_the_grid(width, height):
    shape, reach = (6, 7), 1500.0
    found = covariance(shape, width, height, reach)
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-5)
    np.testing.assert_allclose(found, wanted(shape, width, height, reach)[0], atol=0.02)


def test_on_a_grid_much_wider_than_the_reach_only_distant_cells_meet_round_the_torus():
    shape, reach = (24, 5), 500.0
    found = covariance(shape, 100.0, 100.0, reach)
    exact, apart = wanted(shape, 100.0, 100.0, reach)
    near = apart <= reach
    np.testing.assert_allclose(found[near], exact[near], atol=0.01)
    assert np.abs(found - exact).max() < 0.05


def test_variance_is_one_even_where_the_reach_is_far_wider_than_the_grid():
    found = covariance((5, 5), 100.0, 100.0, 50_000.0)
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-5)
    assert found.min() > 0.95


def test_without_a_reach_cells_are_independent():
    found = covariance((4, 3), 100.0, 100.0, 0.0)
    np.testing.assert_array_equal(found, np.eye(12))


def test_moments_over_seeds():
    """Mean of means and of squares within four standard errors; a cell's square has variance 2."""
    fields = np.stack([random_field((4, 4), 1.0, 1.0, 1.0, np.random.default_rng(seed)) for seed in range(2000)])
    corner = fields[:, 0, 0].astype(float)
    assert abs(corner.mean()) < 4 / np.sqrt(2000)
    assert abs((corner**2).mean() - 1) < 4 * np.sqrt(2 / 2000)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (13, 8)])
def test_same_seed_same_bytes(shape):
    first, second = (random_field(shape, 30.0, 30.0, 200.0, np.random.default_rng(5)) for _ in range(2))
    assert first.shape == shape and first.dtype == np.float32 and first.flags["C_CONTIGUOUS"]
    assert first.tobytes() == second.tobytes()
    assert np.isfinite(first).all()
