"""Step: read every table of the study into its canonical form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text
from halosink.problems import Problem, UserError, errors
from halosink.settings import FILE, Settings

if TYPE_CHECKING:
    import pandas as pd

    from halosink.read import Reading
    from halosink.runner import Workspace

NO_PLACE = ("plots", "evidence", "taxonomy")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a table that was read: its distinct places, and what its classes showed, by factor."""

    places: pd.DataFrame | None = None
    classes: Mapping[str, list[Problem]] = field(default_factory=dict)


def readings(folder: Path, settings: Settings) -> Iterator[tuple[str, Reading]]:
    """Every table of the study as read, one after the other; last, under no name, what only all of them show."""
    from halosink import read

    seen: dict[str, Seen] = {}
    for name, table in settings.tables.items():
        reading = read.table(folder, name, table, settings.study.utc_offset)
        seen[name] = Seen() if reading.frame is None else _seen(reading.frame, settings)
        yield name, reading
        del reading
    yield "", read.Reading(None, problems=[*_classes(seen, settings), *_partners(seen, settings)])


def _seen(frame: pd.DataFrame, settings: Settings) -> Seen:
    from halosink import read
    from halosink.steps.observations import PLACES

    factors = [f for f in settings.design.factors if f.field in frame]
    names = [c for c in PLACES if c in frame] + [f.field for f in factors if f.field not in PLACES]
    first = ~frame[names].duplicated() if names else frame.index == 0
    places = frame.loc[first, [*names, "source_file", "source_row"]]
    return Seen(places.astype(dict.fromkeys(names, "str")), {f.field: read.declared(frame, f) for f in factors})


def _classes(seen: Mapping[str, Seen], settings: Settings) -> list[Problem]:
    """Classes in the data that were not declared; a reference counts as absent only if no table holds it."""
    problems: list[Problem] = []
    for factor in settings.design.factors:
        tables = [s.classes[factor.field] for s in seen.values() if factor.field in s.classes]
        said = [p for table in tables for p in table]
        absent = [p for p in said if p.code == "E-CLASS-REFERENCE"]
        problems += [p for p in said if p not in absent] + (absent[:1] if len(absent) == len(tables) else [])
        if not tables and all(s.places is not None for s in seen.values()):
            values = {"name": factor.field}
            problems.append(Problem("E-CLASS-NOWHERE", file=FILE, column="design.factors", values=values))
    return problems


def _partners(seen: Mapping[str, Seen], settings: Settings) -> list[Problem]:
    """Places of each table that the table of plots does not hold, or holds more than once."""
    from halosink.steps.observations import PLACES

    plots = next((seen[n].places for n, t in settings.tables.items() if t.kind == "plots"), None)
    problems: list[Problem] = []
    for name, table in seen.items():
        if plots is None or table.places is None or settings.tables[name].kind in NO_PLACE:
            continue
        common = [c for c in PLACES if c in table.places and c in plots]
        if common:
            places = table.places.drop_duplicates(common)
            problems += [*_unknown(places, plots, common), *_ambiguous(places, plots, common)]
            for factor in (f.field for f in settings.design.factors if f.field in table.places and f.field in plots):
                problems += _contradictory(table.places, plots, common, factor)
    return problems


def _unknown(places: pd.DataFrame, plots: pd.DataFrame, common: list[str]) -> list[Problem]:
    """Places that are not in the table of plots: they have no class and drop out of comparisons."""
    known = places[common].merge(plots[common].drop_duplicates(), on=common, how="left", indicator=True)
    lost = places[(known["_merge"] == "left_only").to_numpy()]
    return [] if lost.empty else [_about("W-PLOT-UNKNOWN", lost, common)]


def _ambiguous(places: pd.DataFrame, plots: pd.DataFrame, common: list[str]) -> list[Problem]:
    """Plots whose name stands at several sites or blocks, in a table that does not say which is meant."""
    lacking = [c for c in ("site", "block") if c in plots and c not in places]
    if "plot" not in common or not lacking:
        return []
    several = plots[[*common, *lacking]].drop_duplicates()
    several = several[several.duplicated(common, keep=False)].dropna(subset=["plot"])
    unclear = places[places.set_index(common).index.isin(several.set_index(common).index)]
    if unclear.empty:
        return []
    lacking = [c for c in lacking if several[c].nunique(dropna=False) > 1]
    return [_about("E-PLOT-AMBIGUOUS", unclear, common, lacking=" + ".join(lacking))]


def _contradictory(places: pd.DataFrame, plots: pd.DataFrame, common: list[str], factor: str) -> list[Problem]:
    """Places whose class differs from the one that the table of plots gives them."""
    by = [c for c in common if c != factor]
    told = plots[[*by, factor]].dropna().drop_duplicates()
    told = told[~told.duplicated(by, keep=False)]
    both = places.merge(told, on=by, how="left", suffixes=("", "_told"))
    odd = both[factor].notna() & both[f"{factor}_told"].notna() & (both[factor] != both[f"{factor}_told"])
    if not odd.any():
        return []
    first = both[odd].iloc[0]
    told_values = {"factor": factor, "here": str(first[factor]), "there": str(first[f"{factor}_told"])}
    return [_about("E-DESIGN-CONTRADICTS", both[odd], by, **told_values)]


def _about(code: str, places: pd.DataFrame, common: list[str], **values: str) -> Problem:
    labels = [" / ".join(map(str, row)) for row in places[common].itertuples(index=False)]
    names = ", ".join(labels[:12]) + (" ..." if len(labels) > 12 else "")
    return Problem(
        code,
        file=str(places["source_file"].iloc[0]),
        column=" + ".join(common),
        rows=tuple(int(r) for r in places["source_row"].iloc[:5]),
        count=len(places),
        values={"names": names, "number": len(labels), **values},
    )


def _run(workspace: Workspace) -> Iterator[tuple[str, Any]] | Skip:
    if not workspace.settings.tables:
        return Skip(
            Text("study.toml declares no table", "study.toml 中没有声明数据表"),
            Text("Add a [tables.NAME] section.", "请添加 [tables.名称] 一节。"),
        )
    return _outputs(workspace)


def _outputs(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    """Tables as they are read, so that one at a time is in memory; UserError at the end with all problems."""
    import pandas as pd

    problems: list[Problem] = []
    per: dict[str, Mapping[str, str]] = {}
    for name, reading in readings(workspace.folder, workspace.settings):
        problems += reading.problems
        if name:
            per[name] = dict(reading.per)
        if reading.frame is not None and not errors(problems):
            if reading.missing:
                yield f"tables/missing/{name}.parquet", pd.DataFrame(reading.missing, copy=False)
            yield f"tables/{name}.parquet", reading.frame
        del reading
    if errors(problems):
        raise UserError(problems)
    yield "tables/reading.json", {"problems": [p.record() for p in problems], "per": per}


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
