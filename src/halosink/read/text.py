"""CSV and TSV files: delimiter, heading, rows that do not fit, and fast typed columns through Arrow."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halosink.problems import Problem
from halosink.read.content import Scan
from halosink.read.records import Grid, Stop, Want

HEAD_BYTES = 1 << 22
HEAD_ROWS = 60
CELL_LIMIT = 32_767
"""Most characters a cell can hold in Excel (Microsoft's specification of Excel limits)."""
DELIMITERS = ("\t", ";", ",", "|")


class TextGrid(Grid):
    """A delimited text file; Excel's first line sep=; is understood.

    `before` counts the lines above the heading, `between` those from it to the data.
    """

    before = 0
    between = 0
    typed = False
    _blank_lines = False

    def __init__(self, path: Path, name: str, scan: Scan, delimiter: str = ""):
        self.file, self.path, self.scan = name, path, scan
        text = self._beginning()
        if not text.strip():
            raise Stop(self.problem("E-FILE-EMPTY"))
        self._unclosed_quote()
        if named := re.match(r"sep=(.)\s*[\r\n]", text):
            self.before, delimiter = 1, delimiter or named[1]
        self.delimiter = delimiter or guess_delimiter("".join(text.splitlines(True)[self.before :][:HEAD_ROWS]))
        records = self._records(text)
        above, heading = self._heading(records)
        below = [cells for _, cells in records[above + 1 :] if cells]
        widths = Counter(len(cells) for cells in below)
        self.width = widths.most_common(1)[0][0] if widths else len(heading)
        if len(heading) == self.width - 1:
            heading = _one_short(heading, below, self.delimiter)
        while len(heading) > self.width and not heading[-1].strip():
            heading.pop()
        if len(heading) != self.width and widths:
            common = len(heading) if len(heading) in widths else self.width
            if common != len(heading):
                raise Stop(self.problem("E-HEADING-WIDTH", "", [above + 1], headings=len(heading), cells=self.width))
            self.width = len(heading)
        self.headings = [h.strip() for h in heading]
        self.heading_row = above + 1
        self.head = [[c.strip() for c in cells] for cells in below[self.between :][:HEAD_ROWS]]
        ends = [line for line, cells in records[above + 1 :] if cells]
        self._line_ends = [records[above][0], *ends]
        self._first = above + 2

    def _heading(self, records: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
        for index, (_, cells) in enumerate(records):
            if index >= self.before and any(c.strip() for c in cells):
                return index, list(cells)
        raise Stop(self.problem("E-FILE-EMPTY"))

    def _beginning(self) -> str:
        if self.scan.data is None:
            with self.path.open("rb") as stream:
                data = stream.read(HEAD_BYTES)
        else:
            data = self.scan.data[:HEAD_BYTES]
        cut = data if len(data) < HEAD_BYTES else data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1] or data
        return cut.decode("utf-8-sig", errors="ignore")

    def _records(self, text: str) -> list[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        found: list[tuple[int, list[str]]] = []
        old = csv.field_size_limit(len(text) + 1)
        try:
            for cells in reader:
                found.append((reader.line_num, cells))
                if len(found) > HEAD_ROWS + 20:
                    break
        except csv.Error as error:
            raise Stop(self.problem("E-FILE-DAMAGED", "", [reader.line_num], reason=str(error))) from None
        finally:
            csv.field_size_limit(old)
        return found

    def _bytes(self) -> bytes:
        return self.path.read_bytes() if self.scan.data is None else self.scan.data

    def _unclosed_quote(self) -> None:
        if self.scan.quotes % 2 == 0:
            return
        lines = re.split(r"\r\n|\r|\n", self._bytes().decode("utf-8", errors="replace"))
        odd = next(i for i, line in enumerate(lines, 1) if line.count('"') % 2)
        raise Stop(self.problem("E-QUOTE", "", [odd], value=lines[odd - 1]))

    def load(self, skip: int, want: Mapping[int, Want], decimal: str) -> tuple[dict[int, Any], Any]:
        import numpy as np
        import pyarrow as pa

        skip += self.between
        if skip >= len(self._line_ends):
            return {}, np.zeros(0, dtype=np.int64)
        types: dict[str, Any] = {
            str(p): {"number": pa.float64(), "time": pa.timestamp("us"), "text": pa.string()}[w]
            for p, w in want.items()
        }
        table = None
        for _ in range(4):
            try:
                table = self._parse(self._line_ends[skip], types, decimal)
                break
            except pa.ArrowInvalid as error:
                failed = re.search(r"CSV column #(\d+)", str(error))
                if "straddling" in str(error):
                    raise Stop(self._longest()) from None
                if not failed:
                    raise Stop(self.problem("E-FILE-DAMAGED", reason=str(error))) from None
                types[failed[1]] = pa.string()
        if table is None:
            table = self._parse(self._line_ends[skip], dict.fromkeys(types, pa.string()), decimal)
        pa.default_memory_pool().release_unused()
        rows = self._row_numbers(skip, table.num_rows)
        arrays = {p: table.column(str(p)) for p in want}
        for position, array in arrays.items():
            if pa.types.is_string(array.type):
                self._huge(position, array, rows)
        return arrays, rows

    def _parse(self, lines: int, types: Mapping[str, Any], decimal: str) -> Any:
        import pyarrow as pa
        from pyarrow import csv as arrow

        ragged = False

        def odd(row: Any) -> str:
            nonlocal ragged
            if row.text.strip():
                ragged = True
            else:
                self._blank_lines = True
            return "skip"

        source = pa.OSFile(str(self.path)) if self.scan.data is None else pa.BufferReader(self.scan.data)
        table = arrow.read_csv(
            source,
            read_options=arrow.ReadOptions(
                skip_rows=lines, column_names=[str(i) for i in range(self.width)], block_size=4 << 20
            ),
            parse_options=arrow.ParseOptions(
                delimiter=self.delimiter,
                newlines_in_values=self.scan.quotes > 0,
                ignore_empty_lines=False,
                invalid_row_handler=odd,
            ),
            convert_options=arrow.ConvertOptions(
                column_types=types,
                include_columns=list(types),
                null_values=[""],
                strings_can_be_null=False,
                decimal_point=decimal,
                timestamp_parsers=[arrow.ISO8601],
            ),
        )
        if ragged:
            raise Stop(self._ragged())
        return table

    def _numbered(self) -> list[tuple[int, list[str]]]:
        """Every row that is not blank, with its number."""
        text = self._bytes().decode("utf-8-sig")
        old = csv.field_size_limit(len(text) + 1)
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
            return [(i, cells) for i, cells in enumerate(reader, 1) if cells]
        finally:
            csv.field_size_limit(old)

    def _ragged(self) -> Problem:
        odd = [(i, len(c)) for i, c in self._numbered() if i >= self._first and len(c) != self.width]
        values = {"cells": odd[0][1] if odd else "?", "headings": self.width}
        return self.problem("E-RAGGED", "", [i for i, _ in odd[:5]], len(odd), **values)

    def _row_numbers(self, skip: int, count: int) -> Any:
        import numpy as np

        if not self._blank_lines:
            return np.arange(self._first + skip, self._first + skip + count, dtype=np.int64)
        numbers = np.array([i for i, _ in self._numbered() if i >= self._first], dtype=np.int64)
        return numbers[skip : skip + count]

    def _huge(self, position: int, array: Any, rows: Any) -> None:
        import numpy as np
        import pyarrow.compute as pc

        lengths = pc.utf8_length(array)
        longest = pc.max(lengths).as_py() or 0
        if longest > CELL_LIMIT:
            where = rows[np.flatnonzero(pc.greater(lengths, CELL_LIMIT).to_numpy(zero_copy_only=False))]
            raise Stop(self.problem("E-CELL-HUGE", self.headings[position], where, length=longest, limit=CELL_LIMIT))

    def _longest(self) -> Problem:
        lines = re.split(rb"\r\n|\r|\n", self._bytes())
        row = max(range(len(lines)), key=lambda i: len(lines[i]))
        return self.problem("E-CELL-HUGE", "", [row + 1], length=len(lines[row]), limit=CELL_LIMIT)


def _one_short(heading: list[str], below: list[list[str]], delimiter: str) -> list[str]:
    """A heading with one cell less than the rows: a delimiter ends every row, or R left the row names unnamed.

    The latter is believed of tabs only; with commas the surplus is more likely a decimal comma.
    """
    if all(len(cells) == len(heading) or not cells[-1].strip() for cells in below):
        return [*heading, ""]
    return ["", *heading] if delimiter == "\t" and len({len(cells) for cells in below}) == 1 else heading


def guess_delimiter(text: str) -> str:
    """The delimiter that cuts most rows into as many cells as the heading has, or one more (R's row names)."""
    lines = [line for line in re.sub(r'"[^"]*"', '""', text).splitlines() if line.strip()]
    if not lines:
        return ","

    def score(delimiter: str) -> tuple[float, int]:
        counts = [line.count(delimiter) for line in lines]
        if not counts[0]:
            return 0.0, 0
        fit = [c in (counts[0], counts[0] + 1) for c in counts]
        return sum(fit) / len(fit), counts[0]

    best = max(DELIMITERS, key=score)
    return best if score(best)[0] > 0 else ","
