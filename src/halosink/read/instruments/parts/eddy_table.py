"""From a table with many columns to the fields of the vocabulary: what the formats of towers and loggers share."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read.instruments.format import HEAD, Opened
from halosink.read.instruments.parts import lines
from halosink.read.instruments.parts.fluxnet_names import Column
from halosink.read.instruments.parts.repeats import Repeats
from halosink.read.records import Stop

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MISSING = (-9999.0, -6999.0)
"""-9999: fluxnet_variables; -6999 too, as some older tower files have it (own choice)."""
CANDIDATES = 5
"""Own choice: so many columns are read for one field to find one that is not empty throughout."""
MOST_MEMBERS = 12
HALF_HOUR = 30.0

Heads = list[list[str]]


def heads(opened: Opened, count: int = 12) -> Iterator[tuple[str, Heads]]:
    """(member, cells of its first lines) of a text file, or of each .csv in a zip archive."""
    if not opened.head.startswith(b"PK\x03\x04"):
        yield "", cells(opened.head, count)
        return
    for member in [m for m in opened.members if m.lower().endswith(".csv")][:MOST_MEMBERS]:
        try:
            with lines.stream(opened, member) as source:
                yield member, cells(source.read(HEAD), count)
        except Stop:
            continue


def cells(data: bytes, count: int) -> Heads:
    """The first lines, cut into cells at commas; a blank line is an empty list."""
    try:
        text = data[: data.rfind(b"\n") + 1 or len(data)].decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text[:1000]:
        return []
    found = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:count]
    try:
        return [[c.strip() for c in row] for row in csv.reader(found)]
    except csv.Error:
        return []


def pick(opened: Opened, fits: Callable[[Heads], int]) -> tuple[str, Heads, int] | None:
    """(member, first lines, line of the heading from 0) of the widest table for which `fits` gives that line."""
    found = [(len(rows[at]), member, rows, at) for member, rows in heads(opened) if (at := fits(rows)) >= 0]
    return max(found, key=lambda f: f[0])[1:] if found else None


def read(
    opened: Opened,
    names: Sequence[str],
    choice: Mapping[str, Sequence[Column]],
    *,
    after: int,
    stamps: Sequence[str],
    form: str | None,
    member: str = "",
    ends: bool = False,
) -> pd.DataFrame:
    """Canonical columns of a comma-separated table.

    names: headings of the file. choice: {field: columns, best first}; the first with any value is taken. stamps: the
    columns whose texts together are the time, of strptime's `form`. ends: stamps mark the end of the interval, and are
    moved to its start.
    """
    import pandas as pd

    from halosink.read.clock import commonest_step

    again = Repeats(names, ",")
    names = lines.unique(names)
    if not choice:
        raise Stop(Problem("E-INSTRUMENT-LACKS", opened.name, values={"columns": "FC / NEE / LE / H / TA ..."}))
    wanted = [*stamps, *(c.heading for columns in choice.values() for c in columns[:CANDIDATES])]
    table, problems = lines.table(
        opened,
        names,
        sep=",",
        after=after,
        wanted=wanted,
        text=stamps,
        missing=("not_enough_data",),
        keep=again,
        member=member,
    )
    problems += again.problems(opened.name)
    texts = table[stamps[0]].str.strip()
    for other in stamps[1:]:
        texts = texts + " " + table[other].str.strip()
    table, more = lines.clock(table, texts, opened.name, form)
    problems += more
    time = table["time"].to_numpy()
    minutes = commonest_step(time) if len(time) else 0.0
    if ends and len(time):
        minutes = minutes or HALF_HOUR
        time = time - pd.Timedelta(minutes=minutes).to_timedelta64()
        from halosink.read.clock import MARKS

        shown = {"timestamp": MARKS["end"], "interval": f"{minutes:g}", "minutes": f"{minutes:g}"}
        problems.append(Problem("N-TIME-START", opened.name, "", " ".join(stamps), values=shown))
    columns: dict[str, Any] = {"time": time}
    taken: dict[str, str] = {}
    for field, options in choice.items():
        column, values = _first(table, options[:CANDIDATES])
        if values is None:
            continue
        converted = _convert(values, column, field, minutes / 60, opened.name, problems)
        if converted is None:
            continue
        columns[field], taken[field] = converted, column.heading
        if others := [c.heading for c in options if c is not column]:
            told = {"field": vocabulary.fields()[field].label, "others": ", ".join(others)}
            problems.append(Problem("N-INSTRUMENT-ONE-OF", opened.name, "", column.heading, values=told))
    frame = pd.DataFrame(columns | {"source_row": table["source_row"].to_numpy()})
    frame.attrs |= {"problems": problems, "columns": taken, "interval_minutes": minutes}
    return frame


def _first(table: pd.DataFrame, options: Sequence[Column]) -> tuple[Column, np.ndarray | None]:
    """The first column with any value, else the first; its values with missing ones as NaN."""
    import numpy as np

    best: tuple[Column, np.ndarray | None] = (options[0], None)
    for column in options:
        if column.heading not in table:
            continue
        values = table[column.heading].to_numpy(dtype=np.float64, copy=True)
        values[~np.isfinite(values) | np.isin(values, MISSING)] = np.nan
        if np.isfinite(values).any():
            return column, values
        if best[1] is None:
            best = (column, values)
    return best


def _convert(
    values: np.ndarray, column: Column, field: str, hours: float, file: str, problems: list[Problem]
) -> np.ndarray | None:
    """Values in the field's unit, None where the unit does not fit; a rate of water becomes a sum of the interval."""
    import numpy as np

    from halosink.vocabulary import units

    item = vocabulary.fields()[field]
    if column.root:
        values = np.sqrt(np.where(values < 0, np.nan, values))
    if item.kind == "integer":
        return values
    given = column.unit
    if not given:
        problems.append(Problem("N-INSTRUMENT-NO-UNIT", file, "", column.heading, values={"unit": item.unit}))
        given = item.unit
    try:
        if item.unit == "mm" and units.compatible(given, "mm h-1"):
            return units.convert(values, given, "mm h-1") * hours if hours else None
        return units.convert(values, given, item.unit, item.substance)
    except units.UnitError:
        shown = {"unit": column.unit, "expected": item.unit}
        problems.append(Problem("W-INSTRUMENT-UNIT", file, "", column.heading, values=shown))
        return None
