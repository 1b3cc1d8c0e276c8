"""Step: read every table of the study into its canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text
from halosink.problems import Problem, UserError, errors
from halosink.settings import FILE, Settings

if TYPE_CHECKING:
    from halosink.read import Reading
    from halosink.runner import Workspace


def readings(folder: Path, settings: Settings) -> dict[str, Reading]:
    """Every table of the study as read, with its problems; classes are held against the declared ones."""
    from dataclasses import replace

    from halosink import read

    found = {
        name: read.table(folder, name, table, settings.study.utc_offset) for name, table in settings.tables.items()
    }
    extra = [*_classes(found, settings), *_partners(found, settings)]
    if extra and found:
        first = next(iter(found))
        found[first] = replace(found[first], problems=[*found[first].problems, *extra])
    return found


def _classes(found: Mapping[str, Reading], settings: Settings) -> list[Problem]:
    """Classes in the data that were not declared; a reference counts as absent only if no table holds it."""
    from halosink import read

    problems: list[Problem] = []
    for factor in settings.design.factors:
        frames = [r.frame for r in found.values() if r.frame is not None and factor.field in r.frame]
        said = [p for frame in frames for p in read.declared(frame, factor)]
        absent = [p for p in said if p.code == "E-CLASS-REFERENCE"]
        problems += [p for p in said if p not in absent] + (absent[:1] if len(absent) == len(frames) else [])
        if not frames and all(r.frame is not None for r in found.values()):
            problems.append(
                Problem("E-CLASS-NOWHERE", file=FILE, column="design.factors", values={"name": factor.field})
            )
    return problems


def _partners(found: Mapping[str, Reading], settings: Settings) -> list[Problem]:
    """Rows of a table whose place is not in the table of plots: they have no class and drop out of comparisons."""
    from halosink.steps.observations import PLACES

    plots = next((found[n].frame for n, t in settings.tables.items() if t.kind == "plots"), None)
    problems: list[Problem] = []
    for name, reading in found.items():
        frame = reading.frame
        if plots is None or frame is None or settings.tables[name].kind in ("plots", "evidence", "taxonomy"):
            continue
        common = [c for c in PLACES if c in frame and c in plots]
        if not common:
            continue
        places = frame[common].drop_duplicates()
        known = places.merge(plots[common].drop_duplicates(), on=common, how="left", indicator=True)
        lost = places[(known["_merge"] == "left_only").to_numpy()]
        if lost.empty:
            continue
        labels = [" / ".join(map(str, row)) for row in lost.itertuples(index=False)]
        problems.append(
            Problem(
                "W-PLOT-UNKNOWN",
                file=str(frame["source_file"].iloc[0]),
                column=" + ".join(common),
                rows=tuple(int(r) for r in frame.loc[lost.index[:5], "source_row"]),
                count=len(lost),
                values={"names": ", ".join(labels[:12]) + (" ..." if len(labels) > 12 else ""), "number": len(labels)},
            )
        )
    return problems


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    if not workspace.settings.tables:
        return Skip(
            Text("study.toml declares no table", "study.toml 中没有声明数据表"),
            Text("Add a [tables.NAME] section.", "请添加 [tables.名称] 一节。"),
        )
    found = readings(workspace.folder, workspace.settings)
    problems = [p for reading in found.values() for p in reading.problems]
    if errors(problems):
        raise UserError(problems)
    outputs: dict[str, Any] = {}
    for name, reading in found.items():
        outputs[f"tables/{name}.parquet"] = reading.frame
        if reading.missing:
            outputs[f"tables/missing/{name}.parquet"] = pd.DataFrame(reading.missing)
    outputs["tables/reading.json"] = {
        "problems": [p.record() for p in problems],
        "per": {name: dict(reading.per) for name, reading in found.items()},
    }
    return outputs


STEP = Step(
    name="tables",
    label=Text("Reading the tables", "读取数据表"),
    about=Text(
        "Every table in the vocabulary's names and units, one row per record, with the row of the file it came from.",
        "把各数据表统一为词汇表的字段名与单位，每条记录一行，并保留其在原文件中的行号。",
    ),
    run=_run,
    settings=("study", "tables", "design"),
    reads_files=True,
)
