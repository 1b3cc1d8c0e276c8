"""What is left out of a closure, and that nothing is left out of a good one."""

import numpy as np
import pandas as pd
import pytest

import chamber_world as world
from halosink.chamber import Options, fluxes

NAMED = {s.name: s for s in world.SCENARIOS}


def told(name, number=60, seed=5, options=None):
    scenario = NAMED[name]
    frame, truth = world.closures(scenario, number, seed)
    found = fluxes(frame, options)
    found = found[found["gas"] == scenario.gas].set_index("closure").loc[truth["closure"]].reset_index()
    return found, truth, frame


@pytest.mark.parametrize("name", ["clean, straight or nearly", "strongly curved", "autocorrelated noise", "near zero"])
def test_a_good_series_is_kept_whole(name):
    found, _, _ = told(name)
    cut = found["flags"].str.contains("start_cut|end_cut")
    assert cut.mean() < 0.12
    whole, _, _ = told(name, options=Options(window="whole"))
    kept = found.loc[~cut]
    assert (kept["window_start"] <= 11).all() and (kept["window_end"] == whole.loc[~cut, "window_end"]).all()
    with_start, _, _ = told(name, options=Options(mixing=0.0))
    uncut = ~with_start["flags"].str.contains("cut|spikes")
    assert (with_start.loc[uncut, "n"] == whole.loc[uncut, "n"]).all()


def test_the_dead_band_is_found():
    found, _, _ = told("dead band: air still mixing")
    cut = found["flags"].str.contains("start_cut")
    assert cut.mean() > 0.85
    assert found.loc[cut, "window_start"].between(5, 125).all()


def test_an_early_opening_is_found():
    found, truth, _ = told("opened before the end")
    assert found["flags"].str.contains("end_cut").mean() > 0.95
    assert (found["window_end"] <= truth["opened"] * truth["length"] + 3).mean() > 0.9


def test_bubbles_stand_apart():
    found, truth, _ = told("bubbles")
    assert (found["ebullition_events"] > 0).mean() > 0.95
    whole = ~found["flags"].str.contains("cut")
    ratio = found.loc[whole, "ebullition"].sum() / truth.loc[whole, "bubbles"].sum()
    assert ratio == pytest.approx(1, abs=0.05)


def test_no_bubbles_where_there_are_none():
    found, _, _ = told("no bubbles in methane")
    assert (found["ebullition_events"] > 0).mean() < 0.05
    assert (found.loc[found["ebullition_events"] == 0, "ebullition"] == 0).all()


@pytest.mark.parametrize(("step", "smooth"), [(1, 0.0), (5, 0.0), (1, 10.0)])
def test_the_flux_between_bubbles_is_that_without_them(step, smooth):
    """Fast and slow analysers, jumps at once and jumps that the cell of the analyser smears."""
    rng = np.random.default_rng(11)
    time = np.arange(0.0, 600.0 if step > 1 else 300.0, step)
    moles = 101.325 * 20 / (8.314462618 * 293.15 * 0.08)
    parts = []
    for i in range(40):
        at, size = rng.uniform(0.2, 0.85) * time[-1], rng.uniform(20, 200)
        passed = np.clip(time - at, 0, None)
        jump = size * (time >= at) if smooth == 0 else size * -np.expm1(-passed / smooth)
        value = 1950 + 2.0 / moles * time + jump + rng.normal(0, 1, time.size)
        parts.append(pd.DataFrame({"closure": f"c{i:02d}", "elapsed_time": time, "ch4_mole_fraction": value}))
    frame = pd.concat(parts).assign(
        chamber_volume=20.0, chamber_area=0.08, chamber_temperature=20.0, chamber_pressure=101.325
    )
    found = fluxes(frame)
    assert found["flux"].mean() == pytest.approx(2.0, rel=0.03)
    assert found["linear_flux"].mean() == pytest.approx(2.0, rel=0.03)
    assert ((found["low"] <= 2.0) & (found["high"] >= 2.0)).mean() >= 0.85
    assert ((found["low"] <= found["flux"]) & (found["flux"] <= found["high"])).all()


def test_bubbles_are_not_looked_for_in_other_gases():
    frame, _ = world.closures(NAMED["bubbles"], 10, 5)
    frame = frame.rename(columns={"ch4_mole_fraction": "n2o_mole_fraction"})
    assert (fluxes(frame)["ebullition_events"] == 0).all()


def test_given_limits_hold():
    _, _, frame = told("clean, straight or nearly", number=5)
    frame = frame.assign(deadband=30.0, closure_length=100.0)
    given = fluxes(frame, Options(window="given"))
    assert (given["window_start"] == 30).all() and (given["window_end"] == 100).all()
    auto = fluxes(frame, Options(window="auto"))
    assert (auto["window_start"] >= 30).all() and (auto["window_end"] <= 100).all()
    whole = fluxes(frame, Options(window="whole"))
    assert (whole["window_start"] == 0).all()


