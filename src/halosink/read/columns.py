"""Which field each column of a file holds, and in which unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from halosink import vocabulary
from halosink.problems import Problem, did_you_mean
from halosink.read import depths
from halosink.read.numeric import DASHES, MISSING, judge
from halosink.read.records import Grid, Mapped
from halosink.settings import TableSettings

BRACKET = re.compile(r"^(.*?)\s*[(\[（【]([^()（）\[\]【】]*)[)\]）】]\s*$", re.DOTALL)
UNIT_LOOK = re.compile(r"(?=.*[A-Za-zμµ%])(?=.*(/|-[123]|⁻|\^|·)).+")
TAIL = re.compile(
    r"_((?:ng|ug|mg|g|kg|Mg|t|nmol|umol|mmol|mol|cmol)_(?:m2|m3|cm3|kg|g|L|l|ha)(?:_(?:s|min|h|d|yr|a))?)$"
)
"""A unit at the end of a heading such as CO2_mg_m2_h."""
UNIT_WORDS = ("unit", "units", "单位")
EXAMPLE = ("example", "示例", "e.g.", "样例")


def columns(grid: Grid, settings: TableSettings) -> tuple[list[Mapped], list[Problem]]:
    """Columns of the grid that hold a field, and everything doubtful about the headings. Units are still as written."""
    problems: list[Problem] = []
    ignored = {vocabulary.plain(i) for i in settings.ignore}
    headings = grid.headings
    wanted, absent = _declared(headings, settings)
    for name in absent:
        near = did_you_mean(name, [h for h in headings if h]) or "-"
        problems.append(
            grid.problem("E-COLUMN-ABSENT", name, [grid.heading_row or 1], meant=near, headings=", ".join(headings))
        )
    problems += _twice(grid, ignored)
    cut = {vocabulary.plain(c) for c in (*(s.column for s in settings.split.values()), *settings.keep)}
    depth_open = settings.orientation == "rows" and not _depths_given(headings, settings)
    found: list[Mapped] = []
    for position, heading in enumerate(headings):
        if position in wanted:
            column = settings.columns[wanted[position]]
            found.append(
                Mapped(
                    position=position,
                    heading=heading or wanted[position],
                    field=column.field,
                    unit=column.unit or _heading_unit(heading, column.field),
                    sensor=column.sensor,
                    depth=column.depth,
                    calibration=column.calibration,
                    per=column.per,
                    declared=True,
                )
            )
            continue
        if vocabulary.plain(heading) in ignored or (heading and heading in settings.ignore):
            continue
        field = vocabulary.match(heading, settings.kind) if heading else ""
        of_depth = not field and depth_open and depths.means_depth(heading)
        if of_depth:
            field = depths.field_of([r[position] for r in grid.head if position < len(r)])
            if field != "layer":
                shown = {"field": field, "label": vocabulary.field(field).label}
                problems.append(grid.problem("N-DEPTH-SINGLE", heading, [grid.heading_row or 1], **shown))
        if field and settings.orientation == "taxa_rows" and not _beside_counts(grid, position, field):
            continue
        if field:
            ranges = of_depth and field == "layer"
            found.append(Mapped(position, heading, field, _heading_unit(heading, field), declared=ranges))
        elif not heading:
            if settings.orientation == "rows" and any(len(r) > position and r[position] for r in grid.head):
                problems.append(grid.problem("W-COLUMN-UNNAMED", f"#{position + 1}", [grid.heading_row or 1]))
        elif vocabulary.plain(heading) not in cut and settings.orientation == "rows":
            problems.append(grid.problem("W-COLUMN-UNKNOWN", heading, meant=_near(heading)))
    return _one_each(grid, found, settings, problems), problems


def _depths_given(headings: Sequence[str], settings: TableSettings) -> bool:
    """Whether the limits of layers stand in columns of their own, or the kind of table has no layers."""
    if "depth_top" not in vocabulary.table_kinds()[settings.kind].key:
        return True
    named = {vocabulary.match(h, settings.kind) for h in headings if h} | {c.field for c in settings.columns.values()}
    return not named.union(settings.constant, settings.split).isdisjoint(("depth_top", "depth_bottom"))


def _beside_counts(grid: Grid, position: int, field: str) -> bool:
    """Whether a column of a table with samples across tells something of the taxon; a sample may be named pH or N."""
    cells = [r[position] for r in grid.head if position < len(r) and r[position]]
    return not vocabulary.fields()[field].numeric and not any(map(_number, cells))


def _declared(headings: Sequence[str], settings: TableSettings) -> tuple[dict[int, str], list[str]]:
    """{position: key of settings.columns}, and the keys that fit no heading."""
    exact = {h: i for i, h in reversed(list(enumerate(headings)))}
    plain = {vocabulary.plain(h): i for i, h in reversed(list(enumerate(headings)))}
    bare = {vocabulary.plain(m[1]): i for i, h in reversed(list(enumerate(headings))) if (m := BRACKET.match(h))}
    wanted: dict[int, str] = {}
    absent: list[str] = []
    for name in settings.columns:
        position = exact.get(name.strip(), plain.get(vocabulary.plain(name), bare.get(vocabulary.plain(name))))
        if position is None:
            absent.append(name)
        else:
            wanted[position] = name
    return wanted, absent


def _twice(grid: Grid, ignored: set[str]) -> list[Problem]:
    counts = Counter(h for h in grid.headings if h and vocabulary.plain(h) not in ignored)
    return [
        grid.problem("E-HEADING-TWICE", heading, [grid.heading_row or 1], times=times)
        for heading, times in counts.items()
        if times > 1
    ]


def _one_each(grid: Grid, found: list[Mapped], settings: TableSettings, problems: list[Problem]) -> list[Mapped]:
    """A field may come from one column only (per sensor); a declared column wins over one that was recognised."""
    set_elsewhere = {*settings.constant, *settings.split}
    kept: dict[tuple[str, str], Mapped] = {}
    for column in sorted(found, key=lambda c: not c.declared):
        key = (column.field, column.sensor)
        other = kept.get(key) or (kept.get((column.field, "")) if not column.declared else None)
        if other is None and not column.declared:
            other = next((k for k in kept.values() if k.field == column.field and k.declared), None)
        if other is None and column.field not in set_elsewhere:
            kept[key] = column
        elif other is None and column.declared:
            values = {"field": column.field, "other": "constant / split"}
            problems.append(grid.problem("E-FIELD-TWICE", column.heading, [grid.heading_row or 1], **values))
        elif other is None or (other.declared and not column.declared):
            heading = other.heading if other else column.field
            problems.append(grid.problem("N-COLUMN-LEFT", column.heading, field=column.field, other=heading))
        elif other.heading != column.heading and settings.orientation == "rows":
            values = {"field": column.field, "other": other.heading}
            problems.append(grid.problem("E-FIELD-TWICE", column.heading, [grid.heading_row or 1], **values))
    return sorted(kept.values(), key=lambda c: c.position)


def _heading_unit(heading: str, field: str) -> str:
    """The unit in a heading; that of a layer is one of depth."""
    return bracket_unit(heading, "depth_top" if field == "layer" else field)


def bracket_unit(heading: str, field: str) -> str:
    """The unit at the end of a heading, or ""; remarks such as (1:5), (H2O) or (total) are not units."""
    bracket = BRACKET.match(heading)
    if not bracket:
        tail = TAIL.search(heading)
        return tail[1].replace("_", "/") if tail else ""
    text = bracket[2].strip()
    return text if UNIT_LOOK.match(text) or _fits(text, field) else ""


def _fits(text: str, field: str) -> bool:
    """Whether this text is a unit of the field; a pure number has no unit but 1 and shares of a hundred."""
    item = vocabulary.fields()[field]
    if item.unit == "1":
        return text in ("1", "%", "‰", "m3/m3", "g/g")
    if not text or re.fullmatch(r"[\d:.,\s\-]+", text):
        return False
    from halosink.vocabulary import units

    try:
        units.convert([1.0], text, item.unit, item.substance)
    except units.UnitError as error:
        return error.kind == "substance"
    return True


def layout(grid: Grid, found: list[Mapped], settings: TableSettings) -> tuple[list[Mapped], int, list[Problem]]:
    """Columns with the units of a units row filled in, how many rows below the heading hold no data, and problems."""
    skip = 0
    units = grid.units
    if units is None and grid.head:
        first = grid.head[0]
        marked = next((c for c in first if c), "").strip().casefold() in UNIT_WORDS
        if settings.units_row or (settings.units_row is None and (marked or _looks_like_units(grid, found))):
            units, skip = first, 1
    while skip < len(grid.head) and _is_example(grid.head[skip]):
        skip += 1
    if units is None:
        return found, skip, []
    conflicts = [
        grid.problem("W-UNIT-CONFLICT", c.heading, [grid.heading_row + 1], unit=c.unit, found=units[c.position].strip())
        for c in found
        if c.unit and c.position < len(units) and _other_unit(units[c.position].strip(), c)
    ]
    filled = [
        replace(c, unit=units[c.position].strip())
        if not c.unit
        and c.position < len(units)
        and units[c.position].strip().casefold() not in ("", "-", "/", *UNIT_WORDS)
        else c
        for c in found
    ]
    return filled, skip, conflicts


def _other_unit(text: str, column: Mapped) -> bool:
    """Whether a units row contradicts the unit that study.toml or the heading gives."""
    import numpy as np

    field = vocabulary.fields()[column.field]
    if not field.numeric or text == column.unit or not text or text.casefold() in (*DASHES, *UNIT_WORDS):
        return False
    from halosink.vocabulary import units

    try:
        one, other = (units.convert([1.0, 2.0], u, field.unit, field.substance) for u in (text, column.unit))
    except units.UnitError:
        return False
    return not np.allclose(one, other)


def _looks_like_units(grid: Grid, found: Sequence[Mapped]) -> bool:
    """No number in row 2 (but 1, the unit of pure numbers), some text there, and a number below."""
    fields = vocabulary.fields()
    first, rest = grid.head[0], grid.head[1:]
    if any(c.field == "layer" and c.position < len(first) and _fits(first[c.position], "depth_top") for c in found):
        return True
    numeric = [c for c in found if fields[c.field].numeric and c.position < len(first)]
    others = [first[c.position] for c in found if c not in numeric and c.position < len(first)]
    ones = [c for c in numeric if first[c.position] == "1" and fields[c.field].unit == "1"]
    cells = [(first[c.position], c.field) for c in numeric if c not in ones]
    words = [(text, field) for text, field in cells if text and text.casefold() not in DASHES]
    if any(_number(text) or text.casefold() in MISSING for text, _ in words):
        return False
    if not words:
        return bool(ones) and bool(others) and not any(others)
    if any(_fits(text, field) or UNIT_LOOK.match(text) for text, field in words):
        return True
    below = [r[c.position] for r in rest for c in numeric if c.position < len(r) and r[c.position]]
    return bool(below) and len(words) > 1 and sum(map(_number, below)) >= 0.5 * len(below)


def _number(cell: str) -> bool:
    """A number, however badly written."""
    value, kind, code = judge(cell)
    return value == value or kind != 0 or code in ("E-DECIMAL-COMMA", "E-THOUSANDS", "E-FORMULA", "E-PERCENT")


def _is_example(row: Sequence[str]) -> bool:
    return next((c for c in row if c), "").strip().casefold().startswith(EXAMPLE)


def _near(heading: str) -> str:
    bare = BRACKET.match(heading)
    words = {w: f.name for f in vocabulary.fields().values() for w in (f.name, f.label.en, f.label.zh, *f.aliases)}
    near = did_you_mean(bare[1] if bare else heading, words)
    return words.get(near, "-")
