"""Raw files of instruments as tables of a study: recognised, joined, with the settings of the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bad_input_cases import li_7810

from halosink import read
from halosink.settings import TableSettings

SAMPLES = Path("oracles") / "flux" / "format_samples" / "goFlux"


def table(folder: Path, file: str, kind: str = "analyser", offset: float = 1.0, **options: object) -> read.Reading:
    return read.table(folder, "gas", TableSettings.model_validate({"file": file, "kind": kind} | options), offset)


def codes(reading: read.Reading) -> list[str]:
    return [p.code for p in reading.problems]


def test_a_file_is_recognised_by_content_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(li_7810(number=30))
    found = table(tmp_path, "a.csv")
    assert not found.problems and found.frame is not None
    assert found.frame["co2_mole_fraction"].tolist() == pytest.approx([420 + i % 7 for i in range(30)])
    assert found.frame["h2o_mole_fraction"].tolist() == pytest.approx([6.2] * 30)
    assert found.frame["time"].iloc[[0, -1]].astype(str).tolist() == ["2022-12-05 10:00:00", "2022-12-05 10:00:29"]
    assert found.frame["source_row"].tolist() == list(range(8, 38))
    assert found.frame["analyser"].astype(str).unique().tolist() == ["LI-7810 TG10-00001"]
    assert [(f.path, f.rows) for f in found.files] == [("a.csv", 30)]


def test_one_pattern_holds_files_of_several_instruments(tmp_path: Path, reference: Path) -> None:
    for name in ("LI7810/LI7810.data", "LI7820/LI7820.data", "UGGA/UGGA.txt", "LI8100/LI8100.81x"):
        path = reference / SAMPLES / name
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / path.name).write_bytes(path.read_bytes())
    found = table(tmp_path, "raw/*")
    assert found.frame is not None
    rows = found.frame.groupby("source_file", observed=True).size().to_dict()
    assert rows == {"raw/LI7810.data": 330, "raw/LI7820.data": 461, "raw/UGGA.txt": 1786, "raw/LI8100.81x": 342}
    assert found.frame["analyser"].nunique() == 4
    filled = found.frame.groupby("source_file", observed=True)[["n2o_mole_fraction", "closure"]].count()
    assert filled.loc["raw/LI7820.data"].tolist() == [461, 0] and filled.loc["raw/LI8100.81x"].tolist() == [0, 342]
    assert all(len(m) == len(found.frame) for m in found.missing.values())


def test_copies_of_records_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_text(li_7810(number=60))
    (tmp_path / "b.data").write_text(li_7810(40, 60))
    found = table(tmp_path, "*.data")
    assert codes(found) == ["W-RECORD-TWICE"] and found.problems[0].count == 20
    assert found.frame is not None and len(found.frame) == 100
    assert found.frame["time"].diff().dropna().eq(pd.Timedelta(seconds=1)).all()


def test_settings_of_the_table_apply(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_text(li_7810())
    options = {"constant": {"site": "Da'an", "analyser": "ours"}, "ignore": ["CH4", "diag"], "missing": ["426"]}
    found = table(tmp_path, "a.data", offset=8, utc_offset=1, **options)
    assert codes(found) == ["N-TIME-SHIFTED"] and found.frame is not None
    assert found.frame["time"].iloc[0] == pd.Timestamp("2022-12-05 17:00:00")
    assert set(found.frame["site"]) == {"Da'an"} and set(found.frame["analyser"]) == {"ours"}
    assert not {"ch4_mole_fraction", "diagnostic_code"} & set(found.frame)
    gone = np.flatnonzero(found.frame["co2_mole_fraction"].isna())
    assert gone.tolist() == [6, 13] and found.missing["co2_mole_fraction"][gone].tolist() == [3, 3]


@pytest.mark.parametrize(
    ("option", "value"),
    [("sheet", "a"), ("delimiter", ";"), ("decimal", ","), ("units_row", True), ("time_format", "%Y"), ("split", {})],
)
def test_settings_that_cannot_apply_are_refused(tmp_path: Path, option: str, value: object) -> None:
    (tmp_path / "a.data").write_text(li_7810())
    value = {"plot": {"column": "REMARK", "pattern": "(.*)"}} if option == "split" else value
    found = table(tmp_path, "a.data", **{option: value})
    assert codes(found) == ["E-INSTRUMENT-SETTING"] and option in str(found.problems[0].values["settings"])


def test_a_plain_table_of_records_is_read_as_a_table(tmp_path: Path) -> None:
    rows = [f"2024-07-01 10:00:{i:02d},{420 + i},{2000 + i},P1" for i in range(20)]
    (tmp_path / "a.csv").write_text(
        "观测时间,CO2浓度 (ppm),甲烷浓度 (ppb),小区\n" + "\n".join(rows), encoding="gb18030"
    )
    found = table(tmp_path, "a.csv")
    assert codes(found) == ["N-ENCODING"] and found.frame is not None
    assert found.frame["co2_mole_fraction"].tolist() == [420 + i for i in range(20)]
    assert set(found.frame["plot"]) == {"P1"}
    assert codes(table(tmp_path, "a.csv", format="instrument")) == ["E-INSTRUMENT-UNKNOWN"]


def test_a_field_sheet_with_a_date_and_clocks(tmp_path: Path) -> None:
    """Dates, times of day and an end after midnight stand in columns of their own."""
    text = "日期,开始时间,结束时间,小区,箱高(cm)\n2024-07-01,9:05,9:08,P1,40\n2024-07-01,23：58,0:03,P2,40\n"
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    found = table(tmp_path, "s.csv", "closures")
    assert codes(found) == ["N-TIME-NEXT-DAY"] and found.frame is not None
    assert found.frame["time"].astype(str).tolist() == ["2024-07-01 09:05:00", "2024-07-01 23:58:00"]
    assert found.frame["closure_end"].astype(str).tolist() == ["2024-07-01 09:08:00", "2024-07-02 00:03:00"]


def test_every_time_of_a_sheet_is_moved_to_the_clock_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("start.time,end.time,plot\n2024-07-01 09:05:00,2024-07-01 09:08:00,P1\n")
    found = table(tmp_path, "s.csv", "closures", offset=8, utc_offset=9)
    assert found.frame is not None and set(codes(found)) == {"N-TIME-SHIFTED"}
    assert found.frame[["time", "closure_end"]].astype(str).iloc[0].tolist() == [
        "2024-07-01 08:05:00",
        "2024-07-01 08:08:00",
    ]
