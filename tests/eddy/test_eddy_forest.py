"""The forest: figures against made gaps, sums of errors against their definition, short and empty tables."""

import numpy as np
import pandas as pd
import pytest

from eddy_towers import de_tha, half_hours, oneflux
from halosink.eddy.filling.forest import features, fill, gaps, held_out_score, model, sum_error
from halosink.eddy.filling.forest.sum_error import TIMES, SumError
from halosink.eddy.steps import Steps


def world(days: int = 120, per_day: int = 24, seed: int = 1, noise: float = 1.0) -> pd.DataFrame:
    """A flux that is a known function of light and warmth, with normal noise, and a hole of twelve days."""
    rng = np.random.default_rng(seed)
    n = days * per_day
    day = np.arange(n) / per_day
    cloud = np.repeat(rng.uniform(0.3, 1, days), per_day)
    light = 800 * cloud * np.clip(np.sin(2 * np.pi * (day % 1 - 0.25)), 0, None)
    warm = 12 + 8 * np.sin(2 * np.pi * day / 120) + 4 * np.sin(2 * np.pi * (day % 1 - 0.35)) + rng.normal(0, 0.3, n)
    truth = 3 * np.exp(0.05 * (warm - 10)) - 20 * light / (light + 500)
    flux = truth + rng.normal(0, noise, n)
    flux[50 * per_day : 62 * per_day] = np.nan
    return pd.DataFrame(
        {
            "time": pd.date_range("2021-04-01", periods=n, freq=f"{1440 // per_day}min", unit="s"),
            "nee": flux,
            "truth": truth,
            "shortwave_radiation": light,
            "air_temperature": warm,
            "vapour_pressure_deficit": np.clip((warm - 5) / 10, 0, None),
        }
    )


def test_known_flux_is_met_in_the_hole_and_the_interval_holds_its_sum():
    table = world()
    found = fill(table, "nee")
    hole = table["nee"].isna().to_numpy()
    truth = table["truth"].to_numpy()
    error = (found.estimate - truth)[hole]
    assert np.sqrt(np.mean(error**2)) < 0.25 * truth[hole].std()
    low, high = found.interval(hole)
    assert low < truth[hole].sum() < high
    assert found.reason == "" and found.records == (~hole).sum()
    assert np.isfinite(found.estimate).all() and (found.sd > 0).all()
    # the sd is that of a measured record around its estimate: at least the noise that was put in
    assert 1.0 <= np.sqrt(np.mean(found.sd**2)) < 2.0


def test_same_seed_same_bytes_and_progress_is_told():
    table, told = world(days=40), []
    first = fill(table, "nee", seed=3, progress=lambda done, of: told.append((done, of)))
    second = fill(table, "nee", seed=3)
    assert first.estimate.tobytes() == second.estimate.tobytes() and first.sd.tobytes() == second.sd.tobytes()
    assert first.error == second.error
    assert told[-1] == (10, 10) and [done for done, _ in told] == list(range(1, 11))
    assert fill(table, "nee", seed=4).estimate.tobytes() != first.estimate.tobytes()


def test_sum_error_is_the_double_sum_over_records():
    rng = np.random.default_rng(2)
    n, step = 60, 0.25
    sd, groups = rng.uniform(0.5, 2, n), rng.integers(-1, 3, n)
    error = SumError((0.2, 0.1, 0.3, 0.05, 0.1), 10, step)
    days = np.abs(np.subtract.outer(np.arange(n), np.arange(n))) * step
    rho = sum(c * np.exp(-days / time) for c, time in zip(error.weights, TIMES, strict=True))
    np.fill_diagonal(rho, 1.0)
    full = sd[:, None] * rho * sd
    expected = [[full[np.ix_(groups == a, groups == b)].sum() for b in range(3)] for a in range(3)]
    got = error.covariance(sd, groups, 3)
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    assert np.linalg.eigvalsh(got).min() > 0
    np.testing.assert_allclose(error.sd(sd, groups == 1), np.sqrt(expected[1][1]), rtol=1e-12)


