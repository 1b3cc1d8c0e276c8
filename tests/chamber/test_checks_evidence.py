"""Checks of chamber measurements that must not mistake one thing for another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.chamber import checks
from halosink.chamber.checks.parts.clock_line import trend_lag
from halosink.problems import Problem

CLOSURES, LENGTH, BETWEEN = 12, 180, 300
BEGIN = pd.Timestamp("2024-06-18 09:00:00")


def closures(wet: bool = False, noise: float = 0.05, uptake: bool = False, rate: float = 1e-3) -> pd.DataFrame:
    """Gas and vapour that mix after closing and then level off, at 1 Hz; dry mole fractions unless `wet`."""
    rng = np.random.default_rng(4)
    parts = []
    for i in range(CLOSURES):
        t = np.arange(LENGTH + 1.0)
        water = 12 + 6 * (1 - np.exp(-t / 30)) + 0.8 * np.sin(t / (6 + i % 4) + i) * wet
        felt = np.maximum(t - 12, 0) + 3 * np.exp(-t / 4)
        slope = rng.uniform(0.1, 0.5) * (-1 if uptake else 1)
        gas = 421 + slope / rate * (1 - np.exp(-rate * (felt + 12)))
        gas = gas * (1 - water / 1000 if wet else 1.0) + rng.normal(0, noise, t.size)
        values = {"co2_mole_fraction": gas, "h2o_mole_fraction": water, "elapsed_time": t}
        parts.append(pd.DataFrame({"closure": f"c{i}", **values}))
    return pd.concat(parts, ignore_index=True)


def said(found: checks.Found, code: str) -> list[Problem]:
    return [p for p in found.problems if p.code == code]


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.6])
@pytest.mark.parametrize("uptake", [False, True])
@pytest.mark.parametrize("rate", [1e-3, 5e-3, 1 / 30])
def test_dry_gas_that_levels_off_with_the_vapour_is_dry(noise: float, uptake: bool, rate: float) -> None:
    assert not said(checks.run(closures(noise=noise, uptake=uptake, rate=rate)), "W-CHAMBER-NOT-DRY")


@pytest.mark.parametrize("uptake", [False, True])
def test_moist_gas_called_dry_is_found(uptake: bool) -> None:
    (problem,) = said(checks.run(closures(wet=True, uptake=uptake)), "W-CHAMBER-NOT-DRY")
    assert float(problem.values["percent"]) == pytest.approx(100, abs=15)


def test_a_leak_is_said_once_for_the_dry_and_the_moist_column_of_a_gas() -> None:
    frame = closures()
    t = frame["elapsed_time"]
    frame["co2_mole_fraction"] = 420 + np.where(t < 90, t, 180 - t) + 0.01 * np.sin(t)
    frame["co2_mole_fraction_wet"] = frame["co2_mole_fraction"] * (1 - frame["h2o_mole_fraction"] / 1e3)
    found = checks.run(frame)
    assert [p.column for p in said(found, "W-CHAMBER-LEAK")] == ["co2_mole_fraction"]
    alone = checks.run(frame.drop(columns="co2_mole_fraction"))
    assert [p.column for p in said(alone, "W-CHAMBER-LEAK")] == ["co2_mole_fraction_wet"]


def round_of_closures(shift: float = 0.0, flux: float = 0.05) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An unbroken record of closures at regular times, and their closings on a sheet that is `shift` s late."""
    rng = np.random.default_rng(2)
    closing = 200.0 + BETWEEN * np.arange(CLOSURES)
    seconds = np.arange(closing[-1] + LENGTH + 400)
    value = 420 + rng.normal(0, 0.4, seconds.size)
    for i, start in enumerate(closing):
        inside = (seconds >= start) & (seconds < start + LENGTH)
        value[inside] += flux * (1 + i % 3) * (seconds[inside] - start)
    return seconds, value, closing + shift


@pytest.mark.parametrize("shift", [60.0, 90.0, 140.0, -60.0, -90.0, -140.0])
def test_a_sheet_some_minutes_off_is_found_in_an_unbroken_record(shift: float) -> None:
    seconds, value, closing = round_of_closures(shift)
    assert trend_lag(seconds, value, closing, np.full(CLOSURES, float(LENGTH))) == pytest.approx(-shift, abs=15)


@pytest.mark.parametrize("hours", [1, -1, 8, -8, 12])
def test_a_sheet_of_another_zone_is_found_in_a_record_of_the_whole_day(hours: int) -> None:
    seconds, value, closing = round_of_closures(3600.0 * hours)
    rng = np.random.default_rng(7)
    more = np.arange(-43_200.0, 43_200.0)
    more = more[(more < 0) | (more > seconds[-1])]
    day, air = np.r_[seconds, more], np.r_[value, 420 + rng.normal(0, 0.4, more.size)]
    length = np.full(CLOSURES, float(LENGTH))
    assert trend_lag(day, air, closing, length) == pytest.approx(-3600 * hours, abs=15)
    assert trend_lag(day, air, closing - 3600 * hours, length) == 0


def test_air_that_rises_all_evening_is_no_clock() -> None:
    """Closures without a flux at noon; in the evening CO2 gathers over the whole land."""
    seconds, value, closing = round_of_closures(flux=0.0)
    rng = np.random.default_rng(7)
    evening = np.arange(6 * 3600.0, 12 * 3600.0)
    air = 420 + 0.02 * (evening - evening[0]) + rng.normal(0, 0.1, evening.size)
    length = np.full(CLOSURES, float(LENGTH))
    assert np.isnan(trend_lag(np.r_[seconds, evening], np.r_[value, air], closing, length))


def test_clocks_that_agree_and_records_without_a_flux_are_left_alone() -> None:
    length = np.full(CLOSURES, float(LENGTH))
    assert trend_lag(*round_of_closures(), length) == 0
    assert np.isnan(trend_lag(*round_of_closures(90, flux=0.0), length))
    assert np.isnan(trend_lag(*round_of_closures(90), length * np.nan))


def test_a_fault_of_the_gas_names_file_and_rows_of_the_record() -> None:
    frame = closures().assign(analyser="A 1")
    number = frame["closure"].str[1:].astype(int)
    frame["time"] = BEGIN + pd.to_timedelta(BETWEEN * number, unit="s")
    frame["co2_mole_fraction"] /= 1e4
    moments = frame["time"] + pd.to_timedelta(frame["elapsed_time"], unit="s")
    record = pd.DataFrame({"time": moments, "co2_mole_fraction": frame["co2_mole_fraction"], "source_file": "raw.csv"})
    record["source_row"] = np.arange(len(record)) + 2
    (problem,) = said(checks.run(frame, record=record), "E-CHAMBER-GAS-UNIT")
    assert problem.file == "raw.csv" and problem.rows == tuple(2 + (LENGTH + 1) * i for i in range(5))


@pytest.mark.parametrize(("pressure", "unit", "meant"), [(9.92, "kPa", "99.2"), (0.0992, "kPa", "99.2")])
def test_kilopascals_that_the_sheet_calls_hectopascals_or_pascals(pressure: float, unit: str, meant: str) -> None:
    found = checks.run(closures().assign(chamber_pressure=pressure, chamber_temperature=25.0))
    (problem,) = said(found, "E-CHAMBER-PRESSURE-UNIT")
    assert problem.values["unit"] == unit and problem.values["meant"] == meant
    assert not said(found, "W-CHAMBER-WATER-UNIT") and not said(found, "W-CHAMBER-CONDENSATION")
