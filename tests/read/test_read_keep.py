"""Rows chosen by keep are those a hand would choose, with the numbers of the rows they have in the file."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import halosink
from halosink.settings import TableSettings

TABLE = "study,plot,ph_water\nA,P1,8.1\nB,P2,pH?\nA,P3,8.3\nC,P4,72\n"


def test_rows_that_are_left_out_are_not_judged(tmp_path: Path) -> None:
    (tmp_path / "soil.csv").write_text(TABLE)
    reading = halosink.read.file(tmp_path / "soil.csv", "soil", keep={"study": ["A"]})
    assert reading.frame is not None
    assert reading.frame["plot"].tolist() == ["P1", "P3"]
    assert reading.frame["ph_water"].tolist() == [8.1, 8.3]
    assert reading.frame["source_row"].tolist() == [2, 4]
    assert [p.count for p in reading.problems if p.code == "N-KEEP"] == [2]


def test_conditions_on_several_columns_all_hold(tmp_path: Path) -> None:
    (tmp_path / "soil.csv").write_text("plot,year,ph_water\nP1,2020,8\nP1,2021,8.2\nP2,2021,8.4\n")
    reading = halosink.read.file(tmp_path / "soil.csv", "soil", keep={"plot": ["P1"], "year": ["2021"]})
    assert reading.frame is not None
    assert reading.frame["ph_water"].tolist() == [8.2]


@given(st.lists(st.sampled_from("ABC"), min_size=1, max_size=30), st.sets(st.sampled_from("ABC"), min_size=1))
def test_as_many_rows_as_hold_the_values(tmp_path_factory, studies, wanted) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("keep") / "soil.csv"
    path.write_text("study,ph_water\n" + "".join(f"{s},8\n" for s in studies))
    reading = halosink.read.file(path, "soil", keep={"study": sorted(wanted)})
    expected = sum(s in wanted for s in studies)
    assert (0 if reading.frame is None else len(reading.frame)) == expected


def test_a_row_left_out_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "soil.csv").write_text(TABLE)
    reading = halosink.read.file(tmp_path / "soil.csv", "soil", leave_out=[3, 5])
    assert reading.frame is not None
    assert reading.frame["source_row"].tolist() == [2, 4]


def test_row_numbers_of_several_files_are_refused(tmp_path: Path) -> None:
    for name in ("soil_1.csv", "soil_2.csv"):
        (tmp_path / name).write_text(TABLE)
    settings = {"file": "soil_*.csv", "kind": "soil", "leave_out": [3]}
    reading = halosink.read.table(tmp_path, "soil", TableSettings.model_validate(settings))
    assert [p.code for p in reading.problems] == ["E-LEAVE-OUT-SEVERAL"]
