"""Raw records and a field sheet become the series of closures: who belongs to whom, and what does not fit."""

import time

import numpy as np
import pandas as pd
import pytest

from halosink.chamber.sheet.field_sheet import Rules, join
from halosink.chamber.sheet.volume import volumes

DAY = pd.Timestamp("2024-07-01 10:00:00")
AIR = {"chamber_area": 0.1, "chamber_volume": 30.0, "chamber_temperature": 25.0, "chamber_pressure": 101.0}


def records(seconds: int = 3600, begin: pd.Timestamp = DAY, step: float = 1.0, **gases: float) -> pd.DataFrame:
    at = np.arange(0, seconds, step)
    frame = pd.DataFrame({"time": (begin + pd.to_timedelta(at, unit="s")).astype("datetime64[us]")})
    for gas, value in (gases or {"co2_mole_fraction": 420.0}).items():
        frame[gas] = value + at
    return frame.assign(source_file="raw.data", source_row=np.arange(len(frame)) + 8)


def sheet(*minutes: float, length: float | None = 180.0, **more: object) -> pd.DataFrame:
    start = DAY + pd.to_timedelta(list(minutes), unit="min")
    frame = pd.DataFrame({"time": start.astype("datetime64[us]"), "plot": [f"P{i}" for i in range(len(minutes))]})
    if length:
        frame["closure_length"] = length
    return frame.assign(**AIR | more).assign(source_file="sheet.csv", source_row=np.arange(len(frame)) + 2)


def codes(found) -> list[str]:
    return [p.code for p in found.problems]


def test_each_closure_gets_its_readings_and_what_the_sheet_says() -> None:
    found = join({"a": records()}, sheet(5, 20, 40, soil_temperature=[10.0, 11.0, 12.0]), Rules(lead=30))
    assert not found.problems
    for i, minute in enumerate((5, 20, 40)):
        one = found.series[found.series["plot"] == f"P{i}"]
        assert one["elapsed_time"].tolist() == list(np.arange(-30.0, 181.0))
        assert one["co2_mole_fraction"].tolist() == pytest.approx(420 + minute * 60 + one["elapsed_time"])
        assert (one["time"] == DAY + pd.Timedelta(minutes=minute)).all() and (one["soil_temperature"] == 10 + i).all()
        assert one["closure"].nunique() == 1 and (one["chamber_volume"] == 30).all()


def test_two_analysers_are_joined_by_closure_not_by_row() -> None:
    one = records(step=1.0, co2_mole_fraction=420.0).assign(analyser="LI-7810 TG10-1")
    other = records(step=2.5, n2o_mole_fraction=330.0).assign(analyser="LI-7820 TG20-2")
    found = join({"gas": one, "n2o": other}, sheet(5, 20), Rules(lead=0))
    counts = found.series.groupby(["plot", "analyser"]).count()
    assert counts.loc[("P0", "LI-7810 TG10-1"), "co2_mole_fraction"] == 181
    assert counts.loc[("P1", "LI-7820 TG20-2"), "n2o_mole_fraction"] == 73
    assert counts.loc[("P0", "LI-7820 TG20-2"), "co2_mole_fraction"] == 0
    assert found.series.groupby("plot")["closure"].nunique().tolist() == [1, 1]


def test_a_sheet_that_names_the_analyser_takes_no_other() -> None:
    tables = {n: records().assign(analyser=f"LI-7810 {n}") for n in ("TG10", "TG11")}
    found = join(tables, sheet(5, 20, analyser=["TG10", "LI-7810 TG11"]))
    assert found.closures[["plot", "analyser"]].to_numpy().tolist() == [["P0", "LI-7810 TG10"], ["P1", "LI-7810 TG11"]]
    lost = join(tables, sheet(5, 20, analyser=["TG10", "EGM-5"]))
    assert codes(lost) == ["E-CLOSURE-ANALYSER"]
    assert lost.problems[0].rows == (3,)


