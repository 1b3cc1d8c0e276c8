"""Variogram, likelihood, kriging and draws against dense algebra, published forms and, where installed, gstools."""

import numpy as np
import pytest
from scipy.special import gamma, kv

from halosink.maps.correction.conditional_draws import conditional_draws, free_draws
from halosink.maps.correction.conditionals import whiten
from halosink.maps.correction.covariance import MODELS, Covariance
from halosink.maps.correction.kriging import fitted_kriging, krige
from halosink.maps.correction.likelihood import Fit, fit_likelihood, sites
from halosink.maps.correction.neighbours import earlier
from halosink.maps.correction.variogram import Variogram, experimental_variogram, fit_variogram


def distances(a, b):
    return np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])


@pytest.fixture
def made():
    rng = np.random.default_rng(11)
    points = rng.uniform(0, 1e5, (120, 2))
    drift = np.column_stack([np.ones(120), rng.normal(size=(120, 2))])
    covariance = Covariance("exponential", 1.0, 1.2e4, 0.3)
    v = covariance.at(distances(points, points)) + 0.3 * np.eye(120)
    values = drift @ [1.0, 0.5, -0.3] + np.linalg.cholesky(v) @ rng.normal(size=120)
    return points, drift, values, covariance


@pytest.mark.parametrize(("model", "smoothness"), [("exponential", 0.5), ("matern32", 1.5), ("matern52", 2.5)])
def test_matern_equals_its_bessel_form(model, smoothness):
    h = np.linspace(0.01, 5, 40)
    t = np.sqrt(2 * smoothness) * h if smoothness != 0.5 else h
    bessel = 2 ** (1 - smoothness) / gamma(smoothness) * t**smoothness * kv(smoothness, t)
    assert Covariance(model, 2.0, 1000.0).at(h * 1000.0) == pytest.approx(2 * bessel, rel=1e-12)


def test_spherical_ends_at_its_scale_and_effective_ranges_are_the_published_ones():
    spherical = Covariance("spherical", 1.0, 500.0, 0.2)
    assert spherical.at(np.array([0.0, 250.0, 500.0, 900.0])) == pytest.approx([1, 1 - 0.75 + 0.0625, 0, 0])
    assert spherical.effective_range == 500.0
    assert Covariance("exponential", 1.0, 1.0).effective_range == pytest.approx(-np.log(0.05))
    assert Covariance("gaussian", 1.0, 1.0).effective_range == pytest.approx(np.sqrt(-np.log(0.05)))


@pytest.mark.parametrize("model", MODELS)
def test_covariances_are_positive_definite(model):
    points = np.random.default_rng(1).uniform(0, 10, (60, 2))
    assert np.linalg.eigvalsh(Covariance(model, 1.0, 3.0).at(distances(points, points)))[0] > -1e-10


def test_experimental_variogram_equals_a_loop_over_pairs():
    rng = np.random.default_rng(3)
    points, values = rng.uniform(0, 100, (40, 2)), rng.normal(size=40)
    for robust in (False, True):
        found = experimental_variogram(points, values, classes=5, cutoff=60.0, robust=robust)
        for k in range(5):
            apart, far = [], []
            for i in range(40):
                for j in range(i):
                    h = np.hypot(*(points[i] - points[j]))
                    if 12 * k < h <= 12 * (k + 1):
                        apart.append(abs(values[i] - values[j]))
                        far.append(h)
            n, a = len(apart), np.array(apart)
            want = np.mean(np.sqrt(a)) ** 4 / (0.457 + 0.494 / n) / 2 if robust else np.mean(a**2) / 2
            assert (found.pairs[k], found.distance[k], found.semivariance[k]) == pytest.approx((n, np.mean(far), want))


@pytest.mark.parametrize("model", MODELS)
def test_fit_recovers_an_exact_variogram(model):
    truth = Covariance(model, 1.5, 900.0, 0.4)
    h = np.linspace(50, 4000, 20)
    fit = fit_variogram(Variogram(h, truth.semivariance(h), np.full(20, 100)), model)
    assert (fit.sill, fit.scale, fit.nugget) == pytest.approx((1.5, 900.0, 0.4), rel=1e-4)


def test_constant_values_have_no_variogram_model():
    points = np.random.default_rng(4).uniform(0, 10, (30, 2))
    with pytest.raises(ValueError, match="constant"):
        fit_variogram(experimental_variogram(points, np.ones(30)))


