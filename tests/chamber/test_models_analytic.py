"""Models against curves known beforehand, other software, and simulation."""

import numpy as np
import pytest
from scipy import optimize, stats

from chamber_series import batch_of
from halosink.chamber import air
from halosink.chamber.batch import Batch
from halosink.chamber.models import detection, hutchinson_mosier, robust, straight

TIME = np.arange(0.0, 301.0, 5.0)


def curve_of(time, start=420.0, slope=0.3, rate=0.004):
    return start + slope * -np.expm1(-rate * time) / rate


def test_molar_volume():
    """One mole of ideal gas fills 22.41396954 L at 0 degC and 101.325 kPa (CODATA)."""
    assert air.moles_per_area(22.41396954, 1, 0, 101.325) == pytest.approx(1, rel=1e-9)
    assert air.moles_per_area(22.41396954, 0.5, 0, 101.325, 20) == pytest.approx(1.96, rel=1e-9)


def test_impossible_chambers_have_no_air():
    assert np.isnan(
        air.moles_per_area([0, 1, 1, 1, 1], [1, 0, 1, 1, 1], 20, [101, 101, 0, 101, 101], [0, 0, 0, -1, 1000])
    ).all()
    assert np.isnan(air.moles_per_area(1, 1, -274, 101))
    assert np.isnan(air.moles_per_area(np.nan, 1, 20, 101))


def test_dilution():
    np.testing.assert_allclose(air.dry([402.6, 400], [8.771, 0]), [406.16, 400], rtol=1e-5)
    assert np.isnan(air.dry(400, [-1, 1000, np.nan])).all()


def test_line_agrees_with_scipy_where_readings_are_scattered_over_the_row():
    draws = np.random.default_rng(4)
    time, value = np.sort(draws.uniform(0, 300, 40)), draws.normal(400, 3, 40)
    valid = draws.random(40) < 0.7
    batch = Batch(np.where(valid, time, 0)[None], np.where(valid, value, 0)[None], valid[None])
    found, told = straight.fit(batch), stats.linregress(time[valid], value[valid])
    for ours, theirs in (
        (found.slope, told.slope),
        (found.intercept, told.intercept),
        (found.slope_error, told.stderr),
        (found.p_value, told.pvalue),
        (found.r_squared, told.rvalue**2),
    ):
        assert ours[0] == pytest.approx(theirs, rel=1e-10)


def test_a_small_change_on_a_large_value_is_kept():
    batch = batch_of([(TIME, 1e6 + 1e-3 * TIME / 300), (TIME, 400 + 1e-8 * TIME)])
    np.testing.assert_allclose(straight.fit(batch).slope, [1e-3 / 300, 1e-8], rtol=1e-5)


def test_robust_line_leaves_out_an_outlier_and_is_the_line_without():
    clean = 400 + 0.2 * TIME + np.random.default_rng(1).normal(0, 0.1, len(TIME))
    struck = clean.copy()
    struck[[20, 40]] += 500
    found = robust.fit(batch_of([(TIME, struck), (TIME, 400 + 0.2 * TIME)]))
    assert found.converged.all()
    assert found.slope[0] == pytest.approx(0.2, abs=4 * found.slope_error[0])
    assert found.slope_error[0] < 0.001
    assert (found.weights[0, [20, 40]] < 1e-3).all()
    assert found.slope[1] == pytest.approx(0.2, rel=1e-12)


def test_robust_slope_solves_hubers_equations():
    value = 400 + 0.2 * TIME + np.random.default_rng(3).standard_t(2, len(TIME))
    found = robust.fit(batch_of([(TIME, value)]))
    residual = value - found.intercept[0] - found.slope[0] * TIME
    push = np.clip(residual / found.scale[0], -robust.TUNING, robust.TUNING)
    assert abs(push.sum()) < 1e-2
    assert abs((push * TIME).sum() / TIME.max()) < 1e-2


@pytest.mark.parametrize("rate", [2e-5, 1e-3, 0.01, 0.1])
@pytest.mark.parametrize("slope", [0.3, -0.3])
def test_exact_curves_come_back(rate, slope):
    found = hutchinson_mosier.fit(batch_of([(TIME, curve_of(TIME, slope=slope, rate=rate))]))
    assert found.curved.all()
    assert found.slope[0] == pytest.approx(slope, rel=1e-6)
    assert found.rate[0] == pytest.approx(rate, rel=1e-4)
    assert found.intercept[0] == pytest.approx(420, rel=1e-9)
    assert found.limit[0] == pytest.approx(420 + slope / rate, rel=1e-4)


@pytest.mark.parametrize("start", [-40.0, 0.0, 60.0])
def test_slope_and_error_are_those_at_time_0_wherever_the_readings_begin(start):
    """Against scipy's curve_fit of the same curve in its own parameters."""
    time = TIME + start
    value = curve_of(time) + np.random.default_rng(6).normal(0, 0.3, len(time))
    found = hutchinson_mosier.fit(batch_of([(time, value)]))
    best, covariance = optimize.curve_fit(curve_of, time, value, p0=(420, 0.3, 0.004), xtol=1e-12, ftol=1e-12)
    np.testing.assert_allclose([found.intercept[0], found.slope[0], found.rate[0]], best, rtol=1e-5)
    errors = np.sqrt(np.diag(covariance))[1:]
    np.testing.assert_allclose([found.slope_error[0], found.rate_error[0]], errors, rtol=1e-4)


