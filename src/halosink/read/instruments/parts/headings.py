"""Where the headings of a text file stand, and which of the lines below are data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.parts.lines import CUT, left_out

if TYPE_CHECKING:
    from halosink.problems import Problem
    from halosink.read.instruments.format import Opened

SEARCHED = 30
CHANGED = Text("they stand below headings that differ from the first ones", "其上方的表头与文件开头的表头不同")


def cells(line: str, sep: str) -> list[str]:
    """Cells of a line, trimmed; sep "" for runs of blanks."""
    return [c.strip().strip('"') for c in (line.split(sep) if sep else line.split())]


def find(opened: Opened, sep: str, fits: Callable[[list[str]], bool]) -> tuple[int, list[str]]:
    """Line number (from 1) and headings of the first line that fits; (0, []) if none does."""
    for number, line in enumerate(opened.lines[:SEARCHED], 1):
        if fits(found := cells(line, sep)):
            return number, found
    return 0, []


class DataLines:
    """Says of each line below the headings whether it is data: headings that come again, a line about the analyser
    and a signed block are not; nor is what stands below headings that differ from the first ones, nor a last line that
    ends earlier than the one before where columns are of fixed width.
    """

    def __init__(self, headings: Iterable[str], sep: str, about: tuple[bytes, ...] = ()) -> None:
        self.headings = list(headings)
        self.first = self.headings[0].encode("latin-1", "replace")
        self.sep = sep
        self.about = about
        self.signed = False
        self.differ = False
        self.lost: list[int] = []
        self.cut: list[int] = []
        self.width = 0

    def __call__(self, number: int, line: bytes) -> bool:
        start = line.lstrip(b' \t"\xef\xbb\xbf')
        if start.startswith(b"-----BEGIN"):
            self.signed = True
        if self.signed:
            self.signed = not start.startswith(b"-----END")
            return False
        if self.about and start.startswith(self.about):
            return False
        if start.startswith(self.first) and not start[:1].isdigit():
            found = cells(line.decode("latin-1"), self.sep)
            self.differ = found != self.headings and found[:-1] != self.headings
            return False
        if self.differ:
            self.lost.append(number)
            return False
        inner = line.rstrip(b"\r\n")
        short = not self.sep and inner == line and len(line) < self.width
        self.width = len(inner)
        if short or b"\r" in inner:
            self.cut.append(number)
            return False
        return True

    def problems(self, file: str) -> list[Problem]:
        both = ((self.lost, CHANGED), (self.cut, CUT))
        return [left_out(file, rows, reason) for rows, reason in both if rows]
