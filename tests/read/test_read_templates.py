"""What `halosink new` writes can be read: empty as it comes, and filled in by hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

import openpyxl
import pytest

from halosink import read, templates, vocabulary

KINDS = sorted(vocabulary.table_kinds())
LANGUAGES: tuple[Literal["en", "zh"], ...] = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_csv(tmp_path: Path, kind: str, language: Literal["en", "zh"]) -> None:
    path = tmp_path / f"{kind}.csv"
    text = templates.csv_text(kind, language)
    path.write_text(text, encoding="utf-8", newline="")
    assert [p.code for p in read.file(path, kind).problems] == ["E-TABLE-EMPTY"]
    names, units, example = templates.rows(kind, language)
    first = 1 if vocabulary.field(str(names[0])).numeric else "A1"
    filled = ",".join(f'"{c}"' for c in [first, *example[1:]])
    path.write_text(text + filled + "\r\n", encoding="utf-8", newline="")
    reading = read.file(path, kind)
    assert reading.frame is not None, reading.problems
    assert not reading.problems
    assert reading.frame["source_row"].tolist() == [4]
    assert set(map(str, names)) - {"date"} <= set(reading.frame.columns)


@pytest.mark.parametrize("kind", KINDS)
def test_xlsx(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "fieldbook.xlsx"
    path.write_bytes(templates.workbook([kind]))
    assert [p.code for p in read.file(path, kind, sheet=kind).problems] == ["E-TABLE-EMPTY"]
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    _, _, example = templates.rows(kind)
    book[kind].append(["A1", *example[1:]])
    book.save(path)
    from halosink.settings import TableSettings

    reading = read.table(tmp_path, kind, TableSettings(file="fieldbook.xlsx", kind=kind))
    assert reading.frame is not None, reading.problems
    assert not reading.problems and reading.frame["source_row"].tolist() == [4]
