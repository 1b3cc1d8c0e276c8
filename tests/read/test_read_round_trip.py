"""Whatever is written comes back."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from halosink import read

NAMES = st.text(st.sampled_from("abzXY019盐碱地样方,;\t \"'é"), min_size=1, max_size=12).map(str.strip)
PLAIN = NAMES.filter(lambda t: t.casefold() not in ("", "na") and not t.startswith(("'", '"')))
VALUES = st.one_of(st.none(), st.floats(-40, 60).map(lambda v: round(v, 6)))
CODES = {"": 1, "NA": 2, "NAN": 2, "-9999": 3, "n/a": 2, "缺测": 2}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(PLAIN, VALUES, VALUES), min_size=1, max_size=20),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(sorted(CODES)),
    st.booleans(),
)
def test_text_round_trip(
    rows: list[tuple[str, float | None, float | None]], encoding: str, end: str, delimiter: str, code: str, comma: bool
) -> None:
    decimal = "," if comma and delimiter != "," else "."

    def number(value: float | None) -> str:
        return code if value is None else repr(value).replace(".", decimal)

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(["sensor", "time", "soil_temperature (degC)", "air_temperature (degC)"])
    writer.writerows([n, f"2024-01-01 {i:02d}:00", number(a), number(b)] for i, (n, a, b) in enumerate(rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.csv"
        path.write_bytes(out.getvalue().encode(encoding))
        reading = read.file(path, "sensors", decimal=decimal, encoding="gb18030" if encoding == "gb18030" else "")
    frame = reading.frame
    assert frame is not None, reading.problems
    assert frame["sensor"].tolist() == [n for n, _, _ in rows]
    for name, column in (("soil_temperature", 1), ("air_temperature", 2)):
        expected = np.array([np.nan if r[column] is None else r[column] for r in rows], dtype=float)
        np.testing.assert_array_equal(frame[name], expected)
        missing = reading.missing.get(name, np.zeros(len(rows), dtype=np.uint8))
        assert missing.tolist() == [CODES[code] if r[column] is None else 0 for r in rows]
    assert frame["source_row"].tolist() == list(range(2, len(rows) + 2))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["soil.csv", "soil.xlsx", "soil.parquet", "soil.csv.gz"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        reading = read.file(path, "soil")
    assert (reading.frame is None) == any(p.level == "error" for p in reading.problems)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), min_size=3, max_size=3), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_no_cells_raise(cells: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["plot", "date", "pH"])
    writer.writerows(cells)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "soil.csv"
        path.write_bytes(out.getvalue().encode("utf-8", errors="replace"))
        reading = read.file(path, "soil")
    assert (reading.frame is None) == any(p.level == "error" for p in reading.problems)
