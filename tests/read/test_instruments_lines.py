"""Delimited text of instruments: every oddity of a line is either read rightly or left out and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from halosink.problems import Problem
from halosink.read.instruments import Opened
from halosink.read.instruments.parts import lines
from halosink.read.records import Stop


def parsed(folder: Path, content: bytes, names: list[str], **options: Any) -> tuple[pd.DataFrame, list[Problem]]:
    path = folder / "file"
    path.write_bytes(content)
    return lines.table(Opened.open(path), names, **options)


def test_commas_and_quotes(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbft,v\r\na,1\r\n\r\nb,2,\r\nc,-NaN\r\nd, bad\r\n"q,r",4\r\n"u,5\r\ne,1,2\r\ng,\x005\r\nf'
    frame, problems = parsed(tmp_path, text, ["t", "v"], sep=",", after=1, text=["t"])
    assert frame["t"].tolist() == ["a", "b", "c", "d", "q,r"]
    np.testing.assert_array_equal(frame["v"], [1, 2, np.nan, np.nan, 4])
    assert frame["source_row"].tolist() == [2, 4, 5, 6, 7]
    assert [(p.code, p.column, p.rows) for p in problems] == [
        ("W-INSTRUMENT-ROWS", "", (8, 9, 10, 11)),
        ("W-INSTRUMENT-VALUES", "v", (6,)),
    ]
    assert problems[1].values["value"] == "bad"


def test_blanks(tmp_path: Path) -> None:
    frame, problems = parsed(tmp_path, b"  1 2\n3   4  \n5\n", ["a", "b"], sep="")
    assert frame[["a", "b"]].to_numpy().tolist() == [[1, 2], [3, 4]]
    assert problems[0].rows == (3,)


def test_short_rows_and_a_last_one_without_end(tmp_path: Path) -> None:
    text, names = b"1,2,3\n4,5\n6,7,8\n9,1", ["a", "b", "c"]
    assert len(parsed(tmp_path, text, names, sep=",")[0]) == 2
    assert len(parsed(tmp_path, text, names, sep=",", ragged=True)[0]) == 4
    frame, problems = parsed(tmp_path, text, names, sep=",", ragged=True, ended=True, wanted=["c", "x"])
    np.testing.assert_array_equal(frame["c"], [3, np.nan, 8])
    assert list(frame) == ["c", "source_row"]
    assert problems[0].rows == (4,)


def test_old_line_ends(tmp_path: Path) -> None:
    assert len(parsed(tmp_path, b"1,2\r3,4\r", ["a", "b"], sep=",")[0]) == 2


def test_codes_for_missing(tmp_path: Path) -> None:
    frame, problems = parsed(tmp_path, b"-9999\nn/a\nOFF\n1.#QNAN\n", ["a"], sep=",", missing=["off"])
    assert frame["a"].isna().tolist() == [False, True, True, True]
    assert not problems


def test_headings_that_change(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("#a,b\n1,2\n#b,a\n3,4\n#a,b\n5,6\n")
    headings = [(1, ["a", "b"]), (3, ["b", "a"]), (5, ["a", "b"])]
    frame, problems = lines.tables(Opened.open(path), headings, lambda line: line[:1] != b"#", sep=",")
    assert frame[["a", "b", "block", "source_row"]].to_numpy().tolist() == [[1, 2, 0, 2], [4, 3, 1, 4], [5, 6, 2, 6]]
    assert not problems


def test_helpers(tmp_path: Path) -> None:
    assert lines.unique(["VIN", " VIN", '"x"', "VIN"]) == ["VIN", "VIN.1", "x", "VIN.2"]
    with pytest.raises(Stop, match="E-INSTRUMENT-LACKS"):
        lines.lacking("file", ["a"], ["a", "b"])
    frame = pd.DataFrame({"source_row": [3, 4, 5]})
    times = pd.Series(["2024-06-01 10:00:00.5", "x", "2024-06-01"])
    timed, problems = lines.clock(frame, times, "file")
    assert timed["time"].tolist() == [pd.Timestamp("2024-06-01 10:00:00.5"), pd.Timestamp("2024-06-01")]
    assert problems[0].rows == (4,)
