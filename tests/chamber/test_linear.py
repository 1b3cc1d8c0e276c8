import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.chamber.linear import GAS_CONSTANT, linear_fluxes


def closure(name="a", slope=0.2, noise=0.0, n=12, seed=0, **more):
    time = np.linspace(0, 300, n)
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


def test_exact_line_gives_the_gas_law():
    row = linear_fluxes(closure()).iloc[0]
    expected = 0.2 * 101325 * 0.030 / (GAS_CONSTANT * 298.15 * 0.07)
    assert row["flux"] == pytest.approx(expected, rel=1e-12)
    assert row["standard_error"] == pytest.approx(0, abs=1e-9)
    assert row["r_squared"] == pytest.approx(1)
    assert (row["unit"], row["field"], row["plot"], row["n"], row["reason"]) == (
        "umol m-2 s-1",
        "co2_flux",
        "P_a",
        12,
        "",
    )


def test_molar_volume_oracle():
    """One mole of ideal gas fills 22.41396954 L at 0 degC and 101.325 kPa (CODATA)."""
    frame = closure(chamber_temperature=0.0, chamber_volume=22.41396954, chamber_area=1.0)
    assert linear_fluxes(frame)["flux"][0] == pytest.approx(0.2, rel=1e-9)


def test_agrees_with_scipy_line_and_t_interval():
    frame = pd.concat([closure("a", noise=3, seed=1), closure("b", slope=-0.05, noise=2, n=20, seed=2)])
    found = linear_fluxes(frame, confidence=0.9).set_index("closure")
    factor = 101325 * 0.030 / (GAS_CONSTANT * 298.15 * 0.07)
    for name, part in frame.groupby("closure"):
        line = stats.linregress(part["elapsed_time"], part["co2_mole_fraction"])
        half = stats.t.ppf(0.95, len(part) - 2) * line.stderr * factor
        assert found.loc[name, "flux"] == pytest.approx(line.slope * factor, rel=1e-10)
        assert found.loc[name, "standard_error"] == pytest.approx(line.stderr * factor, rel=1e-10)
        assert found.loc[name, "high"] - found.loc[name, "flux"] == pytest.approx(half, rel=1e-10)
        assert found.loc[name, "r_squared"] == pytest.approx(line.rvalue**2, rel=1e-10)


def test_flux_scales_with_volume_over_area_and_not_with_units_of_time_zero():
    one = linear_fluxes(closure())["flux"][0]
    assert linear_fluxes(closure(chamber_volume=60.0))["flux"][0] == pytest.approx(2 * one)
    moved = closure()
    moved["elapsed_time"] += 1000
    assert linear_fluxes(moved)["flux"][0] == pytest.approx(one)


def test_negative_fluxes_stay_and_each_gas_has_its_row():
    frame = closure(slope=-0.01)
    frame["ch4_mole_fraction"] = 1950 - 0.03 * frame["elapsed_time"]
    found = linear_fluxes(frame)
    assert list(found["gas"]) == ["ch4", "co2"]
    assert (found["flux"] < 0).all()


def test_closures_without_a_flux_say_why():
    short = closure("short").iloc[:2]
    still = closure("still", elapsed_time=5.0)
    bare = closure("bare", chamber_area=np.nan)
    hollow = closure("hollow")
    hollow["co2_mole_fraction"] = np.nan
    found = linear_fluxes(pd.concat([short, still, bare, hollow, closure("good")])).set_index("closure")
    assert found["reason"].to_dict() == {
        "bare": "no_chamber",
        "good": "",
        "hollow": "few_points",
        "short": "few_points",
        "still": "no_time",
    }
    assert found.drop(index="good")["flux"].isna().all()


def test_interval_covers_the_truth():
    slopes = 0.1
    frame = pd.concat([closure(f"c{i:04d}", slope=slopes, noise=4, n=8, seed=i) for i in range(600)])
    found = linear_fluxes(frame)
    truth = slopes * 101325 * 0.030 / (GAS_CONSTANT * 298.15 * 0.07)
    share = ((found["low"] <= truth) & (truth <= found["high"])).mean()
    assert 0.93 < share < 0.97


def test_missing_column_is_named():
    with pytest.raises(KeyError, match="chamber_area"):
        linear_fluxes(closure().drop(columns="chamber_area"))


def test_no_gas_gives_an_empty_table():
    assert linear_fluxes(closure().drop(columns="co2_mole_fraction")).empty
