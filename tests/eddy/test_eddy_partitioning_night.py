"""Night-time partitioning: against the reference, and where respiration is known."""

import numpy as np
import pytest
from scipy import optimize

from eddy_partition_worlds import E0, RREF, world
from eddy_towers import reddyproc
from halosink.eddy.partitioning import respiration
from halosink.eddy.partitioning.drivers import Drivers
from halosink.eddy.partitioning.night_time import night_time
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation


def tower(reference, which):
    """The tower at Tharandt as REddyProc had it when it partitioned: drivers, measured and filled exchange, outputs."""
    found = reddyproc(reference, which)
    suffix = "_uStar" if which == "uStarAnnual" else ""
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
    return drivers, measured, value, found[f"NEE{suffix}_fsd"].to_numpy(dtype=float), found, suffix


@pytest.mark.parametrize(("which", "e0"), [("uStarAnnual", 138.13), ("noUstar", 118.82)])
def test_it_is_the_reference(reference, which, e0):
    drivers, measured, value, _, theirs, suffix = tower(reference, which)
    ours = night_time(drivers, measured, value)
    assert set(ours.e0) == {e0} and ours.reason == ""
    np.testing.assert_allclose(ours.reco, theirs[f"Reco{suffix}"], atol=1e-7)
    np.testing.assert_allclose(ours.gpp, theirs[f"GPP{suffix}_f"], atol=1e-7)
    assert (
        ours.nights
        == theirs[f"FP_NEEnight{suffix}"].notna().sum()
        - (theirs[f"FP_NEEnight{suffix}"].notna() & (theirs["Tair_fqc"] != 0)).sum()
    )


@pytest.mark.parametrize(
    ("latitude", "seconds", "days"), [(45.0, 1800, 365), (-38.0, 1800, 200), (30.0, 3600, 800), (60.0, 600, 60)]
)
def test_respiration_that_follows_the_curve_is_found(latitude, seconds, days):
    place = world(days=days, seconds=seconds, latitude=latitude)
    ours = night_time(place.drivers, place.nee, place.nee)
    assert ours.reason == "" and ours.negative_nights == 0
    np.testing.assert_allclose(ours.e0, E0, atol=0.01)
    np.testing.assert_allclose(ours.reco, place.reco, rtol=1e-6)
    np.testing.assert_allclose(ours.gpp, place.gpp, atol=1e-4)


def test_fluxes_of_the_day_do_not_count():
    place = world(days=60)
    nee = np.where(place.drivers.potential > 0, 1e3, place.nee)
    np.testing.assert_allclose(night_time(place.drivers, nee, nee).reco, place.reco, rtol=1e-6)


def test_gpp_is_respiration_less_exchange_and_gaps_are_spanned():
    place = world(days=120, seed=3)
    noisy = place.nee + np.random.default_rng(4).normal(0, 1, len(place.nee))
    measured = noisy.copy()
    measured[40 * 48 : 70 * 48] = np.nan
    ours = night_time(place.drivers, measured, noisy, np.full(len(noisy), 1.0))
    np.testing.assert_allclose(ours.reco - ours.gpp, noisy, atol=1e-12)
    assert np.isfinite(ours.reco).all() and (ours.reco > 0).all()
    assert {window.reason for window in ours.windows if window.kind == "rref"} == {"", "few_records"}
    within = np.abs(ours.reco - place.reco) < 2 * ours.reco_sd
    assert within.mean() > 0.85


def test_uptake_at_night_is_never_clipped():
    place = world(days=60, seed=5)
    shifted = place.nee - 1.5 * place.reco
    ours = night_time(place.drivers, shifted, shifted)
    assert ours.negative_nights == 1.0 and ours.reason == "no_rref"
    assert {window.reason for window in ours.windows if window.kind == "rref"} >= {"negative_respiration"}
    place = world(days=120, start="2021-05-15", seed=5)
    noisy = place.nee + np.random.default_rng(6).normal(0, 4, len(place.nee))
    ours, clipped = night_time(place.drivers, noisy, noisy), np.maximum(noisy, 0)
    assert 0.05 < ours.negative_nights < 0.5
    assert ours.reco.mean() == pytest.approx(place.reco.mean(), rel=0.06)
    assert night_time(place.drivers, clipped, clipped).reco.mean() > 1.1 * place.reco.mean()


