"""Rows that study.toml asks for: those whose columns hold one of the named values, without those it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem, did_you_mean
from halosink.read.records import Grid, Stop
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np

SHOWN = 8


def positions(grid: Grid, settings: TableSettings) -> dict[int, str]:
    """{position: key of settings.keep}. Raises Stop for a column that the file does not have."""
    plain = {vocabulary.plain(h): i for i, h in reversed(list(enumerate(grid.headings)))}
    absent = [name for name in settings.keep if vocabulary.plain(name) not in plain]
    if absent:
        known = ", ".join(grid.headings)
        near = {name: did_you_mean(name, grid.headings) or "-" for name in absent}
        row = [grid.heading_row or 1]
        raise Stop(*(grid.problem("E-COLUMN-ABSENT", n, row, meant=near[n], headings=known) for n in absent))
    return {plain[vocabulary.plain(name)]: name for name in settings.keep}


def left_in(
    grid: Grid, settings: TableSettings, arrays: dict[int, Any], rows: np.ndarray
) -> tuple[dict[int, Any], np.ndarray, list[Problem]]:
    """Every array without the rows that settings.leave_out numbers. Raises Stop for a number that is no data row."""
    import numpy as np
    import pyarrow as pa

    absent = sorted(set(settings.leave_out) - set(rows.tolist()))
    if absent:
        first, last = int(rows.min()), int(rows.max())
        shown = ", ".join(map(str, absent[:SHOWN]))
        raise Stop(grid.problem("E-LEAVE-OUT", "", [], len(absent), value=shown, first=first, last=last))
    mask = ~np.isin(rows, settings.leave_out)
    note = grid.problem("N-LEAVE-OUT", "", settings.leave_out, number=len(settings.leave_out))
    return {p: a.filter(pa.array(mask)) for p, a in arrays.items()}, rows[mask], [note]


def kept(
    grid: Grid, settings: TableSettings, arrays: dict[int, Any], rows: np.ndarray, chosen: Mapping[int, str]
) -> tuple[dict[int, Any], np.ndarray, list[Problem]]:
    """The wanted rows of every array; how many were left out, and values that never occur. Raises Stop if none is."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = np.ones(len(rows), dtype=bool)
    problems: list[Problem] = []
    for position, name in chosen.items():
        texts = pc.utf8_trim_whitespace(arrays[position].cast(pa.string()))
        wanted = pa.array([v.strip() for v in settings.keep[name]], pa.string())
        found = pc.unique(texts)
        lacking = [v for v in wanted.to_pylist() if v not in set(found.to_pylist())]
        if lacking:
            known = [v for v in found.to_pylist() if v]
            listed = ", ".join(known[:SHOWN]) + (" ..." if len(known) > SHOWN else "")
            near = did_you_mean(lacking[0], known) or "-"
            said = {"value": ", ".join(lacking), "known": listed, "meant": near}
            problems.append(grid.problem("W-KEEP-ABSENT", name, **said))
        mask &= pc.fill_null(pc.is_in(texts, wanted), False).to_numpy(zero_copy_only=False)
    if not mask.any():
        raise Stop(*problems, grid.problem("E-KEEP-NONE", ", ".join(chosen.values()), count=len(rows)))
    number = int((~mask).sum())
    if number:
        values = {"kept": int(mask.sum()), "number": number}
        problems.append(grid.problem("N-KEEP", ", ".join(chosen.values()), [], number, **values))
    return {p: a.filter(pa.array(mask)) for p, a in arrays.items()}, rows[mask], problems
