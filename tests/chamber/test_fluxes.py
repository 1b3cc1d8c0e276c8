"""Fluxes of closures: the gas law, agreement with scipy, what is refused, draws."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink import vocabulary
from halosink.chamber import Options, draws, fluxes
from halosink.chamber.air import GAS_CONSTANT
from halosink.chamber.flux.flags import DOUBTS
from halosink.chamber.flux.fluxes import COLUMNS, SOURCES
from halosink.chamber.flux.packing import GASES, UNITS

FACTOR = 101325 * 0.030 / (GAS_CONSTANT * 298.15 * 0.07)


def closure(name="a", slope=0.2, noise=0.0, n=12, seed=0, seconds=300.0, **more):
    time = np.linspace(0, seconds, n)
    value = 410 + slope * time + np.random.default_rng(seed).normal(0, noise, n)
    base = {
        "closure": name,
        "plot": f"P_{name}",
        "elapsed_time": time,
        "co2_mole_fraction": value,
        "chamber_volume": 30.0,
        "chamber_area": 0.07,
        "chamber_temperature": 25.0,
        "chamber_pressure": 101.325,
    }
    return pd.DataFrame(base | more)


def test_an_exact_line_gives_the_gas_law():
    row = fluxes(closure()).iloc[0]
    assert row["flux"] == pytest.approx(0.2 * FACTOR, rel=1e-12)
    assert row["linear_flux"] == pytest.approx(0.2 * FACTOR, rel=1e-12)
    assert row["standard_error"] == pytest.approx(0, abs=1e-6)
    assert row["r_squared"] == pytest.approx(1)
    told = row[["unit", "field", "plot", "n", "reason", "model", "quality", "water_correction"]].tolist()
    assert told == ["umol m-2 s-1", "co2_flux", "P_a", 12, "", "linear", "good", "dry"]


def test_molar_volume():
    """One mole of ideal gas fills 22.41396954 L at 0 degC and 101.325 kPa (CODATA)."""
    frame = closure(chamber_temperature=0.0, chamber_volume=22.41396954, chamber_area=1.0)
    row = fluxes(frame).iloc[0]
    assert row["flux"] == pytest.approx(0.2, rel=1e-9) and row["moles_per_area"] == pytest.approx(1, rel=1e-9)


def test_the_line_agrees_with_scipy():
    frame = pd.concat([closure("a", noise=3, seed=1), closure("b", slope=-0.05, noise=2, n=20, seed=2)])
    found = fluxes(frame, Options(choice="linear", confidence=0.9)).set_index("closure")
    for name, part in frame.groupby("closure"):
        line = stats.linregress(part["elapsed_time"], part["co2_mole_fraction"])
        assert found.loc[name, "linear_flux"] == pytest.approx(line.slope * FACTOR, rel=1e-10)
        assert found.loc[name, "linear_error"] == pytest.approx(line.stderr * FACTOR, rel=1e-10)
        assert found.loc[name, "r_squared"] == pytest.approx(line.rvalue**2, rel=1e-10)
        assert found.loc[name, "flux"] == pytest.approx(line.slope * FACTOR, rel=1e-10)


@pytest.mark.parametrize("n", [3, 5, 8])
def test_the_interval_of_a_line_through_vials_is_that_of_student(n):
    part = closure(noise=3, n=n, seed=4)
    row = fluxes(part, Options(choice="linear", window="whole")).iloc[0]
    line = stats.linregress(part["elapsed_time"], part["co2_mole_fraction"])
    half = stats.t.ppf(0.975, n - 2) * line.stderr * FACTOR
    assert row["high"] - row["flux"] == pytest.approx(half, rel=0.01)
    assert row["flux"] - row["low"] == pytest.approx(half, rel=0.01)
    assert row["minimal_detectable_flux"] == pytest.approx(half, rel=1e-9)


def test_a_flux_scales_with_volume_over_area_and_not_with_what_time_is_called_zero():
    one = fluxes(closure(noise=1))["linear_flux"][0]
    assert fluxes(closure(noise=1, chamber_volume=60.0))["linear_flux"][0] == pytest.approx(2 * one)
    moved = closure(noise=1)
    moved["elapsed_time"] += 1000
    assert fluxes(moved)["linear_flux"][0] == pytest.approx(one)


def test_negative_fluxes_stay_and_each_gas_has_its_row():
    frame = closure(slope=-0.01, noise=0.01)
    frame["ch4_mole_fraction"] = 1950 - 0.03 * frame["elapsed_time"]
    found = fluxes(frame)
    assert list(found["gas"]) == ["ch4", "co2"]
    assert (found["flux"] < 0).all() and (found["quality"] == "good").all()


def test_closures_without_a_flux_say_why():
    parts = {
        "short": closure("short").iloc[:2],
        "still": closure("still", n=30, elapsed_time=5.0),
        "bare": closure("bare", chamber_area=np.nan),
        "hollow": closure("hollow", co2_mole_fraction=np.nan),
        "huge": closure("huge", chamber_volume=30000.0),
        "mixed": closure("mixed", chamber_volume=np.linspace(30, 31, 12)),
        "twice": closure("twice", n=4, elapsed_time=np.array([0.0, 100, 200, 200])),
        "early": closure("early", n=5).assign(elapsed_time=np.linspace(-600, 1800, 5)),
        "good": closure("good"),
    }
    found = fluxes(pd.concat(parts.values())).set_index("closure")
    assert found["reason"].to_dict() == {
        "bare": "no_chamber",
        "early": "before_closing",
        "good": "",
        "hollow": "few_points",
        "huge": "impossible_height",
        "mixed": "several_volumes",
        "short": "few_points",
        "still": "no_time",
        "twice": "several_closures",
    }
    refused = found.drop(index="good")
    assert refused["flux"].isna().all() and (refused["quality"] == "refused").all()
    for reason in refused["reason"]:
        assert vocabulary.say(f"chamber.reason.{reason}", "zh")


def test_all_readings_at_one_time():
    frame = closure().assign(elapsed_time=5.0).iloc[:3]
    assert fluxes(frame)["reason"].tolist() == ["no_time"]


def test_a_missing_column_is_named():
    with pytest.raises(KeyError, match="chamber_area"):
        fluxes(closure().drop(columns="chamber_area"))


def test_no_gas_gives_an_empty_table_with_its_columns():
    found = fluxes(closure().drop(columns="co2_mole_fraction"))
    assert found.empty and set(COLUMNS) <= set(found.columns)


def test_water_dilutes():
    """Vapour rising from 10 to 20 mmol mol-1 pushes CO2 aside; per mole of dry air only the true rise is seen."""
    dry = closure(noise=0.2, n=300, seed=3)
    water = np.linspace(10, 20, 300)
    wet = dry.rename(columns={"co2_mole_fraction": "co2_mole_fraction_wet"})
    wet["co2_mole_fraction_wet"] *= 1 - water / 1000
    row = fluxes(wet.assign(h2o_mole_fraction=water)).set_index("gas").loc["co2"]
    assert row["water_correction"] == "corrected"
    assert row["linear_flux"] == pytest.approx(fluxes(dry)["linear_flux"][0] * (1 - 0.010), rel=1e-12)
    bare = fluxes(wet).iloc[0]
    assert bare["water_correction"] == "none" and "water_not_removed" in bare["flags"] and bare["quality"] == "doubtful"


def test_water_vapour_has_a_flux():
    frame = closure(n=100).drop(columns="co2_mole_fraction")
    mixing = 10 + 0.02 * frame["elapsed_time"]
    row = fluxes(frame.assign(h2o_mole_fraction=mixing / (1 + mixing / 1000))).iloc[0]
    assert (row["field"], row["unit"]) == ("h2o_flux", "mmol m-2 s-1")
    at_closing = 10 / (1 + 10 / 1000)
    assert row["linear_flux"] == pytest.approx(0.02 * FACTOR * (1 - at_closing / 1000), rel=1e-6)


def test_readings_before_closing_do_not_count():
    frame = closure(noise=0.3, n=200, seed=5)
    before = frame.head(40).assign(elapsed_time=np.linspace(-60, -1, 40), co2_mole_fraction=900.0)
    both, alone = fluxes(pd.concat([before, frame])), fluxes(frame)
    pd.testing.assert_frame_equal(both, alone)


def test_a_slow_analyser_may_read_before_closing():
    frame = closure(noise=0.3, n=12, seed=6)
    before = frame.head(1).assign(elapsed_time=-20.0)
    row = fluxes(pd.concat([before, frame])).iloc[0]
    assert row["reason"] == "" and row["n"] == 12


@pytest.mark.parametrize("choice", ["linear", "robust_linear", "hutchinson_mosier", "kappa_max"])
def test_the_settings_may_ask_for_a_model(choice):
    frame = pd.concat([closure(f"c{i}", noise=1, n=6, seed=i) for i in range(8)])
    found = fluxes(frame, Options(choice=choice))
    own = {"linear": "linear_flux", "robust_linear": "robust_flux", "hutchinson_mosier": "hm_flux"}
    if choice in own:
        assert (found["model"] == choice).all()
    for model, column in own.items():
        part = found[found["model"] == model]
        np.testing.assert_allclose(part["flux"], part[column])
    assert (found["choice"] == "asked_for").all()
    assert ((found["low"] < found["flux"]) & (found["flux"] < found["high"])).all()


def test_draws_belong_to_the_row_and_to_no_other():
    frame = pd.concat([closure(f"c{i}", noise=2, n=40, seed=i) for i in range(5)])
    all_of = fluxes(frame)
    drawn = draws(all_of, 4000, seed=3)
    assert drawn.shape == (5, 4000)
    some = fluxes(frame[frame["closure"].isin(["c1", "c4"])])
    np.testing.assert_array_equal(draws(some, 4000, seed=3), drawn[[1, 4]])
    assert not np.array_equal(draws(some, 4000, seed=4), drawn[[1, 4]])
    quantiles = np.quantile(drawn, [0.025, 0.5, 0.975], axis=1)
    width = (all_of["high"] - all_of["low"]).to_numpy()
    for found, name in zip(quantiles, ("low", "median", "high"), strict=True):
        assert np.abs((found - all_of[name]) / width).max() < 0.04


def test_a_refused_row_has_no_draws():
    found = fluxes(pd.concat([closure("a", noise=1), closure("b").iloc[:2]]))
    assert np.isnan(draws(found, 10)[1]).all() and np.isfinite(draws(found, 10)[0]).all()


def test_one_more_closure_changes_no_other_row():
    frame = pd.concat([closure(f"c{i}", noise=2, n=50 + 7 * i, seed=i) for i in range(6)])
    whole = fluxes(frame).set_index("closure")
    part = fluxes(frame[frame["closure"] != "c3"]).set_index("closure")
    pd.testing.assert_frame_equal(whole.drop(index="c3"), part, rtol=1e-9)


def test_progress_counts_to_the_end():
    seen = []
    fluxes(pd.concat([closure(f"c{i}", noise=1) for i in range(4)]), progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (4, 4) and seen == sorted(seen)


def test_every_code_has_words_and_every_source_is_known():
    keys = [f"chamber.flag.{code}" for code in DOUBTS]
    keys += [f"chamber.quality.{q}" for q in ("good", "doubtful", "refused")]
    for key in keys:
        assert vocabulary.say(key, "en") != vocabulary.say(key, "zh")
    assert set(SOURCES) <= set(vocabulary.sources())
    for gas, field in GASES.items():
        assert vocabulary.fields()[field].unit == UNITS[gas]


def test_settings_that_make_no_sense_are_refused():
    for wrong in ({"window": "none"}, {"choice": "best"}, {"confidence": 1.0}):
        with pytest.raises(ValueError):
            Options(**wrong)


def test_a_known_precision_gives_the_detection_limit():
    frame = closure(noise=1, n=6)
    row = fluxes(frame, Options(precision={"co2": 0.5})).iloc[0]
    spread = np.sqrt(((frame["elapsed_time"] - frame["elapsed_time"].mean()) ** 2).sum())
    assert row["minimal_detectable_flux"] == pytest.approx(1.959964 * 0.5 / spread * FACTOR, rel=1e-6)


@pytest.mark.parametrize("n", [3, 4, 5, 12, 29, 30, 31, 48, 64, 200])
@pytest.mark.parametrize("kind", ["constant", "line", "curve", "step", "steps", "huge", "one value off", "same time"])
def test_odd_series_give_a_number_or_a_reason(n, kind):
    time = np.arange(n) * 10.0
    value = {
        "constant": np.full(n, 400.0),
        "line": 400 + 0.1 * time,
        "curve": 400 + 100 * -np.expm1(-time / 100),
        "step": np.where(time > time.mean(), 2000.0, 400.0),
        "steps": 400 + 50 * np.floor(time / 35),
        "huge": 1e9 + 1e5 * time,
        "one value off": np.where(time == time[1], 9999.0, 400.0),
        "same time": 400 + 0.1 * time,
    }[kind]
    time = np.zeros(n) if kind == "same time" else time
    frame = closure(n=n).assign(elapsed_time=time, co2_mole_fraction=value)
    frame["ch4_mole_fraction"] = value
    for window in ("auto", "whole", "given"):
        found = fluxes(frame, Options(window=window))
        fluxed = found["reason"] == ""
        assert (fluxed == np.isfinite(found["flux"])).all()
        part = found[fluxed]
        assert ((part["low"] <= part["high"]) & np.isfinite(part["standard_error"])).all()
        if kind == "constant":
            assert (part["flux"] == 0).all() and part["flags"].str.contains("frozen").all()
