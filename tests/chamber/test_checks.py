"""Each check of chamber measurements: a campaign in order, the fault it is for, and data it cannot judge."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.chamber import checks
from halosink.chamber.checks import mole_fraction_unit, pressure_unit, water_unit
from halosink.chamber.checks.parts import geometry
from halosink.chamber.checks.parts.clock_record import best_lag
from halosink.chamber.checks.parts.polynomial import residuals
from halosink.chamber.checks.parts.traces import Trace
from halosink.chamber.checks.parts.vapour import saturation
from halosink.contracts import CheckRow, Text
from halosink.problems import wordings
from halosink.vocabulary import units

CHINESE = re.compile("[\u4e00-\u9fff]")
CLOSURES, LENGTH, BEFORE = 12, 240, 60


def campaign(seed: int = 1, closures: int = CLOSURES, wet: bool = False) -> pd.DataFrame:
    """Closures of one analyser at 1 Hz, read from a minute before closing, with vapour that rises and wobbles."""
    rng = np.random.default_rng(seed)
    parts = []
    for i in range(closures):
        t = np.arange(-BEFORE, LENGTH + 1.0)
        shut = np.maximum(t - 8, 0)
        water = 12 + 4 * (1 - np.exp(-shut / 90)) + 1.5 * np.sin(t / (9 + i % 5) + rng.uniform(0, 6))
        dilution = 1 - water / 1000 if wet else 1.0
        k = 4e-4
        co2 = 425 + rng.uniform(0.1, 0.5) * (1 - np.exp(-k * shut)) / k
        ch4 = 1950 + rng.uniform(-0.2, 0.4) * shut
        part = {
            "plot": f"P{i % 4}",
            "closure": f"c{i}",
            "time": pd.Timestamp("2024-06-01 09:00")
            + pd.Timedelta(minutes=10 * i + 7 * i * i % 5)
            + pd.to_timedelta(t, unit="s"),
            "elapsed_time": t,
            "co2_mole_fraction": co2 * dilution + rng.normal(0, 0.1, t.size),
            "ch4_mole_fraction": ch4 * dilution + rng.normal(0, 0.4, t.size),
            "h2o_mole_fraction": water,
            "chamber_volume": 20.0,
            "chamber_area": 0.07,
            "chamber_temperature": 24 + 0.002 * t + rng.normal(0, 0.05, t.size),
            "chamber_pressure": 101.0 + rng.normal(0, 0.01, t.size),
            "diagnostic_code": 0.0,
            "analyser": "A 1",
        }
        parts.append(pd.DataFrame(part))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(source_file="a.csv", source_row=np.arange(len(frame)) + 2)


def vials() -> pd.DataFrame:
    """Four samples a closure and nothing else."""
    t = np.tile([0.0, 600.0, 1200.0, 1800.0], 6)
    closure = np.repeat([f"v{i}" for i in range(6)], 4)
    return pd.DataFrame({"closure": closure, "elapsed_time": t, "n2o_mole_fraction": 337 + 0.01 * t})


def fluxes(frame: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """What chamber.fluxes would give, without faults."""
    one = frame.drop_duplicates("closure")[["plot", "closure"]].assign(date=pd.Timestamp("2024-06-01"))
    base = {
        "gas": "co2",
        "unit": "umol m-2 s-1",
        "flux": 2.0,
        "low": 1.9,
        "high": 2.1,
        "model": "hutchinson_mosier",
        "n": 200,
        "duration": 240.0,
        "minimal_detectable_flux": 0.05,
        "hm_rate": 4e-4,
    }
    return one.assign(**(base | columns))


def shift(frame: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """The field sheet is `seconds` behind: the gas begins to change that much later than it says."""
    elapsed = frame["elapsed_time"] + seconds
    return frame.assign(elapsed_time=elapsed)


def at(frame: pd.DataFrame, column: str, begin: float, change: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """The frame with a column changed after `begin` s in closure c3."""
    here = (frame["closure"] == "c3") & (frame["elapsed_time"] >= begin)
    return frame.assign(**{column: frame[column].mask(here, change(frame[column]))})


def overlapping(frame: pd.DataFrame) -> pd.DataFrame:
    early = frame.loc[(frame["closure"] == "c3") & (frame["elapsed_time"] == 120), "time"].iloc[0]
    stamps = early + pd.to_timedelta(frame["elapsed_time"], unit="s")
    return frame.assign(time=frame["time"].mask(frame["closure"] == "c4", stamps))


def cut_gap(frame: pd.DataFrame) -> pd.DataFrame:
    t = frame["elapsed_time"]
    return frame[~((frame["closure"] == "c3") & (t > 60) & (t < 160))]


@dataclass(frozen=True)
class Case:
    check: str
    code: str
    frame: Callable[[], pd.DataFrame]
    hit: int
    said: str = ""
    fluxes: Callable[[pd.DataFrame], pd.DataFrame] | None = None


def scaled(column: str, factor: float, offset: float = 0.0) -> Callable[[], pd.DataFrame]:
    def made() -> pd.DataFrame:
        frame = campaign()
        return frame.assign(**{column: frame[column] * factor + offset})

    return made


C3 = "c3"
CASES = [
    Case("volume_unit", "E-CHAMBER-VOLUME-UNIT", scaled("chamber_volume", 1e3), CLOSURES, "0.001"),
    Case("volume_unit", "E-CHAMBER-VOLUME-UNIT", scaled("chamber_volume", 1e-3), CLOSURES, "1000"),
    Case("volume_unit", "E-CHAMBER-GEOMETRY", scaled("chamber_volume", 1e9), CLOSURES, ""),
    Case("volume_unit", "W-CHAMBER-HEIGHT", scaled("chamber_volume", 12.0), CLOSURES, "342"),
    Case("area_unit", "E-CHAMBER-AREA-UNIT", scaled("chamber_area", 1e4), CLOSURES, "0.0001"),
    Case("pressure_unit", "E-CHAMBER-PRESSURE-UNIT", scaled("chamber_pressure", 10), CLOSURES, "hPa"),
    Case("pressure_unit", "E-CHAMBER-PRESSURE-UNIT", scaled("chamber_pressure", 1e3), CLOSURES, "Pa"),
    Case("pressure_unit", "E-CHAMBER-PRESSURE-UNIT", scaled("chamber_pressure", 1 / 101.325), CLOSURES, "atm"),
    Case("pressure_unit", "E-CHAMBER-PRESSURE", scaled("chamber_pressure", 0, 20), CLOSURES, "20"),
    Case("temperature_unit", "E-CHAMBER-TEMPERATURE-UNIT", scaled("chamber_temperature", 1, 273.15), CLOSURES, "K"),
    Case("temperature_unit", "E-CHAMBER-TEMPERATURE-UNIT", scaled("chamber_temperature", 1.8, 35), CLOSURES, "degF"),
    Case("temperature_unit", "E-CHAMBER-TEMPERATURE", scaled("chamber_temperature", 0, -999), CLOSURES, "-999"),
    Case("temperature_unit", "W-CHAMBER-FAHRENHEIT", scaled("chamber_temperature", 1.8, 15), CLOSURES, "degF"),
    Case("mole_fraction_unit", "E-CHAMBER-GAS-UNIT", scaled("ch4_mole_fraction", 1e-3), CLOSURES, "ppm"),
    Case("mole_fraction_unit", "E-CHAMBER-GAS-UNIT", scaled("co2_mole_fraction", 1e3), CLOSURES, "ppb"),
    Case("mole_fraction_unit", "E-CHAMBER-GAS-UNIT", scaled("co2_mole_fraction", 1e-4), CLOSURES, "%"),
    Case("water_unit", "E-CHAMBER-WATER-UNIT", scaled("h2o_mole_fraction", 1e3), CLOSURES, "ppm"),
    Case("water_unit", "W-CHAMBER-WATER-UNIT", scaled("h2o_mole_fraction", 0.1), CLOSURES, "%"),
    Case(
        "time_unit", "E-CHAMBER-TIME-UNIT", lambda: vials().assign(elapsed_time=vials()["elapsed_time"] / 3600), 6, "h"
    ),
    Case("time_unit", "E-CHAMBER-TIME-UNIT", scaled("elapsed_time", 1 / 60), CLOSURES, "min"),
    Case(
        "time_unit", "W-CHAMBER-TIME-UNIT", lambda: vials().assign(elapsed_time=vials()["elapsed_time"] / 60), 6, "min"
    ),
    Case("dry_or_wet", "W-CHAMBER-NOT-DRY", lambda: campaign(wet=True), CLOSURES),
    Case(
        "dry_or_wet",
        "W-CHAMBER-WET-NO-WATER",
        lambda: (
            campaign(wet=True)
            .rename(columns={"co2_mole_fraction": "co2_mole_fraction_wet"})
            .drop(columns=["h2o_mole_fraction", "ch4_mole_fraction"])
        ),
        CLOSURES,
    ),
    Case("clock_shift", "W-CHAMBER-CLOCK", lambda: shift(campaign(), -40), CLOSURES, "before"),
    Case("clock_shift", "W-CHAMBER-CLOCK", lambda: shift(campaign(), 90), CLOSURES, "after"),
    Case("overlapping_closures", "W-CHAMBER-OVERLAP", lambda: overlapping(campaign()), 2),
    Case(
        "overlapping_closures",
        "W-CHAMBER-READINGS-TWICE",
        lambda: campaign().assign(source_row=np.tile(np.arange(LENGTH + BEFORE + 1), CLOSURES)),
        CLOSURES,
    ),
    Case(
        "saturated_analyser",
        "E-CHAMBER-SATURATED",
        lambda: at(
            scaled("ch4_mole_fraction", 1)(),
            "ch4_mole_fraction",
            0,
            lambda c: (c + 30 * campaign()["elapsed_time"]).clip(upper=5000),
        ),
        1,
        "5000",
    ),
    Case(
        "frozen_readings",
        "E-CHAMBER-FROZEN",
        lambda: at(campaign(), "co2_mole_fraction", -60, lambda c: c * 0 + 430),
        1,
    ),
    Case(
        "frozen_readings",
        "W-CHAMBER-FROZEN",
        lambda: at(campaign(), "ch4_mole_fraction", 100, lambda c: c * 0 + 1940),
        1,
    ),
    Case(
        "analyser_diagnosis",
        "W-CHAMBER-DIAGNOSIS",
        lambda: at(campaign(), "diagnostic_code", 90, lambda c: c + 4),
        1,
        "4",
    ),
    Case(
        "start_not_ambient",
        "W-CHAMBER-NOT-VENTED",
        lambda: at(campaign(), "co2_mole_fraction", -60, lambda c: c + 900),
        1,
    ),
    Case(
        "start_not_ambient",
        "W-CHAMBER-BELOW-AMBIENT",
        lambda: at(campaign(), "ch4_mole_fraction", -60, lambda c: c - 1500),
        1,
    ),
    Case(
        "chamber_leak",
        "W-CHAMBER-LEAK",
        lambda: at(campaign(), "co2_mole_fraction", 170, lambda c: c * 0 + 426 + np.arange(len(c)) % 7 / 20),
        1,
    ),
    Case("gaps_in_closure", "W-CHAMBER-GAP", lambda: cut_gap(campaign()), 1),
    Case("condensation", "W-CHAMBER-CONDENSATION", scaled("h2o_mole_fraction", 1, 26), CLOSURES),
    Case(
        "temperature_drift", "W-CHAMBER-WARMING", lambda: at(campaign(), "chamber_temperature", 120, lambda c: c + 9), 1
    ),
    Case(
        "pressure_drift",
        "W-CHAMBER-PRESSURE-DRIFT",
        lambda: at(campaign(), "chamber_pressure", 120, lambda c: c - 1),
        1,
    ),
    Case("collar_geometry", "W-COLLAR-AREA", lambda: at(campaign(), "chamber_area", -60, lambda c: c * 1.1), 3),
    Case("collar_geometry", "W-COLLAR-VOLUME", lambda: at(campaign(), "chamber_volume", -60, lambda c: c * 4), 3),
    Case(
        "closure_too_short",
        "W-CHAMBER-TOO-SHORT",
        campaign,
        CLOSURES,
        "320",
        lambda f: fluxes(f, minimal_detectable_flux=3.0),
    ),
    Case("strong_curvature", "W-CHAMBER-TOO-LONG", campaign, CLOSURES, "100 s", lambda f: fluxes(f, hm_rate=0.01)),
    Case(
        "uptake_in_the_dark",
        "W-CHAMBER-DARK-UPTAKE",
        lambda: campaign().assign(light_condition="dark"),
        CLOSURES,
        "carbonate",
        lambda f: fluxes(f, flux=-0.4, low=-0.5, high=-0.3),
    ),
    Case("flux_size", "W-CHAMBER-FLUX-SIZE", campaign, CLOSURES, "703", lambda f: fluxes(f, flux=703.0)),
]


def found(name: str, result: checks.Found) -> CheckRow:
    return next(row for row in result.rows if row.check == name)


@pytest.fixture(scope="module")
def clean() -> checks.Found:
    frame = campaign().assign(light_condition="dark")
    return checks.run(frame, fluxes=fluxes(frame))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.check}-{c.code}")
def test_a_fault_is_found(case: Case) -> None:
    frame = case.frame()
    before = frame.copy()
    result = checks.run(frame, fluxes=case.fluxes(frame) if case.fluxes else None)
    pd.testing.assert_frame_equal(frame, before)
    problems = [p for p in result.problems if p.code == case.code]
    assert problems, [p.code for p in result.problems]
    assert problems[0].values["count"] == case.hit
    assert found(case.check, result).passed is False
    words = " ".join(problems[0].say(part, "en") for part in ("what", "why", "fix"))
    assert case.said in words
    refused = result.refused[result.refused["reason"] == case.check]
    assert len(refused) == (case.hit if case.code.startswith("E-") else 0)
    assert set(refused["code"]) <= {case.code}


@pytest.mark.parametrize("name", list(checks.checks()))
def test_a_campaign_in_order_passes(name: str, clean: checks.Found) -> None:
    assert found(name, clean).passed is True, found(name, clean).comment.en


def test_a_campaign_in_order_has_no_problem(clean: checks.Found) -> None:
    assert clean.problems == [] and clean.refused.empty
    assert {"closure", "column", "reason", "code"} <= set(clean.refused)


POSSIBLE_FOR_VIALS = {"mole_fraction_unit", "start_not_ambient", "time_unit"}


@pytest.mark.parametrize("name", list(checks.checks()))
def test_what_cannot_be_judged_is_said(name: str) -> None:
    """Four vials without chamber, clock and water; for the checks that need no more, nothing at all."""
    frame = vials()
    if name in POSSIBLE_FOR_VIALS:
        assert found(name, checks.run(frame)).passed is True
        frame = frame.groupby("closure").head(1).drop(columns="n2o_mole_fraction")
    row = found(name, checks.run(frame))
    assert row.passed is None and np.isnan(row.value)
    assert row.comment == checks.checks()[name].needs


def test_no_rows_at_all() -> None:
    result = checks.run(vials().iloc[:0])
    assert result.problems == [] and result.refused.empty and all(row.passed is None for row in result.rows)
    with pytest.raises(KeyError, match="elapsed_time"):
        checks.run(vials().drop(columns="elapsed_time"))


@pytest.mark.parametrize("seed", range(30))
def test_torn_tables_are_judged_without_fail(seed: int) -> None:
    """Columns lacking, values lacking, impossible or endless, rows out of order, closures of one reading."""
    rng = np.random.default_rng(seed)
    frame = campaign(seed, closures=8).sample(frac=rng.choice([1.0, 0.3, 0.005]), random_state=seed)
    keep = [c for c in frame if c in ("closure", "elapsed_time") or rng.random() < 0.7]
    frame = frame[keep].reset_index(drop=True)
    for name in frame.select_dtypes("number").columns:
        bad = rng.random(len(frame)) < rng.choice([0.0, 0.2, 0.9])
        frame[name] = frame[name].astype(float).mask(bad, rng.choice([np.nan, 0.0, -9999.0, 1e30, np.inf]))
    result = checks.run(frame, fluxes=fluxes(campaign(closures=8), flux=np.nan))
    assert len(result.rows) == len(checks.checks())
    for problem in result.problems:
        assert all(problem.say(part, lang) for part in ("what", "why", "fix") for lang in ("en", "zh"))
    assert set(result.refused["closure"]) <= set(frame["closure"])


def test_every_check_has_a_case() -> None:
    assert {case.check for case in CASES} == set(checks.checks()) and len(checks.checks()) >= 14


@pytest.mark.parametrize("check", checks.checks().values(), ids=lambda c: c.name)
def test_declaration(check: checks.check.Check) -> None:
    texts = vocabulary.texts()
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", check.name)
    assert check.source in vocabulary.sources() and 0 <= check.allowed < 1
    assert check.thresholds
    for text in (check.label, check.about, check.needs, *(t.about for t in check.thresholds.values())):
        assert text.en.strip() and not CHINESE.search(text.en) and CHINESE.search(text.zh)
    for threshold in check.thresholds.values():
        assert threshold.unit and np.isfinite(threshold.value) and threshold.source in vocabulary.sources()
    assert texts[f"verdicts.{check.name}"] == check.about
    label = texts[f"report.check.{check.name}"]
    assert label.en.lower() == check.label.en.lower() and label.zh == check.label.zh


def test_every_sentence_can_be_filled_and_is_used() -> None:
    """Each code of the file is raised by a case; that its values fill it is seen there."""
    file = Path(vocabulary.__file__).parent / "problems" / "chamber_checks.toml"
    codes = set(re.findall(r"^\[(.+)\]$", file.read_text("utf-8"), re.MULTILINE))
    with_record = {"E-CHAMBER-CLOCK"}  # test_run_takes_the_whole_record
    assert codes == {case.code for case in CASES} | with_record and codes <= set(wordings())


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.check}-{c.code}")
def test_sentences_are_filled(case: Case) -> None:
    frame = case.frame()
    result = checks.run(frame, fluxes=case.fluxes(frame) if case.fluxes else None)
    for problem in result.problems:
        for part in ("what", "why", "fix"):
            for language in ("en", "zh"):
                said = problem.say(part, language)
                assert not [f for _, f, _, _ in string.Formatter().parse(said) if f] and "nan" not in said.split()
    for row in result.rows:
        assert isinstance(row.comment, Text) and row.comment.en and row.comment.zh


def test_a_constant_closure_of_an_analyser_with_few_digits_is_not_refused() -> None:
    """A flux near zero read in whole numbers is constant too."""
    frame = campaign()
    coarse = frame["ch4_mole_fraction"].where(frame["closure"] != "c3", 1950.0).div(20).round() * 20
    result = checks.run(frame.assign(ch4_mole_fraction=coarse))
    assert result.refused.empty and "W-CHAMBER-FROZEN" in {p.code for p in result.problems}


def test_a_record_that_holds_a_whole_closure_is_not_the_same_reading_twice() -> None:
    result = checks.run(campaign().assign(source_row=1))
    assert found("overlapping_closures", result).passed is True and result.problems == []


def test_the_units_named_are_those_of_the_vocabulary_and_their_factors_too() -> None:
    """What a fix says to write into study.toml is understood there and means that factor."""
    named = [("chamber_volume", u, f) for u, f in geometry.VOLUMES]
    named += [("chamber_area", u, f) for u, f in geometry.AREAS]
    named += [("chamber_pressure", u, f) for u, f in pressure_unit.UNITS]
    named += [("h2o_mole_fraction", u, f) for u, f in (*water_unit.HIGH, *water_unit.LOW)]
    for gas, scales in mole_fraction_unit.UNITS.items():
        named += [(f"{gas}_mole_fraction", u, f) for u, f in scales]
    named.append(("co2_mole_fraction", mole_fraction_unit.HIGH, 1e-3))
    for name, unit, factor in named:
        to = vocabulary.field(name).unit
        assert units.convert(np.array([2.0]), unit, to)[0] == pytest.approx(2 * factor, rel=1e-6), (
            name,
            unit,
        )
    for unit, value in (("K", 293.15), ("degF", 68.0)):
        assert units.convert(np.array([value]), unit, "degC")[0] == pytest.approx(20.0)


def test_a_gas_in_another_unit_is_refused_alone() -> None:
    result = checks.run(scaled("ch4_mole_fraction", 1e-3)())
    assert set(result.refused["column"]) == {"ch4_mole_fraction"}


def test_volume_and_area_both_in_centimetres_make_a_possible_height_and_are_refused() -> None:
    """225000 cm3 over 3215 cm2 read as L and m2 would be 7 cm high."""
    frame = campaign().assign(chamber_volume=225000.0, chamber_area=3215.0)
    result = checks.run(frame)
    said = {p.code: p for p in result.problems}
    assert said["E-CHAMBER-VOLUME-UNIT"].values["meant"] == "225"
    assert said["E-CHAMBER-AREA-UNIT"].values["meant"] == "0.3215"


def test_a_problem_points_at_the_field_sheet_where_the_column_stands_there() -> None:
    frame = scaled("chamber_volume", 1e3)()
    sheet = pd.DataFrame(
        {
            "closure": [f"c{i}" for i in range(CLOSURES)],
            "chamber_volume": 20000.0,
            "source_file": "sheet.xlsx",
            "source_row": range(2, 2 + CLOSURES),
        }
    )
    (problem,) = checks.run(frame, sheet).problems
    assert (problem.file, problem.rows, problem.count) == ("sheet.xlsx", (2, 3, 4, 5, 6), CLOSURES)


@pytest.mark.parametrize("hour", [3600.0, -3600.0, 0.0])
def test_an_hour_of_summer_time_is_found_with_the_whole_record(hour: float) -> None:
    """The record rises within the closures; the sheet is an hour off, or not."""
    rng = np.random.default_rng(3)
    seconds = np.arange(0, 14400.0)
    begin = np.sort(rng.choice(np.arange(20, 225), 14, replace=False)) * 60.0
    begin = begin[np.diff(begin, prepend=-1e9) > 400]
    value = 425 + rng.normal(0, 0.2, seconds.size)
    for start in begin:
        inside = (seconds >= start) & (seconds < start + 240)
        value[inside] += 0.4 * (seconds[inside] - start)
    assert best_lag(seconds, value, begin - hour, np.full(begin.size, 240.0)) == pytest.approx(hour, abs=25)


def test_run_takes_the_whole_record() -> None:
    frame = campaign()
    rng = np.random.default_rng(5)
    stamps = pd.date_range(frame["time"].min(), frame["time"].max() + pd.Timedelta(hours=1), freq="s")
    outside = pd.DataFrame({"time": stamps, "co2_mole_fraction": 425 + rng.normal(0, 0.1, stamps.size)})
    record = pd.concat([frame[["time", "co2_mole_fraction"]], outside]).drop_duplicates("time")
    early = checks.run(frame.assign(time=frame["time"] - pd.Timedelta(hours=1)), record=record)
    said = {p.code: p for p in early.problems}["E-CHAMBER-CLOCK"].values
    assert len(early.refused) == CLOSURES and (early.refused["reason"] == "clock_shift").all()
    assert float(said["signed"]) == pytest.approx(3600, abs=30)
    assert found("clock_shift", checks.run(frame, record=record)).passed is True


def test_residuals_of_a_parabola_are_nothing() -> None:
    t = np.concatenate([np.arange(30.0), np.arange(50.0)])
    closure = np.repeat([0, 2], [30, 50])
    trace = Trace(closure, t, 3 + 0.2 * t - 0.01 * t**2, 3)
    assert np.abs(residuals(trace, trace.value)).max() < 1e-9
    wave = np.sin(t)
    expected = wave - np.concatenate(
        [np.polyval(np.polyfit(x, y, 2), x) for x, y in ((t[:30], wave[:30]), (t[30:], wave[30:]))]
    )
    np.testing.assert_allclose(residuals(trace, wave), expected, atol=1e-9)


def test_noise_is_that_of_the_readings() -> None:
    rng = np.random.default_rng(2)
    t = np.arange(20000.0)
    trace = Trace(np.zeros(t.size, np.int64), t, 400 + 0.3 * t + rng.normal(0, 0.7, t.size), 1)
    assert trace.noise[0] == pytest.approx(0.7, rel=0.02)


def test_saturation_against_the_tables() -> None:
    """2.339 kPa at 20 degC and 0.6113 kPa at 0 degC (steam tables)."""
    np.testing.assert_allclose(saturation(np.array([0.0, 20.0]), np.array([100.0, 100.0])), [6.113, 23.39], rtol=4e-3)
