"""One table of a study, from its files to the canonical frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem, errors
from halosink.read import clock, counts, doubts, instrument_table
from halosink.read.cells import Cells, typed
from halosink.read.columns import columns, layout
from halosink.read.frame import assemble
from halosink.read.labels import alike
from halosink.read.opening import open_grid, paths
from halosink.read.overlap import overlapping
from halosink.read.records import Grid, Mapped, Reading, Source, Stop
from halosink.read.required import required
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(slots=True)
class Part:
    """What one file gave."""

    frame: pd.DataFrame | None = None
    missing: dict[str, np.ndarray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    source: Source | None = None
    per: dict[str, str] = field(default_factory=dict)
    samples: tuple[str, ...] = ()


def read(folder: Path, name: str, settings: TableSettings, study_offset: float = 0.0) -> Reading:
    """See halosink.read.table."""
    try:
        files = paths(folder, settings.file)
    except Stop as stop:
        return Reading(None, problems=list(stop.problems))
    if settings.leave_out and len(files) > 1:
        return Reading(None, problems=[Problem("E-LEAVE-OUT-SEVERAL", file=settings.file, column="leave_out")])
    parts = [_file(path, path.relative_to(folder).as_posix(), name, settings, study_offset) for path in files]
    problems = [p for part in parts for p in part.problems]
    sources = [part.source for part in parts if part.source]
    per = {k: v for part in parts for k, v in part.per.items()}
    samples = tuple(dict.fromkeys(s for part in parts for s in part.samples))
    frames = [part.frame for part in parts if part.frame is not None]
    if len(frames) < len(parts) or errors(problems):
        return Reading(None, problems=problems, files=sources, per=per, samples=samples)
    frame, missing = _join(parts)
    if settings.kind == "analyser":
        frame, missing, said = overlapping(frame, missing)
        problems += said
    reading = Reading(frame, missing, problems, sources, per, samples)
    if errors(problems):
        return Reading(None, problems=problems, files=sources, per=per, samples=samples)
    for doubt in (doubts.nameless, doubts.repeated, doubts.closures):
        problems += reading.located(doubt(frame, settings.kind))
    problems += reading.located(alike(frame))
    if errors(problems):
        reading.frame, reading.missing = None, {}
    return reading


def _file(path: Path, name: str, table: str, settings: TableSettings, study_offset: float) -> Part:
    """Read one file; everything wrong with it stands in the part's problems."""
    part, as_table = Part(), False
    try:
        if (form := instrument_table.recognised(path, name, settings)) is not None:
            part.frame, part.missing, part.problems = instrument_table.read(path, name, settings, study_offset, form)
            part.source = Source(name, len(part.frame))
            return part
        as_table = True
        grid, part.problems = open_grid(path, name, settings, (table, settings.kind))
        mapped, said = columns(grid, settings)
        part.problems += said
        mapped, skip, said = layout(grid, mapped, settings)
        part.problems += said
        part.problems += required(grid, mapped, settings)
        _assumed_units(grid, mapped, part)
        if settings.orientation == "taxa_rows":
            cells, part.samples = counts.long(grid, mapped, skip, settings, vocabulary.field("count"))
        else:
            cells = typed(grid, mapped, skip, settings, study_offset)
        part.problems += cells.problems
        cells.problems = []
        if not len(cells.rows):
            raise Stop(grid.problem("E-TABLE-EMPTY"))
        part.problems += _whole(grid, mapped, cells, settings)
        part.source = Source(name, len(cells.rows), grid.sheet)
        part.per = {c.field: c.per for c in mapped if c.per}
        if not errors(part.problems):
            part.frame, part.missing = assemble(cells, mapped, settings, grid)
            part.problems += cells.problems
            if part.frame.empty:
                raise Stop(grid.problem("E-TABLE-EMPTY"))
    except Stop as stop:
        part.problems += stop.problems
    if as_table and any(not p.code.startswith(("E-FILE-", "E-TABLE-EMPTY")) for p in errors(part.problems)):
        part.problems += instrument_table.plain(name, settings)
    return part


