"""Marginal distribution sampling against its rules written out record by record, and where data are few."""

from __future__ import annotations

import numpy as np
import pytest

from halosink.eddy.filling.conventions import DEFAULT, DRIVERS, Driver
from halosink.eddy.filling.sampling import sample

WEATHER = [DRIVERS[name] for name in DEFAULT]
LONG = {"reddyproc": (70, range(7, 211, 7)), "oneflux": (77, range(3, 4000, 3))}


def world(per_day, days, seed, measured=0.6):
    """Flux and drivers with long and short gaps in all of them."""
    rng = np.random.default_rng(seed)
    n = per_day * days
    hour, day = np.arange(n) % per_day * 24 / per_day, np.arange(n) / per_day
    radiation = np.maximum(0, 600 * np.sin((hour - 6) / 12 * np.pi)) * rng.uniform(0.4, 1, n)
    temperature = 10 + 8 * np.sin(day / 20) + 4 * np.sin((hour - 9) / 12 * np.pi) + rng.normal(0, 1, n)
    deficit = np.maximum(0, 0.05 * temperature + rng.normal(0, 0.2, n))
    flux = 3 - 0.02 * radiation + rng.normal(0, 1, n)
    flux[rng.random(n) > measured] = np.nan
    for series, share in ((flux, 0.15), (radiation, 0.05), (temperature, 0.05), (deficit, 0.2)):
        start = rng.integers(0, n)
        series[start : start + int(share * n)] = np.nan
    return flux, [radiation, deficit, temperature]


