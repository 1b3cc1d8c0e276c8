"""Quality control of a canonical table: every check on every field of every series, as flag columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.contracts import CheckRow
from halosink.quality.check import Channel, Check, Clock, Hits, Values
from halosink.quality.closures import keyed
from halosink.quality.gap import missing_records
from halosink.quality.registry import bits, check, checks, excluding
from halosink.quality.robust import NOT_MEASURED
from halosink.quality.series import Part, Place, groups, identify, seconds
from halosink.quality.verdict import verdicts
from halosink.vocabulary import Field

if TYPE_CHECKING:
    import pandas as pd

# What tells one series from another, where the table has it.
SERIES_KEY = (
    "site",
    "plot",
    "block",
    "core",
    "sample",
    "treatment",
    "light_condition",
    "well",
    "chamber",
    "sensor",
    "sensor_depth",
    "depth_top",
    "depth_bottom",
    "replicate",
    "closure",
)
# Kinds with a series of a few records per measurement: their overview has one row per field, not per series.
MANY_SERIES = frozenset({"chamber_concentrations"})
OVERVIEW = (
    "table",
    "sensor",
    "field",
    "rows",
    "missing",
    "flagged",
    "excluded",
    "step_seconds",
    "missing_records",
)


# Records and fields from which a series is judged by two threads: below, the gain is not worth their memory (own
# choice, from benchmarks/sensors.py).
LONG, MANY, THREADS = 100_000, 6, 2


@dataclass(frozen=True)
class Flags:
    """What quality control found.

    `frame`: the rows and index of the table, one uint16 column per numeric field, a bit per check (see `bits`).
    `overview`: one row per series and field: the columns of OVERVIEW, then the number of flagged values per check.
    `checks`: the verdicts.
    """

    frame: pd.DataFrame
    overview: pd.DataFrame
    checks: list[CheckRow]


def flag_table(
    frame: pd.DataFrame,
    key: Sequence[str] | None = None,
    checks: Iterable[str] | None = None,
    missing: Mapping[str, NDArray[np.uint8]] | None = None,
    time: str | None = None,
    table: str = "",
    settings: Mapping[str, Mapping[str, float]] | None = None,
    name: str = "",
) -> Flags:
    """Flag every numeric vocabulary field of a canonical table (columns and units as in the vocabulary).

    `table`: its kind; `name`: what the overview and the verdicts call it, by default the kind.
    `key`: columns that tell one series from another, by default those of SERIES_KEY that the table has; in a table
    without time, the columns that identify a row, by default those of the table kind.
    `checks`: names of the checks to run, by default all. `missing`: per field why values are missing, see `Channel`.
    `time`: the time column, by default "elapsed_time" where closures are told apart, else "time"; there are series if
    the table has it and its kind counts time to the key. `settings`: {check: {parameter: value}} in place of
    defaults. No value is changed. KeyError for an unknown check, parameter or key column.
    """
    import pandas as pd

    chosen = _chosen(checks)
    parameters = {c.name: _parameters(c, (settings or {}).get(c.name, {})) for c in chosen}
    if time is None:
        time = "elapsed_time" if {"closure", "elapsed_time"} <= set(frame.columns) else "time"
    series = time in frame.columns and _is_series(table)
    if series and time == "elapsed_time":
        frame, closure = keyed(frame)
        key = key if key is not None else list(dict.fromkeys([*_key(frame, None, series, table), *closure]))
    key = _key(frame, key, series, table)
    fields = [f for f in vocabulary.fields().values() if f.name in frame.columns and f.name != time]
    fields = [f for f in fields if f.numeric and _judged(f, series) and frame[f.name].dtype.kind in "fiu"]

    codes, labels = identify(frame, key)
    unnamed = frame[key].isna().all(axis=1).to_numpy() if key and not series else None
    clocks = seconds(frame[time]) if series else None
    flags = {f.name: np.zeros(len(frame), np.uint16) for f in fields}
    rows: list[dict[str, Any]] = []
    mask = bit_mask(excluding())
    for number, place in groups(codes, len(labels) if series else 1) if len(frame) else ():
        clock, place, shared = _in_order(clocks, place, chosen)
        identity = codes[place] if key and not series else None
        if identity is not None and unnamed is not None and unnamed.any():
            identity = np.where(unnamed, -1 - np.arange(len(frame), dtype=np.int32), identity)
        lost = missing_records(clock)
        values = Part(frame, [f.name for f in fields], place)
        found = partial(
            _run, chosen, parameters, shared, {} if missing is None else missing, place, clock, identity, values
        )
        for f, (out, counts) in zip(fields, _each(found, fields, codes[place].size), strict=True):
            flags[f.name][place] = out
            head = (
                name or table,
                labels[number] if series else "",
                f.name,
                out.size,
                int(np.count_nonzero(np.isnan(values[f.name]))),
                int(np.count_nonzero(out)),
                int(np.count_nonzero(out & mask)),
                clock.step if clock else float("nan"),
                lost,
            )
            rows.append(dict(zip(OVERVIEW, head, strict=True)) | counts)
    rows = _together(rows) if table in MANY_SERIES else rows
    overview = pd.DataFrame(rows, columns=[*OVERVIEW, *(c.name for c in chosen)])
    return Flags(pd.DataFrame(flags, index=frame.index), overview, verdicts(rows, chosen, series))


def masked(frame: pd.DataFrame, flags: Flags | pd.DataFrame, checks: Iterable[str] | None = None) -> pd.DataFrame:
    """The table for analysis: NaN where one of the named checks flagged, by default those that exclude.

    The table given is not changed.
    """
    marks = flags.frame if isinstance(flags, Flags) else flags
    mask = bit_mask(excluding() if checks is None else [check(name).name for name in checks])
    out = frame.copy()
    for name in marks.columns:
        bad = (marks[name].to_numpy() & mask) != 0
        if bad.any():
            values = frame[name].to_numpy(dtype=np.float64, copy=True)
            values[bad] = np.nan
            out[name] = values
    return out


def bit_mask(names: Iterable[str]) -> np.uint16:
    """The bits of the named checks together."""
    known = bits()
    return np.uint16(sum(known[name] for name in names))


def _each(
    work: Callable[[Field], tuple[NDArray[np.uint16], dict[str, int]]], fields: Sequence[Field], rows: int
) -> Iterator[tuple[NDArray[np.uint16], dict[str, int]]]:
    """The work on each field in turn; on long series side by side, once the first has left what all share."""
    if rows < LONG or len(fields) < MANY:
        yield from map(work, fields)
        return
    yield work(fields[0])
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(work, fields[1:])


def _run(
    chosen: Sequence[Check],
    parameters: Mapping[str, Mapping[str, float]],
    shared: dict[str, Hits],
    missing: Mapping[str, NDArray[np.uint8]],
    place: Place,
    clock: Clock | None,
    identity: NDArray[np.int32] | None,
    values: Mapping[str, Values],
    field: Field,
) -> tuple[NDArray[np.uint16], dict[str, int]]:
    why = np.asarray(missing[field.name], np.uint8)[place] if field.name in missing else None
    channel = Channel(field, values[field.name], why, clock, identity, values)
    out = np.zeros(channel.values.size, np.uint16)
    counts = {}
    for found in chosen:
        if found.series and (channel.clock is None or found.regular and not np.isfinite(channel.clock.step)):
            counts[found.name] = 0
            continue
        hits = shared.get(found.name)
        if hits is None:
            hits = found.flag(channel, parameters[found.name])
            if found.records:
                shared[found.name] = hits
        counts[found.name] = int(np.count_nonzero(hits))
        if counts[found.name]:
            out[hits] |= np.uint16(1 << found.bit)
    return out, counts


def _in_order(
    clocks: NDArray[np.int64] | None, place: Place, chosen: Sequence[Check]
) -> tuple[Clock | None, Place, dict[str, Hits]]:
    """Clock and rows of a series; in order of time where only that shows a regular step, with the hits of time_order
    on the rows as recorded."""
    if clocks is None:
        return None, place, {}
    clock = Clock(clocks[place])
    if np.isfinite(clock.step) or clock.differences.min(initial=0) >= 0:
        return clock, place, {}
    order = np.argsort(clock.seconds, kind="stable")
    tidy = Clock(clock.seconds[order])
    if not np.isfinite(tidy.step):
        return clock, place, {}
    rows = np.arange(place.start, place.stop) if isinstance(place, slice) else place
    recorded = Channel(vocabulary.field("time"), clock.seconds.astype(np.float64), clock=clock)
    return tidy, rows[order], {c.name: c.flag(recorded, {})[order] for c in chosen if c.name == "time_order"}


def _judged(field: Field, series: bool) -> bool:
    """Row numbers are never judged; in a series neither is what stays the same or follows from the clock."""
    return field.name != "record_number" and field.group not in (NOT_MEASURED if series else {"provenance"})


def _together(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The counts of all series of a field in one row; the step is their median."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["field"], []).append(row)
    same = ("table", "sensor", "field", "step_seconds")
    return [
        {n: sum(r[n] for r in parts) for n in parts[0] if n not in same}
        | {"table": parts[0]["table"], "sensor": "", "field": field, "step_seconds": _median_step(parts)}
        for field, parts in found.items()
    ]


def _median_step(rows: Sequence[Mapping[str, Any]]) -> float:
    steps = [r["step_seconds"] for r in rows if np.isfinite(r["step_seconds"])]
    return float(np.median(steps)) if steps else float("nan")


def _chosen(names: Iterable[str] | None) -> list[Check]:
    return list(checks().values()) if names is None else sorted((check(n) for n in names), key=lambda c: c.bit)


def _parameters(found: Check, given: Mapping[str, float]) -> dict[str, float]:
    unknown = set(given) - set(found.parameters)
    if unknown:
        raise KeyError(f"check {found.name} has no parameter {', '.join(sorted(unknown))}")
    return found.defaults() | dict(given)


def _is_series(table: str) -> bool:
    kinds = vocabulary.table_kinds()
    return table not in kinds or not {"time", "elapsed_time"}.isdisjoint(kinds[table].key)


def _key(frame: pd.DataFrame, key: Sequence[str] | None, series: bool, table: str) -> list[str]:
    if key is None:
        kinds = vocabulary.table_kinds()
        usual = SERIES_KEY if series else kinds[table].key if table in kinds else ()
        return [name for name in usual if name in frame.columns]
    unknown = [name for name in key if name not in frame.columns]
    if unknown:
        raise KeyError(f"no column {', '.join(unknown)} in the table")
    return list(key)
