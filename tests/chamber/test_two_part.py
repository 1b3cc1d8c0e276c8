"""Respiration and the abiotic part: known truth is recovered, and what is not there is not found."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import runner
from halosink.chamber.carbonate import respiration, warming
from halosink.chamber.carbonate.held_out import verdict
from halosink.chamber.carbonate.two_part import two_part
from halosink.settings import load

E0, HALF, RATE = 250.0, 0.15, 1.2


def weather(weeks: int, seed: int, step_minutes: int = 60) -> pd.DataFrame:
    """Hourly soil temperature with days, seasons and passing weather, and moisture of rain and drying."""
    rng = np.random.default_rng(seed)
    time = pd.date_range("2021-03-01", periods=weeks * 7 * 24 * 60 // step_minutes, freq=f"{step_minutes}min")
    days = (time - time[0]).total_seconds().to_numpy() / 86400.0
    slow = np.interp(days, np.arange(int(days[-1]) + 2), np.cumsum(rng.normal(0, 1.5, int(days[-1]) + 2)) * 0.5)
    swing = np.interp(days, np.arange(int(days[-1]) + 2), rng.uniform(3, 11, int(days[-1]) + 2))
    temperature = 18 + 8 * np.sin(2 * np.pi * days / 365) + slow + swing * np.sin(2 * np.pi * (days - 0.4))
    rain = rng.random(int(days[-1]) + 2) < 0.08
    moisture, water = [], 0.1
    for day in rain:
        water = min(0.35, water + 0.12 * day)
        moisture.append(water)
        water = 0.04 + (water - 0.04) * 0.9
    return pd.DataFrame(
        {
            "time": time,
            "soil_temperature": temperature,
            "soil_moisture": np.interp(days, np.arange(len(moisture)), moisture),
        }
    )


def respired(temperature: np.ndarray, moisture: np.ndarray) -> np.ndarray:
    """Lloyd and Taylor (1994) with a hyperbola of moisture, written out here on its own."""
    warmth = np.exp(E0 * (1 / 56.02 - 1 / (temperature + 46.02)))
    return RATE * warmth * (moisture / (HALF + moisture)) / (0.1 / (HALF + 0.1))


def noise(n: int, rng: np.random.Generator, size: float = 0.25) -> np.ndarray:
    """Errors that stay alike for some hours."""
    out = rng.normal(0, size, n)
    for i in range(1, n):
        out[i] = 0.6 * out[i - 1] + 0.8 * out[i]
    return out


def measured(weeks: int, seed: int, a: float, b: float, lag: float = 0.0) -> pd.DataFrame:
    frame = weather(weeks, seed)
    t, w = frame["soil_temperature"].to_numpy(), frame["soil_moisture"].to_numpy()
    hours = np.arange(len(t), dtype=float)
    felt = np.interp(hours - lag, hours, t)
    flux = respired(felt, w) + (a + b * w) * np.gradient(t, hours)
    return frame.assign(co2_flux=flux + noise(len(t), np.random.default_rng([seed, 5])))


def test_the_temperature_response_is_that_of_lloyd_and_taylor() -> None:
    shape = np.array([308.56, 0.0, np.log(HALF)])
    ten, half = np.array([10.0]), np.array([0.1])
    assert respiration.response(ten, half, shape)[0] == pytest.approx(1.0, abs=1e-12)
    # lloyd1994: with E0 = 308.56 K the rate at 25 degC is exp(308.56 (1/56.02 - 1/71.02)) of that at 10 degC
    assert respiration.response(ten + 15, half, shape)[0] == pytest.approx(np.exp(308.56 * (1 / 56.02 - 1 / 71.02)))
    dry = respiration.response(ten, np.array([HALF]), shape) / respiration.response(ten, np.array([1e9]), shape)
    assert dry[0] == pytest.approx(0.5, rel=1e-6)


def test_slopes_are_derivatives() -> None:
    t, w = np.array([-5.0, 12.0, 45.0]), np.array([0.03, 0.2, 0.4])
    shape, step = np.array([200.0, 300.0, np.log(0.1)]), 1e-5
    exact = respiration.slopes(t, w, shape)
    for i, size in enumerate((1.0, 1.0, 1.0)):
        up, down = shape.copy(), shape.copy()
        up[i] += step * size
        down[i] -= step * size
        told = (respiration.response(t, w, up) - respiration.response(t, w, down)) / (2 * step * size)
        assert exact[:, i] == pytest.approx(told, rel=1e-5)


def test_the_rate_of_a_straight_line_is_its_slope_and_gaps_have_none() -> None:
    hours = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 20.0, 20.5, 21.0])
    found = warming.rate(hours, 3.0 + 0.7 * hours)
    assert found[2:4] == pytest.approx(0.7)
    assert np.isnan(found[[0, 5, 6, 7, 8]]).all()


def test_known_parameters_are_recovered() -> None:
    frame = measured(40, 3, a=0.10, b=1.0)
    found = two_part(frame, seed=1)
    row = found.comparison.iloc[0]
    assert found.verdict == "two_part" and row["against_lag"] == "two_part"
    table = found.parameters.set_index("parameter")
    # the rate is a difference over two hours, which takes off 1 - sin(x)/x = 1.1 % of a daily wave
    true = {
        "temperature_sensitivity": E0,
        "reference_rate": RATE,
        "warming_response": 0.10,
        "warming_response_per_moisture": 1.0,
        "moisture_half": HALF,
    }
    assert set(table.index) == set(true)
    for name, value in true.items():
        low, high = table.loc[name, "low"], table.loc[name, "high"]
        assert low - 0.5 * (high - low) <= value <= high + 0.5 * (high - low), name
    assert table.loc["temperature_sensitivity", "value"] == pytest.approx(E0, rel=0.05)
    assert table.loc["reference_rate", "value"] == pytest.approx(RATE, rel=0.05)
    t, w = frame["soil_temperature"].to_numpy(), frame["soil_moisture"].to_numpy()
    added = np.abs((0.10 + w) * np.gradient(t)).sum()
    assert row["abiotic_share"] == pytest.approx(added / (added + respired(t, w).sum()), abs=0.02)
    assert abs(row["abiotic_mean"]) < 0.01


def test_without_an_abiotic_part_none_is_found() -> None:
    verdicts = [two_part(measured(16, s, 0, 0), seed=s, repeats=2, resamples=5).verdict for s in range(100, 120)]
    assert verdicts.count("two_part") <= 1
    assert verdicts.count("biotic") >= 12


def test_a_lag_of_temperature_is_not_taken_for_chemistry() -> None:
    found = [
        two_part(measured(16, s, 0, 0, lag=2.0), seed=s, repeats=2, resamples=5).comparison.iloc[0] for s in range(5)
    ]
    assert [r["against_lag"] for r in found] == ["lagged"] * 5
    assert [r["verdict"] for r in found] == ["biotic"] * 5
    assert all(r["rmse_lagged"] <= r["rmse_biotic"] for r in found)


def test_negative_fluxes_are_kept() -> None:
    frame = measured(12, 8, a=0.3, b=0.0)
    frame["co2_flux"] -= frame["co2_flux"].quantile(0.4)
    found = two_part(frame, seed=1, repeats=2, resamples=5)
    row = found.comparison.iloc[0]
    assert row["negative"] == pytest.approx((frame["co2_flux"] < 0).mean())
    assert row["n"] > 0.99 * len(frame)
    assert found.parts["co2_flux"].min() == frame["co2_flux"].min()


def test_the_same_seed_gives_the_same_and_chambers_are_fitted_apart() -> None:
    one, two = measured(10, 1, 0.1, 0.5), measured(10, 2, 0.1, 0.5)
    short = measured(4, 3, 0.1, 0.5)
    frame = pd.concat([one.assign(chamber="1"), two.assign(chamber="2"), short.assign(chamber="3")])
    first, second = (two_part(frame, seed=4, repeats=2, resamples=5) for _ in range(2))
    for part in ("comparison", "models", "parameters", "parts"):
        pd.testing.assert_frame_equal(getattr(first, part), getattr(second, part))
    assert set(first.parameters["series"]) == {"1", "2"}
    assert first.left_out.to_dict("records") == [{"series": "3", "reason": "few_weeks"}]


def test_impossible_moisture_is_left_out_and_too_little_is_refused() -> None:
    frame = measured(10, 1, 0.1, 0.5)
    frame.loc[:99, "soil_moisture"] = -0.6
    assert two_part(frame, seed=1, repeats=2, resamples=5).comparison.iloc[0]["n"] < len(frame) - 100
    with pytest.raises(ValueError, match="8 weeks"):
        two_part(frame.iloc[:500], seed=1)
    with pytest.raises(KeyError, match="soil_moisture"):
        two_part(frame.drop(columns="soil_moisture"), seed=1)


def test_verdicts() -> None:
    for low, high, percent, percent_low, said in (
        (-0.3, -0.1, -20.0, -30.0, "two_part"),
        (-0.003, -0.001, -0.2, -0.3, "biotic"),
        (0.1, 0.2, 10.0, 5.0, "biotic"),
        (-0.3, 0.1, -10.0, -30.0, "undecided"),
    ):
        found = {"low": low, "high": high, "percent": percent, "percent_low": percent_low}
        assert verdict(found, "two_part", "biotic") == said


def test_the_step_judges_a_long_table_of_fluxes(tmp_path: Path) -> None:
    frame = measured(10, 1, 0.1, 1.0).assign(plot="P1")
    frame.to_csv(tmp_path / "fluxes.csv", index=False)
    text = '[study]\ntitle = "Fluxes"\n[tables.soil_co2]\nfile = "fluxes.csv"\nkind = "fluxes"\n'
    (tmp_path / "study.toml").write_text(text, "utf-8")
    outcome = runner.run(runner.Workspace(tmp_path, load(tmp_path)), only=["carbonate"])["carbonate"]
    assert outcome.status == "done", outcome.reason
    row = pd.read_parquet(tmp_path / "results/carbonate/comparison.parquet").iloc[0]
    assert row["verdict"] == "two_part" and row["table"] == "soil_co2"
    assert {p.split("/")[-1] for p in outcome.outputs} == {
        f"{n}.parquet" for n in ("comparison", "models", "parameters", "left_out")
    }