def written_out(flux, series, per_day, convention, drivers=3):
    """(mean, sd, count, method, window) of every record, window after window as a reader of the paper would do it."""
    n, found = len(flux), []
    far, by = LONG[convention]
    around = {96: 4, 72: 3, 48: 2, 36: 1, 24: 2 if convention == "reddyproc" else 1, 12: 0, 1: 0}[per_day]
    less = 0 if convention == "reddyproc" else 1
    tries = [(1, 7), (1, 14), (2, 7), (3, 0), (3, 1), (3, 2)]
    tries += [(1, d) for d in range(21, far + 1, 7)] + [(2, d) for d in range(14, far + 1, 7)] + [(3, d) for d in by]
    at, there = np.arange(n), np.isfinite(flux)
    for i in range(n):
        result = (np.nan, np.nan, 0, 0, 0)
        for method, days in tries:
            away = np.abs(at - i)
            if method == 3:
                to_hour = np.minimum(away % per_day, -away % per_day)
                use = there & (to_hour <= around) & ((away + around) // per_day <= days)
            elif drivers < {1: 3, 2: 1}[method]:
                continue
            else:
                tolerance = min(50, max(20, series[0][i])) if np.isfinite(series[0][i]) else 50
                use = there & (away <= days * per_day - less) & (np.abs(series[0] - series[0][i]) < tolerance)
                if method == 1:
                    use &= np.abs(np.round(series[1] * 10, 9) - np.round(series[1][i] * 10, 9)) < 5
                    use &= np.abs(series[2] - series[2][i]) < 2.5
            if use.sum() > 1:
                like = flux[use]
                result = (like.mean(), like.std(ddof=1), len(like), method, 2 * days + (method == 3))
                break
            if method == 3 and days * per_day > 2 * n:
                break
        found.append(result)
    return [np.array(column) for column in zip(*found, strict=True)]


@pytest.mark.parametrize("convention", ["reddyproc", "oneflux"])
@pytest.mark.parametrize(("per_day", "days"), [(48, 40), (24, 90), (96, 20), (36, 30), (12, 120), (1, 700)])
@pytest.mark.parametrize("drivers", [3, 1, 0])
def test_as_written_out(convention, per_day, days, drivers):
    flux, series = world(per_day, days, per_day + drivers, measured=0.6 if drivers else 0.02)
    ours = sample(flux, list(zip(WEATHER, series, strict=True))[:drivers], per_day, convention=convention)
    mean, sd, count, method, window = written_out(flux, series, per_day, convention, drivers)
    np.testing.assert_allclose(ours.mean, mean, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.sd, sd, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(ours.count, count)
    np.testing.assert_array_equal(ours.method, method)
    np.testing.assert_array_equal(ours.window, window)


def test_quality_of_windows():
    """Three drivers 14 and 56 days, radiation 14 and 28, diurnal mean 1 and 5: limits of both programs."""
    flux, series = world(48, 150, 5, measured=0.004)
    ours = sample(flux, list(zip(WEATHER, series, strict=True)), 48)
    limits = {1: (14, 56), 2: (14, 28), 3: (1, 5)}
    for method, (good, fair) in limits.items():
        window, quality = ours.window[ours.method == method], ours.quality[ours.method == method]
        assert (quality == np.where(window <= good, 1, np.where(window <= fair, 2, 3))).all()
    assert set(ours.quality) == {0, 1, 2, 3} - ({0} if (ours.method > 0).all() else set())


def test_equal_values_have_no_spread():
    flux = np.full(960, 0.1)
    flux[100:130] = np.nan
    ours = sample(flux, (), 48)
    assert (ours.mean == 0.1).all() and (ours.sd == 0).all()


def test_only_rows_asked_for():
    flux, series = world(48, 60, 3)
    drivers = list(zip(WEATHER, series, strict=True))
    gap = np.isnan(flux)
    every, some = sample(flux, drivers, 48), sample(flux, drivers, 48, rows=gap)
    np.testing.assert_array_equal(some.mean[gap], every.mean[gap])
    assert np.isnan(some.mean[~gap]).all() and not some.method[~gap].any()


def test_scale_and_shift_carry_over():
    flux, series = world(48, 60, 4)
    drivers = list(zip(WEATHER, series, strict=True))
    one, two = sample(flux, drivers, 48), sample(5 - 2 * flux, drivers, 48)
    np.testing.assert_allclose(two.mean, 5 - 2 * one.mean, atol=1e-9)
    np.testing.assert_allclose(two.sd, 2 * one.sd, atol=1e-9)
    np.testing.assert_array_equal(two.window, one.window)


@pytest.mark.parametrize("convention", ["reddyproc", "oneflux"])
@pytest.mark.parametrize("values", [[], [1.0], [np.nan] * 300, [2.0] + [np.nan] * 300, [np.inf] * 5])
def test_nothing_to_go_by(values, convention):
    ours = sample(values, (), 48, convention=convention)
    assert np.isnan(ours.mean).all() and not ours.method.any() and not ours.quality.any()


def test_two_measurements_fill_their_hour():
    """Hour 0 of two days far apart: filled at the same hour as soon as the window holds both, nowhere else."""
    flux = np.full(48 * 30, np.nan)
    flux[[48 * 5, 48 * 9]] = 1.0, 3.0
    ours = sample(flux, (), 48, convention="oneflux")
    filled = np.flatnonzero(ours.method)
    assert set(filled % 48) == {46, 47, 0, 1, 2}
    assert (ours.mean[filled] == 2).all() and np.allclose(ours.sd[filled], np.sqrt(2))
    assert ours.window[48 * 7] == 5  # two days before and after


def test_drivers_without_values_leave_the_diurnal_mean():
    flux, series = world(48, 40, 7)
    none = [np.full(len(flux), np.nan)] * 3
    np.testing.assert_array_equal(
        sample(flux, list(zip(WEATHER, none, strict=True)), 48).mean, sample(flux, (), 48).mean
    )


def test_tolerance_is_strict_and_survives_kilopascal():
    """A deficit just 5 hPa away is not alike, in kPa neither."""
    flux = np.array([1.0, 2.0, 4.0, np.nan])
    deficit = np.array([0.46, 0.47, 0.41, 0.96])
    zero = np.zeros(4)
    ours = sample(flux, [(WEATHER[0], zero), (WEATHER[1], deficit), (WEATHER[2], zero)], 48, rows=np.isnan(flux))
    assert ours.method[3] == 2 and ours.count[3] == 3
    near = sample(flux, [(WEATHER[0], zero), (WEATHER[1], deficit - [0, 0, 0, 0.01]), (WEATHER[2], zero)], 48)
    assert near.method[3] == 1 and near.count[3] == 2 and near.mean[3] == 1.5


def test_what_cannot_be_used_is_said():
    with pytest.raises(ValueError, match="drivers"):
        sample([1.0, 2.0], [(WEATHER[0], [1.0, 2.0]), (WEATHER[1], [1.0, 2.0])], 48)
    with pytest.raises(ValueError, match="as many"):
        sample([1.0, 2.0], [(WEATHER[0], [1.0])], 48)
    with pytest.raises(ValueError, match="convention"):
        sample([1.0, 2.0], (), 48, convention="median")


def test_own_tolerance():
    flux = np.array([1.0, 3.0, 8.0, np.nan])
    level = np.array([0.0, 0.05, 0.5, 0.02])
    ours = sample(flux, [(Driver("groundwater_depth", 0.1), level)], 48, rows=np.isnan(flux))
    assert ours.mean[3] == 2 and ours.count[3] == 2
