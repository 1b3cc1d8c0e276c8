"""XLSX workbooks, through calamine."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from halosink.problems import Problem, did_you_mean
from halosink.read.content import check_zip
from halosink.read.records import Grid, Stop, Want
from halosink.read.text import CELL_LIMIT, HEAD_ROWS

CELLS_LIMIT = 40_000_000
"""Own choice: forty columns of a million rows; a lone cell far away would claim memory for all between."""
TITLE = 2
"""Own choice: so few cells above wider rows are a title and not headings."""
ASIDE = ("guide", "说明", "填写说明", "readme", "lists", "options", "选项", "列表")
"""Sheets of our own templates and common habits that hold no data."""


class ExcelGrid(Grid):
    """One sheet of a workbook."""

    def __init__(self, path: Path, name: str, sheet: str = "", like: Sequence[str] = ()):
        import python_calamine as calamine

        self.file, self.path = name, path
        check_zip(path, name)
        try:
            book = calamine.CalamineWorkbook.from_path(str(path))
            self.sheet = self._choose(book, sheet, like)
            self._inspect(_sheet_xml(path, book.sheet_names.index(self.sheet)))
            found = book.get_sheet_by_name(self.sheet)
            cells = found.to_python(skip_empty_area=False)
        except BaseException as error:
            known = isinstance(error, (calamine.CalamineError, OSError, ValueError))
            if not known and type(error).__name__ != "PanicException":
                raise
            raise Stop(self.problem("E-FILE-DAMAGED", reason=str(error))) from None
        start = next((i for i, row in enumerate(cells) if any(_text(c) for c in row)), None)
        if start is None:
            raise Stop(self.problem("E-SHEET-EMPTY"))
        self.problems: list[Problem] = []
        if merged := found.merged_cell_ranges:
            start = self._unmerge(cells, merged, start)
        self.headings = [_text(c) for c in cells[start]]
        while self.headings and not self.headings[-1]:
            self.headings.pop()
        self.heading_row = start + 1
        self._cells = cells[start + 1 :]
        while self._cells and not any(_text(c) for c in self._cells[-1]):
            self._cells.pop()
        width = len(self.headings)
        beyond = [i for i, row in enumerate(self._cells) if any(_text(c) for c in row[width:])]
        if beyond:
            if width <= TITLE and len(beyond) > 1:
                wide = max(sum(bool(_text(c)) for c in row) for row in self._cells)
                raise Stop(self.problem("E-HEADING-WIDTH", "", [self.heading_row], headings=width, cells=wide))
            rows = [start + 2 + i for i in beyond[:5]]
            raise Stop(self.problem("E-RAGGED", "", rows, len(beyond), headings=width, cells=f">{width}"))
        self.head = [[_text(c) for c in row[:width]] for row in self._cells[:HEAD_ROWS]]
        self.serial_1904 = _is_1904(path)

    def _unmerge(self, cells: list[list[Any]], merged: Sequence[tuple[Any, Any]], start: int) -> int:
        """Say that cells are merged, fill those below a merged one so that the rest can be looked at too, and give the
        row of the headings: below a title. Raises Stop where the headings themselves are merged."""
        rows = sorted({corner[0] + 1 for corner, _ in merged})
        self.problems.append(self.problem("E-MERGED", "", rows, len(merged)))
        while sum(bool(_text(c)) for c in cells[start]) == 1 and any(m[0][0] == start for m in merged):
            below = next((i for i in range(start + 1, len(cells)) if any(_text(c) for c in cells[i])), None)
            if below is None:
                break
            start = below
        if any(first[0] <= start <= last[0] for first, last in merged):
            raise Stop(*self.problems)
        for (top, left), (bottom, right) in merged:
            for row in range(top, min(bottom + 1, len(cells))):
                for column in range(left, min(right + 1, len(cells[row]))):
                    cells[row][column] = cells[top][left] if row > start else cells[row][column]
        return start

    def _choose(self, book: Any, sheet: str, like: Sequence[str]) -> str:
        names: list[str] = list(book.sheet_names)
        if not names:
            raise Stop(self.problem("E-SHEET-EMPTY"))
        if sheet:
            if sheet not in names:
                meant = did_you_mean(sheet, names) or "-"
                raise Stop(self.problem("E-SHEET-MISSING", name=sheet, meant=meant, sheets=", ".join(names)))
            return sheet
        plain = {n.strip().lower(): n for n in names}
        for wanted in like:
            if wanted.lower() in plain:
                return plain[wanted.lower()]
        return next((n for n in names if n.strip().lower() not in ASIDE), names[0])

    def _inspect(self, xml: bytes) -> None:
        """Refuse what would fill the memory, and formulas that a program wrote without their results."""
        rows, letters = 0, {b"A"}
        for match in re.finditer(rb"""<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*["']\s*\$?([A-Za-z]*)\$?(\d+)""", xml):
            letters.add(match[1].upper()[:9])
            rows = max(rows, int(match[2][:9]))
        columns = max(sum((c - 64) * 26**i for i, c in enumerate(reversed(word))) for word in letters)
        if rows * columns > CELLS_LIMIT:
            raise Stop(self.problem("E-SHEET-SIZE", "", [rows], rows=rows, columns=columns, limit=CELLS_LIMIT))
        bare = re.findall(rb'<c r="([A-Z]+)(\d+)"[^>]*><f[^>]*>[^<]*</f>(?:<v ?/>|<v></v>)?</c>', xml)
        if bare:
            raise Stop(self.problem("E-FORMULA-BLANK", bare[0][0].decode(), [int(r) for _, r in bare], len(bare)))

    def load(self, skip: int, want: Mapping[int, Want], decimal: str) -> tuple[dict[int, Any], Any]:
        import numpy as np

        body = self._cells[skip:]
        first = self.heading_row + 1 + skip
        numbers = np.arange(first, first + len(body), dtype=np.int64)
        return {p: self._column([row[p] for row in body], p, w, numbers) for p, w in want.items()}, numbers

    def _column(self, cells: list[Any], position: int, want: Want, numbers: Any) -> Any:
        import pyarrow as pa

        if want == "number" and all(c == "" or type(c) in (int, float) for c in cells):
            return pa.array([None if c == "" else float(c) for c in cells], pa.float64())
        if want == "time" and all(c == "" or isinstance(c, datetime.date) for c in cells):
            return pa.array([None if c == "" else _moment(c) for c in cells], pa.timestamp("us"))
        if want == "time" and all(c == "" or type(c) in (int, float) for c in cells):
            return pa.array([None if c == "" else float(c) for c in cells], pa.float64())
        texts = [_text(c) for c in cells]
        huge = [i for i, t in enumerate(texts) if len(t) > CELL_LIMIT]
        if huge:
            longest = max(len(texts[i]) for i in huge)
            values = {"length": longest, "limit": CELL_LIMIT}
            raise Stop(self.problem("E-CELL-HUGE", self.headings[position], numbers[huge], **values))
        return pa.array(texts, pa.string())