def test_sum_error_finds_the_correlation_that_errors_were_made_with():
    rng = np.random.default_rng(5)
    n, step, time, share = 200_000, 1 / 24, 1.0, 0.4
    keep = np.exp(-step / time)
    from scipy.signal import lfilter

    slow = lfilter([np.sqrt(1 - keep**2)], [1, -keep], rng.normal(size=n))
    sd = np.where(np.arange(n) % 24 < 12, 2.0, 0.5)
    errors = sd * (np.sqrt(share) * slow + np.sqrt(1 - share) * rng.normal(size=n))
    block = np.arange(n) // 240
    found = sum_error.estimate([(np.stack([errors, errors]), block)], sd, step)
    week = np.arange(n) < 7 * 24
    expected = SumError((0, 0, share, 0, 0), 10, step).sd(sd, week)
    assert found.sd(sd, week) == pytest.approx(expected, rel=0.05)
    white = sum_error.estimate([(np.tile(rng.normal(size=n), (2, 1)), block)], np.ones(n), step)
    assert white.sd(np.ones(n), week) == pytest.approx(np.sqrt(week.sum()), rel=0.1)


def test_quantile_is_that_of_student():
    # two-sided 95 % of Student's t with 10 degrees of freedom, as tabulated
    assert SumError((0,) * 5, 10, 1.0).quantile() == pytest.approx(2.228139, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t.head(200), "forest_too_few_records"),
        (lambda t: t.assign(nee=np.nan), "forest_too_few_records"),
        (lambda t: t.drop(columns=list(features.MAIN)), "forest_no_drivers"),
        (lambda t: t.assign(**dict.fromkeys(features.MAIN, np.nan)), "forest_no_drivers"),
    ],
)
def test_what_cannot_be_done_gives_its_reason(change, reason):
    table = change(world(days=40))
    found = fill(table, "nee")
    assert found.reason == reason
    assert np.isnan(found.estimate).all() and np.isnan(found.sd).all() and len(found.estimate) == len(table)
    assert np.isfinite(found.covariance(np.zeros(len(table), dtype=int), 1)).all()
    score = held_out_score(table, "nee", gap_days=(1,), gaps=3)
    assert list(score["model"]) == ["mds", "forest"]
    assert set(score["reason"]) <= {"forest_too_few_records", "forest_no_drivers", "forest_no_gaps"}
    assert score["rmse"].isna().all()