def _assumed_units(grid: Grid, mapped: list[Mapped], part: Part) -> None:
    fields = vocabulary.fields()
    assumed = [c for c in mapped if fields[c.field].kind == "number" and not c.unit and fields[c.field].unit != "1"]
    if assumed:
        shown = ", ".join(f"{c.heading} [{fields[c.field].unit}]" for c in assumed)
        part.problems.append(grid.problem("N-UNIT-ASSUMED", columns=shown, number=len(assumed)))


def _whole(grid: Grid, mapped: list[Mapped], cells: Cells, settings: TableSettings) -> list[Problem]:
    """What only whole columns show."""
    headings = {(c.field, c.sensor): c.heading for c in mapped}
    plain = {field: v for (field, sensor), v in cells.values.items() if not sensor}
    fields = vocabulary.fields()
    problems = doubts.swapped({f: v for f, v in plain.items() if fields[f].numeric}, mapped, cells.rows, grid)
    if "depth_top" in plain and "depth_bottom" in plain:
        heading = headings.get(("depth_bottom", ""), headings.get(("layer", ""), "depth_bottom"))
        problems += doubts.upside_down(plain["depth_top"], plain["depth_bottom"], cells.rows, grid, heading)
    if settings.kind == "counts" and "count" in plain and settings.orientation == "rows":
        problems += counts.check_long(plain["count"], cells.rows, grid, headings.get(("count", ""), "count"))
    if "time" in plain:
        heading = headings.get(("time", ""), "time")
        groups = _series(plain)
        if not cells.zoned:
            problems += clock.daylight_saving(plain["time"], cells.rows, groups, grid, heading)
        cells.values["time", ""], said = clock.to_start(plain["time"], groups, settings, grid, heading)
        problems += said
    return problems


def _series(plain: dict[str, Any]) -> np.ndarray | None:
    """A number per row for the series it belongs to; None if there is only one."""
    import numpy as np
    import pandas as pd

    codes = None
    for name in ("site", "plot", "sensor", "closure"):
        if name in plain:
            here = pd.factorize(plain[name].to_pandas())[0].astype(np.int64)
            codes = here if codes is None else codes * (here.max() + 2) + here
    return codes


def _join(parts: list[Part]) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Frames of several files below one another."""
    import numpy as np
    import pandas as pd

    if len(parts) == 1:
        assert parts[0].frame is not None
        return parts[0].frame, parts[0].missing
    frames = [p.frame for p in parts if p.frame is not None]
    frame = pd.concat(_alike(frames), ignore_index=True)
    missing: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(n for p in parts for n in [*p.missing, *_unshared(p, parts)]):
        pieces = []
        for part, one in zip(parts, frames, strict=True):
            absent = np.full(len(one), 0 if name in one else 1, dtype=np.uint8)
            pieces.append(part.missing.get(name, absent))
        missing[name] = np.concatenate(pieces)
    return frame, missing


def _alike(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Categories made the same in all frames, or text where not every frame has the column as categories."""
    import pandas as pd

    frames = [frame.copy(deep=False) for frame in frames]
    for name in dict.fromkeys(c for frame in frames for c in frame if isinstance(frame[c].dtype, pd.CategoricalDtype)):
        having = [frame for frame in frames if name in frame]
        every = len(having) == len(frames) and all(isinstance(f[name].dtype, pd.CategoricalDtype) for f in frames)
        known = sorted({text for f in frames for text in f[name].cat.categories}) if every else []
        for frame in having:
            frame[name] = frame[name].cat.set_categories(known) if every else frame[name].astype("str")
    return frames


def _unshared(part: Part, parts: list[Part]) -> list[str]:
    """Numeric fields that some other file lacks."""
    assert part.frame is not None
    fields = vocabulary.fields()
    names = [c for c in part.frame.columns if c in fields and fields[c].numeric and c != "source_row"]
    return [n for n in names if any(p.frame is not None and n not in p.frame for p in parts)]