def _moment(value: datetime.date) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime(value.year, value.month, value.day)


def _text(value: Any) -> str:
    """A cell as its user sees it: 1 not 1.0, dates in ISO 8601."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value).strip()


def _sheet_xml(path: Path, index: int) -> bytes:
    """The raw content of a sheet; that of all sheets if its place in the archive cannot be told."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return b"".join(archive.read(n) for n in names if n.startswith("xl/worksheets/"))
        ids = re.findall(rb'<sheet [^>]*?r:id="([^"]+)"', archive.read("xl/workbook.xml"))
        relations = re.findall(rb"<Relationship [^>]*>", archive.read("xl/_rels/workbook.xml.rels"))
        target = next((r for r in relations if index < len(ids) and b'Id="%s"' % ids[index] in r), b"")
        found = re.search(rb'Target="/?(?:xl/)?([^"]+)"', target)
        name = f"xl/{found[1].decode('utf-8', 'replace')}" if found else ""
        inside = (
            [name] if name in names else [n for n in names if n.startswith("xl/worksheets/") and n.endswith(".xml")]
        )
        return b"".join(archive.read(n) for n in inside)


def _is_1904(path: Path) -> bool:
    """Whether serial dates count from 1904 (ECMA-376 part 1, workbookPr date1904)."""
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        return re.search(rb'date1904="(1|true)"', archive.read("xl/workbook.xml")) is not None
