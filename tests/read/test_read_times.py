"""However a moment is written, it is the same moment."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from halosink import read
from halosink.read import Reading


def sensors(folder: Path, stamps: list[str], offset: float = 0, **options: object) -> Reading:
    text = "time;soil_temperature\n" + "".join(f"{s};{i % 7 + 10}\n" for i, s in enumerate(stamps))
    (folder / "s.csv").write_text(text, encoding="utf-8")
    return read.file(folder / "s.csv", "sensors", study_utc_offset=offset, **options)


def moments(reading: Reading) -> list[str]:
    assert reading.frame is not None, reading.problems
    return reading.frame["time"].dt.strftime("%Y-%m-%d %H:%M:%S").tolist()


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-04 10:30:00", "2024-03-04T10:30", "2024/3/4 10:30", "2024.3.4 10:30", "2024年3月4日 10:30",
        "2024年3月4日10时30分", "202403041030", "20240304103000", "2024-03-04 10:30:00.000", "45355.4375",
        "04-Mar-2024 10:30", "２０２４-03-04 10：30",
    ],
)  # fmt: skip
def test_forms(tmp_path: Path, text: str) -> None:
    assert moments(sensors(tmp_path, [text]))[0] == "2024-03-04 10:30:00"


@pytest.mark.parametrize("form", ["{0.year}/{0.month}/{0.day} {0.hour}:{0.minute:02d}", "{0:%Y-%m-%d %H:%M:%S}"])
def test_long_series_with_odd_cells(tmp_path: Path, form: str) -> None:
    days = pd.date_range("2024-01-01", periods=3000, freq="30min")
    stamps = [form.format(d) for d in days]
    stamps[7], stamps[8] = "2024年1月1日 03:30", ""
    moment = moments(sensors(tmp_path, stamps))
    assert moment[:8] + moment[9:] == [str(d) for i, d in enumerate(days) if i != 8]


def test_zone_in_the_stamp(tmp_path: Path) -> None:
    reading = sensors(tmp_path, ["2024-03-04T10:30:00+09:00", "2024-03-04T01:30:00Z"], offset=8)
    assert moments(reading) == ["2024-03-04 09:30:00"] * 2


def test_offset_of_the_file(tmp_path: Path) -> None:
    reading = sensors(tmp_path, ["2024-03-04 20:30"], offset=8, utc_offset=0)
    assert moments(reading) == ["2024-03-05 04:30:00"]
    assert "N-TIME-SHIFTED" in {p.code for p in reading.problems}


def test_midnight_as_24(tmp_path: Path) -> None:
    assert moments(sensors(tmp_path, ["2024-02-29 24:00"])) == ["2024-03-01 00:00:00"]


@pytest.mark.parametrize(("mark", "expected"), [("start", "10:30"), ("middle", "10:15"), ("end", "10:00")])
def test_interval(tmp_path: Path, mark: str, expected: str) -> None:
    stamps = ["2024-03-04 10:30", "2024-03-04 11:00", "2024-03-04 12:00", "2024-03-04 12:30"]
    assert moments(sensors(tmp_path, stamps, timestamp=mark))[0] == f"2024-03-04 {expected}:00"


def test_declared_form(tmp_path: Path) -> None:
    assert moments(sensors(tmp_path, ["03/04/2024 10:30"], time_format="%d/%m/%Y %H:%M")) == ["2024-04-03 10:30:00"]
    assert moments(sensors(tmp_path, ["03/04/2024 10:30"], time_format="%m/%d/%Y %H:%M")) == ["2024-03-04 10:30:00"]


def test_order_that_shows(tmp_path: Path) -> None:
    reading = sensors(tmp_path, ["03/04/2024", "25/04/2024"])
    assert moments(reading)[0] == "2024-04-03 00:00:00"
    assert "N-TIME-ORDER" in {p.code for p in reading.problems}


def test_date_and_clock_in_two_columns(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "date,time,soil_temperature\n2024-03-04,10:30,1\n2024-03-04,11:00,2\n", encoding="utf-8"
    )
    reading = read.file(tmp_path / "s.csv", "sensors")
    assert moments(reading) == ["2024-03-04 10:30:00", "2024-03-04 11:00:00"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("minutes", [15, 30, 60])
@pytest.mark.parametrize("ordered", [False, True])
def test_daylight_saving_of_real_zones(tmp_path: Path, zone: str, minutes: int, ordered: bool) -> None:
    """A year of a clock that keeps daylight saving is refused, in the logger's order and sorted."""
    year = pd.date_range("2023-01-01", "2024-01-01", freq=f"{minutes}min", tz="UTC", inclusive="left")
    local = year.tz_convert(zone).tz_localize(None)
    local = local.sort_values() if ordered else local
    reading = sensors(tmp_path, local.strftime("%Y-%m-%d %H:%M").tolist())
    assert "E-TIME-DST" in {p.code for p in reading.problems}


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_standard_time_is_not_refused(tmp_path: Path, minutes: int) -> None:
    year = pd.date_range("2023-01-01", "2024-01-01", freq=f"{minutes}min", inclusive="left").strftime("%Y-%m-%d %H:%M")
    assert not {p.code for p in sensors(tmp_path, year.tolist()).problems} & {"E-TIME-DST", "W-TIME-DST"}


def test_a_dump_read_twice_is_not_daylight_saving(tmp_path: Path) -> None:
    days = pd.date_range("2023-10-27", "2023-10-31", freq="30min").strftime("%Y-%m-%d %H:%M").tolist()
    reading = sensors(tmp_path, days + days)
    assert reading.frame is not None and "W-DUPLICATE" in {p.code for p in reading.problems}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024/6/18 上午9:05", "2024-06-18 09:05:00"),
        ("2024年6月18日 下午2时5分", "2024-06-18 14:05:00"),
        ("2024-06-18 9时30分20秒", "2024-06-18 09:30:20"),
        ("2024-06-18 中午12:10", "2024-06-18 12:10:00"),
        ("2024-06-18 凌晨12:30", "2024-06-18 00:30:00"),
        ("6/18/2024 12:05:01 AM", "2024-06-18 00:05:01"),
        ("6/18/2024 12:05 pm", "2024-06-18 12:05:00"),
        ("6/18/2024 9:05 p.m.", "2024-06-18 21:05:00"),
    ],
)
def test_halves_of_the_day(tmp_path: Path, written: str, meant: str) -> None:
    (tmp_path / "s.csv").write_text(f"time,soil_temperature\n{written},1\n", encoding="utf-8")
    assert moments(read.file(tmp_path / "s.csv", "sensors")) == [meant]


@pytest.mark.parametrize("written", ["2024-06-18 13:05 PM", "2024-06-18 0:05 AM", "2024-06-18 晚上12:10"])
def test_halves_of_the_day_that_mean_nothing_sure(tmp_path: Path, written: str) -> None:
    (tmp_path / "s.csv").write_text(f"time,soil_temperature\n{written},1\n", encoding="utf-8")
    assert [p.code for p in read.file(tmp_path / "s.csv", "sensors").problems if p.level == "error"] == ["E-TIME"]


def test_date_beside_a_clock_in_chinese(tmp_path: Path) -> None:
    text = "日期,时间,土壤温度(℃)\n2024年6月18日,9时30分,1\n2024年6月18日,下午2时05分,2\n"
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    assert moments(read.file(tmp_path / "s.csv", "sensors")) == ["2024-06-18 09:30:00", "2024-06-18 14:05:00"]
