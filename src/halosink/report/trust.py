"""Can I trust it: the check table, the quality overview, the most flagged series."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, quality, series, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.tables import Table, table, text

SINGLE = " · "  # in the subject of a check of one series or column of a table
FAILED = 25  # own choice: more failed rows than this are folded
PER_CHECK = 4  # own choice: rows of one check shown before the fold
UNSEEN = ("missing_code", "gap", "time_order", "duplicate")  # their records hold no odd value to be drawn
SIGNS = {"<=": "≤", ">=": "≥", "==": "="}
_COLUMN = re.compile(r"(?<![\w-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w-])", re.ASCII)
_PARTS = re.compile(r"( · |: | / |, )")
SERIES = 4  # own choice: series drawn; the overview has all


class Checks(NamedTuple):
    summary: str
    failed: Table | None
    more: Table | None
    passed: Table | None
    passed_count: int


def checks(contents: Contents, language: Language) -> Checks | None:
    """Every check row of the study: those that failed or could not be judged first."""
    names = sorted(n for n in contents.frames if n.endswith("/checks") and contents.frame(n) is not None)
    if not names:
        return None
    every = [row for name in names for _, row in contents.frames[name].iterrows()]
    failed = [r for r in every if _passed(r) is False]
    unjudged = [r for r in every if _passed(r) is None]
    passed = [r for r in every if _passed(r) is True]
    counts = {"failed": len(failed), "open": len(unjudged), "passed": len(passed), "count": len(every)}
    summary = words.singular(vocabulary.say("report.trust.summary", language, **counts))
    doubtful = failed + unjudged
    first, later = _fold(doubtful)
    return Checks(
        summary,
        _check_table(first, language),
        _check_table(later, language),
        _check_table(passed, language),
        len(passed),
    )


def _fold(rows: list[pd.Series]) -> tuple[list[pd.Series], list[pd.Series]]:
    """Those to show at once, those to fold away: of many rows the first few of each check."""
    if len(rows) <= FAILED:
        return rows, []
    ordered = sorted(rows, key=lambda r: SINGLE in str(r["subject"]))
    names = [str(r["check"]) for r in ordered]
    early = [names[:i].count(name) < PER_CHECK for i, name in enumerate(names)]
    return (
        [r for r, yes in zip(ordered, early, strict=True) if yes],
        [r for r, yes in zip(ordered, early, strict=True) if not yes],
    )


def overview(contents: Contents, language: Language) -> tuple[Figure, Table] | None:
    """The quality figure, and the table of every series."""
    frame = _overview(contents)
    if frame is None:
        return None
    names = quality.check_columns(frame)
    kept = [n for n in names if frame[n].sum() > 0]
    cells = [
        [
            text(r["table"]),
            text(r.get("sensor")),
            words.quantity(str(r["field"]), language),
            *(numbers.count(r[c], language) for c in ("rows", "missing", "flagged", *kept)),
        ]
        for _, r in frame.iterrows()
    ]
    made = table(
        " ".join(["table sensor field rows missing flagged", *kept]),
        cells,
        language,
        vocabulary.say("report.trust.overview", language),
    )
    heads = (*made.headings[:6], *(quality.head(n, language) for n in kept))
    return quality.draw(frame, language), Table(made.columns, cells, made.caption, (), heads)


def _overview(contents: Contents) -> pd.DataFrame | None:
    frame = contents.frame("quality/overview")
    frame = None if frame is None else quality.measured(frame)
    return None if frame is None or frame.empty else frame


def flagged_series(contents: Contents, language: Language) -> list[Figure]:
    """For each check that hit values the series it hit most, each series once."""
    frame = _overview(contents)
    if frame is None:
        return []
    drawn: list[Figure] = []
    used: set[Any] = set()
    for name in (c for c in quality.check_columns(frame) if c not in UNSEEN and frame[c].max() > 0):
        place: Any = frame[name].drop(index=list(used)).idxmax() if len(used) < len(frame) else None
        if place is None or not frame[name].loc[place] or len(drawn) == SERIES:
            continue
        if found := _one_series(contents, frame.loc[place], language):
            used.add(place)
            drawn.append(found)
    return drawn


def _check_table(rows: list[pd.Series], language: Language) -> Table | None:
    if not rows:
        return None
    words_of = {True: "pass", False: "fail", None: "unjudged"}
    cells = []
    for r in rows:
        cells.append([
            vocabulary.say(f"report.trust.{words_of[_passed(r)]}", language),
            _check_name(str(r["check"]), language),
            _subject(text(r["subject"]), language),
            _tested(r),
            _plain(text(r.get(f"comment_{language}")), language),
            _source(text(r["source"]), language),
        ])  # fmt: skip
    marks = [{True: "pass", False: "fail", None: "open"}[_passed(r)] for r in rows]
    caption = vocabulary.say(f"report.trust.{'table_passed' if all(map(_passed, rows)) else 'failed'}", language)
    columns = "verdict check subject tested comment source"
    return table(columns, cells, language, caption, marks)


def _source(key: str, language: Language) -> str:
    return Markup('<a href="#c-{}">{}</a>').format(key, words.word("source", key, language)) if key else ""


def _check_name(name: str, language: Language) -> str:
    shown = quality.head(name, language)
    return words.word("check", name, language) if shown == name.replace("_", " ") else shown


def _plain(comment: str, language: Language) -> str:
    """A comment in which columns are called by their labels; words of the user's own that are no column stay."""
    return _COLUMN.sub(lambda m: _column(m[0], language), comment)


def _column(name: str, language: Language) -> str:
    if name in vocabulary.fields():
        return words.inside(name, language)
    return vocabulary.say(f"report.column.{name}", language) if name == "p_adjusted" else name


def _subject(subject: str, language: Language) -> str:
    """The subject with its fields called by their labels; the user's own names stay."""
    fields = vocabulary.fields()
    parts = _PARTS.split(subject)
    return "".join(words.quantity(p, language) if p in fields else p for p in parts)


def _tested(row: pd.Series) -> str:
    """`0.013 ≥ 0.05`, with the unit behind if there is one."""
    sign = str(row["operator"])
    value, threshold = (numbers.plain(row[k]) for k in ("value", "threshold"))
    if not value and not threshold:
        return ""
    shown = f"{value or '–'}\u00a0{SIGNS.get(sign, sign)}\u00a0{threshold}"
    unit = numbers.unit(text(row["unit"]))
    return f"{shown}\u00a0{unit}" if unit else shown


def _passed(row: pd.Series) -> bool | None:
    value: Any = row["passed"]
    return None if value is None or value is pd.NA or value != value else bool(value)


def _one_series(contents: Contents, row: pd.Series, language: Language) -> Figure | None:
    from halosink.quality import SERIES_KEY, registry
    from halosink.quality.series import identify

    frame, flags = contents.frame(f"tables/{row['table']}"), contents.frame(f"quality/flags_{row['table']}")
    field, sensor = str(row["field"]), text(row.get("sensor"))
    if frame is None or flags is None or "time" not in frame or field not in frame or field not in flags:
        return None
    codes, labels = identify(frame, [c for c in SERIES_KEY if c in frame])
    if sensor not in labels:
        return None
    part = codes == labels.index(sensor)
    shown, mask = frame.loc[part, ["time", field]], flags.loc[part, field].to_numpy()
    if (shown["time"].notna() & shown[field].notna()).sum() < 2:
        return None
    hits = {name: (mask & bit) > 0 for name, bit in registry.bits().items()}
    return series.draw(shown["time"], shown[field], {n: h for n, h in hits.items() if h.any()}, field, sensor, language)