@pytest.mark.parametrize("wanted", [1, 7, 30])
def test_earlier_neighbours_equal_a_search_by_hand(wanted):
    points = np.random.default_rng(5).uniform(0, 1, (300, 2))
    near = earlier(points, wanted)
    far = distances(points, points)
    for i in range(1, 300):
        want = np.argsort(far[i, :i])[:wanted]
        assert near[i, : len(want)].tolist() == want.tolist()
        assert (near[i, len(want) :] == -1).all()


def test_whitening_with_all_neighbours_is_the_dense_likelihood(made):
    points, drift, values, covariance = made
    near = earlier(points, 119)
    white, logdet = whiten(points, np.full(120, 0.3), np.column_stack([values, drift]), near, covariance)
    v = covariance.at(distances(points, points)) + 0.3 * np.eye(120)
    assert logdet == pytest.approx(np.linalg.slogdet(v)[1], rel=1e-6)
    z = np.column_stack([values, drift])
    assert white.T @ white == pytest.approx(z.T @ np.linalg.solve(v, z), rel=1e-6)


def test_restricted_likelihood_of_rows_in_plots_equals_the_dense_one():
    rng = np.random.default_rng(8)
    centres = rng.uniform(0, 1e4, (30, 2))
    plots = np.repeat(np.arange(30), rng.integers(1, 5, 30))
    points = centres[plots]
    n = len(plots)
    drift = np.column_stack([np.ones(n), rng.normal(size=n)])
    y = rng.normal(size=n) + rng.normal(size=30)[plots]
    fit = fit_likelihood(sites(points, np.column_stack([y, drift]), plots), nearest=29)

    def dense(c):
        v = c.at(distances(points, points)) + c.plot * (plots[:, None] == plots) + c.nugget * np.eye(n)
        inverse = np.linalg.inv(v)
        xx = drift.T @ inverse @ drift
        beta = np.linalg.solve(xx, drift.T @ inverse @ y)
        r = y - drift @ beta
        minus_two = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xx)[1] + r @ inverse @ r
        return minus_two, beta, np.linalg.inv(xx)

    least, beta, spread = dense(fit.covariance)
    assert fit.coefficients == pytest.approx(beta, rel=1e-5)
    assert fit.spread == pytest.approx(spread, rel=1e-5)
    for other in (fit.covariance.times(1.3), fit.covariance.times(0.75)):
        assert dense(other)[0] > least
    for scale in (0.5, 2.0):
        c = fit.covariance
        assert dense(Covariance(c.model, c.sill, c.scale * scale, c.nugget, c.plot))[0] > least - 0.02


def test_parameters_are_recovered_with_their_intervals():
    inside, trials = 0, 30
    for seed in range(100, 100 + trials):
        rng = np.random.default_rng(seed)
        points = rng.uniform(0, 1e5, (150, 2))
        truth = Covariance("exponential", 1.0, 1e4, 0.3)
        v = truth.at(distances(points, points)) + 0.3 * np.eye(150)
        y = np.linalg.cholesky(v) @ rng.normal(size=150)
        fit = fit_likelihood(sites(points, np.column_stack([y, np.ones(150)]), np.arange(150)), intervals=True)
        _, low, high = fit.parameters["scale"]
        inside += low <= 1e4 <= high
    assert inside >= 26


def test_kriging_with_all_plots_is_universal_kriging(made):
    points, drift, values, _ = made
    fit = fit_likelihood(sites(points, np.column_stack([values, drift]), np.arange(120)), nearest=119)
    rng = np.random.default_rng(2)
    at, x = rng.uniform(0, 1e5, (9, 2)), np.column_stack([np.ones(9), rng.normal(size=(9, 2))])
    data = sites(points, np.column_stack([values, drift]), np.arange(120))
    c = fit.covariance
    left = np.zeros((123, 123))
    left[:120, :120] = c.at(distances(points, points)) + c.nugget * np.eye(120)
    left[:120, 120:], left[120:, :120] = drift, drift.T
    right = np.vstack([c.at(distances(points, at)), x.T])
    weights = np.linalg.solve(left, right)
    for square in (0.0, 0.5):
        mean, variance = krige(fitted_kriging(data, fit, square), at, x, 120)
        assert mean == pytest.approx(values @ weights[:120], rel=1e-6)
        assert variance == pytest.approx(c.sill - np.sum(weights * right, axis=0), rel=1e-6)


