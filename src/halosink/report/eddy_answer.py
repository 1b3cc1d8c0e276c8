"""The answer of the towers: sums of the years with their intervals, and whether they are a sink."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers
from halosink.figures.eddy_sheet import say, sentence
from halosink.figures.greenhouse import rounded
from halosink.report.contents import Contents
from halosink.report.eddy_shared import (
    SUMS,
    Part,
    by_tower,
    listed,
    made,
    name,
    percent,
    place,
    reason,
    semicolons,
    share,
    short,
    towers,
    unit,
)
from halosink.report.tables import Table, text

TOLD = ("nee", "ch4_flux", "evapotranspiration")
GRAVE = ("W-EDDY-NEE-UNIT",)
"""Doubts that sums are wrong by a factor, beside all errors."""
DOUBTS = 3  # own choice: more in a headline are not read; the list of problems has all


def sums(contents: Contents) -> pd.DataFrame | None:
    """The sums in the order of SUMS and years."""
    frame = contents.frame("eddy/sums")
    if frame is None or not {"tower", "field", "year", "value"} <= set(frame):
        return None
    frame = frame.reset_index(drop=True)
    ranks = frame["field"].astype(str).map({f: i for i, f in enumerate(SUMS)}).fillna(len(SUMS))
    order = pd.DataFrame({"t": pd.factorize(frame["tower"].astype(str))[0], "f": ranks, "y": frame["year"]})
    return frame.loc[order.sort_values(["t", "f", "y"], kind="stable").index]


def answer(contents: Contents, language: Language) -> Part:
    """Sentences per tower, the table of all sums, and what they do not show."""
    frame = sums(contents)
    if frame is None:
        return Part(say("answer.title", language), [sentence("answer.none", language)])
    if frame["value"].isna().all():
        lines = [sentence("answer.none", language), *_lacking(frame, contents, language)]
    else:
        lines = [line for tower, part in by_tower(frame) for line in _told(tower, part, contents, language)]
        lines[1:1] = doubts(contents, language)
    not_shown = say("answer.not_carbon" if (frame["field"] == "nee").any() else "answer.not_other", language)
    return Part(say("answer.title", language), lines, [], [_table(frame, contents, language)], not_shown=not_shown)


def summary(contents: Contents, language: Language) -> list[str]:
    """One sentence per tower for the answer of the study, and what forbids to rely on it."""
    frame = sums(contents)
    if frame is None:
        return doubts(contents, language)
    found = []
    for tower, part in by_tower(frame):
        if line := _balance(tower, part, contents, language) or _other(tower, part, contents, language):
            found.append(line)
    found += doubts(contents, language)
    if frame["value"].isna().all():
        return found
    return [*found, say("answer.not_short", language)] if (frame["field"] == "nee").any() else found


def doubts(contents: Contents, language: Language) -> list[str]:
    """Errors of the towers' tables, and doubts on the unit of NEE."""
    grave = [p for p in contents.problems if p.code.startswith("E-EDDY") or p.code in GRAVE]
    return [sentence("answer.doubted", language, what=p.say("what", language)) for p in grave[:DOUBTS]]


def known(frame: pd.DataFrame, field: str) -> pd.DataFrame:
    return frame[(frame["field"] == field) & frame["value"].notna()]


def valued(row: pd.Series, language: Language) -> str:
    """The sum with its interval, in the digits that it carries."""
    return numbers.interval(*rounded(*(float(row[c]) for c in ("value", "low", "high"))), language)


def whole(row: pd.Series) -> bool:
    return bool(row.get("complete", True))


