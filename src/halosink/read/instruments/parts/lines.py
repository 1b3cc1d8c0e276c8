"""Delimited text of instruments, fast and forgiving; what every reader of a text format stands on.

`table(opened, names, sep=",", after=2, text=("Time",))` gives (frame, problems): one column per wanted heading, float64
or, where named in `text`, str, and `source_row`, the line in the file counted from 1. Rows of another number of cells
than there are headings, with a broken quotation or with NUL bytes are left out and named in W-INSTRUMENT-ROWS; cells
that are no numbers become NaN and are named in W-INSTRUMENT-VALUES, unless they mean missing (MISSING, `missing`).
Byte-order marks, CRLF and blank lines do not matter. Memory is bounded by the columns wanted, not by the file.

`clock(frame, text, file, form)` gives datetime64[us] of a text column and leaves the rows out that have no time;
`tables` does the same for files whose heading rows come again; `numbered` gives the raw lines.
`unique(names)` tells equal headings apart; `lacking(file, names, needed)` raises E-INSTRUMENT-LACKS.
"""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.content import LIMIT_BYTES, LIMIT_RATIO, SMALL, gunzip
from halosink.read.instruments.format import Opened
from halosink.read.records import Stop

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 1 << 24
"""Bytes parsed at a time."""
NOT_A_NUMBER = ("nan", "-nan", "nan(ind)", "-nan(ind)", "1.#qnan", "1.#ind", "-1.#ind")
"""How programs print NaN; those with # are of Windows."""
MISSING = frozenset((*NOT_A_NUMBER, "", "na", "n/a", "null", "none", "---"))
"""Cells that mean missing, in lower case."""
ENDS = (b"\n", b"\r")
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, LookupError, RuntimeError, UnicodeError)
"""What Python raises on reading a damaged file or archive."""
SHOWN = 5
CUT = Text("they are cut off or have too few or too many cells", "行被截断，或单元格数与表头不符")
NO_TIME = Text("their time cannot be read", "时间无法识别")
BOM = b"\xef\xbb\xbf"


