"""Step: read every table of the study into its canonical form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text
from halosink.problems import Problem, UserError, errors
from halosink.settings import FILE, Settings
from halosink.steps.chamber_series import Campaign
from halosink.steps.chamber_series import problems as chamber_problems

if TYPE_CHECKING:
    import pandas as pd

    from halosink.read import Reading
    from halosink.runner import Workspace

NO_PLACE = ("plots", "evidence", "taxonomy")
CASCADE = ("W-DUPLICATE", "W-CLOSURE-SEVERAL")
"""What also seems wrong in a table whose plots are not told apart."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a table that was read: its distinct places, what its classes showed by factor (those that name
    any), rows without their unit, doubts that may follow from an ambiguous plot, and how its problems get their sheet.
    """

    places: pd.DataFrame | None = None
    classes: Mapping[str, list[Problem]] = field(default_factory=dict)
    unplaced: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    located: Callable[[list[Problem]], list[Problem]] = list


def readings(folder: Path, settings: Settings, thorough: bool = False) -> Iterator[tuple[str, Reading]]:
    """Every table of the study as read, one after the other; last, under no name, what only all of them show.

    thorough: with what is looked at anyway when fluxes, towers and soil are computed.
    """
    from halosink import read
    from halosink.eddy_tables import examined
    from halosink.soil_tables import impossible

    campaign = Campaign()
    seen: dict[str, Seen] = {}
    for name, table in settings.tables.items():
        reading = read.table(folder, name, table, settings.study.utc_offset)
        seen[name] = Seen() if reading.frame is None else _seen(reading, settings, table.kind)
        if reading.frame is not None:
            if thorough or table.kind != "chamber_concentrations":
                campaign.add(name, table.kind, reading.frame)
            reading.problems = [p for p in reading.problems if p.code not in CASCADE]
            if thorough and table.kind == "soil":
                reading.problems += reading.located(impossible(reading.frame, settings))
            if thorough and table.kind == "eddy":
                reading.problems += reading.located(examined(name, reading.frame, settings))
        yield name, reading
        del reading
    problems = [*_classes(seen, settings), *_blank_classes(seen, settings)]
    for name, found in _partners(seen, settings).items():
        unclear = any(p.code == "E-PLOT-AMBIGUOUS" for p in found)
        problems += [*([] if unclear else seen[name].doubts), *seen[name].unplaced, *seen[name].located(found)]
    if all(s.places is not None for s in seen.values()):
        problems += chamber_problems(campaign, settings, thorough)
    yield "", read.Reading(None, problems=problems)


def _seen(reading: Reading, settings: Settings, kind: str) -> Seen:
    from halosink import read
    from halosink.steps.observations import PLACES

    frame = reading.frame
    assert frame is not None
    factors = [f for f in settings.design.factors if f.field in frame]
    names = [c for c in PLACES if c in frame] + [f.field for f in factors if f.field not in PLACES]
    first = ~frame[names].duplicated() if names else frame.index == 0
    places = frame.loc[first, [*names, "source_file", "source_row"]]
    filled = [f for f in factors if frame[f.field].notna().any()]
    return Seen(
        places.astype(dict.fromkeys(names, "str")),
        {f.field: reading.located(read.declared(frame, f)) for f in filled},
        [] if kind in NO_PLACE else reading.located(_unplaced(frame, settings.design.unit)),
        [p for p in reading.problems if p.code in CASCADE],
        read.Reading(None, files=reading.files).located,
    )


def _unplaced(frame: pd.DataFrame, unit: str) -> list[Problem]:
    """Rows that leave out the independent unit while others name it; steps/observations.placed drops them."""
    mask = frame[unit].isna().to_numpy(dtype=bool) if unit in frame else None
    if mask is None or not mask.any() or mask.all():
        return []
    rows = frame.loc[mask, ["source_file", "source_row"]].drop_duplicates()
    file, numbers = str(rows["source_file"].iloc[0]), tuple(int(r) for r in rows["source_row"].iloc[:5])
    return [Problem("W-UNIT-BLANK", file, "", unit, numbers, len(rows), {"number": len(rows), "unit": unit})]


def _blank_classes(seen: Mapping[str, Seen], settings: Settings) -> list[Problem]:
    """Plots without a class; of tables of measurements where no table of plots gives the class."""
    from halosink.steps.observations import PLACES

    problems: list[Problem] = []
    for name in (f.field for f in settings.design.factors):
        having = [n for n, s in seen.items() if name in s.classes]
        plots = [n for n in having if settings.tables[n].kind == "plots"]
        for places, located in ((seen[n].places, seen[n].located) for n in plots or having):
            if places is not None and places[name].isna().any():
                by = [c for c in PLACES if c in places and c != name and places[c].notna().any()]
                blank = places[places[name].isna()]
                problems += located([_about("W-CLASS-BLANK", blank, by or [name], factor=name)])
    return problems


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


def _partners(seen: Mapping[str, Seen], settings: Settings) -> dict[str, list[Problem]]:
    """Per table: places that the table of plots does not hold, or holds more than once."""
    from halosink.steps.observations import shared

    plots = next((seen[n].places for n, t in settings.tables.items() if t.kind == "plots"), None)
    problems: dict[str, list[Problem]] = {name: [] for name in seen}
    for name, table in seen.items():
        if plots is None or table.places is None or settings.tables[name].kind in NO_PLACE:
            continue
        common = shared(table.places, plots)
        if common:
            unit = settings.design.unit
            named = table.places.dropna(subset=[unit] if unit in common else [common[-1]])
            places = named.drop_duplicates(common)
            problems[name] += [*_unknown(places, plots, common), *_ambiguous(places, plots, common)]
            for factor in (f.field for f in settings.design.factors if f.field in table.places and f.field in plots):
                problems[name] += _contradictory(table.places, plots, common, factor)
    return problems


def _unknown(places: pd.DataFrame, plots: pd.DataFrame, common: list[str]) -> list[Problem]:
    """Places that are not in the table of plots: they have no class and drop out of comparisons."""
    known = places[common].merge(plots[common].drop_duplicates(), on=common, how="left", indicator=True)
    lost = places[(known["_merge"] == "left_only").to_numpy()]
    return [] if lost.empty else [_about("W-PLOT-UNKNOWN", lost, common)]


def _ambiguous(places: pd.DataFrame, plots: pd.DataFrame, common: list[str]) -> list[Problem]:
    """Plots whose name stands at several sites or blocks, in a table that does not say which is meant."""
    lacking = [c for c in ("site", "block") if c in plots and plots[c].notna().any() and c not in common]
    if "plot" not in common or not lacking:
        return []
    several = plots[[*common, *lacking]].drop_duplicates()
    several = several[several.duplicated(common, keep=False)].dropna(subset=["plot"])
    unclear = places[places.set_index(common).index.isin(several.set_index(common).index)]
    if unclear.empty:
        return []
    several = several[several.set_index(common).index.isin(unclear.set_index(common).index)]
    choices = [list(c) for size in (1, 2) for c in combinations(lacking, size)]
    lacking = next((c for c in choices if not several[[*common, *c]].duplicated().any()), lacking)
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
    import pandas as pd

    labels = [" / ".join(str(v) for v in row if pd.notna(v)) for row in places[common].itertuples(index=False)]
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
