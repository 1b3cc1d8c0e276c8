"""Irregular and holed tables on a regular grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eddy_towers import de_tha
from halosink.eddy.grid import regular, tower_tables
from halosink.problems import Problem, UserError


def table(n: int = 480, minutes: int = 30, start: str = "2021-03-01") -> pd.DataFrame:
    time = pd.date_range(start, periods=n, freq=f"{minutes}min", unit="s")
    row = np.arange(n) + 2
    return pd.DataFrame({"time": time, "nee": np.arange(n) / 7, "site": "A", "source_file": "a.csv", "source_row": row})


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def test_a_regular_table_stays_as_it_is(reference: Path) -> None:
    raw = de_tha(reference)
    found, steps, problems = regular(raw)
    assert problems == [] and steps.seconds == 1800 and len(steps) == len(raw)
    for column in raw:
        assert (found[column].to_numpy() == raw[column].to_numpy()).sum() == raw[column].notna().sum()


@pytest.mark.parametrize("minutes", [1, 5, 10, 15, 20, 30, 60, 120, 180, 1440])
def test_steps_of_any_length_with_holes_in_any_order(minutes: int) -> None:
    whole = table(480, minutes)
    rng = np.random.default_rng(minutes)
    there = np.sort(rng.choice(np.arange(1, 479), 300, replace=False))
    there = np.concatenate([[0], there, [479]])
    there[:40] = np.arange(40)
    part = whole.iloc[np.unique(there)]
    found, steps, problems = regular(part.sample(frac=1, random_state=1))
    assert steps.seconds == minutes * 60 and len(found) == 480
    assert codes(problems) == ["N-EDDY-HOLES"]
    assert int(problems[0].values["count"]) == 480 - len(part)
    known = found["nee"].notna().to_numpy()
    assert (np.flatnonzero(known) == np.unique(there)).all()
    assert found["nee"][known].tolist() == part["nee"].tolist()
    assert (found["time"].to_numpy() == whole["time"].to_numpy()).all()
    assert (found["site"] == "A").all() and found["source_row"].isna().sum() == (~known).sum()


def test_everything_wrong_is_said_at_once() -> None:
    frame = table()
    frame = pd.concat([frame, frame.iloc[[10, 11]].assign(nee=99.0, source_row=[900, 901])], ignore_index=True)
    frame.loc[20, "time"] += pd.Timedelta(minutes=7)
    frame.loc[30, "time"] = pd.NaT
    found, _, problems = regular(frame)
    assert codes(problems) == ["W-EDDY-NO-TIME", "W-EDDY-OFF-GRID", "W-EDDY-DUPLICATES", "N-EDDY-HOLES"]
    assert [p.rows for p in problems[:3]] == [(32,), (22,), (900, 901)]
    assert problems[2].values["different"] == 2 and problems[3].values["count"] == "2"
    assert found["nee"][10] == frame["nee"][10] and np.isnan(found["nee"][20]) and np.isnan(found["nee"][30])
    for problem in problems:
        for part in ("what", "why", "fix"):
            assert "{" not in problem.say(part, "en") + problem.say(part, "zh")


def test_rounding_of_spreadsheets_is_taken_up() -> None:
    frame = table()
    jitter = np.random.default_rng(1).integers(-1, 2, len(frame))
    found, steps, problems = regular(frame.assign(time=frame["time"] + pd.to_timedelta(jitter, "s")))
    assert problems == [] and steps.seconds == 1800
    assert (found["time"].to_numpy() == frame["time"].to_numpy()).all()
    assert found["nee"].tolist() == frame["nee"].tolist()


def test_stamps_of_the_middle_keep_their_place() -> None:
    frame = table().assign(time=lambda t: t["time"] + pd.Timedelta(minutes=15))
    found, _, problems = regular(frame)
    assert problems == [] and found["time"].iloc[0] == pd.Timestamp("2021-03-01 00:15")


def test_the_hour_that_summer_time_writes_twice_is_said() -> None:
    frame = table()
    clock = frame["time"] - pd.to_timedelta(np.where(np.arange(480) >= 240, 60, 0), "min")
    found, _, problems = regular(frame.assign(time=clock))
    assert codes(problems) == ["W-EDDY-DUPLICATES"]
    assert problems[0].values["count"] == 2 and len(found) == 478


def test_rows_read_twice_are_no_error() -> None:
    frame = table()
    found, _, problems = regular(pd.concat([frame, frame], ignore_index=True))
    assert codes(problems) == ["W-EDDY-DUPLICATES"] and problems[0].values["different"] == 0
    assert found["nee"].tolist() == frame["nee"].tolist()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (pd.concat([table(), table().assign(nee=-1.0)]), "E-EDDY-SEVERAL"),
        (table(480, 7), "E-EDDY-STEP"),
        (table(1), "E-EDDY-SHORT"),
        (table(0), "E-EDDY-SHORT"),
        (table().assign(time=pd.NaT), "E-EDDY-SHORT"),
        (pd.concat([table(), table(1, start="1970-01-01")]), "E-EDDY-SPAN"),
    ],
)
def test_tables_that_cannot_be_used(frame: pd.DataFrame, code: str) -> None:
    with pytest.raises(UserError) as raised:
        regular(frame.reset_index(drop=True), "tower")
    (problem,) = [p for p in raised.value.problems if p.level == "error"]
    assert problem.code == code
    assert problem.say("what", "en").startswith("tower") and problem.say("fix", "zh")


def test_two_rows_are_enough() -> None:
    found, steps, problems = regular(table(2))
    assert len(found) == 2 and steps.seconds == 1800 and problems == []


def test_towers_are_told_apart() -> None:
    one, two = table(48), table(48).assign(site="B")
    assert list(tower_tables(pd.concat([one, two]))) == ["A", "B"]
    sensors = pd.concat([one.assign(sensor="low"), one.assign(sensor="high"), two.assign(sensor="low")])
    found = tower_tables(sensors)
    assert list(found) == ["A low", "A high", "B"] and all(len(t) == 48 for t in found.values())
    assert list(tower_tables(one.drop(columns="site"), "flux")) == ["flux"]
    assert list(tower_tables(pd.concat([one, two.assign(site=None)]), "flux")) == ["A", "flux"]
    assert sum(map(len, found.values())) == len(sensors)


def test_columns_of_other_kinds_survive() -> None:
    frame = table(48).assign(date=lambda t: t["time"].dt.floor("D"), remark="", flag=np.arange(48))
    frame.loc[3, "remark"] = "rain"
    found, _, _ = regular(frame.drop(index=[10, 11]))
    assert found["remark"][3] == "rain" and found["remark"][10] == ""
    assert np.isnan(found["flag"][10]) and found["flag"][12] == 12 and pd.isna(found["date"][10])
