"""Whether fractions of soil carbon add up: counts per scheme, and each sum that was flagged or refused."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers
from halosink.report.contents import Contents
from halosink.report.soil_shared import PLACES, Part, capped, codes, counted, places, say, worded
from halosink.report.tables import Table, table, text


def closure(contents: Contents, language: Language) -> Part | None:
    """Whether fractions add up; None without checks."""
    frame = contents.frame("soil/closure")
    if frame is None or "verdict" not in frame:
        return None
    counts = {v: int((frame["verdict"] == v).sum()) for v in ("closed", "open", "refused", "not_judged")}
    shown = {v: counted(n, language) for v, n in counts.items()}
    lines = [say("closure_lead", language, count=counted(len(frame) - counts["not_judged"], language), **shown)]
    if not counts["closed"] + counts["open"] + counts["refused"]:
        lines = [say("closure_none", language)]
    tables = [_schemes(frame, language)]
    wrong = frame[frame["verdict"].isin(("open", "refused"))]
    if len(wrong):
        tables.append(capped(_wrong(wrong, contents, language), "soil/closure", language))
    return Part(say("closure", language), lines, [], tables, say("closure_not", language))


def _schemes(frame: pd.DataFrame, language: Language) -> Table:
    cells = []
    for scheme, part in frame.groupby("scheme", sort=False):
        counts: Sequence[str] = [
            counted((part["verdict"] == v).sum(), language) for v in ("closed", "open", "refused", "not_judged")
        ]
        middle = numbers.number(part["recovery"].median(), language, 2)
        cells.append([worded(f"soil_fractions.scheme.{scheme}", language), *counts, middle])
    columns = "scheme closed open refused not_judged recovery"
    return table(columns, cells, language, say("closure_schemes", language))


def _wrong(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    """Refused sums first."""
    frame = frame.sort_values("verdict", key=lambda v: v != "refused", kind="stable")
    several = "source_file" in frame and frame["source_file"].nunique() > 1
    known = any(c in frame for c in PLACES)
    named = places(frame, contents, language) if known else [""] * len(frame)
    cells, marks = [], []
    for name, r in zip(named, frame.to_dict("records"), strict=True):
        at = r.get("source_row", r["row"] + 1)
        cells.append([
            *([text(r["source_file"])] if several else []),
            counted(at, language),
            *([name] if known else []),
            worded(f"soil_fractions.scheme.{r['scheme']}", language),
            numbers.number(r["total"], language),
            numbers.number(r["whole"], language),
            numbers.number(r["recovery"], language, 2),
            worded(f"soil_fractions.verdict.{r['verdict']}", language),
            codes("soil_fractions.reason", r["reason"], language),
        ])  # fmt: skip
        marks.append("fail" if r["verdict"] == "refused" else "open")
    before = ["file"] * several + ["row"] + ["place"] * known
    columns = " ".join([*before, "scheme total whole recovery closes comment"])
    return table(columns, cells, language, say("closure_wrong", language), marks)
