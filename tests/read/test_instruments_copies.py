"""Files of instruments as users hand them on: compressed, saved again by Excel, damaged, or no file of readings."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import read
from halosink.problems import UserError

HEAD = "Model:\tLI-7810\nSN:\tTG10-1\nTimezone:\tAsia/Shanghai\n"
NAMES = "DATAH\tSECONDS\tNANOSECONDS\tNDX\tDIAG\tREMARK\tDATE\tTIME\tH2O\tCO2\tCH4\n"
UNITS = "DATAU\tsecs\tnsecs\tindex\tdiag\t\tdate\ttime\tppm\tppm\tppb\n"
BEGIN = pd.Timestamp("2024-06-18 09:00:00")


def li_7810(rows: int = 40) -> str:
    stamps = BEGIN + pd.to_timedelta(np.arange(rows), unit="s")
    epoch = (stamps - pd.Timedelta(hours=8) - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    body = [
        f'DATA\t{e}\t0\t{i}\t0\t""\t{t:%Y-%m-%d}\t{t:%H:%M:%S}\t14000\t{420 + i}\t{1990 + 2 * i}\n'
        for i, (e, t) in enumerate(zip(epoch, stamps, strict=True))
    ]
    return HEAD + NAMES + UNITS + "".join(body)


def li_850(rows: int = 6) -> str:
    """Two readings a second."""
    head = "System_Date_(Y-M-D)\tSystem_Time_(h:m:s)\tCO₂_(µmol_mol⁻¹)\tH₂O_(mmol_mol⁻¹)\tH₂O_(°C)\tCO₂_Absorption\t\n"
    stamps = BEGIN + pd.to_timedelta(np.arange(rows) // 2, unit="s")
    body = [f"{t:%Y-%m-%d}\t{t:%H:%M:%S}\t{4 + i / 100:.5f}e2\t1.45e1\t1.2e1\t9e-2\t\n" for i, t in enumerate(stamps)]
    return f'"{BEGIN:%Y-%m-%d} at 09:00"\n{head}{"".join(body)}'


def test_a_compressed_file_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_text(li_7810())
    (tmp_path / "a.data.gz").write_bytes(gzip.compress(li_7810().encode()))
    plain, packed = (read.instrument(tmp_path / n).drop(columns="source_file") for n in ("a.data", "a.data.gz"))
    pd.testing.assert_frame_equal(plain, packed)


def test_a_compressed_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(li_7810(4000).encode())
    (tmp_path / "a.data.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UserError) as error:
        read.instrument(tmp_path / "a.data.gz")
    assert [p.code for p in error.value.problems] == ["E-FILE-DAMAGED"]


def test_a_copy_that_excel_saved_holds_the_same(tmp_path: Path) -> None:
    copy = li_7810().replace("\t", ",").replace("2024-06-18", "6/18/2024").replace("LI-7810\n", "LI-7810,,,,,,,,,\n")
    (tmp_path / "a.data").write_text(li_7810())
    (tmp_path / "b.csv").write_text(copy)
    plain, saved = (read.instrument(tmp_path / n).drop(columns="source_file") for n in ("a.data", "b.csv"))
    pd.testing.assert_frame_equal(plain, saved)
    assert saved["analyser"].unique().tolist() == ["LI-7810 TG10-1"]


def test_a_carriage_return_inside_a_line_damages_it(tmp_path: Path) -> None:
    lines = li_7810().splitlines(keepends=True)
    lines[10] = lines[10].replace("\t14000", "\r14000")
    (tmp_path / "a.data").write_bytes("".join(lines).encode())
    found = read.instrument(tmp_path / "a.data")
    assert 11 not in found["source_row"].tolist() and len(found) == 39
    assert [(p.code, p.rows) for p in found.attrs["problems"]] == [("W-INSTRUMENT-ROWS", (11,))]


def test_li_850_is_moist_and_its_seconds_are_shared_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(li_850(), encoding="utf-8")
    found = read.instrument(tmp_path / "a.txt")
    assert found.attrs["format"] == "li_850" and found.attrs["analyser"] == "LI-850"
    assert found["co2_mole_fraction_wet"].tolist() == pytest.approx([400, 401, 402, 403, 404, 405])
    assert found["h2o_mole_fraction"].tolist() == pytest.approx([14.5] * 6)
    assert (found["time"] - BEGIN).dt.total_seconds().tolist() == [0, 0.5, 1, 1.5, 2, 2.5]


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 9, b"\0" * 5000])
def test_a_photograph_is_no_record(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.data").write_bytes(content)
    reading = read.file(tmp_path / "a.data", "analyser")
    assert reading.frame is None and [p.code for p in reading.problems] == ["E-INSTRUMENT-UNKNOWN"]


def test_records_of_an_unknown_instrument_are_said_to_be_read_as_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Some analyser\n1;2\n3;4\n")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "good.csv").write_text("time,co2 (ppm)\n2024-06-18 09:00,420\n")
    told = {
        n: [p.code for p in read.file(tmp_path / n, "analyser").problems] for n in ("a.txt", "empty.txt", "good.csv")
    }
    assert told["a.txt"][-1] == "W-INSTRUMENT-PLAIN"
    assert told["empty.txt"] == ["E-FILE-EMPTY"] and "W-INSTRUMENT-PLAIN" not in told["good.csv"]


def test_a_file_in_which_no_chamber_was_closed_holds_no_closure(tmp_path: Path) -> None:
    titles = (
        "Titles:",
        "SEQUENCE",
        "COM5A5C07_CH ID",
        "COM5A5C08_Chamber closed",
        "XT5C00_Instrument",
        "XT5C04_CH4 Dry",
    )
    rows = [f"2025-08-14 00:00:{i:02d}.000\t\t0.75\t0.00\tPicarro\t2.0" for i in range(5)]
    text = "\n".join(["sep=\t", "\t".join(titles), "Units:\t\tV\t\tSensor\tppm", *rows, ""])
    (tmp_path / "a.csv").write_text(text)
    found = read.instrument(tmp_path / "a.csv")
    assert found.attrs["format"] == "skyline" and found["ch4_mole_fraction"].tolist() == [2000.0] * 5
    assert (found["closure"] == "").all() and (found["chamber"] == "").all()
