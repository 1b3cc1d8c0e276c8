"""Splines and masses against analytic profiles, an independent solution and published values."""

from __future__ import annotations

import numpy as np
import pytest

from halosink.soil.stocks import mass_preserving
from halosink.soil.stocks.cumulative_spline import interpolate, limited, slopes
from halosink.soil.stocks.equal_mass import down_to_mass
from soil_stock_studies import compacted_example

LIMITS = np.array([0.0, 10, 20, 30, 50, 75, 100])


def masses(density):
    return np.diff(LIMITS) * density * 100


def test_constant_content_is_exact_at_any_mass():
    mass = masses(1.3)[:, None]
    at = np.array([100.0, 1234.5, 5000.0, 12000.0])[:, None]
    stock = down_to_mass(mass, mass * 0.012, at)
    assert stock == pytest.approx(at * 0.012, rel=1e-12, abs=1e-10)


def test_content_linear_in_mass_is_exact_at_any_mass():
    edges = np.concatenate([[0.0], np.cumsum(masses(np.array([1.1, 1.2, 1.3, 1.35, 1.4, 1.5])))])

    def total(m):
        return 0.03 * m - 1e-6 * m**2

    at = np.array([500.0, 2222.0, 9000.0])
    stock = down_to_mass(np.diff(edges)[:, None], np.diff(total(edges))[:, None], at[:, None])
    assert np.abs(stock[:, 0] - total(at)).max() < 1e-10


def exponential(edges):
    return 0.02 * 4000 * -np.expm1(-edges / 4000)


def test_exponential_content_is_exact_at_layer_limits_and_of_fourth_order_between():
    errors = []
    for n in (8, 16, 32):
        edges = np.linspace(0, 12000, n + 1)
        cumulative = exponential(edges)
        at_limits = down_to_mass(np.diff(edges)[:, None], np.diff(cumulative)[:, None], edges[1:, None])
        assert np.abs(at_limits[:, 0] - cumulative[1:]).max() < 1e-10
        middle = (edges[1:] + edges[:-1]) / 2
        between = down_to_mass(np.diff(edges)[:, None], np.diff(cumulative)[:, None], middle[:, None])
        errors.append(np.abs(between[:, 0] - exponential(middle)).max())
    assert errors[0] / errors[1] > 12 and errors[1] / errors[2] > 12


def test_spline_is_the_solution_of_its_conditions():
    """The same conditions written as one linear system of all polynomial coefficients."""
    rng = np.random.default_rng(3)
    x = np.cumsum(rng.uniform(0.5, 2, 7))
    y = np.cumsum(rng.uniform(0.1, 2, 7))
    k = len(x)
    a, b = np.zeros((4 * (k - 1), 4 * (k - 1))), np.zeros(4 * (k - 1))
    row = 0
    for i in range(k - 1):
        h = x[i + 1] - x[i]
        a[row, 4 * i], b[row] = 1, y[i]
        a[row + 1, 4 * i : 4 * i + 4], b[row + 1] = [1, h, h**2, h**3], y[i + 1]
        row += 2
        if i < k - 2:
            a[row, 4 * i + 1 : 4 * i + 4], a[row, 4 * i + 5] = [1, 2 * h, 3 * h**2], -1
            a[row + 1, 4 * i + 2 : 4 * i + 4], a[row + 1, 4 * i + 6] = [2, 6 * h], -2
            row += 2
    for piece, knots in ((0, slice(0, 4)), (k - 2, slice(k - 4, k))):
        a[row, 4 * piece + 3], b[row] = 1, np.polyfit(x[knots], y[knots], 3)[0]
        row += 1
    expected = np.linalg.solve(a, b)[1::4]
    assert slopes(x, y)[:-1] == pytest.approx(expected, rel=1e-9)


def test_limited_slopes_keep_the_curve_rising():
    x = np.arange(6.0)
    y = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.2])
    at = np.linspace(0, 5, 400)
    free = interpolate(x[:, None], y[:, None], at[:, None], monotone=False)[:, 0]
    kept = interpolate(x[:, None], y[:, None], at[:, None])[:, 0]
    assert np.diff(free).min() < 0
    assert np.diff(kept).min() >= -1e-12
    chord = np.diff(y)
    kept_slopes = limited(slopes(x, y), x, y)
    assert (kept_slopes[1:-1] <= 3 * np.minimum(chord[1:], chord[:-1]) + 1e-12).all()


def test_one_and_two_layers():
    assert down_to_mass(np.array([[1000.0]]), np.array([[10.0]]), np.array([[400.0]]))[0, 0] == pytest.approx(4.0)
    edges = np.array([0.0, 1000, 3000])
    total = 0.02 * edges - 2e-6 * edges**2
    stock = down_to_mass(np.diff(edges)[:, None], np.diff(total)[:, None], np.array([[2000.0]]))
    assert stock[0, 0] == pytest.approx(0.02 * 2000 - 2e-6 * 2000**2, rel=1e-12)


