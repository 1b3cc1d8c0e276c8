"""Headings that come again within a file, as where files were joined."""

from __future__ import annotations

from collections.abc import Sequence

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.parts import lines

OTHER = Text("they stand below a heading with other columns", "位于列不同的表头之后")


class Repeats:
    """For lines.table(keep=...): drops headings that come again, and rows below one that differs from the first."""

    def __init__(self, names: Sequence[str], sep: str):
        self.sep = sep.encode()
        self.names = [n.strip().encode() for n in names]
        self.first = self.names[0]
        self.other = False
        self.rows: list[int] = []

    def __call__(self, number: int, line: bytes) -> bool:
        if line.lstrip(b'"').startswith(self.first):
            self.other = [c.strip(b'" \r\n') for c in line.strip(b"\r\n").split(self.sep)] != self.names
            return False
        if self.other:
            self.rows.append(number)
        return not self.other

    def problems(self, file: str) -> list[Problem]:
        return [lines.left_out(file, self.rows, OTHER)] if self.rows else []
