"""What passes between the readers: a grid of one file, its columns, and the finished reading."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from halosink.problems import Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EMPTY, TEXT, CODE, BELOW = 1, 2, 3, 4
"""Kinds of missing in Reading.missing: empty cell, NA or NAN, a number such as -9999, below detection."""

Want = Literal["number", "time", "text"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: path inside the study, data rows, sheet of a workbook."""

    path: str
    rows: int
    sheet: str = ""


@dataclass(slots=True)
class Reading:
    """A canonical table and everything that was found on the way.

    frame: one column per field, plus source_file and source_row; None if any problem is an error.
    missing: {field: uint8 array of the frame's length} for numeric and time fields that lack values,
    0 present, 1 empty, 2 NA or NAN, 3 a code such as -9999, 4 below detection.
    per: {field: "core" | "plot" | "block" | "site"} where one measurement is repeated in several rows.
    samples: all samples of a counts table, also those without a single read.
    """

    frame: pd.DataFrame | None
    missing: Mapping[str, np.ndarray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: list[Source] = field(default_factory=list)
    per: Mapping[str, str] = field(default_factory=dict)
    samples: tuple[str, ...] = ()

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems found in the frame, with the sheet of the workbook that each of them is about."""
        sheets = {f.path: f.sheet for f in self.files}
        return [p if p.sheet else replace(p, sheet=sheets.get(p.file, "")) for p in problems]

    @property
    def ok(self) -> bool:
        return self.frame is not None


class Stop(Exception):
    """A file cannot be read any further; carries why."""

    def __init__(self, *problems: Problem):
        self.problems = problems
        super().__init__(", ".join(p.code for p in problems))


class Grid(ABC):
    """Headings and cells of one file, whatever its format."""

    file: str
    sheet: str = ""
    headings: list[str]
    units: list[str] | None = None
    """Units the format itself declares (TOA5); None where a units row is still to be found."""
    head: list[list[str]]
    """First rows below the headings, as text."""
    heading_row: int
    """Row of the headings as the user sees it, from 1; 0 if the format has none."""
    serial_1904: bool = False
    typed: bool = True
    """Whether cells have types of their own (XLSX, Parquet); dates of such cells need no time_format."""

    @abstractmethod
    def load(self, skip: int, want: Mapping[int, Want], decimal: str) -> tuple[dict[int, Any], np.ndarray]:
        """Arrow arrays of the wanted columns from the row after `skip` rows below the headings, and row numbers.

        Numbers come as float64 where every cell is one, else as text; times as timestamp where possible, else text.
        Raises Stop.
        """

    def problem(
        self, code: str, column: str = "", rows: Iterable[int] = (), count: int = 0, /, **values: Any
    ) -> Problem:
        shown = tuple(int(r) for r in rows)
        safe = {k: _visible(v) if isinstance(v, str) else v for k, v in values.items()}
        return Problem(code, self.file, self.sheet, _visible(column), shown[:5], count or len(shown), safe)


def _visible(text: str) -> str:
    """Without control characters, which could steer the terminal it is shown in."""
    return "".join(c if c.isprintable() else " " for c in text[:400])


@dataclass(frozen=True, slots=True)
class Mapped:
    """One column of a file and its field; `unit` is that of the cells, `declared` whether settings named it."""

    position: int
    heading: str
    field: str
    unit: str = ""
    sensor: str = ""
    depth: float | None = None
    calibration: str = ""
    per: str = ""
    declared: bool = False


def at(rows: np.ndarray, mask: np.ndarray) -> tuple[Sequence[int], int]:
    """First row numbers where mask holds, and how many there are."""
    import numpy as np

    where = np.flatnonzero(mask)
    return [int(r) for r in rows[where[:5]]], len(where)
