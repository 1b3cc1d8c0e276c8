"""The posterior of a slope against sums done the long way, and its mixture against sampling."""

import numpy as np
import pytest
from scipy import stats

from halosink.chamber.batch import Batch
from halosink.chamber.flux import posterior as p
from halosink.chamber.flux.mixture import quantiles
from halosink.chamber.window.blocks import means, scatter


def told(time, value, *, height=0.25, noise=np.nan, readings=1.0):
    b = len(time)
    empty = np.zeros((1, 0, b))
    return p.posterior(
        time[None],
        value[None],
        np.zeros((1, b)),
        np.array([height]),
        empty,
        empty,
        np.array([noise]),
        np.array([readings]),
    )


def test_the_straight_cell_is_the_line_of_scipy():
    time = np.array([0.0, 300, 700, 1200, 1500])
    value = 400 + 0.02 * time + np.random.default_rng(1).normal(0, 1, 5)
    found = told(time, value)
    line = stats.linregress(time, value)
    straight = found.rate[0] == 0
    assert straight.sum() == 1 and found.freedom[0] == 3
    assert found.mean[0, straight][0] == pytest.approx(line.slope, rel=1e-9)
    assert found.scale[0, straight][0] == pytest.approx(line.stderr, rel=1e-9)
    assert found.weight.sum() == pytest.approx(1)


def test_a_curved_cell_is_regression_on_the_curve():
    time = np.linspace(20, 1500, 6)
    value = 400 + 0.03 * -np.expm1(-1e-3 * time) / 1e-3 + np.random.default_rng(2).normal(0, 0.5, 6)
    found = told(time, value)
    cell = int(np.argmin(np.abs(found.rate[0] - 1e-3)))
    k = found.rate[0, cell]
    design = np.column_stack([np.ones(6), -np.expm1(-k * time) / k])
    solved, squares, *_ = np.linalg.lstsq(design, value, rcond=None)
    error = np.sqrt(squares[0] / 4 * np.linalg.inv(design.T @ design)[1, 1])
    assert found.mean[0, cell] == pytest.approx(solved[1], rel=1e-8)
    assert found.scale[0, cell] == pytest.approx(error, rel=1e-8)


def test_correlated_noise_is_generalised_least_squares():
    b = 20
    time = np.linspace(5, 195, b)
    value = 400 + 0.1 * time + np.random.default_rng(3).normal(0, 1, b).cumsum()
    found = told(time, value)
    lag = np.abs(np.subtract.outer(np.arange(b), np.arange(b)))
    kinds = len(p.NOISES)
    design = np.column_stack([np.ones(b), time])
    for j, (share, memory) in enumerate(p.NOISES):
        covariance = (1 - share) * np.eye(b) + share * np.exp(-lag / (memory * b))
        inverse = np.linalg.inv(covariance)
        gram = np.linalg.inv(design.T @ inverse @ design)
        solved = gram @ design.T @ inverse @ value
        residual = value - design @ solved
        error = np.sqrt(gram[1, 1] * (residual @ inverse @ residual) / (b - 2))
        cell = np.flatnonzero(found.rate[0] == 0)[j]
        assert cell % kinds == j
        assert found.mean[0, cell] == pytest.approx(solved[1], rel=1e-6)
        assert found.scale[0, cell] == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize("rate", [3e-4, 2e-3, 8e-3])
def test_a_clean_curve_is_found_whatever_its_rate(rate):
    time = np.linspace(4, 236, 30)
    value = 400 + 0.2 * -np.expm1(-rate * time) / rate + np.random.default_rng(4).normal(0, 0.01, 30)
    found = told(time, value)
    slope = (found.weight * found.mean).sum()
    error = np.sqrt((found.weight * (found.scale**2 + (found.mean - slope) ** 2)).sum())
    assert abs(slope - 0.2) < 4 * error and error < 0.01
    assert found.straight()[0] < 0.01


def test_nothing_depends_on_the_unit_of_the_mole_fraction():
    time = np.linspace(0, 200, 25)
    value = 400 + 0.1 * time + np.random.default_rng(5).normal(0, 1, 25)
    one, other = told(time, value), told(time, 1000 * value + 7)
    np.testing.assert_allclose(one.weight, other.weight, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(1000 * one.mean, other.mean, rtol=1e-6)


def test_three_points_are_a_line():
    found = told(np.array([0.0, 600, 1200]), np.array([330.0, 339, 344]))
    assert found.straight()[0] == pytest.approx(1) and found.freedom[0] == 1


def test_jumps_of_bubbles_are_found():
    rng = np.random.default_rng(6)
    time = np.arange(300.0)
    rise = 2000 + 0.1 * time + np.where(time >= 150, 40 * np.exp(-5e-4 * (time - 150)), 0) + rng.normal(0, 0.5, 300)
    batch = Batch(time[None], rise[None], np.ones((1, 300), bool))
    at, value = means(batch, 30)
    behind = (at >= 150)[:, None] * 1.0
    since = np.where(at >= 150, at - 150, 0.0)[:, None]
    found = p.posterior(
        at, value, np.full((1, 30), 99 / 12), np.array([0.25]), behind, since, scatter(batch), np.array([10.0])
    )
    assert found.bubbles[0, 0] == pytest.approx(40, abs=1.0)


def test_scatter_is_the_variance_of_white_noise():
    noise = np.random.default_rng(7).normal(0, 3, (1, 20000)) + 0.5 * np.arange(20000)
    assert scatter(Batch(np.zeros_like(noise), noise, np.ones(noise.shape, bool)))[0] == pytest.approx(9, rel=0.05)


def test_quantiles_of_a_mixture_against_sampling():
    rng = np.random.default_rng(8)
    weight, mean, scale = np.array([[0.2, 0.5, 0.3]]), np.array([[0.0, 1.0, 4.0]]), np.array([[1.0, 0.5, 2.0]])
    cell = rng.choice(3, 400_000, p=weight[0])
    drawn = mean[0, cell] + scale[0, cell] * rng.standard_t(6, 400_000)
    levels = (0.025, 0.16, 0.5, 0.84, 0.975)
    found = quantiles(weight, mean, scale, np.array([6.0]), levels, seed=1)[0]
    np.testing.assert_allclose(found, np.quantile(drawn, levels), atol=0.15)


def test_quantiles_of_one_student():
    found = quantiles(np.ones((1, 1)), np.zeros((1, 1)), np.ones((1, 1)), np.array([2.0]), (0.025, 0.975), seed=1)[0]
    np.testing.assert_allclose(found, stats.t.ppf([0.025, 0.975], 2), rtol=5e-3)
