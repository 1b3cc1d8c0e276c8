"""All checks over one tower: problems and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halosink.contracts import CheckRow, Text
from halosink.eddy.checks.check import Check, Finding
from halosink.eddy.checks.parts.tower import Tower
from halosink.eddy.checks.registry import checks
from halosink.eddy.steps import Steps
from halosink.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

    from halosink.eddy.options import Options

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Found:
    """rows: the verdicts, at least one per check. problems: E-, W- and N-."""

    rows: list[CheckRow]
    problems: list[Problem]


def run(
    table: pd.DataFrame,
    *,
    options: Options,
    thresholds: pd.DataFrame | None = None,
    energy: pd.DataFrame | None = None,
    footprint: pd.DataFrame | None = None,
    gaps: pd.DataFrame | None = None,
    half_hours: pd.DataFrame | None = None,
    name: str = "eddy",
) -> Found:
    """Every check over the table of one tower.

    table: regular steps with canonical columns, values as measured (before filters). thresholds, energy, footprint,
    gaps, half_hours: the results of the run for this tower (`eddy/ustar`, `energy_balance`, `footprint`, `gaps`,
    `half_hours`), as far as they exist; the checks that need one that is lacking do without or are not judged.
    name: of the tower, in the verdicts. Raises ValueError when the steps are not regular.
    """
    steps = Steps.of(table["time"].to_numpy())
    tower = Tower(table, steps, options, name, thresholds, energy, footprint, gaps, half_hours)
    rows: list[CheckRow] = []
    problems: list[Problem] = []
    for check in checks().values():
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            findings = list(check.judge(tower))
        if not findings:
            rows.append(
                CheckRow(check.name, name, float("nan"), "<=", float("nan"), "1", None, check.needs, check.source)
            )
        for finding in findings:
            problem = None
            if finding.code and not finding.passed:
                problem = _problem(finding, tower)
                problems.append(problem)
            rows.append(_row(check, finding, tower, problem))
    return Found(rows, problems)


def _row(check: Check, finding: Finding, tower: Tower, problem: Problem | None) -> CheckRow:
    if finding.comment is not None:
        comment = finding.comment
    elif problem is not None:
        comment = Text(problem.say("what", "en"), problem.say("what", "zh"))
    else:
        unit = "" if finding.unit == "1" else f" {finding.unit}"
        limit = f"{finding.operator} {finding.threshold:.4g}{unit}"
        comment = Text(f"{finding.value:.4g}{unit}; asked: {limit}.", f"{finding.value:.4g}{unit}；要求：{limit}。")
    subject = f"{tower.name}: {finding.subject}" if finding.subject else tower.name
    values = (finding.value, finding.operator, finding.threshold, finding.unit)
    return CheckRow(check.name, subject, *values, finding.passed, comment, check.source)


def _problem(finding: Finding, tower: Tower) -> Problem:
    values = {"tower": tower.name, "column": finding.column, **finding.values}
    count = 0 if finding.hit is None else int(np.count_nonzero(finding.hit))
    file: str = ""
    rows: tuple[int, ...] = ()
    if count and finding.hit is not None and {"source_file", "source_row"} <= set(tower.table.columns):
        frame = tower.table.loc[finding.hit, ["source_file", "source_row"]].dropna()
        if len(frame):
            file = str(frame["source_file"].iloc[0])
            mine = frame.loc[frame["source_file"] == file, "source_row"].head(ROWS_SHOWN)
            rows = tuple(int(r) for r in mine)
    return Problem(finding.code, file=file, column=finding.column, rows=rows, count=count if rows else 0, values=values)