def test_many_profiles_and_draws_at_once_are_the_single_ones():
    rng = np.random.default_rng(5)
    mass, content = rng.uniform(800, 2000, (5, 4, 3)), rng.uniform(0.005, 0.03, (5, 4, 3))
    at = np.array([1500.0, 4000.0])[:, None, None]
    together = down_to_mass(mass, mass * content, at)
    for i in range(4):
        for j in range(3):
            alone = down_to_mass(mass[:, [i], j], (mass * content)[:, [i], j], at[:, :, 0])
            assert together[:, i, j] == pytest.approx(alone[:, 0], rel=1e-12)


def test_linear_is_content_times_mass_taken():
    mass, carbon = np.array([[1380.0], [1380], [2140]]), np.array([[15.0], [13], [16]])
    got = down_to_mass(mass, carbon, np.array([[2000.0]]), linear=True)[0, 0]
    assert got == pytest.approx(15 + 13 * (2000 - 1380) / 1380)


def test_mass_preserving_spline_has_the_published_coefficients():
    """Values that the R package mpspline2 0.1.9 states for this profile (smoothing 0.1)."""
    top = np.array([0.0, 10, 20, 30])
    values = np.array([5.4, 5.3, 5.6, 7.0])
    matrices = mass_preserving.coefficients(top[None], top[None] + 10, 0.1)
    fitted, at_top, at_bottom, square, value = (m[0] @ values for m in matrices)
    assert fitted[0] == pytest.approx(5.3938765799840498, rel=1e-13)
    assert at_top[0] == 0
    assert at_bottom[0] == pytest.approx(-0.015308550039877671, rel=1e-11)
    assert square[0] == pytest.approx(-0.00076542750199388358, rel=1e-11)
    assert value[0] == pytest.approx(5.4193908300505127, rel=1e-13)


def test_mass_preserving_spline_with_gaps_has_the_published_means():
    """Published example of mpspline2: means of 1 cm values at 0, 1, 2 ... cm."""
    top, values = np.array([0.0, 20, 40, 60]), np.array([6.0, 4, 3, 10])
    each = mass_preserving.at(top, top + 10, values, np.arange(70.0))
    limits = [0, 5, 15, 30, 60, 100]
    means = [each[a:b].mean() for a, b in zip(limits[:-1], limits[1:], strict=True)]
    assert means == pytest.approx([6.105160, 5.618341, 4.316876, 4.192058, 9.732400], abs=5e-7)


def test_mass_preserving_spline_misses_the_means_as_published():
    top, bottom = np.array([0.0, 20, 30, 50]), np.array([20.0, 30, 50, 70])
    values = np.array([6.0, 4, 3, 10])
    fitted = mass_preserving.coefficients(top[None], bottom[None], 0.1)[0][0] @ values
    assert np.sqrt(np.mean((fitted - values) ** 2)) == pytest.approx(0.19001524938836459, rel=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 3.0])
def test_weights_integrate_the_spline(smoothing):
    top, bottom = np.array([0.0, 12, 20, 45]), np.array([10.0, 20, 40, 60])
    values = np.array([3.0, 2.5, 1.0, 0.7])
    for depth in (7.0, 11.0, 33.0, 42.0, 60.0):
        fine = np.linspace(0, depth, 200_001)
        numeric = np.trapezoid(mass_preserving.at(top, bottom, values, fine, smoothing), fine)
        weights = mass_preserving.weights(top[None], bottom[None], depth, smoothing)[0]
        assert weights @ values == pytest.approx(numeric, rel=1e-8)


def test_without_smoothing_every_layer_keeps_its_mass():
    top, bottom = np.array([0.0, 10, 20, 40]), np.array([10.0, 20, 40, 60])
    values = np.array([3.0, 2.5, 1.0, 0.7])
    for depth in bottom:
        weights = mass_preserving.weights(top[None], bottom[None], depth, 0.0)[0]
        thick = np.clip(np.minimum(bottom, depth) - top, 0, None)
        assert weights @ values == pytest.approx(thick @ values, rel=1e-12)


def test_constant_profile_and_depth_below():
    top, bottom = np.array([[0.0, 10, 30]]), np.array([[10.0, 25, 60]])
    assert mass_preserving.weights(top, bottom, 47.0)[0].sum() == pytest.approx(47.0, rel=1e-12)
    assert np.isnan(mass_preserving.weights(top, bottom, 61.0)).all()
    assert mass_preserving.weights(top[:, :1], bottom[:, :1], 4.0)[0, 0] == 4.0


def test_published_example_of_compaction_has_no_gain_at_equal_mass():
    """The example of vonhaden2020: contents as before, the upper soil pressed by 1.5 cm."""
    soil, carbon, pressed_soil, pressed_carbon = compacted_example()
    gains, changes = [], []
    for m0, c0, m1, c1 in zip(soil, carbon, pressed_soil, pressed_carbon, strict=True):
        gains.append(np.cumsum(c1) - np.cumsum(c0))
        at = np.cumsum(m0)[:, None]
        changes.append(down_to_mass(m1[:, None], c1[:, None], at)[:, 0] - np.cumsum(c0))
    gain, change = np.mean(gains, axis=0), np.mean(changes, axis=0)
    assert (gain > 1.5).all()
    assert np.abs(change[:3]).max() < 0.1
    assert abs(change[3]) < 0.004 * np.mean([c.sum() for c in carbon])