def _told(tower: str, part: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    lines = [
        _balance(tower, part, contents, language),
        _partition(part, language),
        _other("", part, contents, language),
    ]
    lines += [_measured(part, language), *_lacking(part, contents, language)]
    return [line for line in lines if line]


def _balance(tower: str, part: pd.DataFrame, contents: Contents, language: Language) -> str:
    """Net exchange of CO2: sink, source or neither."""
    rows = known(part, "nee")
    if rows.empty:
        return ""
    said = {"where": place(tower, contents, language), "percent": percent(contents)}
    said["unit"] = unit("nee", rows["unit"].iloc[0] if "unit" in rows else "")
    if len(rows) == 1:
        row = rows.iloc[0]
        span = say("answer.span_whole" if whole(row) else "answer.span_part", language)
        verdict = say(f"answer.verdict_{_verdict(row)}", language, span=span)
        partly = "" if whole(row) else say("answer.partly", language)
        return sentence(
            "answer.one", language, **said, year=_year(row), value=valued(row, language), verdict=verdict + partly
        )
    verdicts = [_verdict(row) for _, row in rows.iterrows()]
    counts = {v: verdicts.count(v) for v in ("sink", "source", "neither")}
    shown = [say(f"answer.many_{v}", language, count=n) for v, n in counts.items() if n]
    said |= {"years": str(len(rows)), "verdicts": listed(shown, language)}
    low, high = rows["value"].min(), rows["value"].max()
    said |= {"low": numbers.number(low, language, 0), "high": numbers.number(high, language, 0)}
    partly_ = sum(not whole(r) for _, r in rows.iterrows())
    line = sentence("answer.many", language, **said)
    return line + (say("answer.many_partly", language, count=partly_) if partly_ else "")


def _verdict(row: pd.Series) -> str:
    return "sink" if row["high"] < 0 else "source" if row["low"] > 0 else "neither"


def _partition(part: pd.DataFrame, language: Language) -> str:
    """Photosynthesis and respiration by both methods."""
    shown = []
    for kind in ("gpp", "reco"):
        methods = []
        for method in ("night", "day"):
            rows = known(part, f"{kind}_{method}")
            if len(rows):
                methods.append(say(f"answer.by_{method}", language, value=_range(rows, language)))
        if methods:
            own = known(part, f"{kind}_night" if len(known(part, f"{kind}_night")) else f"{kind}_day")
            values = {"name": say(f"name.{kind}", language), "values": listed(methods, language)}
            values["unit"] = unit("nee", own["unit"].iloc[0] if "unit" in own else "")
            shown.append(say("answer.part", language, **values))
    if not shown:
        return ""
    return say("answer.parts", language, parts=semicolons(shown, language))


def _other(tower: str, part: pd.DataFrame, contents: Contents, language: Language) -> str:
    """Methane and water."""
    shown = []
    for field in TOLD[1:]:
        rows = known(part, field)
        if len(rows):
            values = {"name": name(field, language), "value": _range(rows, language)}
            values["unit"] = unit(field, rows["unit"].iloc[0] if "unit" in rows else "")
            shown.append(say("answer.other_one", language, **values))
    if not shown:
        return ""
    where = place(tower, contents, language) if tower else ""
    return sentence("answer.other", language, where=where, parts=semicolons(shown, language))


def _range(rows: pd.DataFrame, language: Language) -> str:
    if len(rows) == 1:
        return valued(rows.iloc[0], language)
    ends = []
    for at in (rows["value"].argmin(), rows["value"].argmax()):
        row = rows.iloc[int(at)]
        value, low, high = (float(row[c]) for c in ("value", "low", "high"))
        ends.append(numbers.number(rounded(value, low, high)[0], language, numbers.interval_digits(value, low, high)))
    return ends[0] if ends[0] == ends[1] else numbers.joined(ends, language)


def _measured(part: pd.DataFrame, language: Language) -> str:
    """How much of the net exchange was measured."""
    rows = part[(part["field"] == "nee") & part["value"].notna()]
    if rows.empty or "measured_share" not in rows:
        return ""
    ends = [share(rows["measured_share"].agg(f), language) for f in ("min", "max")]
    shown = ends[0] if ends[0] == ends[1] else numbers.joined(ends, language)
    return say("answer.measured", language, share=shown)


def _lacking(part: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """Sums that could not be made, by reason."""
    if "reason" not in part:
        return []
    lost = part[part["value"].isna() & (part["reason"].map(text) != "")]
    found: dict[str, list[str]] = {}
    for (code, field), rows in lost.groupby(["reason", "field"], sort=False):
        years = listed([_year(r) for _, r in rows.iterrows()], language)
        found.setdefault(str(code), []).append(numbers.bracket(name(str(field), language), years, language))
    return [
        say("answer.lacking", language, what=listed(what, language), why=reason(code, language, "sums", "filling"))
        for code, what in found.items()
    ]


def _year(row: pd.Series) -> str:
    return f"{int(row['year'])}"


def _table(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    several = len(towers(contents)) > 1
    cells, marks = [], []
    get: Callable[[pd.Series, str], str] = lambda r, c: share(r.get(c), language)  # noqa: E731
    for _, row in frame.iterrows():
        empty = row["value"] != row["value"]
        why = reason(row.get("reason"), language, "sums", "filling")
        if not empty and not whole(row):
            why = why or say("answer.not_whole", language)
        parts = [_deviation(row, p, language) for p in ("sd_threshold", "sd_random", "sd_filling")]
        cells.append([
            str(row["tower"]) if several else "", short(str(row["field"]), language), _year(row),
            "" if empty else valued(row, language), unit(str(row["field"]), row.get("unit")),
            *parts, *(get(row, f"{s}_share") for s in ("measured", "mds", "forest", "empty")), why,
        ])  # fmt: skip
        marks.append("fail" if empty else "open" if not whole(row) else "")
    columns = (
        "tower:k quantity:k year:w sum:w unit:w sd_threshold:n sd_random:n sd_filling:n "
        "measured:n mds:n forest:n empty:n remark:l"
    )
    return made(columns, cells, language, say("answer.table", language), marks, percent=percent(contents))


def _deviation(row: pd.Series, column: str, language: Language) -> str:
    value = row.get(column)
    if value is None or value != value:
        return ""
    return numbers.plain(float(f"{float(value):.2g}"))
