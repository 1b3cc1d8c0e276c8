"""Day-time partitioning: against the reference, and where respiration and photosynthesis are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize

from eddy_partition_worlds import ALPHA, BETA, RREF, world
from eddy_towers import reddyproc
from halosink.eddy.partitioning import light_response, sensitivity
from halosink.eddy.partitioning.day_time import day_time
from halosink.eddy.partitioning.drivers import Drivers
from halosink.eddy.partitioning.night_time import night_time
from halosink.eddy.partitioning.respiration import lloyd_taylor
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation


@pytest.fixture(scope="module", params=["uStarAnnual", "noUstar"])
def tower(request):
    reference = request.getfixturevalue("reference")
    found = reddyproc(reference, request.param)
    suffix = "_uStar" if request.param == "uStarAnnual" else ""
    steps = Steps.of(found["time"].to_numpy())
    drivers = Drivers(
        steps,
        found["Tair_f"].to_numpy(dtype=float),
        (found["Tair_fqc"] == 0).to_numpy(),
        found["Rg_orig"].to_numpy(dtype=float),
        found["Rg_f"].to_numpy(dtype=float),
        found["VPD_f"].to_numpy(dtype=float) / 10,
        potential_radiation(steps, 51.0, 13.6, 1.0),
    )
    value = found[f"NEE{suffix}_f"].to_numpy(dtype=float)
    measured = np.where(found[f"NEE{suffix}_fqc"] == 0, value, np.nan)
    ours = day_time(drivers, measured, found[f"NEE{suffix}_fsd"].to_numpy(dtype=float))
    return ours, found, suffix, drivers, measured


def test_it_is_the_reference(tower):
    ours, theirs, suffix, _, _ = tower
    for mine, name in ((ours.reco, f"Reco_DT{suffix}"), (ours.gpp, f"GPP_DT{suffix}")):
        assert np.sqrt(np.mean((mine - theirs[name]) ** 2)) < 0.01
        assert mine.sum() == pytest.approx(theirs[name].sum(), rel=5e-4)


def test_the_same_windows_are_fitted(tower):
    ours, theirs, _, _, _ = tower
    codes = theirs["FP_errorcode"].dropna()
    reasons = {0: {"", "e0_of_neighbours"}, 1002: {"light_response_out_of_bounds"}, 1011: {"few_records"}}
    assert len(ours.windows) == len(codes)
    assert all(window.reason in reasons[int(code)] for window, code in zip(ours.windows, codes, strict=True))


def test_the_smoothed_sensitivity_is_the_reference(tower):
    ours, theirs, _, _, _ = tower
    np.testing.assert_allclose([w.e0 for w in ours.windows], theirs["FP_E0"].dropna(), atol=0.05)


def test_without_any_sd_it_is_derived_and_said(tower):
    ours, _, _, drivers, measured = tower
    without = day_time(drivers, measured, np.full(len(measured), np.nan))
    assert without.reason == "sd_derived"
    assert without.reco.sum() == pytest.approx(ours.reco.sum(), rel=2e-3)
    assert without.gpp.sum() == pytest.approx(ours.gpp.sum(), rel=2e-3)


@pytest.mark.parametrize(("latitude", "seconds", "days"), [(45.0, 1800, 120), (-38.0, 3600, 150), (55.0, 600, 30)])
def test_curves_that_hold_are_found(latitude, seconds, days):
    place = world(days=days, start="2021-10-01" if latitude < 0 else "2021-05-01", seconds=seconds, latitude=latitude)
    noise = np.random.default_rng(2).normal(0, 0.3, len(place.nee))
    ours = day_time(place.drivers, place.nee + noise, np.full(len(noise), 0.3))
    assert ours.reason == ""
    assert ours.reco.mean() == pytest.approx(place.reco.mean(), rel=0.05)
    assert ours.gpp.mean() == pytest.approx(place.gpp.mean(), rel=0.05)
    fits = [window for window in ours.windows if np.isfinite(window.beta)]
    assert np.median([window.rref for window in fits]) == pytest.approx(RREF, rel=0.1)
    assert np.median([window.alpha for window in fits]) == pytest.approx(ALPHA, rel=0.15)
    assert np.median([window.beta for window in fits]) == pytest.approx(BETA, rel=0.15)


def test_dry_air_lowers_photosynthesis():
    place = world(days=60, start="2021-06-01")
    deficit = place.drivers.deficit * 2
    light = place.drivers.radiation
    most = BETA * np.exp(-0.05 * np.maximum(10 * deficit - 10, 0))
    gpp = ALPHA * most * light / (ALPHA * light + most)
    nee = place.reco - gpp + np.random.default_rng(3).normal(0, 0.1, len(light))
    ours = day_time(replace(place.drivers, deficit=deficit), nee, np.full(len(light), 0.1))
    assert np.sqrt(np.mean((ours.gpp - gpp) ** 2)) < 0.06 * gpp.max()
    assert np.median([window.k for window in ours.windows]) == pytest.approx(0.05, rel=0.2)


def test_where_the_deficit_is_missing_fits_without_it_serve():
    place = world(days=60, start="2021-06-01")
    sd = np.full(len(place.nee), 0.3)
    deficit = place.drivers.deficit.copy()
    deficit[1000:2000] = np.nan
    for missing in (deficit, np.full(len(deficit), np.nan)):
        ours = day_time(replace(place.drivers, deficit=missing), place.nee, sd)
        assert ours.reason == "without_deficit" and np.isfinite(ours.gpp).all()
        assert ours.gpp.mean() == pytest.approx(place.gpp.mean(), rel=0.06)


def test_winter_without_sun_and_summer_without_night_are_bridged():
    place = world(days=365, latitude=72.0, mean=4.0)
    ours = day_time(place.drivers, place.nee, np.full(len(place.nee), 0.3))
    assert np.isfinite(ours.reco).all() and np.isfinite(ours.gpp).all()
    assert (ours.gpp[place.drivers.radiation == 0] == 0).all()
    assert ours.reason == "far_from_fit"
    assert "few_records" in {window.reason for window in ours.windows}


@pytest.mark.parametrize("days", [1, 2, 3, 5, 7])
def test_short_tables_are_done_or_give_reasons(days):
    place = world(days=days, start="2021-06-01")
    ours = day_time(place.drivers, place.nee, np.full(len(place.nee), 0.3))
    assert len(ours.reco) == len(place.nee)
    assert np.isfinite(ours.reco).all() or ours.reason in ("few_days", "no_e0", "no_light_response")


def test_without_a_night_there_is_a_reason():
    place = world(days=30, start="2021-06-01", latitude=78.0)
    ours = day_time(place.drivers, place.nee, np.full(len(place.nee), 0.3))
    assert ours.reason == "no_night" and np.isnan(ours.gpp).all()


def test_sd_of_zero_and_repeated_values_do_not_break_it():
    place = world(days=40, start="2021-06-01")
    exact = day_time(place.drivers, place.nee, np.zeros(len(place.nee)))
    assert exact.gpp.mean() == pytest.approx(place.gpp.mean(), rel=0.05)
    same = day_time(place.drivers, np.full(len(place.nee), 1.0), np.zeros(len(place.nee)))
    assert len(same.reco) == len(place.nee)
    nothing = day_time(place.drivers, np.full(len(place.nee), np.nan), np.zeros(len(place.nee)))
    assert nothing.reason == "no_night"


def test_a_fit_reaches_the_least_cost():
    draw = np.random.default_rng(5)
    light, deficit, temperature = draw.uniform(5, 900, 150), draw.uniform(0, 25, 150), draw.uniform(5, 25, 150)
    warmth = lloyd_taylor(1.0, 180.0, temperature)
    most = 22 * np.exp(-0.03 * np.maximum(deficit - 10, 0))
    uptake = 0.05 * most * light / (0.05 * light + most) - 2.5 * warmth + draw.normal(0, 1, 150)
    data = np.stack([light, deficit, uptake, np.full(150, 1.0), warmth, np.log(warmth) / 180.0])
    outcome, theta, covariance = light_response.fit(data, 180.0, 0.0, 2.5, 0.22)

    def misfit(p):
        top = p[1] * np.exp(-p[0] * np.maximum(deficit - 10, 0))
        return p[2] * top * light / (p[2] * light + top) - p[3] * warmth - uptake

    best = optimize.least_squares(misfit, (0.05, 20, 0.05, 2.5), x_scale=(0.01, 10, 0.05, 1))
    assert outcome == light_response.FITTED
    # the fit ends where a step lowers the cost by less than a thousandth
    assert (misfit(theta[:4]) ** 2).sum() <= 1.003 * 2 * best.cost
    spread = np.sqrt(np.diag(np.linalg.inv(best.jac.T @ best.jac)) * max(2 * best.cost / 146, 1))
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)[:4]), spread, rtol=0.25)
    assert (np.abs(theta[:4] - best.x) < spread).all()


def test_smoothing_leaves_alike_values_alone_and_fills_a_year_without_any():
    at = np.arange(0, 2 * 365 * 48, 96)
    e0 = np.where(at < 365 * 48, 150.0 + 0.01 * np.sin(at), np.nan)
    smoothed, sd = sensitivity.smooth(at, e0, np.full(len(at), 20.0), at // (365 * 48))
    np.testing.assert_allclose(smoothed, 150.0, atol=0.02)
    np.testing.assert_allclose(sd[at >= 365 * 48], 30.0)
    nothing, _ = sensitivity.smooth(at, np.full(len(at), np.nan), np.full(len(at), np.nan), at // (365 * 48))
    assert np.isnan(nothing).all()


def test_smoothing_is_that_of_another_gaussian_process():
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel

    draw = np.random.default_rng(9)
    at = np.arange(0, 365 * 48, 96 * 4)
    truth = 180 + 60 * np.sin(2 * np.pi * at / (365 * 48))
    sd = draw.uniform(5, 25, len(at))
    e0 = truth + draw.normal(0, 1, len(at)) * sd
    smoothed, _ = sensitivity.smooth(at, e0, sd, np.zeros_like(at))
    assert np.sqrt(np.mean((smoothed - truth) ** 2)) < 0.5 * np.sqrt(np.mean((e0 - truth) ** 2))
    x = at[:, None] / at[-1]
    weight = 1 / sd**2
    mean = (e0 * weight).sum() / weight.sum()
    kernel = ConstantKernel(3000.0, (10, 1e6)) * RBF(0.2, (0.01, 10))
    theirs = GaussianProcessRegressor(kernel, alpha=sd**2, n_restarts_optimizer=2, random_state=0).fit(x, e0 - mean)
    # they keep the size of the errors and the mean; we find both
    assert np.sqrt(np.mean((theirs.predict(x) + mean - smoothed) ** 2)) < 6


@pytest.mark.parametrize("noise", [0.5, 1.5])
def test_intervals_hold_what_they_promise(noise):
    place, draw = world(days=365, seed=4), np.random.default_rng(14)
    nee = place.nee + draw.normal(0, noise, len(place.nee))
    measured = np.where(draw.random(len(nee)) < 0.5, nee, np.nan)
    sd = np.full(len(nee), noise)
    lit = place.drivers.radiation > 20
    for ours in (day_time(place.drivers, measured, sd), night_time(place.drivers, measured, nee, sd)):
        assert 0.88 < np.mean(np.abs(ours.reco - place.reco) < 1.96 * ours.reco_sd) < 0.999
        assert 0.88 < np.mean(np.abs(ours.gpp - place.gpp)[lit] < 1.96 * ours.gpp_sd[lit]) < 0.999


def test_an_offset_of_the_sensor_at_night_is_darkness():
    place = world(days=30, start="2021-06-01")
    offset = np.where(place.drivers.radiation == 0, -3.0, place.drivers.radiation)
    sd = np.full(len(place.nee), 0.3)
    ours = day_time(replace(place.drivers, radiation=offset, radiation_measured=offset), place.nee, sd)
    np.testing.assert_allclose(ours.gpp[offset < 0], 0.0)
    np.testing.assert_array_equal(ours.gpp, day_time(place.drivers, place.nee, sd).gpp)


def test_years_are_fitted_for_themselves_and_a_remainder_with_the_last():
    place = world(days=367, start="2021-06-01")
    long = world(days=2 * 365, start="2021-06-01")
    sd = np.full(len(long.nee), 0.3)
    ours = day_time(place.drivers, place.nee, sd[: len(place.nee)])
    both = day_time(long.drivers, long.nee, sd)
    assert ours.reason == both.reason == ""
    assert ours.gpp.sum() == pytest.approx(place.gpp.sum(), rel=0.02)
    assert both.gpp.sum() == pytest.approx(long.gpp.sum(), rel=0.02)
    assert len({window.first for window in both.windows}) == len(both.windows) == 364
