"""Every check finds its fault, and none finds one in a table without faults."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eddy_faults import FAULTS, PLACE, Fault, daylight_saving, shift, tower
from eddy_towers import de_tha
from halosink import vocabulary
from halosink.eddy import checks
from halosink.eddy.checks.copied_values import copies
from halosink.eddy.checks.parts.daylight import shifts
from halosink.eddy.checks.parts.tower import Tower
from halosink.eddy.options import Options
from halosink.eddy.steps import Steps
from halosink.problems import wordings

THARANDT = Options(latitude=51.0, longitude=13.6, utc_offset=1.0)
CLEAN = tower()

NOT_RECORDED = {"air_pressure", "sonic_temperature", "precipitation"}
"""Columns that DE-Tha 1998 lacks; their faults are put into the synthetic year only."""


def failed(found: checks.Found) -> set[str]:
    return {row.check.removeprefix("eddy_") for row in found.rows if row.passed is False}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_each_check_finds_its_fault(fault: Fault) -> None:
    found = checks.run(fault.change(CLEAN), options=fault.place(PLACE), name="A", **fault.results())
    assert fault.check in failed(found)
    problem = next(p for p in found.problems if p.code == fault.code)
    for part in ("what", "why", "fix"):
        for language in ("en", "zh"):
            assert "{" not in problem.say(part, language)
    assert problem.say("what", "en").startswith("A")


@pytest.mark.parametrize("fault", [f for f in FAULTS if not NOT_RECORDED & set(f.needs)], ids=lambda f: f.name)
def test_a_fault_in_a_real_record_is_found(fault: Fault, reference: Path) -> None:
    table = de_tha(reference)
    assert not NOT_RECORDED & set(table.columns)
    found = checks.run(fault.change(table), options=fault.place(THARANDT), **fault.results())
    assert fault.code in {p.code for p in found.problems}


def test_a_real_record_is_clean_but_for_its_filled_friction_velocity(reference: Path) -> None:
    """On 51 days, most of 1 to 20 August, the friction velocity is that of other days to the last digit."""
    table = de_tha(reference)
    days = table["friction_velocity"].to_numpy().reshape(365, 48)
    assert len(np.unique(days, axis=0)) < 365
    found = checks.run(table, options=THARANDT)
    (problem,) = found.problems
    assert problem.code == "W-EDDY-COPIED" and problem.column == "friction_velocity" and problem.values["days"] == 51
    assert failed(found) == {"copied_values"}


@pytest.mark.parametrize("week", range(0, 52, 6))
def test_a_week_of_a_real_record_has_the_right_clock_and_units(week: int, reference: Path) -> None:
    part = de_tha(reference).iloc[week * 336 : (week + 1) * 336].reset_index(drop=True)
    codes = {p.code for p in checks.run(part, options=THARANDT).problems}
    assert not {c for c in codes if c.startswith("E-")} and not {"W-EDDY-CLOCK", "W-EDDY-CLOCK-JUMP"} & codes


def test_copies_are_told_from_chance_and_from_dark_nights() -> None:
    rng = np.random.default_rng(3)
    values = np.round(rng.uniform(0, 0.8, 17_520), 2)
    assert not copies(values).any()
    values[5000:5020] = values[100:120]
    assert (np.flatnonzero(copies(values)) == np.r_[100:120, 5000:5020]).all()
    assert not copies(np.zeros(100)).any() and not copies(np.full(100, np.nan)).any()


@pytest.mark.parametrize(
    ("days", "minutes", "start", "place"),
    [
        (365, 30, "2021-01-01", PLACE),
        (365, 60, "2021-01-01", PLACE),
        (365, 20, "2021-01-01", PLACE),
        (731, 120, "2020-01-01", PLACE),
        (365, 30, "2021-01-01", replace(PLACE, latitude=-34.0, longitude=146.0, utc_offset=10.0)),
        (365, 30, "2021-01-01", replace(PLACE, latitude=3.0, longitude=-60.0, utc_offset=-4.0)),
    ],
)
def test_a_clean_table_of_any_step_and_place_raises_nothing(
    days: int, minutes: int, start: str, place: Options
) -> None:
    found = checks.run(tower(days, minutes, start, place), options=place)
    assert [p.say("what", "en") for p in found.problems] == [] and failed(found) == set()


def test_a_clean_week_is_only_short() -> None:
    found = checks.run(tower(7, start="2021-06-01"), options=PLACE)
    assert {p.code for p in found.problems} <= {"N-EDDY-PART-YEAR", "W-EDDY-USTAR-FEW"}


@pytest.mark.parametrize("days", [1, 3, 40])
def test_tables_of_nothing_are_not_judged_and_do_not_fail(days: int) -> None:
    empty = tower(days)
    for column in empty.columns.drop("time"):
        empty[column] = np.nan
    for options in (Options(), PLACE):
        for table in (empty, empty[["time"]], empty[["time"]].assign(nee=0.0), empty[["time"]].assign(nee=1e9)):
            rows = checks.run(table, options=options).rows
            assert {r.check for r in rows} == set(checks.checks())


def test_every_check_has_sources_texts_and_a_fault() -> None:
    known = checks.checks()
    assert len(known) >= 18
    assert {f"eddy_{fault.check}" for fault in FAULTS} == set(known)
    for check in known.values():
        assert check.source in vocabulary.sources() and check.thresholds
        assert all(t.source in vocabulary.sources() for t in check.thresholds.values())
        assert all(text.en and text.zh for text in (check.label, check.about, check.needs))


def test_every_problem_has_words_of_its_own() -> None:
    assert {fault.code for fault in FAULTS} <= set(wordings())
    folder = Path(vocabulary.__file__).parent / "problems"
    codes = [code for file in sorted(folder.glob("*.toml")) for code in tomllib.loads(file.read_text("utf-8"))]
    assert len(codes) == len(set(codes)), [c for c in set(codes) if codes.count(c) > 1]


@pytest.mark.parametrize("minutes", [30, -60, 120, 480, -480])
def test_the_shift_of_the_clock_is_measured(minutes: int) -> None:
    table = shift(minutes / 60)(CLEAN)
    found = shifts(Tower(table, Steps.of(table["time"].to_numpy()), PLACE))
    assert found is not None
    assert np.median(found.minutes) == pytest.approx(minutes, abs=10)


@pytest.mark.parametrize("minutes", [15, -15])
def test_a_quarter_of_an_hour_of_fog_is_no_shift(minutes: int) -> None:
    found = checks.run(CLEAN, options=replace(PLACE, longitude=118.9 + minutes / 4))
    assert "clock_shift" not in failed(found)


def test_summer_time_is_dated() -> None:
    found = checks.run(daylight_saving(CLEAN), options=PLACE)
    (problem,) = [p for p in found.problems if p.code == "W-EDDY-CLOCK-JUMP"]
    days = pd.Timedelta(days=20)
    assert abs(pd.Timestamp(problem.values["first"]) - pd.Timestamp("2021-04-01")) < days
    assert abs(pd.Timestamp(problem.values["last"]) - pd.Timestamp("2021-10-31")) < days
    assert float(problem.values["minutes"]) == pytest.approx(60, abs=10)
    assert "clock_shift" not in failed(found)


@pytest.mark.parametrize(("days", "minutes", "south"), [(1461, 60, False), (731, 30, True)])
def test_summer_time_of_several_years_dates_the_first(days: int, minutes: int, south: bool) -> None:
    place = replace(PLACE, latitude=-34.0, longitude=146.0, utc_offset=10.0) if south else PLACE
    table = tower(days, minutes, place=place)
    moved = daylight_saving(table)
    if south:
        whole = table.drop(columns="time").shift(3600 // (60 * minutes))
        summer = ~table["time"].dt.month.between(4, 10).to_numpy()
        moved = table.assign(**{c: np.where(summer, whole[c], table[c]) for c in whole})
    found = checks.run(moved, options=place)
    (problem,) = [p for p in found.problems if p.code == "W-EDDY-CLOCK-JUMP"]
    first = "2021-01-01" if south else "2021-04-01"
    assert abs(pd.Timestamp(problem.values["first"]) - pd.Timestamp(first)) < pd.Timedelta(days=20)
    assert pd.Timestamp(problem.values["last"]) < pd.Timestamp("2021-12-01")


def test_results_of_the_run_are_used() -> None:
    gaps = pd.DataFrame({"field": ["nee"], "start": [CLEAN["time"].iloc[100]], "steps": [70 * 48]})
    assert "long_gaps" in failed(checks.run(CLEAN, options=PLACE, gaps=gaps))
    assert "long_gaps" not in failed(checks.run(CLEAN, options=PLACE, gaps=gaps.assign(steps=50 * 48)))
    thresholds = pd.DataFrame({"year": [2021], "season": [""], "threshold": [np.nan], "records": [10]})
    assert "ustar_records" in failed(checks.run(CLEAN, options=PLACE, thresholds=thresholds))
    assert "ustar_records" not in failed(checks.run(CLEAN, options=PLACE, thresholds=thresholds.fillna(0.2)))
    half_hours = pd.DataFrame({"nee_sd": 50.0, "nee_source": "measured"}, index=range(len(CLEAN)))
    table = CLEAN.drop(columns="co2_flux_random_error")
    assert "random_error" in failed(checks.run(table, options=PLACE, half_hours=half_hours))
    assert "random_error" not in failed(checks.run(table, options=PLACE, half_hours=half_hours.assign(nee_sd=0.5)))


def test_rows_of_the_source_are_named() -> None:
    table = CLEAN.assign(source_file="a.csv", source_row=np.arange(len(CLEAN)) + 2.0)
    table.loc[[100, 200], "nee"] = -9999
    (problem,) = [p for p in checks.run(table, options=PLACE).problems if p.code == "E-EDDY-MISSING-CODE"]
    assert problem.file == "a.csv" and problem.rows == (102, 202)


def test_bare_saline_ground_keeps_its_small_and_negative_fluxes() -> None:
    rng = np.random.default_rng(8)
    noise = rng.normal(0, 0.4, len(CLEAN))
    light = CLEAN["shortwave_radiation"]
    breathing = CLEAN.assign(nee=0.3 + 0.0006 * light + noise)
    taking_up = CLEAN.assign(nee=np.where(light < 10, -0.25, 0.5) + noise)
    assert {"nee_sign", "nee_unit"} & failed(checks.run(breathing, options=PLACE)) == set()
    found = checks.run(taking_up, options=PLACE)
    assert {"nee_sign", "nee_unit"} & failed(found) == set()
    assert "N-EDDY-DARK-UPTAKE" in {p.code for p in found.problems}


def test_a_desert_without_water_is_let_pass() -> None:
    noise = np.random.default_rng(9).normal(0, 4, len(CLEAN))
    heat = CLEAN["latent_heat_flux"] + CLEAN["sensible_heat_flux"]
    found = checks.run(CLEAN.assign(latent_heat_flux=0.03 * heat + noise, sensible_heat_flux=heat), options=PLACE)
    assert "heat_unit" not in failed(found)