def test_no_rate_has_a_smaller_sum_of_squares():
    draws = np.random.default_rng(8)
    series = [(TIME, curve_of(TIME, rate=k) + draws.normal(0, 1.0, len(TIME))) for k in draws.uniform(1e-4, 0.05, 40)]
    batch = batch_of(series)
    found = hutchinson_mosier.fit(batch)
    for i in np.flatnonzero(found.curved):
        for rate in np.geomspace(1e-6, 0.5, 300):
            design = np.stack([np.ones_like(TIME), -np.expm1(-rate * TIME) / rate], axis=1)
            left = series[i][1] - design @ np.linalg.lstsq(design, series[i][1], rcond=None)[0]
            assert np.sqrt(np.mean(left**2)) >= found.rmse[i] * (1 - 1e-9)


def test_data_that_bend_the_other_way_give_the_line():
    batch = batch_of([(TIME, 400 + 0.001 * TIME**2)])
    found, line = hutchinson_mosier.fit(batch), straight.fit(batch)
    assert not found.curved[0]
    assert found.rate[0] == 0
    assert found.slope[0] == pytest.approx(line.slope[0], rel=1e-9)
    assert found.intercept[0] == pytest.approx(line.intercept[0], rel=1e-9)


def test_a_limit_of_the_rate_holds_and_one_of_nothing_gives_the_line():
    batch = batch_of([(TIME, curve_of(TIME, rate=0.02))] * 4)
    found = hutchinson_mosier.fit(batch, np.array([0.005, 0.05, 0.0, np.nan]))
    np.testing.assert_array_equal(found.bounded, [True, False, False, False])
    np.testing.assert_allclose(found.rate, [0.005, 0.02, 0.0, 0.02], rtol=1e-6)
    assert found.slope[2] == pytest.approx(straight.fit(batch).slope[2], rel=1e-9)


def test_scaling_of_time_and_value():
    draws = np.random.default_rng(2)
    value = curve_of(TIME) + draws.normal(0, 0.5, len(TIME))
    batch = batch_of([(TIME, value), (TIME * 3600, value), (TIME, value * 1e3 - 7)])
    found = hutchinson_mosier.fit(batch)
    np.testing.assert_allclose(found.slope * [1, 3600, 1e-3], found.slope[0], rtol=1e-8)
    np.testing.assert_allclose(found.rate * [1, 3600, 1], found.rate[0], rtol=1e-8)
    np.testing.assert_allclose(found.slope_error * [1, 3600, 1e-3], found.slope_error[0], rtol=1e-6)


def hard_series():
    flat, few = np.full(len(TIME), 400.0), np.arange(4.0)
    return [
        ([], []),
        ([0], [400]),
        ([0, 1], [1, 2]),
        (np.full(5, 7.0), np.arange(5)),
        ([0, 0, 1, 1], [1, 2, 3, 4]),
        (TIME, flat),
        (TIME, flat + (TIME == 0)),
        (TIME, flat + (TIME > 0)),
        (TIME, flat + 1e-10 * TIME),
        (TIME + 1e9, flat + TIME),
        (TIME + 1e5, curve_of(TIME, rate=0.1)),
        (TIME * 1e-6, flat + TIME),
        (TIME, np.exp(TIME / 20)),
        (few, [0, 0, 0, 1]),
        (few, [0, 1, 0, 1]),
        ([0, 1e-9, 100, 200, 300], np.arange(5)),
    ]


def test_hard_series_are_finite_or_nan_and_do_not_disturb_others():
    series = hard_series()
    good = (TIME, curve_of(TIME) + np.random.default_rng(0).normal(0, 0.2, len(TIME)))
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        for model in (straight, robust, hutchinson_mosier):
            found = model.fit(batch_of([*series, good]))
            alone = model.fit(batch_of([good]))
            assert not any(np.isinf(column).any() for column in found)
            assert found.slope[-1] == pytest.approx(alone.slope[0], rel=1e-9)
            assert np.isnan(found.slope[:4]).all()
            assert len(model.fit(batch_of([])).slope) == 0


def test_smallest_slope_is_passed_by_chance_as_often_as_said():
    draws = np.random.default_rng(5)
    time = np.array([0.0, 1200.0, 2400.0, 3600.0])
    batch = batch_of([(time, values) for values in draws.normal(330, 5, (20000, 4))])
    line = straight.fit(batch)
    known = detection.from_noise(batch, np.full(20000, 5.0))
    assert np.mean(np.abs(line.slope) > known) == pytest.approx(0.05, abs=0.005)
    noise = line.rmse * np.sqrt(line.n / (line.n - 2))
    told = detection.from_noise(batch, noise, line.n - 2)
    assert np.mean(np.abs(line.slope) > told) == pytest.approx(0.05, abs=0.005)


def test_more_readings_see_smaller_slopes():
    assert detection.from_many_readings(0.2, 300, 100) == pytest.approx(detection.from_precision(0.2, 300) / 10)
    assert np.isnan(detection.from_precision([0.2, 0, np.nan], [0, 300, 300])).all()
