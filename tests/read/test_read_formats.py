"""The same table in every format, encoding and line end gives the same numbers."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from halosink import read
from halosink.read import Reading

TEXT = "plot,植被,pH,EC1:5 (mS/m),SOC\n,,1,,g/kg\n示例 P01,芦苇,8,1,5\n001,碱蓬,8.1,90,6.1\n002,芦苇,NA,-9999,\n"


def codes(reading: Reading) -> set[str]:
    return {p.code for p in reading.problems}


def check(reading: Reading) -> None:
    assert reading.frame is not None, reading.problems
    frame = reading.frame
    assert frame["plot"].tolist() == ["001", "002"]
    assert frame["vegetation"].tolist() == ["碱蓬", "芦苇"]
    np.testing.assert_allclose(frame["ec_1_5"], [0.9, np.nan])
    np.testing.assert_allclose(frame["ph_water"], [8.1, np.nan])
    np.testing.assert_allclose(frame["soil_organic_carbon"], [6.1, np.nan])
    assert reading.missing["ph_water"].tolist() == [0, 2]
    assert reading.missing["ec_1_5"].tolist() == [0, 3]
    assert reading.missing["soil_organic_carbon"].tolist() == [0, 1]
    assert frame["source_row"].tolist() == [4, 5]
    assert frame.dtypes["ec_1_5"] == np.float64


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text(tmp_path: Path, encoding: str, end: str, delimiter: str) -> None:
    text = TEXT.replace(",", delimiter).replace("\n", end)
    data = b"\xff\xfe" + text.encode("utf-16-le") if encoding.endswith("bom") else text.encode(encoding)
    (tmp_path / "soil.csv").write_bytes(data)
    reading = read.file(tmp_path / "soil.csv", "soil")
    check(reading)
    assert ("N-ENCODING" in codes(reading)) == encoding.startswith("gb")


def test_gz(tmp_path: Path) -> None:
    (tmp_path / "soil.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    reading = read.file(tmp_path / "soil.csv.gz", "soil")
    check(reading)
    assert reading.files[0].rows == 2


def test_blank_lines_and_quoted_breaks_keep_row_numbers(tmp_path: Path) -> None:
    text = 'plot,remark,pH\n\nP1,"two\nlines",8.1\n\n,,\nP2,x,8.2\n\n'
    (tmp_path / "soil.csv").write_text(text, encoding="utf-8")
    frame = read.file(tmp_path / "soil.csv", "soil").frame
    assert frame is not None
    assert frame["source_row"].tolist() == [3, 6]
    assert frame["remark"].tolist() == ["two\nlines", "x"]


def workbook(path: Path, date1904: bool = False) -> None:
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    guide = book.active
    guide.title = "Guide"
    guide.append(["How to fill in"])
    sheet = book.create_sheet("soil")
    sheet.append(["plot", "植被", "pH", "EC1:5 (mS/m)", "SOC", "date"])
    sheet.append(["", "", "1", "", "g/kg", ""])
    sheet.append(["示例 P01", "芦苇", 8, 1, 5, pd.Timestamp("2024-01-01")])
    sheet.append(["001", "碱蓬", 8.1, 90, 6.1, pd.Timestamp("2024-06-30")])
    sheet.append(["002", "芦苇", "NA", -9999, None, pd.Timestamp("2024-07-01")])
    book.save(path)


@pytest.mark.parametrize("date1904", [False, True])
def test_xlsx(tmp_path: Path, date1904: bool) -> None:
    workbook(tmp_path / "field.xlsx", date1904)
    reading = read.file(tmp_path / "field.xlsx", "soil")
    check(reading)
    assert reading.frame is not None
    assert reading.frame["date"].astype(str).tolist() == ["2024-06-30", "2024-07-01"]


def test_xlsx_whole_number_is_a_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["plot", "pH"])
    book.active.append([12, 8.1])
    book.active.append(["007", 8.2])
    book.save(tmp_path / "soil.xlsx")
    frame = read.file(tmp_path / "soil.xlsx", "soil").frame
    assert frame is not None and frame["plot"].tolist() == ["12", "007"]


@pytest.mark.parametrize(("date1904", "serial"), [(False, 45473.5), (True, 45473.5 - 1462)])
def test_xlsx_serial_dates(tmp_path: Path, date1904: bool, serial: float) -> None:
    """45473 is 30 June 2024 in the 1900 system; the 1904 system counts 1462 days less (Microsoft)."""
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["time", "soil_temperature"])
    book.active.append([serial, 12.5])
    book.save(tmp_path / "s.xlsx")
    reading = read.file(tmp_path / "s.xlsx", "sensors")
    assert reading.frame is not None and str(reading.frame["time"].iloc[0]) == "2024-06-30 12:00:00"
    assert "N-TIME-SERIAL" in codes(reading)


def test_parquet(tmp_path: Path) -> None:
    stamps = pd.to_datetime(["2024-01-01 00:00", "2024-01-01 00:30"]).tz_localize("UTC")
    pd.DataFrame({"sensor": [1, 2], "time": stamps, "ts": [3, None]}).to_parquet(tmp_path / "s.parquet")
    columns = {"ts": {"field": "soil_temperature", "unit": "K"}}
    reading = read.file(tmp_path / "s.parquet", "sensors", columns=columns, study_utc_offset=8)
    assert reading.frame is not None, reading.problems
    assert reading.frame["sensor"].tolist() == ["1", "2"]
    assert reading.frame["time"].astype(str).tolist() == ["2024-01-01 08:00:00", "2024-01-01 08:30:00"]
    np.testing.assert_allclose(reading.frame["soil_temperature"], [3 - 273.15, np.nan])
    assert "N-TIME-ZONED" in codes(reading)


def test_latin_degree_sign(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes("time,soil_temperature (°C)\n2024-01-01 00:00,3.5\n".encode("cp1252"))
    reading = read.file(tmp_path / "s.csv", "sensors")
    assert reading.frame is not None and reading.frame["soil_temperature"].tolist() == [3.5]
    assert "N-ENCODING" in codes(reading) and "N-UNIT-ASSUMED" not in codes(reading)


def test_row_names_of_r(tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text('"pH"\t"SOC"\n"S1"\t8.1\t5\n"S2"\t8.2\t6\n', encoding="utf-8")
    frame = read.file(tmp_path / "s.txt", "soil", columns={"": "sample"}).frame
    assert frame is not None and frame["sample"].tolist() == ["S1", "S2"] and frame["ph_water"].tolist() == [8.1, 8.2]


def test_several_files(tmp_path: Path) -> None:
    (tmp_path / "a1.csv").write_text("plot,pH\nP1,8.1\n", encoding="utf-8")
    (tmp_path / "a2.csv").write_text("plot,SOC,pH\nP2,5,NA\n", encoding="utf-8")
    from halosink.settings import TableSettings

    reading = read.table(tmp_path, "soil", TableSettings(file="a*.csv", kind="soil"))
    frame = reading.frame
    assert frame is not None and frame["source_file"].tolist() == ["a1.csv", "a2.csv"]
    assert reading.missing["ph_water"].tolist() == [0, 2]
    assert reading.missing["soil_organic_carbon"].tolist() == [1, 0]


def test_decimal_comma(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot;pH;SOC\nP1;8,1;5\nP2;8,25;NA\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil", decimal=",").frame
    assert frame is not None and frame["ph_water"].tolist() == [8.1, 8.25]
    assert frame["soil_organic_carbon"].iloc[0] == 5


def test_line_of_excel_that_names_the_delimiter(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("sep=|\nplot|pH\nP1|8.1\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["ph_water"].tolist() == [8.1] and frame["source_row"].tolist() == [3]


def test_delimiter_at_the_end_of_every_row(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,pH\nP1,8.1,\nP2,8.2,\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["plot"].tolist() == ["P1", "P2"] and frame["ph_water"].tolist() == [8.1, 8.2]


def test_decimal_commas_between_commas_are_not_row_names(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,pH\nP1,8,1\nP2,8,2\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert [p.code for p in reading.problems] == ["E-HEADING-WIDTH"]


def test_very_wide_table(tmp_path: Path) -> None:
    samples = [f"sample_of_a_long_name_{i:06d}" for i in range(12_000)]
    body = "".join(f"T{k}\t" + "\t".join("1" for _ in samples) + "\n" for k in range(3))
    (tmp_path / "o.tsv").write_text("OTU\t" + "\t".join(samples) + "\n" + body, encoding="utf-8")
    reading = read.file(tmp_path / "o.tsv", "counts", orientation="taxa_rows")
    assert reading.frame is not None and len(reading.frame) == 36_000 and reading.samples == tuple(samples)


def test_full_width_and_minus(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("time,soil_temperature\n2024-01-01,－１２．５\n2024-01-02,−3\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "sensors")
    assert reading.frame is not None and reading.frame["soil_temperature"].tolist() == [-12.5, -3]
    assert "N-NORMALISED" in codes(reading)


def test_minus_999_is_a_value_where_the_range_allows_it(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "time,soil_matric_potential,soil_temperature\n2024-01-01,-999,-999\n2024-01-02,-9999,1\n", encoding="utf-8"
    )
    frame = read.file(tmp_path / "s.csv", "sensors").frame
    assert frame is not None
    np.testing.assert_array_equal(frame["soil_matric_potential"], [-999, np.nan])
    np.testing.assert_array_equal(frame["soil_temperature"], [np.nan, 1])


def test_9999_is_missing_only_when_declared(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("time,soil_redox_potential\n2024-01-01,9999\n2024-01-02,1\n", encoding="utf-8")
    plain = read.file(tmp_path / "s.csv", "sensors").frame
    said = read.file(tmp_path / "s.csv", "sensors", missing=("9999",)).frame
    assert plain is not None and said is not None
    assert plain["soil_redox_potential"].tolist() == [9999, 1] and said["soil_redox_potential"].isna().tolist() == [
        True,
        False,
    ]


def test_hostile_text_is_only_data(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text('plot,remark,pH\nP1,"<script>alert(1)</script>",8\nP2,+N,8\n', encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["remark"].tolist() == ["<script>alert(1)</script>", "+N"]


def test_nothing_heavy_at_import() -> None:
    import subprocess
    import sys

    code = "import sys, halosink.read; print([m for m in ('pandas', 'numpy', 'pyarrow', 'pint') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