def table(
    opened: Opened,
    names: Sequence[str],
    *,
    sep: str = "\t",
    after: int = 0,
    wanted: Iterable[str] | None = None,
    text: Iterable[str] = (),
    missing: Iterable[str] = (),
    keep: Callable[[int, bytes], bool] | None = None,
    member: str = "",
    ragged: bool = False,
    ended: bool = False,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Columns of a delimited file and what was wrong with it.

    names: headings in the order of the file, all different. sep: "" for runs of blanks. after: lines of the file that
    stand above the data. wanted: headings to keep (those the file has not are ignored; None for all). text: those of
    them that stay text. missing: further cells that mean missing. keep(line number, line): False for lines that are
    no data (headings repeated, notes at the end). member: of a zip archive. ragged: a row may have fewer cells.
    ended: the instrument ends every line, so that a last row without its end is cut off, be it long enough or not.
    Raises Stop (E-INSTRUMENT-DAMAGED, E-ZIP-BOMB).
    """
    import pandas as pd

    asked = list(names) if wanted is None else [n for n in dict.fromkeys(wanted) if n in names]
    words = set(text)
    parts: list[pd.DataFrame] = []
    bad: list[int] = []
    odd: dict[str, tuple[str, list[int]]] = {}
    gone = {*MISSING, *(m.strip().lower() for m in missing)}
    for start, lines in numbered(opened, member):
        rows: list[int] = []
        good: list[bytes] = []
        for number, line in enumerate(lines, start):
            if number <= after or not line.strip() or (keep is not None and not keep(number, line)):
                continue
            fitting = _fitting(line, len(names), sep, ragged) if line.endswith(ENDS) or not ended else b""
            if fitting:
                rows.append(number)
                good.append(fitting)
            else:
                bad.append(number)
        if not good:
            continue
        part = _parse(good, names, asked, words, sep)
        part["source_row"] = rows
        for name in asked:
            if name not in words and not pd.api.types.is_numeric_dtype(part[name]):
                part[name] = _numbers(part[name], rows, gone, odd, name)
            elif name not in words:
                part[name] = part[name].astype("float64")
        parts.append(part)
    empty = {n: pd.Series(dtype="str" if n in words else "float64") for n in asked}
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(empty | {"source_row": []})
    problems = [left_out(opened.name, bad, CUT)] if bad else []
    problems += [
        Problem("W-INSTRUMENT-VALUES", opened.name, "", n, tuple(r[:SHOWN]), len(r), {"number": len(r), "value": v})
        for n, (v, r) in odd.items()
    ]
    return frame, problems


def tables(
    opened: Opened, headings: Sequence[tuple[int, Sequence[str]]], keep: Callable[[bytes], bool], **options: Any
) -> tuple[pd.DataFrame, list[Problem]]:
    """As table, of a file whose headings are repeated and may change on the way; `block` numbers them from 0.

    headings: (line number, names) of each heading row. keep(line): whether it is data. options: those of table.
    """
    import numpy as np
    import pandas as pd

    starts = [line for line, _ in headings]
    layouts = list(dict.fromkeys(tuple(names) for _, names in headings))
    of = [layouts.index(tuple(names)) for _, names in headings]
    parts, problems = [], []
    for i, names in enumerate(layouts):

        def mine(number: int, line: bytes, layout: int = i) -> bool:
            return keep(line) and (len(layouts) == 1 or of[max(bisect(starts, number) - 1, 0)] == layout)

        frame, found = table(opened, names, keep=mine, **options)
        parts.append(frame)
        problems += found
    frame = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True).sort_values("source_row")
    frame["block"] = np.maximum(np.searchsorted(starts, frame["source_row"], side="right") - 1, 0)
    return frame.reset_index(drop=True), problems


def clock(
    frame: pd.DataFrame, times: pd.Series, file: str, form: str | None = None
) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with `time` (datetime64[us]) from texts of strptime's `form` (None: any ISO form); rows whose text is
    no time are left out and named.
    """
    import pandas as pd

    try:
        time = pd.to_datetime(times, format=form or "ISO8601", errors="coerce").astype("datetime64[us]")
    except (ValueError, TypeError):
        plain = times.where(times.str.fullmatch(r"[\d :.T-]+").fillna(False).astype(bool))
        time = pd.to_datetime(plain, format=form or "ISO8601", errors="coerce").astype("datetime64[us]")
    lost = time.isna().to_numpy()
    frame = frame.assign(time=time)
    if not lost.any():
        return frame, []
    problem = left_out(file, frame.loc[lost, "source_row"].tolist(), NO_TIME)
    return frame[~lost].reset_index(drop=True), [problem]


def left_out(file: str, rows: Sequence[int], reason: Any) -> Problem:
    """W-INSTRUMENT-ROWS; the reason is a Text."""
    values = {"number": len(rows), "reason": reason}
    return Problem("W-INSTRUMENT-ROWS", file, rows=tuple(int(r) for r in rows[:SHOWN]), count=len(rows), values=values)


def damaged(file: str, reason: Any) -> Stop:
    """E-INSTRUMENT-DAMAGED, to be raised."""
    return Stop(Problem("E-INSTRUMENT-DAMAGED", file, values={"reason": reason}))


def lacking(file: str, names: Iterable[str], needed: Iterable[str]) -> None:
    """Raises Stop with E-INSTRUMENT-LACKS if any needed heading is not among the names."""
    have = set(names)
    if gone := [n for n in needed if n not in have]:
        raise Stop(Problem("E-INSTRUMENT-LACKS", file, values={"columns": ", ".join(gone)}))


def unique(names: Iterable[str]) -> list[str]:
    """Headings trimmed and told apart: VIN, VIN.1, VIN.2."""
    seen: dict[str, int] = {}
    found = []
    for name in (n.strip().strip('"') for n in names):
        seen[name] = seen.get(name, -1) + 1
        found.append(f"{name}.{seen[name]}" if seen[name] else name)
    return found


@contextmanager
def stream(opened: Opened, member: str = "") -> Iterator[IO[bytes]]:
    """The bytes of a file, of what gzip packed in it, or of a member of a zip archive. Raises Stop if damaged or too
    large.
    """
    try:
        if opened.packed:
            yield io.BytesIO(gunzip(opened.path, opened.name))
            return
        if not member:
            with opened.path.open("rb") as source:
                yield source
            return
        with zipfile.ZipFile(opened.path) as archive:
            size, packed = archive.getinfo(member).file_size, opened.path.stat().st_size
            if size > LIMIT_BYTES or (size > SMALL and size > LIMIT_RATIO * max(packed, 1)):
                values = {"size": f"{size / 1e6:.0f}", "packed": f"{packed / 1e6:.1f}", "limit": LIMIT_BYTES // 10**6}
                raise Stop(Problem("E-ZIP-BOMB", opened.name, values=values))
            with archive.open(member) as source:
                yield source
    except BROKEN as error:
        raise damaged(opened.name, str(error)) from None


def numbered(opened: Opened, member: str = "") -> Iterator[tuple[int, list[bytes]]]:
    """(number of the first line, lines) of piece after piece of a file. Raises Stop."""
    number = 1
    with stream(opened, member) as source:
        while lines := source.readlines(CHUNK):
            if number == 1 and lines[0].startswith(BOM):
                lines[0] = lines[0][3:]
            if b"\r" in lines[0].rstrip(b"\r\n"):
                lines = [part for line in lines for part in line.splitlines(keepends=True)]
            yield number, lines
            number += len(lines)


def _fitting(line: bytes, cells: int, sep: str, ragged: bool) -> bytes:
    """The line with as many cells as there are headings, or nothing where it has not."""
    line = line.rstrip(b"\r\n")
    if b"\0" in line or b"\r" in line:
        return b""
    have = line.count(sep.encode()) + 1 if sep else len(line.split())
    quotes = line.count(b'"')
    if quotes % 2:
        return b""
    if quotes and have != cells:
        try:
            have = len(next(csv.reader([line.decode("latin-1")], delimiter=sep or " ")))
        except csv.Error:
            return b""
    if have == cells + 1 and sep and line.rstrip(b" ").endswith(sep.encode()):
        return line.rstrip(b" ")[:-1]
    if ragged and have < cells:
        return line + sep.encode() * (cells - have)
    return line if have == cells else b""


def _parse(lines: list[bytes], names: Sequence[str], asked: list[str], words: set[str], sep: str) -> pd.DataFrame:
    import pandas as pd

    blanks = {"sep": r"\s+"} if not sep else {"sep": sep, "skipinitialspace": sep != "\t"}
    options: dict[str, Any] = {
        "header": None,
        "names": names,
        "usecols": asked,
        "dtype": {n: "str" for n in asked if n in words},
        "na_values": ["NAN", "-NAN", "---"],
        "keep_default_na": True,
        "encoding": "utf-8",
        "encoding_errors": "replace",
        "index_col": False,
        "low_memory": False,
        "skip_blank_lines": False,
    }
    frame: pd.DataFrame = pd.read_csv(io.BytesIO(b"\n".join(lines)), engine="c", **blanks, **options)
    return frame[asked]


def _numbers(
    column: pd.Series, rows: list[int], gone: set[str], odd: dict[str, tuple[str, list[int]]], name: str
) -> pd.Series:
    import pandas as pd

    values = pd.to_numeric(column, errors="coerce").astype("float64")
    doubtful = values.isna() & column.notna()
    if doubtful.any():
        cells = column[doubtful].astype(str).str.strip()
        strange = cells[~cells.str.lower().isin(gone)]
        if len(strange):
            first, at = odd.setdefault(name, (strange.iloc[0], []))
            at += [rows[i] for i in strange.index]
    return values