def test_each_year_may_have_its_own_sensitivity():
    first, second = world(days=365, e0=120.0), world(days=365, start="2022-01-01", e0=260.0, seed=2)
    names = ("temperature", "temperature_measured", "radiation_measured", "radiation", "deficit", "potential")
    both = Drivers(
        Steps.of(np.concatenate([first.drivers.steps.start, second.drivers.steps.start])),
        *(np.concatenate([getattr(first.drivers, name), getattr(second.drivers, name)]) for name in names),
    )
    nee = np.concatenate([first.nee, second.nee])
    ours = night_time(both, nee, nee, yearly=True)
    np.testing.assert_allclose(ours.e0[both.steps.year == 2021], 120.0, atol=0.01)
    np.testing.assert_allclose(ours.e0[both.steps.year == 2022], 260.0, atol=0.01)
    nee[both.steps.year == 2022] = np.nan
    ours = night_time(both, nee, nee, yearly=True)
    assert set(ours.e0) == {120.0} and ours.reason == "e0_of_other_years"


@pytest.mark.parametrize(("daily", "reason"), [(1.2, "no_e0"), (3.0, "e0_of_narrow_range")])
def test_where_temperature_hardly_varies_it_says_so(daily, reason):
    place = world(days=200, latitude=3.0, seasonal=0.0, mean=27.0, daily=daily * 0.35)
    ours = night_time(place.drivers, place.nee, place.nee)
    assert ours.reason == reason
    assert np.isfinite(ours.reco).any() == (reason != "no_e0")


def test_without_a_night_there_is_a_reason():
    place = world(days=60, start="2021-05-20", latitude=78.0)
    ours = night_time(place.drivers, place.nee, place.nee)
    assert ours.reason == "no_night" and np.isnan(ours.reco).all() and np.isnan(ours.negative_nights)


@pytest.mark.parametrize("days", [1, 3, 7, 9])
def test_short_tables_give_reasons(days):
    place = world(days=days)
    ours = night_time(place.drivers, place.nee, place.nee)
    assert ours.reason == "no_e0" and len(ours.reco) == len(place.nee)


def test_repeated_values_do_not_break_it():
    place = world(days=60)
    same = np.full(len(place.nee), 2.0)
    assert night_time(place.drivers, same, same).reason in ("no_e0", "e0_of_narrow_range")


def test_the_fit_is_that_of_least_squares():
    draw = np.random.default_rng(8)
    temperature = draw.uniform(0, 25, 80)
    turn = np.log(respiration.lloyd_taylor(1.0, 1.0, temperature))
    flux = 2.5 * np.exp(150 * turn) + draw.normal(0, 0.6, 80)
    found, rref, e0, rref_sd, e0_sd = respiration.fit(flux, turn, 2.0, 200.0, 50)
    best, spread = optimize.curve_fit(lambda x, a, b: a * np.exp(b * x), turn, flux, p0=(2.0, 200.0))
    assert found
    np.testing.assert_allclose([rref, e0], best, rtol=1e-4)
    np.testing.assert_allclose([rref_sd, e0_sd], np.sqrt(np.diag(spread)), rtol=1e-3)


def test_the_curve_at_known_points():
    assert respiration.lloyd_taylor(RREF, 321.0, np.array([15.0]))[0] == RREF
    ten = respiration.lloyd_taylor(1.0, 308.56, np.array([10.0]))[0]
    assert ten == pytest.approx(np.exp(308.56 * (1 / 61.02 - 1 / 56.02)))
    assert np.isfinite(respiration.lloyd_taylor(1.0, 400.0, np.array([-46.02, -60.0]))).all()