def test_the_settings_give_the_least_dead_band():
    _, _, frame = told("clean, straight or nearly", number=5)
    found = fluxes(frame, Options(deadband=20.0))
    assert (found["window_start"] >= 20).all()
    later = fluxes(frame.assign(deadband=40.0), Options(deadband=20.0))
    assert (later["window_start"] >= 40).all()


def test_spikes_are_left_out():
    found, _, frame = told("spikes", number=20)
    assert found["flags"].str.contains("spikes").mean() > 0.8
    assert found["n"].sum() < len(frame)


def test_a_window_that_leaves_too_little_says_so():
    frame, _ = world.closures(NAMED["clean, straight or nearly"], 1, 5)
    found = fluxes(frame.assign(deadband=500.0), Options(window="given"))
    assert found["reason"].tolist() == ["few_points_in_window"]


def test_a_clock_of_whole_seconds_is_no_second_closure():
    """Three readings in two seconds, stamped in whole seconds, against two closures in turns under one name."""
    rng = np.random.default_rng(1)
    frame, _ = world.closures(NAMED["clean, straight or nearly"], 1, 5)
    frame["elapsed_time"] = np.floor(frame["elapsed_time"] / 1.5)
    assert frame["elapsed_time"].duplicated().mean() > 0.3
    assert fluxes(frame)["reason"].tolist() == [""]
    other = frame.assign(co2_mole_fraction=frame["co2_mole_fraction"] + 50 + rng.normal(0, 0.1, len(frame)))
    both = frame.drop_duplicates("elapsed_time"), other.drop_duplicates("elapsed_time")
    mixed = np.ravel(np.column_stack([b["co2_mole_fraction"] for b in both]))
    frame = both[0].loc[np.repeat(both[0].index, 2)].assign(co2_mole_fraction=mixed)
    assert fluxes(frame)["reason"].tolist() == ["several_closures"]


def test_an_opening_seen_in_one_gas_ends_the_closure_for_all():
    """CO2 falls back when the chamber is lifted; methane drawn down climbs back there, which is no bubble."""
    rng = np.random.default_rng(8)
    seconds = np.arange(0.0, 181.0)
    parts, true = [], -0.5
    for i in range(20):
        lifted = rng.integers(100, 140)
        closed = np.where(seconds < lifted, seconds, 0.0)
        moles = 101.325 * 20 / (8.314462618 * 293.15 * 0.08)
        parts.append(pd.DataFrame({
            "closure": f"c{i:02d}", "elapsed_time": seconds,
            "co2_mole_fraction": 420 + 3.0 / moles * closed + rng.normal(0, 0.3, seconds.size),
            "ch4_mole_fraction": 1990 + true / moles * closed + rng.normal(0, 0.4, seconds.size),
            "lifted": lifted,
        }))  # fmt: skip
    frame = pd.concat(parts, ignore_index=True).assign(
        chamber_volume=20.0, chamber_area=0.08, chamber_temperature=20.0, chamber_pressure=101.325
    )
    found = fluxes(frame)
    methane = found[found["gas"] == "ch4"]
    lifted = frame.drop_duplicates("closure")["lifted"].to_numpy()
    assert (methane["window_end"].to_numpy() <= lifted).all()
    assert methane["flags"].str.contains("end_cut").all()
    assert (methane["ebullition_events"] == 0).all()
    assert methane["flux"].mean() == pytest.approx(true, rel=0.05)


def late_closures(rng, kind, rate=2e-3, number=30):
    """Readings that stand still for half a minute, or that mix while the gas rises; then a curve of that rate."""
    time, rise = np.arange(0.0, 300.0), 0.3
    parts = []
    for i in range(number):
        late = rng.uniform(15, 40)
        since = np.clip(time - late, 0, None) if kind == "still" else time
        value = 420 + rise * -np.expm1(-rate * since) / rate + rng.normal(0, 0.3, time.size)
        if kind == "mixing":
            value += rng.uniform(10, 30) * np.exp(-time / 8)
        parts.append(
            pd.DataFrame({"closure": f"c{i:02d}", "elapsed_time": time, "co2_mole_fraction": value, "late": late})
        )
    frame = pd.concat(parts).assign(
        chamber_volume=20.0, chamber_area=0.08, chamber_temperature=20.0, chamber_pressure=101.325
    )
    return frame, rise * 101.325 * 20 / (8.314462618 * 293.15 * 0.08)


@pytest.mark.parametrize("kind", ["still", "mixing"])
def test_gas_that_comes_late_and_air_that_mixes_are_told_apart(kind):
    """Slope at closing where the air mixes, slope where the rise begins where gas comes late; 6 % apart."""
    frame, true = late_closures(np.random.default_rng(12), kind)
    found = fluxes(frame)
    assert found["flux"].mean() == pytest.approx(true, rel=0.02)
    assert found["flags"].str.contains("late").mean() == pytest.approx(1.0 if kind == "still" else 0.0, abs=0.1)
    if kind == "still":
        late = frame.drop_duplicates("closure")["late"].to_numpy()
        assert np.median(np.abs(found["delay"] - late)) < 3
    else:
        assert (found["delay"] == 0).mean() > 0.9
