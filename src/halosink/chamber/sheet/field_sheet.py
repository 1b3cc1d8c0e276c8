"""Raw analyser records and a field sheet become the concentration series of closures.

Records without a closure of their own are cut by the sheet: the readings of each closure from `lead` seconds before
the closing to the opening, of every analyser that ran then. Closures that an instrument made itself stay as they are
and take from the sheet what it knows of them. Rows of several analysers are joined by closure, never by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.chamber.sheet import made_closures
from halosink.chamber.sheet import problems as sheet_problems
from halosink.chamber.sheet.closure_rows import GEOMETRY, PLACE, PROVENANCE, described
from halosink.chamber.sheet.streams import Stream, by_port, named, streams

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem

AIR = {"chamber_temperature": "air_temperature", "chamber_pressure": "air_pressure"}
"""What may change within a closure, and what stands in for it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How to cut: see the settings [chamber] of the same names; lengths and shifts in s."""

    closure_length: float | None = None
    lead: float = 30.0
    clock_shift: float = 0.0
    constant: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Joined:
    """What the join gave.

    series: one row per closure, analyser and reading: columns of the sheet, closure, time and date of the closing,
    elapsed_time [s], analyser, gases, chamber_volume [L], chamber_area [m2], chamber_temperature [degC],
    chamber_pressure [kPa]. closures: one row per closure and analyser, with start, end, readings.
    """

    series: pd.DataFrame
    closures: pd.DataFrame
    problems: list[Problem]


def join(
    records: Mapping[str, pd.DataFrame],
    sheet: pd.DataFrame | None,
    rules: Rules | None = None,
    plots: pd.DataFrame | None = None,
) -> Joined:
    """The series of all closures, and everything in which records and sheet do not fit.

    records: canonical tables of kind analyser by name; sheet: canonical table of kind closures, or None where the
    instruments made all closures; plots: the table of plots, after which chambers may be named or which may name its
    chamber, and which may hold what is fixed to the ground, such as collar_offset. Raises nothing.
    """
    import pandas as pd

    rules = rules or Rules()
    rows = _timed(sheet, rules)
    running, made = streams(records)
    problems = sheet_problems.of_sheet(rows) if sheet is not None else []
    rows = rows[rows["start"].notna()].reset_index(drop=True)
    parts: list[tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.float64]]] = []
    tables: list[pd.DataFrame] = []
    taken = np.zeros(len(rows), dtype=bool)
    for one in made:
        table, number, elapsed = _made(one, rows)
        taken[table["_row"].to_numpy()[table["_row"].to_numpy() >= 0]] = True
        tables.append(table)
        parts.append((one.frame, number, elapsed))
    usable = rows[~taken & ~(rows["end"] <= rows["start"]).to_numpy()]
    lengths: list[Problem] = []
    if running:
        problems += sheet_problems.of_ends(usable)
        lengths = sheet_problems.of_lengths(usable)
        usable = usable[usable["end"].notna()]
    problems += sheet_problems.of_names(usable, running)
    running = by_port(running, usable)
    for one in running:
        table, taking, number, elapsed = _cut(one, usable[named(one, usable, running)], rules.lead)
        tables.append(table)
        parts.append((one.frame.iloc[taking], number, elapsed))
    problems += sheet_problems.of_cuts(usable, tables[len(made) :], running, made, int(taken.sum()), bool(lengths))
    problems += lengths
    found = [t for t in tables if len(t)]
    if not found:
        return Joined(pd.DataFrame(), rows, problems)
    begin = np.cumsum([0, *(len(t) for t in tables)])
    closures = pd.concat(found, ignore_index=True)
    closures = described(closures, rows, rules.constant, plots)
    number = np.concatenate([n + b for (_, n, _), b in zip(parts, begin, strict=False)])
    elapsed = np.concatenate([e for _, _, e in parts])
    readings = pd.concat([_measured(f) for f, _, _ in parts], ignore_index=True)
    series, standing = _series(readings, closures, number, elapsed, rules)
    problems += sheet_problems.of_geometry(closures, series, number, standing, plots is not None)
    return Joined(series, closures.drop(columns=["_row"]), problems)


def _timed(sheet: pd.DataFrame | None, rules: Rules) -> pd.DataFrame:
    """The sheet with start and end of each closure on the analysers' clock."""
    import pandas as pd

    if sheet is None or "time" not in sheet:
        empty = pd.array([], dtype="datetime64[us]")
        return pd.DataFrame({"start": empty, "end": empty, "time": empty})
    rows = sheet.reset_index(drop=True)
    shift = np.timedelta64(round(rules.clock_shift * 1e6), "us")
    start = rows["time"].astype("datetime64[us]") + shift
    length = rows["closure_length"] if "closure_length" in rows else pd.Series(np.nan, rows.index)
    if "closure_end" in rows:
        stated = rows["closure_end"].astype("datetime64[us]") + shift - start
        length = stated.dt.total_seconds().fillna(length)
    usual = length.fillna(rules.closure_length) if rules.closure_length else length
    end = start + pd.to_timedelta(usual, unit="s").astype("timedelta64[us]")
    return rows.assign(start=start, end=end, time=start, closure_length=length)


