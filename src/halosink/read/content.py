"""The bytes of a file: format by content, decompression within limits, encoding of text."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from halosink.problems import Problem
from halosink.read.records import Stop

LIMIT_BYTES = 4 * 1024**3
"""Own choice: most that one file may unpack to, bytes; about 40 million rows of ten numbers."""
LIMIT_RATIO = 200
"""Own choice: most that unpacking may multiply; real tables reach 10 to 60."""
SMALL = 64 * 1024**2
"""Own choice: below this an unpacked size harms nobody whatever the ratio, bytes."""
CHUNK = 1 << 20


@dataclass(slots=True)
class Scan:
    """One pass over a text file: what decides how it is parsed.

    `quotes` counts quotation marks; `data` is set where the text had to be recoded.
    """

    data: bytes | None
    quotes: int
    notes: list[Problem]


def kind_of(path: Path) -> str:
    """xlsx, xls, parquet, gz, toa5, pdf, binary or text, by content."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    return kind_of_bytes(head)


def kind_of_bytes(head: bytes) -> str:
    for magic, kind in (
        (b"PK\x03\x04", "xlsx"),
        (b"\xd0\xcf\x11\xe0", "xls"),
        (b"PAR1", "parquet"),
        (b"\x1f\x8b", "gz"),
        (b'"TOA5"', "toa5"),
        (b"TOA5,", "toa5"),
        (b'\xef\xbb\xbf"TOA5"', "toa5"),
        (b"%PDF", "pdf"),
    ):
        if head.startswith(magic):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    return "binary" if b"\x00" in head else "text"


def check_zip(path: Path, name: str, limit: int = LIMIT_BYTES, ratio: int = LIMIT_RATIO) -> None:
    """Refuse an xlsx that is damaged, or unpacks to too much or to other than it declares. Raises Stop."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(i.file_size for i in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Stop(Problem("E-FILE-DAMAGED", name, values={"reason": str(error)})) from None
    _weigh(name, size, path.stat().st_size, limit, ratio)
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        damaged = str(error)
    if damaged:
        raise Stop(Problem("E-FILE-DAMAGED", name, values={"reason": damaged}))
    if "xl/workbook.xml" not in names:
        raise Stop(Problem("E-FILE-FORMAT", name, values={"format": "xlsx", "found": "zip"}))


def gunzip(path: Path, name: str, limit: int = LIMIT_BYTES, ratio: int = LIMIT_RATIO) -> bytes:
    """The content of a .gz file. Raises Stop if damaged or too large."""
    packed = path.stat().st_size
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.open(path) as stream:
            while part := stream.read(CHUNK):
                parts.append(part)
                size += len(part)
                _weigh(name, size, packed, limit, ratio)
    except (EOFError, OSError, zlib.error) as error:
        raise Stop(Problem("E-FILE-DAMAGED", name, values={"reason": str(error)})) from None
    return b"".join(parts)


def _weigh(name: str, size: int, packed: int, limit: int, ratio: int) -> None:
    if size > limit or (size > SMALL and size > ratio * max(packed, 1)):
        values = {"size": f"{size / 1e6:.0f}", "packed": f"{packed / 1e6:.1f}", "limit": f"{limit / 1e6:.0f}"}
        raise Stop(Problem("E-ZIP-BOMB", name, values=values))


def scan(path: Path, name: str, encoding: str, data: bytes | None = None) -> Scan:
    """Look once at every byte of a text file. Raises Stop if its encoding cannot be told."""
    quotes = 0
    utf8 = data is None or _valid(data)
    pending = head = b""
    for chunk in _chunks(path) if data is None else ():
        head = head or chunk[:4]
        if utf8:
            utf8, pending = _continue(pending, chunk)
        quotes += chunk.count(b'"')
    if data is None and pending:
        utf8 = False
    if data is not None:
        head, quotes = data[:4], data.count(b'"')
    notes: list[Problem] = []
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    plain = utf8 and encoding.lower().replace("-", "") in ("", "utf8", "utf8sig", "ascii")
    if utf16 or not plain:
        data = path.read_bytes() if data is None else data
        text, notes = decode(data, name, "utf-16" if utf16 else encoding)
        data = text.encode("utf-8")
        quotes = data.count(b'"')
    if data is not None and data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    return Scan(data, quotes, notes)


def decode(data: bytes, name: str, encoding: str) -> tuple[str, list[Problem]]:
    """Text of bytes that are not plain UTF-8, and what was assumed. Raises Stop."""
    if encoding:
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError as error:
            raise Stop(_bad_byte(data, name, encoding, error.start)) from None
        except LookupError:
            raise Stop(Problem("E-ENCODING-NAME", name, values={"encoding": encoding})) from None
    lines = re.split(rb"\r\n|\r|\n", data)
    high = [(i, line) for i, line in enumerate(lines, 1) if not line.isascii()]
    sure = [i for i, line in high if _valid(line) and any(c >= "\u0800" or c in "µ°²³±·" for c in line.decode())]
    other = [i for i, line in high if not _valid(line)]
    if sure and other:
        values = {"rows_utf8": ", ".join(map(str, sure[:3]))}
        raise Stop(Problem("E-ENCODING-MIXED", name, rows=tuple(other[:5]), count=len(other), values=values))
    runs = re.findall(rb"[\x80-\xff]+", data)
    single = all(len(run) == 1 for run in runs)
    for guess in ("cp1252", "gb18030") if single else ("gb18030",):
        try:
            return data.decode(guess), [Problem("N-ENCODING", name, values={"encoding": guess})]
        except UnicodeDecodeError as error:
            start = error.start
    raise Stop(_bad_byte(data, name, "gb18030", start))


def _bad_byte(data: bytes, name: str, encoding: str, start: int) -> Problem:
    row = len(re.findall(rb"\r\n|\r|\n", data[:start])) + 1
    values = {"byte": f"0x{data[start]:02X}", "encoding": encoding}
    return Problem("E-ENCODING", name, rows=(row,), count=1, values=values)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _valid(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _continue(pending: bytes, chunk: bytes) -> tuple[bool, bytes]:
    """Whether pending + chunk is UTF-8 so far, and the bytes of a character cut at its end."""
    if not pending and chunk.isascii():
        return True, b""
    whole = pending + chunk
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(whole) - error.start < 4:
            return True, whole[error.start :]
        return False, b""
    return True, b""
