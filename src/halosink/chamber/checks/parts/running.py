"""All checks over the tables of a campaign: problems, verdicts, and the closures that are refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from halosink.chamber.checks.check import Check, Finding, Hits
from halosink.chamber.checks.parts.readings import WET, Readings
from halosink.chamber.checks.registry import checks
from halosink.contracts import CheckRow, Text
from halosink.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Found:
    """problems: E- and W-. rows: one verdict per check. refused: the key columns of each refused closure, `column`
    (the gas that alone is refused, or empty for all), `reason` (name of the check) and `code` (of the problem)."""

    problems: list[Problem]
    rows: list[CheckRow]
    refused: pd.DataFrame


def run(
    concentrations: pd.DataFrame,
    closures: pd.DataFrame | None = None,
    fluxes: pd.DataFrame | None = None,
    *,
    record: pd.DataFrame | None = None,
    table: str = "chamber_concentrations",
) -> Found:
    """Every check over all closures.

    concentrations: one row per reading with closure (and other columns of quality.closures.KEY), elapsed_time [s]
    and what else the vocabulary knows of chambers, values not yet masked by range. closures: the field sheet.
    fluxes: what chamber.fluxes gave for them. record: the unbroken readings of one analyser (time and gases), with
    which a field sheet that is an hour off is found. table: the name given to the data in the verdicts.
    Raises KeyError without closure or elapsed_time.
    """
    import pandas as pd

    readings = Readings.of(concentrations, closures, fluxes, record)
    problems, rows, refused = [], [], []
    for check in checks().values():
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            findings = _once(list(check.judge(readings))) if readings.m else []
        row, raised = _verdict(check, findings, readings, table)
        rows.append(row)
        problems += [problem for _, problem in raised]
        for finding, _ in raised:
            if finding.code.startswith("E-"):
                keys = readings.closures[finding.hit]
                refused.append(keys.assign(column=finding.gas, reason=check.name, code=finding.code))
    empty = readings.closures.iloc[:0].assign(column="", reason="", code="")
    table_of = pd.concat(refused, ignore_index=True) if refused else empty
    return Found(problems, rows, table_of)


def _once(findings: list[Finding]) -> list[Finding]:
    """A warning about a gas per mole of moist air is not said again where its dry column has it."""
    dry = {(f.code, f.column): f.hit for f in findings}
    found = []
    for finding in findings:
        said = dry.get((finding.code, finding.column.removesuffix(WET)))
        again = finding.code.startswith("W-") and finding.column.endswith(WET) and said is not None
        found.append(replace(finding, hit=finding.hit & ~said) if again and said is not None else finding)
    return found


def _verdict(
    check: Check, findings: list[Finding], readings: Readings, table: str
) -> tuple[CheckRow, list[tuple[Finding, Problem]]]:
    judged, hit = np.zeros(readings.m, bool), np.zeros(readings.m, bool)
    for finding in findings:
        judged |= finding.judged
        hit |= finding.hit
    if not judged.any():
        row = CheckRow(check.name, table, np.nan, "<=", check.allowed, "1", None, check.needs, check.source)
        return row, []
    raised = []
    for finding in findings:
        share = int(finding.hit.sum()) / max(int(finding.judged.sum()), 1)
        if finding.hit.any() and (finding.code.startswith("E-") or share > check.allowed):
            raised.append((finding, _problem(finding, readings)))
    count, total = int(np.count_nonzero(hit)), int(np.count_nonzero(judged))
    if raised:
        comment = Text(*("; ".join(p.say("what", lang) for _, p in raised) for lang in ("en", "zh")))
    else:
        comment = Text(f"{count} of {total} closures.", f"{total} 次闭箱中有 {count} 次。")
    share = count / total
    row = CheckRow(
        check.name, table, share, "<=", check.allowed, "1", not raised and share <= check.allowed, comment, check.source
    )
    return row, raised


def _problem(finding: Finding, readings: Readings) -> Problem:
    count = int(np.count_nonzero(finding.hit))
    values = {
        "closures": readings.named(finding.hit),
        "count": count,
        "judged": int(np.count_nonzero(finding.judged)),
        **finding.values,
    }
    file, rows = _place(finding.hit, readings, finding.column)
    return Problem(finding.code, file=file, column=finding.column, rows=rows, count=count if rows else 0, values=values)


def _place(hit: Hits, readings: Readings, column: str) -> tuple[str, tuple[int, ...]]:
    """File and first rows of the closures concerned; of the field sheet where the column stands there, of the raw
    record where that does."""
    sheet, record = readings.sheet, readings.record
    if sheet is not None and "closure" in sheet and (column in sheet or column == "time"):
        names = readings.closures["closure"][hit]
        frame = sheet[sheet["closure"].isin(names)]
    elif record is not None and column in record and len(record):
        record = record.sort_values("time", kind="stable")
        moments = record["time"].to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
        closing = readings.closing[hit]
        at = np.searchsorted(moments, closing[np.isfinite(closing)])
        frame = record.iloc[np.minimum(at, len(record) - 1)]
    else:
        frame = readings.frame.iloc[readings.starts[hit]]
    if "source_file" not in frame or "source_row" not in frame or frame.empty:
        return "", ()
    file = frame["source_file"].iloc[0]
    rows = frame.loc[frame["source_file"] == file, "source_row"].dropna().head(ROWS_SHOWN)
    return str(file), tuple(int(r) for r in rows)