def test_the_chamber_of_the_sheet_takes_the_records_of_its_port() -> None:
    """A multiplexer goes round every ten seconds; of each closure only the readings of its own port count."""
    all_ports = records().assign(chamber=lambda f: (f.index // 10 % 3 + 1).astype("str"))
    found = join({"a": all_ports}, sheet(5, 20, chamber=["02", "Port 3"]), Rules(lead=0))
    assert not found.problems
    for i, one in found.series.groupby("plot"):
        turn = (one["elapsed_time"] + (5 if i == "P0" else 20) * 60) // 10 % 3 + 1
        assert set(turn) == {2.0 if i == "P0" else 3.0} and len(one) in (60, 61)
    unlike = join({"a": all_ports}, sheet(5, 20, chamber=["A", "B"]), Rules(lead=0))
    assert unlike.series.groupby("plot").size().tolist() == [181, 181]
    absent = join({"a": all_ports}, sheet(5, 20, 40, chamber=["1", "2", "7"]), Rules(lead=0))
    assert codes(absent) == ["W-CLOSURE-NO-READINGS"] and absent.problems[0].rows == (4,)


@pytest.mark.parametrize(("length", "unit", "meant"), [(3.0, "min", "180"), (10_800.0, "s", "180")])
def test_a_length_in_another_unit_is_said_once(length: float, unit: str, meant: str) -> None:
    found = join({"a": records()}, sheet(5, 15, 25, 35, 45, length=length))
    assert codes(found) == ["E-CLOSURE-LENGTH"]
    assert found.problems[0].values["unit"] == unit and found.problems[0].values["meant"] == meant


def test_lengths_of_two_analysers_side_by_side_are_no_wrong_unit() -> None:
    tables = {n: records(7200).assign(analyser=f"LI-7810 {n}") for n in ("TG10", "TG11")}
    rows = sheet(5, 15, 25, 35, length=1200.0, analyser=["TG10", "TG11", "TG10", "TG11"])
    assert "E-CLOSURE-LENGTH" not in codes(join(tables, rows))


def test_dates_left_unchanged_at_midnight_are_found() -> None:
    minutes = (0.0, 7.0, 19.0, 33.0, 52.0, 60.0)
    parts = [records(240, DAY + pd.Timedelta(minutes=m, seconds=-30)) for m in minutes]
    rows = sheet(*minutes)
    rows.loc[3:, "time"] -= pd.Timedelta(days=1)
    found = join({"a": pd.concat(parts, ignore_index=True)}, rows)
    assert codes(found) == ["W-CLOSURE-ELSEWHERE"]
    moved = found.problems[0]
    assert moved.rows == (5, 6, 7) and moved.values["shift"].en == "+1 d" and moved.values["shift"].zh == "+1 天"


@pytest.mark.parametrize("shift", [3600, -3600, 8 * 3600, 7 * 60, 86_400, -366 * 86_400])
def test_a_clock_that_differs_is_found(shift: int) -> None:
    """The logger ran only while chambers were closed, at irregular times."""
    minutes = (0.0, 7.0, 19.0, 33.0, 52.0, 60.0)
    parts = [records(240, DAY + pd.Timedelta(minutes=m, seconds=shift - 30)) for m in minutes]
    found = join({"a": pd.concat(parts, ignore_index=True)}, sheet(*minutes))
    problem = next(p for p in found.problems if p.code == "E-CLOCK-SHEET")
    assert float(problem.values["seconds"]) == pytest.approx(shift, abs=60)
    again = join({"a": pd.concat(parts, ignore_index=True)}, sheet(*minutes), Rules(clock_shift=shift))
    assert not again.problems and len(again.closures) == 6


def test_everything_that_does_not_fit_is_named_at_once() -> None:
    wrong = sheet(5, 7, 30, 59, 300, length=None)
    wrong["closure_end"] = wrong["time"] + pd.to_timedelta([180, 180, -60, 600, 180], unit="s")
    wrong.loc[0, "chamber_area"] = np.nan
    found = join({"a": records()}, wrong)
    rows = {p.code: p.rows for p in found.problems}
    assert rows == {
        "E-CLOSURE-END": (4,),
        "W-CLOSURE-NO-READINGS": (6,),
        "W-CLOSURE-CUT": (5,),
        "W-CLOSURE-OVERLAP": (3,),
        "W-CLOSURE-LACKS": (2,),
    }
    assert codes(join({"a": records()}, sheet(5, length=None))) == ["E-CLOSURE-NO-END"]
    assert codes(join({"a": records()}, sheet(900))) == ["E-CLOSURE-NO-READINGS"]
    assert not join({"a": records()}, sheet(5, length=None), Rules(closure_length=120)).problems
    bare = sheet(5).drop(columns=["chamber_area", "chamber_pressure"])
    assert codes(join({"a": records()}, bare)) == ["E-CLOSURE-LACKS"] * 2
    assert not join({"a": records()}, bare, Rules(constant={"chamber_area": 0.1, "chamber_pressure": 101})).problems


def made(names: list[str], gap: int = 600, **more: object) -> pd.DataFrame:
    parts = []
    for i, name in enumerate(names):
        part = records(120, DAY + pd.Timedelta(seconds=i * gap)).assign(chamber=name, closure=f"{name}_{i}")
        parts.append(part.assign(elapsed_time=np.arange(-5.0, 115.0)))
    return pd.concat(parts, ignore_index=True).assign(**more)


def test_closures_of_an_instrument_need_no_sheet() -> None:
    found = join({"a": made(["1", "2", "1"], **AIR)}, None, plots=pd.DataFrame({"plot": ["1", "2"]}))
    assert not found.problems and found.closures["plot"].tolist() == ["1", "2", "1"]
    assert found.closures["start"].tolist() == [DAY + pd.Timedelta(seconds=600 * i + 5) for i in range(3)]
    assert found.series.groupby("closure")["elapsed_time"].agg(["min", "max"]).to_numpy().tolist() == [[-5, 114]] * 3
    assert codes(join({"a": made(["A"], **AIR)}, None, plots=pd.DataFrame({"plot": ["1"]}))) == ["W-CLOSURE-NO-PLOT"]


def test_a_sheet_adds_place_and_geometry_to_the_closures_of_an_instrument() -> None:
    told = sheet(0.1, 10, 20, chamber=["1", "2", "1"])
    found = join({"a": made(["1", "2", "1"])}, told)
    assert not found.problems and found.closures["plot"].tolist() == ["P0", "P1", "P2"]
    bare = {"chamber_volume": 4.0, "chamber_volume_bare": 3.5, "instrument_volume": 0.5, "chamber_area": 0.03}
    offset = told.drop(columns=["chamber_volume", "chamber_area"]).assign(collar_offset=[2.0, 5.0, np.nan])
    found = join({"a": made(["1", "2", "1"], **bare)}, offset)
    assert found.closures["chamber_volume"].tolist() == pytest.approx([4.6, 5.5, 4.0])


def test_plots_say_whose_chamber_it_is_and_what_is_fixed_to_the_ground() -> None:
    told = {"plot": ["N", "S"], "chamber": ["1", "2"], "collar_offset": [2.0, 5.0], "chamber_area": [0.03, 0.03]}
    bare = {"chamber_volume_bare": 3.5, "chamber_temperature": 25.0, "chamber_pressure": 101.0}
    found = join({"a": made(["1", "2", "1"], **bare)}, None, plots=pd.DataFrame(told))
    assert codes(found) == ["N-VOLUME-MADE"] and found.closures["plot"].tolist() == ["N", "S", "N"]
    assert found.closures["chamber_volume"].tolist() == pytest.approx([4.1, 5.0, 4.1])


def test_one_name_on_two_days_is_two_closures() -> None:
    twice = pd.concat([made(["1"], **AIR), made(["1"], **AIR).assign(source_file="b.81x")], ignore_index=True)
    twice.loc[120:, "time"] += pd.Timedelta(hours=3)
    found = join({"a": twice}, None)
    assert len(found.closures) == 2 and found.series["closure"].nunique() == 2


def test_volume_is_put_together_from_its_parts() -> None:
    """A cube of 40 cm: 64 L. On a collar of 5 cm over 0.16 m2: 8 L more; a metre of 4 mm tubing: 12.6 mL more."""
    tube = np.pi * 0.2**2 * 100 / 1000
    frame = pd.DataFrame(
        {
            "chamber_area": 0.16,
            "chamber_volume": [np.nan, np.nan, np.nan, 70.0, np.nan],
            "chamber_volume_bare": [64.0, 64.0, np.nan, 64.0, np.nan],
            "chamber_height": [np.nan, np.nan, 40.0, 40.0, np.nan],
            "collar_offset": [5.0, np.nan, np.nan, 5.0, 5.0],
            "instrument_volume": [tube, np.nan, np.nan, tube, tube],
        }
    )
    total, how = volumes(frame)
    assert total.tolist() == pytest.approx([72 + tube, 64, 64, 70, np.nan], nan_ok=True)
    assert how.tolist() == ["bare", "bare", "height", "given", ""]


def test_a_million_records_are_joined_quickly() -> None:
    many = records(1_000_000)
    rows = sheet(*range(0, 16_000, 5))
    begun = time.perf_counter()
    found = join({"a": many}, rows)
    assert len(found.closures) == 3200 and time.perf_counter() - begun < 10


def test_a_site_that_holds_for_a_table_of_records_holds_for_its_closures() -> None:
    tables = {s: records(begin=DAY).assign(site=s) for s in ("N", "S")}
    found = join(tables, sheet(5, 20, site=["N", "S"]))
    assert found.closures[["site", "plot"]].to_numpy().tolist() == [["N", "P0"], ["S", "P1"]]
    assert set(join({"a": tables["N"]}, sheet(5, 20)).series["site"]) == {"N"}


def test_a_sheet_beside_closures_of_an_instrument_is_looked_at_too() -> None:
    told = sheet(0.1, 10, 20, 200, length=None, chamber=["1", "2", "3", "1"])
    one = join({"a": made(["1", "2", "3"])}, told)
    assert codes(one) == ["W-CLOSURE-NO-READINGS"] and one.problems[0].rows == (5,)
    late = told.iloc[:3].assign(time=told["time"] + pd.Timedelta(hours=1))
    found = join({"a": made(["1", "2", "3"], **AIR)}, late)
    assert codes(found) == ["E-CLOCK-SHEET"] and float(found.problems[0].values["seconds"]) == -3600
    both = {"a": made(["1", "2", "3"]), "b": records(begin=DAY + pd.Timedelta(hours=3))}
    assert codes(join(both, told)) == ["E-CLOSURE-NO-END"]


def test_one_of_two_analysers_with_another_clock_is_found() -> None:
    fits, late = records(co2_mole_fraction=420.0), records(1500, DAY + pd.Timedelta(hours=1), n2o_mole_fraction=330.0)
    found = join({"co2": fits, "n2o": late}, sheet(2, 9, 14, 20))
    assert codes(found) == ["W-CLOCK-ANALYSER"] and found.problems[0].values["analyser"] == "n2o"
    assert float(found.problems[0].values["seconds"]) == 3600