def test_constant_flux_and_any_step():
    for per_day in (1, 8, 96):
        table = world(days=max(60, 700 // per_day), per_day=per_day)
        table.loc[table["nee"].notna(), "nee"] = 2.5
        found = fill(table, "nee")
        np.testing.assert_allclose(found.estimate, 2.5)
        np.testing.assert_allclose(found.sd, 0, atol=1e-12)
        assert found.sum_sd(table["nee"].isna().to_numpy()) == pytest.approx(0, abs=1e-9)


def test_hole_without_weather_is_said_and_widens_the_sd():
    table = world()
    hole = table["nee"].isna().to_numpy()
    seen = fill(table, "nee")
    blind = table.copy()
    blind.loc[hole, list(features.MAIN)] = np.nan
    found = fill(blind, "nee")
    assert not seen.lacking.any() and (found.lacking == hole).all()
    assert found.missing == dict.fromkeys(features.MAIN, 1.0)
    assert found.sd[hole].mean() > 1.2 * seen.sd[hole].mean()
    assert found.sum_sd(hole) > seen.sum_sd(hole)
    low, high = found.interval(hole)
    assert low < table["truth"].to_numpy()[hole].sum() < high


def test_missing_driver_takes_the_mean_of_its_hour():
    per_day = 24
    series = np.tile(np.arange(per_day, dtype=float), 30)
    series[24 * 10 : 24 * 12] = np.nan
    np.testing.assert_allclose(features.by_hour(series, per_day), np.tile(np.arange(per_day, dtype=float), 30))
    assert features.by_hour(np.full(50, np.nan), per_day).tolist() == [0.0] * 50
    ramp = np.arange(100.0)
    np.testing.assert_allclose(features.before(ramp, 4)[10:], ramp[10:] - 1.5)
    np.testing.assert_allclose(features.around(ramp, 5)[10:90], ramp[10:90])


def test_parts_leave_out_every_record_once_and_no_two_neighbouring_blocks():
    steps = Steps.of(half_hours(48 * 365).to_numpy())
    for block, part in model.blocks(np.ones(len(steps), dtype=bool), steps, 0):
        assert (np.diff(block) >= 0).all() and set(part) == set(range(model.PARTS))
        assert all(len(set(part[block == b])) == 1 for b in np.unique(block)[:5])
        first = part[np.flatnonzero(np.diff(block, prepend=-1))]
        assert (np.diff(first) != 0).all()


def test_made_gaps_hold_what_is_asked_of_them():
    measured = np.random.default_rng(0).uniform(size=48 * 365) < 0.6
    found = gaps.rounds(measured, 48, 7, 25, np.random.default_rng(1))
    assert sum(len(lot) for lot in found) == 25
    for lot in found:
        assert all(end - first == 7 * 48 for first, end in lot)
        assert all(later[0] - earlier[1] >= 48 for earlier, later in zip(lot, lot[1:], strict=False))
        assert sum(measured[a:b].sum() for a, b in lot) <= 0.1 * measured.sum()
    assert gaps.rounds(measured[:300], 48, 7, 5, np.random.default_rng(1)) == []
    assert gaps.rounds(np.zeros(5000, dtype=bool), 48, 7, 5, np.random.default_rng(1)) == []


def test_scores_are_of_both_models_on_the_same_records():
    table = world(noise=0.5)
    score = held_out_score(table, "nee", gap_days=(2, 400), gaps=6, seed=2)
    done, not_done = score[score["gap_days"] == 2], score[score["gap_days"] == 400]
    assert done["records"].nunique() == 1 and (done["gaps"] == 6).all()
    assert (done["bias_low"] <= done["bias"]).all() and (done["bias"] <= done["bias_high"]).all()
    assert done["coverage"].between(0, 1).all() and (done["mae"] <= done["rmse"]).all()
    # noise of 0.5 cannot be told by any model
    assert (done["rmse"] > 0.4).all()
    assert (not_done["reason"] == "forest_no_gaps").all()
    pd.testing.assert_frame_equal(score, held_out_score(table, "nee", gap_days=(2, 400), gaps=6, seed=2))
    with pytest.raises(ValueError, match="models are"):
        held_out_score(table, "nee", models=("spline",))


@pytest.mark.parametrize("seed", [71])
def test_de_tha_seven_days_at_least_fifteen_per_cent_below_sampling(reference, seed):
    table = de_tha(reference)
    # filtered at a friction velocity of 0.41625 m s-1 at night, as both reference programs have it
    table["nee"] = oneflux(reference, "uStar0.41625")["NEE"].to_numpy(dtype=float)
    assert table["nee"].isna().sum() == 7798
    score = held_out_score(table, "nee", gap_days=(7,), gaps=20, seed=seed).set_index("model")
    assert score.loc["forest", "rmse"] < 0.85 * score.loc["mds", "rmse"]
    assert abs(score.loc["forest", "bias"]) < 0.5


def test_methane_takes_pressure_and_wind_and_leaves_a_driver_that_is_mostly_missing():
    table = world(days=60).rename(columns={"nee": "ch4_flux"})
    rng = np.random.default_rng(3)
    table["air_pressure"], table["wind_speed"] = rng.normal(101, 0.5, len(table)), rng.uniform(0, 8, len(table))
    table["soil_moisture"] = np.where(rng.uniform(size=len(table)) < 0.4, 0.3, np.nan)
    table["soil_temperature"] = np.where(rng.uniform(size=len(table)) < 0.6, table["air_temperature"], np.nan)
    found = fill(table, "ch4_flux")
    assert set(found.drivers) == {*features.MAIN, "soil_temperature", "air_pressure", "wind_speed"}
    assert 0.3 < found.missing["soil_temperature"] < 0.5
    assert set(fill(table.rename(columns={"ch4_flux": "nee"}), "nee").drivers) == {*features.MAIN, "soil_temperature"}


def test_errors_of_a_longer_gap_are_larger_and_grow_faster_than_those_of_independent_records():
    error, sd = SumError((0.3, 0.0, 0.0, 0.0, 0.02), 20, 1 / 48), np.ones(48 * 60)
    row = np.arange(len(sd))
    found = [error.sd(sd, row < 48 * days) for days in (1, 7, 14, 28, 56)]
    independent = [np.sqrt(48 * days) for days in (1, 7, 14, 28, 56)]
    ratio = np.array(found) / independent
    assert (np.diff(found) > 0).all() and (np.diff(ratio) > 0).all() and ratio[0] > 1
