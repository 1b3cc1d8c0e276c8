"""What users bring against the chain of a tower: each must be said, and none may change a number silently."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import quality
from halosink.contracts import LANGUAGES
from halosink.eddy.chain import Chain, process
from halosink.eddy.grid import regular
from halosink.eddy.options import Options
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation
from halosink.problems import Problem
from halosink.quality.table import bit_mask
from halosink.report.contents import Contents
from halosink.report.eddy_answer import answer, summary
from halosink.settings import Settings

PLACE = {"latitude": 51.0, "longitude": 13.6, "utc_offset": 1.0}
QUICK = Options(**PLACE, filler="mds", bootstraps=2, draws=20, scenarios=1, partitioning=())
SHORT = ["filters", "threshold", "filling", "sums"]


def tower(days: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    n = 48 * days
    hour = (np.arange(n) % 48 + 0.5) / 2
    light = 700 * np.maximum(np.sin((hour - 6) * np.pi / 12), 0)
    return pd.DataFrame({
        "time": pd.date_range("2015-05-01", periods=n, freq="30min", unit="s"),
        "nee": 3 - 12 * light / (light + 300) + rng.laplace(size=n), "shortwave_radiation": light,
        "air_temperature": 14 + 5 * np.sin((hour - 9) * np.pi / 12), "vapour_pressure_deficit": 0.3 + light / 1000,
        "friction_velocity": rng.lognormal(-1, 0.5, n),
    })  # fmt: skip


def codes(found: Chain) -> list[str]:
    return [p.code for p in found.problems]


@pytest.mark.parametrize("lacking", ["friction_velocity", "air_temperature", "shortwave_radiation"])
def test_nights_that_no_threshold_judges_are_said(lacking: str) -> None:
    found = process(tower().drop(columns=lacking), QUICK, only=SHORT)
    assert found["ustar"]["threshold"].isna().all()
    problem = next(p for p in found.problems if p.code == "W-EDDY-USTAR-NONE")
    assert "2015" in problem.say("what", "en")
    assert "reason_" not in problem.say("what", "zh")


def test_a_threshold_that_was_to_be_given_and_is_not_is_said() -> None:
    given = Options(**PLACE, filler="mds", threshold="given", draws=20, partitioning=())
    assert "W-EDDY-USTAR-NOT-GIVEN" in codes(process(tower(), given, only=SHORT))


def test_times_with_a_zone_are_those_of_the_clock_of_the_tower() -> None:
    table = tower()
    plain = regular(table)[0]
    local = table.assign(time=table["time"].dt.tz_localize("Etc/GMT-8"))
    universal = local.assign(time=local["time"].dt.tz_convert("UTC"))
    for zoned in (local, universal):
        assert (regular(zoned, utc_offset=8.0)[0]["time"] == plain["time"]).all()
    assert (regular(local)[0]["time"] == plain["time"]).all()


def test_numbers_as_text_count_and_other_text_is_said() -> None:
    table = tower()
    words = table["air_temperature"].map(str).where(table.index != 7, "broken")
    found, _, problems = regular(table.assign(air_temperature=words, nee=table["nee"].map(str)))
    assert np.array_equal(found["nee"], table["nee"])
    assert np.flatnonzero(found["air_temperature"].isna()).tolist() == [7]
    (problem,) = problems
    assert (problem.code, problem.column) == ("W-EDDY-NOT-NUMBER", "air_temperature")
    assert "broken" in problem.say("what", "en")


def test_a_table_without_times_is_said() -> None:
    found = process(tower().drop(columns="time"), QUICK)
    assert "E-EDDY-SHORT" in codes(found)
    assert found.reasons == {"grid": "wrong_input"}


@pytest.mark.parametrize("field", ["nee_quality", "precipitation", "shortwave_radiation"])
def test_a_column_of_zeros_is_no_fault_of_the_program(field: str) -> None:
    table = tower(3).assign(**{field: 0.0}, source_file="tower.csv", source_row=np.arange(144) + 2)
    flags = quality.flag_table(table, table="eddy").frame
    step = bit_mask(["step"])
    assert not (flags[field].to_numpy() & step).any()


def test_an_error_in_the_table_stands_beside_the_sum() -> None:
    sums = pd.DataFrame([
        {"tower": "A", "field": "nee", "year": 2015, "value": -25.0, "low": -30.0, "high": -20.0, "unit": "g m-2",
         "complete": True, "reason": ""}
    ])  # fmt: skip
    said = {"tower": "A", "ratio": "10", "unit": "hPa", "factor": "10"}
    wrong = Problem("E-EDDY-VPD-UNIT", column="vapour_pressure_deficit", values=said)
    settings = Settings.model_validate({"study": {"title": {"en": "Tower", "zh": "通量塔"}}})
    word = "hPa"
    for language in LANGUAGES:
        found = Contents(settings=settings, frames={"eddy/sums": sums}, problems=[wrong])
        assert any(word in line for line in summary(found, language))
        assert word in answer(found, language).lines[1]
        assert any(word in line for line in summary(Contents(settings=settings, problems=[wrong]), language))


def sunny(start: str, days: int) -> pd.DataFrame:
    """Radiation that follows the sun, under clouds that pass by chance."""
    rng = np.random.default_rng(1)
    time = pd.date_range(start, periods=48 * days, freq="30min", unit="s")
    sun = potential_radiation(Steps.of(time.to_numpy()), **PLACE)
    cloud = np.repeat(rng.uniform(0.2, 0.8, days), 48)
    return pd.DataFrame({"time": time, "nee": rng.normal(0, 2, len(time)), "shortwave_radiation": sun * cloud})


@pytest.mark.parametrize("dead", [1.0, 0.1])
def test_a_dead_radiometer_does_not_turn_days_into_nights(dead: float) -> None:
    table = sunny("2015-05-01", 60)
    assert "E-EDDY-DARK-DAY" not in codes(process(table, QUICK, only=["checks"]))
    off = np.arange(len(table)) < dead * len(table)
    table["shortwave_radiation"] = np.where(off, 0.0, table["shortwave_radiation"])
    assert "E-EDDY-DARK-DAY" in codes(process(table, QUICK, only=["checks"]))


@pytest.mark.parametrize("start", ["2015-01-01", "2015-06-01", "2015-10-01"])
@pytest.mark.parametrize("minutes", [-30, 30])
def test_stamps_of_the_other_end_are_found_in_every_season(start: str, minutes: int) -> None:
    table = sunny(start, 90)
    assert "W-EDDY-CLOCK" not in codes(process(table, QUICK, only=["checks"]))
    late = table.assign(time=table["time"] + pd.Timedelta(minutes=minutes))
    assert "W-EDDY-CLOCK" in codes(process(late, QUICK, only=["checks"]))


@pytest.mark.parametrize(("times", "factor"), [(0.044009, "22.72"), (12.011e-6 * 1800, "46.25")])
def test_the_factor_of_the_unit_that_nee_is_in_is_named(times: float, factor: str) -> None:
    table = tower(40)
    found = process(table.assign(nee=table["nee"] * times), QUICK, only=["checks"])
    problem = next(p for p in found.problems if p.code == "W-EDDY-NEE-UNIT")
    for language in LANGUAGES:
        assert factor in problem.say("what", language)
