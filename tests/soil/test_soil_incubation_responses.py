"""Responses to temperature and salt, pooling and coverage against known truth and published analyses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.soil.incubation import (
    choice,
    meta_regression,
    models,
    pooling,
    posterior,
    responses,
    salt,
    series,
    speed,
    table,
    temperature,
)

DAYS = np.array([1, 2, 3, 5, 7, 10, 14, 18, 22, 28, 35, 42, 50, 60, 70, 80, 95, 110, 130, 150, 170, 190, 210, 240.0])
START = np.concatenate([[0.0], DAYS[:-1]])


def test_pooling_of_the_eight_schools() -> None:
    """gelman2013, table 5.3: medians and 95 % limits of 200 draws; school A 10 (-2, 31), C 7 (-11, 19)."""
    effect, error = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    found = pooling.partial_pool(effect, error, 8000, np.random.default_rng(1))
    assert np.median(found.values, axis=0) == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=1.0)
    low, high = np.quantile(found.values, [0.025, 0.975], axis=0)
    assert low == pytest.approx([-2, -5, -11, -7, -9, -7, -1, -6], abs=2.5)
    assert (high[[0, 1, 2, 3, 4, 6]]) == pytest.approx([31, 23, 19, 21, 18, 26], abs=3)


def test_pooling_leaves_exact_series_and_moves_vague_ones() -> None:
    found = pooling.partial_pool([0.0, 1.0, 2.0, 5.0, np.nan], [0.01, 0.01, 0.01, 8.0, 1.0])
    assert found.shrinkage[:3].max() < 0.01 < 0.5 < found.shrinkage[3]
    assert np.isnan(found.values[:, 4]).all() and np.isnan(found.shrinkage[4])
    with pytest.raises(ValueError, match="three"):
        pooling.partial_pool([1.0, 2.0], [1.0, 1.0])


def test_regression_without_known_errors_is_least_squares() -> None:
    """With errors far below the scatter the slope, its error and its t are those of the straight line."""
    rng = np.random.default_rng(4)
    x = np.linspace(0, 10, 12)
    y = 1 + 0.3 * x + rng.standard_normal(12)
    wanted = stats.linregress(x, y)
    found = meta_regression.regress(x, y, np.full(12, 1e-6))
    assert (found.value, found.error, found.df) == pytest.approx((wanted.slope, wanted.stderr, 10), rel=1e-4)


def test_regression_of_two_points_rests_on_their_errors() -> None:
    found = meta_regression.regress([10, 20], [0.0, 1.0], [0.3, 0.4])
    assert (found.value, found.error, found.df) == pytest.approx((0.1, 0.05, np.inf))
    with pytest.raises(ValueError, match="no group"):
        meta_regression.regress([10, 20], [0, 1], [0.1, 0.1], ["a", "b"])


@pytest.mark.parametrize(("form", "value"), [("q10", 2.3), ("arrhenius", 60000.0), ("lloyd_taylor", 308.56)])
def test_temperature_forms_give_back_their_parameter(form: str, value: float) -> None:
    at = np.array([5.0, 12.0, 20.0, 28.0])
    ratio = temperature.speed_ratio(form, value, at, 10.0)
    found = temperature.temperature_response(at, np.log(ratio), np.full(4, 1e-3))
    assert found[form].value == pytest.approx(value, rel=1e-3)
    others = [r.slope.log_likelihood for name, r in found.items() if name != form]
    assert found[form].slope.log_likelihood >= max(others)


def test_lloyd_taylor_as_published() -> None:
    """lloyd1994, equation 11: R / R10 = exp(308.56 (1 / 56.02 - 1 / (T - 227.13)))."""
    at = np.array([0.0, 10.0, 25.0])
    wanted = np.exp(308.56 * (1 / 56.02 - 1 / (at + 273.15 - 227.13)))
    assert temperature.speed_ratio("lloyd_taylor", 308.56, at, 10.0) == pytest.approx(wanted, rel=1e-12)


def test_salt_response() -> None:
    """A speed that falls by a tenth per dS m-1 halves at ln 2 / -ln 0.9 = 6.58."""
    ec = np.array([1.0, 3.0, 6.0, 12.0])
    found = salt.salt_response(ec, ec * np.log(0.9), np.full(4, 1e-3), draws=500)
    assert found.percent == pytest.approx(-10, rel=0.01)
    assert np.median(found.halving_draws) == pytest.approx(np.log(2) / -np.log(0.9), rel=0.02)
    rises = salt.salt_response(ec, ec * 0.2, np.full(4, 1e-3), draws=20)
    assert np.isinf(rises.halving_draws).all()


def test_speed_of_one_pool_is_known() -> None:
    """pool (1 - exp(-k t)) = amount at t = -ln(1 - amount / pool) / k."""
    release = series.from_rates(DAYS, 2.0 * (np.exp(-0.05 * START) - np.exp(-0.05 * DAYS)) / (DAYS - START))
    fitted = choice.fit_models(release, ["one_pool"])
    drawn = posterior.draw_fitted(fitted, 20, np.random.default_rng(0))
    found, draws = speed.log_speed(fitted, drawn, 1.0)
    assert np.exp(-found) == pytest.approx(np.log(2) / 0.05, rel=2e-3)
    assert np.exp(-draws) == pytest.approx(np.log(2) / 0.05, rel=2e-3)
    assert np.isnan(speed.log_speed(fitted, drawn, 3.0)[0])


def simulated(level: str, at: list[float], factor: list[float]) -> pd.DataFrame:
    rows = []
    for place, (value, k) in enumerate(zip(at, factor, strict=True)):
        rng = np.random.default_rng(place)
        flux = sum(
            c * (np.exp(-r * k * START) - np.exp(-r * k * DAYS)) / (DAYS - START)
            for c, r in ((2.0, 0.08), (30.0, 0.003))
        )
        rows.append(
            pd.DataFrame(
                {
                    "incubation": f"s{place}", "incubation_group": "one soil", "incubation_time": DAYS, level: value,
                    "carbon_release_rate_carbon": flux * (1 + 0.03 * rng.standard_normal(len(DAYS))),
                }
            )
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def test_the_temperature_response_of_a_table() -> None:
    at = [5.0, 15.0, 25.0, 30.0]
    frame = simulated("incubation_temperature", at, [2.5 ** ((t - 15) / 10) for t in at])
    fits, _ = table.incubations(frame, draws=100)
    found = responses.responses(fits, frame).set_index("form")
    assert found.loc["q10", "value"] == pytest.approx(2.5, rel=0.05)
    low, high = np.quantile(found.loc["q10", "draws"], [0.005, 0.995])
    assert low < 2.5 < high


def test_the_salt_response_of_a_table() -> None:
    at = [1.0, 4.0, 8.0, 16.0]
    frame = simulated("ec_1_5", at, [0.95**s for s in at])
    fits, _ = table.incubations(frame, draws=100)
    found = responses.responses(fits, frame, "ec_1_5").iloc[0]
    assert found["form"] == "salt" and found["value"] == pytest.approx(-5.0, abs=0.5)
    assert responses.responses(fits, frame).iloc[0]["reason"] == "few_levels"


def test_pooled_parameters_of_a_table() -> None:
    frame = simulated("incubation_temperature", [20.0] * 5, [1.0] * 5)
    fits, _ = table.incubations(frame, ["two_pool"], draws=200)
    found = responses.pooled(fits, "rate_fast")
    assert len(found) == 5
    spread, before = found["pooled"].std(), found["value"].std()
    assert spread < before
    assert found["pooled"].to_numpy() == pytest.approx(0.08, rel=0.15)
    assert responses.pooled(fits, "rate_middle").empty


@pytest.mark.parametrize(
    ("name", "theta", "flux"),
    [("one_pool_steady", [0.06], [0.4, 0.05]), ("two_pool", [0.12, 0.006], [0.3, 0.12])],
)
def test_intervals_cover_their_truth(name: str, theta: list[float], flux: list[float]) -> None:
    """80 simulated series with 5 % errors: 95 % intervals miss no more often than chance allows (p = 0.001)."""
    model = models.MODELS[name]
    log_rates, fluxes = np.log(theta), np.array(flux)
    exact, wanted = model.columns(log_rates, START, DAYS) @ fluxes, model.natural(log_rates, fluxes)
    hits, errors = np.zeros(len(wanted)), []
    for seed in range(80):
        rng = np.random.default_rng([seed, 7])
        fitted = choice.fit_models(series.from_rates(DAYS, exact * (1 + 0.05 * rng.standard_normal(len(DAYS)))), [name])
        drawn = posterior.draw_fitted(fitted, 400, rng).values
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        hits += (low <= wanted) & (wanted <= high)
        errors.append(fitted.best.values / wanted - 1)
    assert hits.min() >= stats.binom.ppf(0.001, 80, 0.95)
    assert np.abs(np.median(errors, axis=0)).max() < 0.03