def test_kriging_without_noise_goes_through_the_plots_and_far_away_is_the_trend(made):
    points, _, values, _ = made
    one = np.ones((120, 1))
    data = sites(points, np.column_stack([values, one]), np.arange(120))
    c = Covariance("spherical", 1.0, 3e4)
    fit = Fit(c, np.array([values.mean()]), np.zeros((1, 1)), np.inf, 0.0, {}, np.zeros(2))
    mean, variance = krige(fitted_kriging(data, fit, 0.0), points, one, 50)
    assert mean == pytest.approx(values, abs=1e-6)
    assert variance == pytest.approx(np.zeros(120), abs=1e-6)
    mean, variance = krige(fitted_kriging(data, fit, 0.0), np.array([[1e7, 1e7]]), one[:1], 50)
    assert (mean[0], variance[0]) == pytest.approx((values.mean(), 1.0))


def test_map_does_not_depend_on_tiles_and_near_plots_are_enough(made):
    points, drift, values, _ = made
    data = sites(points, np.column_stack([values, drift[:, :1]]), np.arange(120))
    model = fitted_kriging(data, fit_likelihood(data))
    at = np.stack(np.meshgrid(np.arange(0, 1e5, 2500.0), np.arange(0, 1e5, 2500.0)), axis=-1).reshape(-1, 2)
    one = np.ones((len(at), 1))
    whole = krige(model, at, one, 40)
    parts = [krige(model, at[s], one[s], 40) for s in (slice(0, 333), slice(333, 1000), slice(1000, None))]
    assert np.array_equal(whole[0], np.concatenate([p[0] for p in parts]))
    every = krige(model, at, one, 120)
    assert np.abs(whole[0] - every[0]).max() < 0.05 * np.sqrt(model.fit.covariance.sill)
    hole = one.copy()
    hole[3] = np.nan
    assert np.flatnonzero(np.isnan(krige(model, at, hole, 40)[0])).tolist() == [3]


def test_draws_have_the_mean_and_covariance_of_kriging(made):
    points, drift, values, _ = made
    data = sites(points, np.column_stack([values, drift]), np.arange(120))
    fit = fit_likelihood(data)
    model = fitted_kriging(data, fit)
    rng = np.random.default_rng(6)
    at, x = rng.uniform(0, 1e5, (40, 2)), np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    drawn = conditional_draws(model, at, x, 20000, 4)
    mean, variance = krige(model, at, x, 120)
    assert np.abs(drawn.mean(axis=1) - mean).max() < 0.06
    assert drawn.var(axis=1) == pytest.approx(variance, rel=0.08)
    c = fit.covariance
    v = c.at(distances(data.points, data.points)) + c.nugget * np.eye(120)
    k = c.at(distances(at, data.points))
    d = x - k @ np.linalg.solve(v, data.mean[:, 1:])
    whole = c.at(distances(at, at)) - k @ np.linalg.solve(v, k.T) + d @ fit.spread @ d.T
    assert drawn.mean(axis=0).var() == pytest.approx(whole.mean(), rel=0.08)
    assert np.array_equal(drawn[:, :3], conditional_draws(model, at, x, 20000, 4)[:, :3])


def test_free_draws_have_the_stated_covariance():
    at = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 5000.0]])
    c = Covariance("matern32", 2.0, 1500.0)
    drawn = free_draws(at, c, 40000, 1)
    assert np.cov(drawn) == pytest.approx(c.at(distances(at, at)), abs=0.06)


def test_kriging_equals_gstools(made):
    gstools = pytest.importorskip("gstools")
    points, drift, values, covariance = made
    data = sites(points, np.column_stack([values, np.ones(120)]), np.arange(120))
    v = covariance.at(distances(points, points)) + 0.3 * np.eye(120)
    one = np.linalg.solve(v, np.ones(120))
    fit = Fit(
        covariance, np.array([one @ values / one.sum()]), np.array([[1 / one.sum()]]), np.inf, 0.0, {}, np.zeros(2)
    )
    at = np.random.default_rng(7).uniform(0, 1e5, (50, 2))
    mean, variance = krige(fitted_kriging(data, fit, 0.0), at, np.ones((50, 1)), 120)
    model = gstools.Exponential(dim=2, var=1.0, len_scale=1.2e4, nugget=0.3)
    peer = gstools.krige.Ordinary(model, points.T, values, exact=False)
    want, error = peer(at.T)
    assert mean == pytest.approx(want, rel=1e-6)
    assert variance + 0.3 == pytest.approx(error, rel=1e-6)