def _made(one: Stream, rows: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.float64]]:
    """Closures of an instrument, one row each; the number of the closure of each record; its elapsed time."""
    number = made_closures.numbered(one.frame)
    start = made_closures.starts(one.frame, number)
    moments = one.frame["time"].to_numpy().astype("datetime64[us]")
    elapsed = (moments - start[number]).astype(np.int64) / 1e6
    if "elapsed_time" in one.frame:
        given = one.frame["elapsed_time"].to_numpy(float)
        elapsed = np.where(np.isnan(given), elapsed, given)
    kept = [c for c in (*PLACE, "chamber", "closure", *GEOMETRY) if c in one.frame]
    table = one.frame[kept].groupby(number, sort=True).first()
    import pandas as pd

    stamps = pd.Series(moments).groupby(number, sort=True)
    table = table.assign(start=start, end=stamps.max(), first=stamps.min(), last=stamps.max())
    table = table.assign(analyser=one.analyser, readings=np.bincount(number), _row=made_closures.match(table, rows))
    return table.reset_index(drop=True), number, elapsed


def _cut(
    one: Stream, rows: pd.DataFrame, lead: float
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Closures of the sheet that an analyser has readings of, which records, their closure and elapsed time [s]."""
    import pandas as pd

    moments = one.frame["time"].to_numpy().astype("datetime64[us]")
    start, end = (rows[c].to_numpy().astype("datetime64[us]") for c in ("start", "end"))
    low = np.searchsorted(moments, start - np.timedelta64(round(lead * 1e6), "us"), "left")
    inside = np.searchsorted(moments, start, "left")
    high = np.searchsorted(moments, end, "right")
    some = high > inside
    low, high, start = low[some], high[some], start[some]
    count = high - low
    number = np.repeat(np.arange(len(count)), count)
    taking = np.arange(count.sum()) + np.repeat(low - np.r_[0, np.cumsum(count)[:-1]], count)
    elapsed = (moments[taking] - start[number]).astype(np.int64) / 1e6
    table = pd.DataFrame({"start": start, "end": end[some], "analyser": one.analyser, "readings": count})
    if len(moments):
        table = table.assign(first=moments[inside[some]], last=moments[high - 1])
    table["_row"] = rows.index.to_numpy()[some]
    table = table.assign(**one.whose)
    return table, taking, number, elapsed


def _measured(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of records that belong to the reading."""
    fields = vocabulary.fields()
    left = {*PROVENANCE, *GEOMETRY, "elapsed_time"}
    return frame[[c for c in map(str, frame) if c in fields and fields[c].numeric and c not in left]]


def _series(
    readings: pd.DataFrame,
    closures: pd.DataFrame,
    number: NDArray[np.int64],
    elapsed: NDArray[np.float64],
    rules: Rules,
) -> tuple[pd.DataFrame, list[str]]:
    """One row per reading, and which fields of the free air stand in for those of the chamber."""
    import pandas as pd

    hidden = {"_row", "start", "end", "first", "last", "readings", "volume_made", "closure_length", *PROVENANCE}
    columns: dict[str, Any] = {}
    for name in [c for c in map(str, closures) if c not in hidden]:
        column = closures[name]
        if column.dtype.kind not in "fiuMmb":
            column = column.astype("object").where(column.notna(), None).astype("category")
        columns[name] = column.take(number).to_numpy() if column.dtype.kind in "fiuMmb" else column.take(number).array
    columns["time"] = closures["start"].to_numpy()[number]
    columns["elapsed_time"] = elapsed
    span = (closures["end"] - closures["start"]).dt.total_seconds()
    stated: pd.Series = closures.get("closure_length", span)
    columns["closure_length"] = stated.fillna(span).to_numpy()[number]
    for name in map(str, readings):
        own = readings[name].to_numpy(float)
        above = columns.get(name)
        columns[name] = own if above is None else np.where(np.isnan(above.astype(float)), own, above.astype(float))
    standing = []
    for name, instead in AIR.items():
        known = columns.get(name, np.full(len(elapsed), np.nan))
        if instead in columns and np.isnan(known).any() and not np.isnan(columns[instead]).all():
            known = np.where(np.isnan(known), columns[instead], known)
            standing.append(instead)
        columns[name] = known
    for name in sheet_problems.NEEDED:
        columns.setdefault(name, np.full(len(elapsed), np.nan))
    return pd.DataFrame(columns, copy=False), standing
