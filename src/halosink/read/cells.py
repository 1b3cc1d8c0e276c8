"""Columns of one grid as typed arrays in the fields' units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read import depths, keep, units
from halosink.read.labels import NAMING, is_label, normal
from halosink.read.numeric import NUMBER, numbers, words
from halosink.read.records import Grid, Mapped, Want, at
from halosink.read.times import times
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np

CLOCK = re.compile(
    r"(上午|下午|早上|晚上|凌晨|中午)?\s*\d{1,2}[:：时点](\d{1,2}([:：]\d{2}(\.\d+)?|分(\d{1,2}秒?)?)?)?(\s*[ap]\.?m\.?)?",
    re.I,
)


@dataclass(slots=True)
class Cells:
    """Columns by (field, sensor): numpy float64 and datetime64, or Arrow text; and their kinds of missing."""

    rows: np.ndarray
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    missing: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    zoned: bool = False


def typed(grid: Grid, mapped: Sequence[Mapped], skip: int, settings: TableSettings, study_offset: float) -> Cells:
    """Load the mapped columns and everything cut from others, set constant or decoded. Raises Stop."""
    import pyarrow as pa

    fields = vocabulary.fields()
    want: dict[int, Want] = {c.position: _want(fields[c.field].kind) for c in mapped}
    if settings.time_format and not grid.typed:
        want = {p: "text" if w == "time" else w for p, w in want.items()}
    cut, absent = _cut_columns(grid, settings)
    want |= {p: want.get(p, "text") if want.get(p) != "number" else "text" for p in cut.values()}
    chosen = keep.positions(grid, settings)
    want |= {p: "text" for p in chosen if p not in want}
    arrays, rows = grid.load(skip, want, settings.decimal)
    if settings.leave_out and len(rows):
        arrays, rows, absent_rows = keep.left_in(grid, settings, arrays, rows)
        absent += absent_rows
    if chosen and len(rows):
        arrays, rows, left = keep.kept(grid, settings, arrays, rows, chosen)
        absent += left
    cells = Cells(rows, problems=absent)
    if not len(rows):
        return cells
    sources = {name: arrays[p] for name, p in cut.items()}
    clocks, dateless = _join_date_and_clock(arrays, mapped, grid, rows)
    cells.problems += dateless
    for column in mapped:
        key = (column.field, column.sensor)
        item = fields[column.field]
        array = arrays[column.position]
        if sum(c.position == column.position for c in mapped) == 1:
            del arrays[column.position]
        if item.numeric:
            value, missing, said = numbers(
                array, rows, grid, column.heading, item, settings.missing, settings.decimal, column.unit
            )
            del array
            pa.default_memory_pool().release_unused()
            value, more = units.to_field_unit(value, column, grid)
            said += more or units.magnitude(value, column, rows, grid)
        elif item.kind in ("time", "date"):
            value, missing, said = times(array, rows, grid, column.heading, _clock(settings, item.kind), study_offset)
            cells.zoned |= any(p.code == "N-TIME-ZONED" for p in said)
            if item.kind == "date":
                value = value.astype("datetime64[D]").astype("datetime64[us]")
                said = [p for p in said if p.code != "N-TIME-SHIFTED"]
        else:
            label, named = is_label(item), item.name in NAMING
            value, said = words(array, rows, grid, column.heading, settings.missing, label, named)
            missing = None
        cells.problems += said
        cells.values[key] = value
        if missing is not None:
            cells.missing[key] = missing
    _past_midnight(cells, clocks, grid)
    for name, split in settings.split.items():
        if split.column in sources:
            cells.values[name, ""] = _split(cells, grid, name, split.column, split.pattern, sources[split.column])
    _decode(cells, settings, grid)
    _layers(cells, mapped, settings, grid)
    return cells


def _layers(cells: Cells, mapped: Sequence[Mapped], settings: TableSettings, grid: Grid) -> None:
    """Depths out of a column of layers such as 0-20, unless the depths are given otherwise."""
    limits = ("depth_top", "depth_bottom")
    column = next((c for c in mapped if c.field == "layer" and not c.sensor), None)
    given = {f for f, _ in cells.values} | set(settings.constant) | set(settings.split)
    written = cells.values["layer", ""] if column is not None else None
    if column is not None and not given.intersection(limits):
        found, said = depths.split(cells.values["layer", ""], column, cells.rows, grid)
        cells.problems += said
        for name, values in zip((*limits, "layer"), found or (), strict=False):
            cells.values[name, ""] = values
    known = {n: cells.values[n, ""] for n in limits if (n, "") in cells.values}
    if column is not None and given.intersection(limits):
        cells.problems += depths.contradicting(cells.values["layer", ""], known, column, cells.rows, grid)
    cells.problems += depths.metres(known, written, mapped, cells.rows, grid)


def _decode(cells: Cells, settings: TableSettings, grid: Grid) -> None:
    """Codes of the file replaced by their meaning."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, given in settings.codes.items():
        label = is_label(vocabulary.fields()[name])
        meanings = {normal(k): normal(v) for k, v in given.items()} if label else given
        array = cells.values.get((name, ""))
        if not isinstance(array, (pa.Array, pa.ChunkedArray)):
            continue
        codes = pc.dictionary_encode(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
        known = codes.dictionary.to_pylist()
        unknown = [t for t in known if t not in meanings and t not in meanings.values()]
        if unknown:
            where = [int(cells.rows[i]) for i, t in enumerate(array.slice(0, 100_000).to_pylist()) if t in unknown]
            values = {"value": ", ".join(unknown[:5]), "codes": ", ".join(meanings)}
            cells.problems.append(grid.problem("W-CODE-UNKNOWN", name, where, **values))
        cells.values[name, ""] = pa.array([meanings.get(t, t) for t in known], pa.string()).take(codes.indices)


def _want(kind: str) -> Want:
    return "number" if kind in ("number", "integer") else "time" if kind in ("time", "date") else "text"


def _clock(settings: TableSettings, kind: str) -> TableSettings:
    """A date has no clock to shift."""
    return settings.model_copy(update={"utc_offset": None}) if kind == "date" else settings


def _cut_columns(grid: Grid, settings: TableSettings) -> tuple[dict[str, int], list[Problem]]:
    """Positions of the columns that settings.split cuts from."""
    from halosink.problems import did_you_mean

    plain = {vocabulary.plain(h): i for i, h in reversed(list(enumerate(grid.headings)))}
    found: dict[str, int] = {}
    problems = []
    for split in settings.split.values():
        position = plain.get(vocabulary.plain(split.column))
        if position is None:
            values = {"meant": did_you_mean(split.column, grid.headings) or "-", "headings": ", ".join(grid.headings)}
            problems.append(grid.problem("E-COLUMN-ABSENT", split.column, [grid.heading_row or 1], **values))
        else:
            found[split.column] = position
    return found, problems


def _join_date_and_clock(
    arrays: dict[int, Any], mapped: Sequence[Mapped], grid: Grid, rows: np.ndarray
) -> tuple[list[Mapped], list[Problem]]:
    """Times of day beside a column of dates become time stamps; the columns that were such, and rows without a date."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = vocabulary.fields()
    dates = [c.position for c in mapped if c.field == "date"]
    joined: list[Mapped] = []
    problems: list[Problem] = []
    for column in (c for c in mapped if fields[c.field].kind == "time" and dates):
        clock, date = arrays[column.position], arrays[dates[0]]
        if not pa.types.is_string(clock.type):
            continue
        shown = next((t for t in clock.slice(0, 50).to_pylist() if t and t.strip()), "")
        if not CLOCK.fullmatch(shown.strip()):
            continue
        if pa.types.is_timestamp(date.type):
            date = pc.strftime(date, format="%Y-%m-%d")
        if pa.types.is_string(date.type):
            empty = pc.equal(pc.fill_null(pc.utf8_trim_whitespace(clock), ""), "")
            none = pc.equal(pc.fill_null(pc.utf8_trim_whitespace(date), ""), "")
            lost = pc.and_(none, pc.invert(empty)).to_numpy(zero_copy_only=False)
            if lost.any():
                where, count = at(rows, lost)
                first = clock.filter(pa.array(lost))[0].as_py()
                problems.append(grid.problem("E-TIME-NO-DATE", column.heading, where, count, value=first))
            arrays[column.position] = pc.if_else(
                pc.or_(empty, none), "", pc.binary_join_element_wise(pc.fill_null(date, ""), clock, " ")
            )
            joined.append(column)
    return joined, problems


def _past_midnight(cells: Cells, clocks: Sequence[Mapped], grid: Grid) -> None:
    """An end given as a time of day only is on the next day where it would lie before the beginning."""
    import numpy as np

    begin = cells.values.get(("time", ""))
    for column in (c for c in clocks if c.field != "time" and begin is not None):
        end = cells.values[column.field, column.sensor]
        late = end < begin
        if late.any():
            cells.values[column.field, column.sensor] = np.where(late, end + np.timedelta64(1, "D"), end)
            where, count = at(cells.rows, late)
            cells.problems.append(grid.problem("N-TIME-NEXT-DAY", column.heading, where, count))


def _split(cells: Cells, grid: Grid, name: str, heading: str, pattern: str, array: Any) -> Any:
    """The group of the pattern in each cell; numbers and times stay text unless the field wants them."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    known = [(t or "").strip() for t in codes.dictionary.to_pylist()]
    regex = re.compile(pattern)
    cut = [normal(m[1]) if (m := regex.search(t)) and m[1] is not None else None for t in known]
    missed = np.array([bool(t) and c is None for t, c in zip(known, cut, strict=True)] + [False])
    index = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    if missed.any():
        where, count = at(cells.rows, missed[index])
        first = known[int(index[np.flatnonzero(missed[index])[0]])]
        cells.problems.append(grid.problem("E-SPLIT", heading, where, count, pattern=pattern, value=first, field=name))
    if vocabulary.fields()[name].numeric:
        floats = [float(c) if c is not None and NUMBER.fullmatch(c) else np.nan for c in cut]
        return np.array([*floats, np.nan])[index]
    return pa.array(cut, pa.string()).take(codes.indices)
