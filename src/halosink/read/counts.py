"""A table with taxa down and samples across becomes long: sample, taxon, count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from halosink.problems import Problem
from halosink.read.cells import Cells
from halosink.read.labels import normal
from halosink.read.numeric import numbers, words
from halosink.read.records import Grid, Mapped, Stop, Want
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np

    from halosink.vocabulary import Field


def long(
    grid: Grid, mapped: Sequence[Mapped], skip: int, settings: TableSettings, count: Field
) -> tuple[Cells, tuple[str, ...]]:
    """Non-zero counts only, and all samples; a sample without any read keeps one row with count 0.

    The taxon stands in the column mapped to taxon, else in the first. Columns mapped to other fields or ignored are
    not samples. Raises Stop.
    """
    import numpy as np
    import pyarrow as pa

    if settings.keep or settings.leave_out:
        raise Stop(grid.problem("E-KEEP-ACROSS", ", ".join(settings.keep) or "leave_out"))
    taxon = next((c.position for c in mapped if c.field == "taxon"), 0)
    aside = {taxon, *(c.position for c in mapped)}
    aside |= {i for i, h in enumerate(grid.headings) if h in settings.ignore or not h}
    across = [i for i in range(len(grid.headings)) if i not in aside and not _is_text(grid, i)]
    if not across:
        raise Stop(grid.problem("E-COUNTS-SAMPLES", "", [grid.heading_row or 1]))
    want: dict[int, Want] = {taxon: "text", **dict.fromkeys(across, "number")}
    arrays, rows = grid.load(skip, want, settings.decimal)
    cells = Cells(rows[:0])
    if not len(rows):
        return cells, ()
    heading = grid.headings[taxon] or "taxon"
    names, cells.problems = words(arrays[taxon], rows, grid, heading, settings.missing)
    called = {i: normal(grid.headings[i]) for i in across}
    samples: list[str] = []
    where: list[np.ndarray] = []
    found: list[np.ndarray] = []
    negative, fraction, empty = [], [], []
    for position in across:
        values, _, said = numbers(
            arrays.pop(position), rows, grid, grid.headings[position], count, settings.missing, settings.decimal
        )
        cells.problems += said
        values = np.nan_to_num(values, nan=0.0)
        if (values < 0).any():
            negative.append(grid.headings[position])
        if (values != np.floor(values)).any():
            fraction.append(grid.headings[position])
        present = np.flatnonzero(values)
        if not len(present):
            empty.append(grid.headings[position])
            present = np.array([0])
        samples += [called[position]] * len(present)
        where.append(present)
        found.append(values[present])
    for code, columns in (("E-COUNT-NEGATIVE", negative), ("W-COUNT-FRACTION", fraction), ("W-SAMPLE-EMPTY", empty)):
        if columns:
            cells.problems.append(_said(grid, code, columns))
    index = np.concatenate(where)
    cells.rows = rows[index]
    cells.values["sample", ""] = pa.array(samples, pa.string())
    cells.values["taxon", ""] = _combine(names).take(pa.array(index))
    cells.values["count", ""] = np.concatenate(found)
    return cells, tuple(called.values())


def _is_text(grid: Grid, position: int) -> bool:
    """A column without any number among its first cells, such as a guild, is no sample."""
    cells = [row[position] for row in grid.head if position < len(row) and row[position]]
    return bool(cells) and not any(any(c.isdigit() for c in cell[:1]) or cell[:1] in "-+.=" for cell in cells)


def check_long(counts: np.ndarray, rows: np.ndarray, grid: Grid, heading: str) -> list[Problem]:
    """Negative or fractional counts of a table that came long."""
    import numpy as np

    problems = []
    for code, mask in (("E-COUNT-NEGATIVE", counts < 0), ("W-COUNT-FRACTION", counts % 1 > 0)):
        if mask.any():
            at = rows[np.flatnonzero(mask)]
            problems.append(grid.problem(code, heading, at, samples=f"{int(mask.sum())}"))
    return problems


def _said(grid: Grid, code: str, columns: Sequence[str]) -> Problem:
    return grid.problem(code, columns[0], samples=", ".join(columns[:10]), number=len(columns))


def _combine(array: Any) -> Any:
    import pyarrow as pa

    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
