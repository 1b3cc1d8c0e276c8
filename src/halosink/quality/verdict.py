"""From counts of flags to check rows: what was judged, how much was flagged, whether that is acceptable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from halosink import vocabulary
from halosink.contracts import LANGUAGES, CheckRow, Text
from halosink.quality.check import Check


def verdicts(rows: Sequence[Mapping[str, Any]], checks: Iterable[Check], series: bool) -> list[CheckRow]:
    """One row per check over the whole table, then one per series, field and check that flagged something.

    The value is the share of flagged among judged records; it passes up to the check's `allowed` share. Where a
    check needs a regular time step and no series has one, `passed` is None. A field of a series that holds no
    value at all gives a row `no_data`.
    """
    if not rows:
        return []
    table = str(rows[0]["table"])
    used = [c for c in checks if series or not c.series]
    found = [_row(c, table, [r for r in rows if _judged(c, r)]) for c in used]
    filled = {row["field"] for row in rows if row["missing"] < row["rows"]}
    for row in rows:
        subject = " · ".join(part for part in (table, str(row["sensor"]), row["field"]) if part)
        expected = series and (row["field"] in filled or row.get("missing_code", 0) > 0)
        if row["missing"] == row["rows"] and expected:
            comment = _text("quality.no_data", rows=f"{row['rows']:,}")
            found.append(CheckRow("no_data", subject, 1.0, "<", 1.0, "1", False, comment, "own_choice"))
        found += [_row(c, subject, [row]) for c in used if row[c.name]]
    return found


def _judged(check: Check, row: Mapping[str, Any]) -> bool:
    return not check.regular or row["step_seconds"] == row["step_seconds"]


def _row(check: Check, subject: str, rows: Sequence[Mapping[str, Any]]) -> CheckRow:
    flagged, total = sum(r[check.name] for r in rows), sum(r["rows"] for r in rows)
    if not total:
        comment = _text("quality.not_judged", check=check.label)
        return CheckRow(check.name, subject, float("nan"), "<=", check.allowed, "1", None, comment, check.source)
    key = "quality.none" if not flagged else "quality.excluded" if check.excludes else "quality.kept"
    comment = _text(key, flagged=f"{flagged:,}", rows=f"{total:,}", check=check.label)
    share = flagged / total
    return CheckRow(check.name, subject, share, "<=", check.allowed, "1", share <= check.allowed, comment, check.source)


def _text(key: str, **values: Any) -> Text:
    return Text(*(vocabulary.say(key, language, **values) for language in LANGUAGES))
