"""Sums of the years with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, rows
from halosink.figures.canvas import Figure, axis_ends
from halosink.figures.eddy_sheet import say, sentence
from halosink.figures.greenhouse import rounded
from halosink.figures.rows import Axis, Row


class Sum(NamedTuple):
    """One year of one quantity; `whole` is False where a part of the year stayed empty."""

    label: str
    value: float
    low: float
    high: float
    whole: bool


def draw(
    groups: Sequence[tuple[str, Sequence[Sum]]], unit: str, name: str, place: str, percent: str, language: Language
) -> Figure:
    """Groups of rows under their headings on one axis; rings: years that are not whole."""
    drawn = []
    for heading, sums in groups:
        if len(groups) > 1:
            drawn.append(Row(heading, heading=True))
        drawn += [Row(s.label, s.value, s.low, s.high, said(s, language), "solid" if s.whole else "open") for s in sums]
    ends = [v for _, sums in groups for s in sums for v in (s.value, s.low, s.high)]
    axis = Axis(unit, *axis_ends(ends, (0.0,)), line=0.0)
    quantity = vocabulary.say("report.page.comma", language).join(h for h, _ in groups)
    values = {"place": place, "percent": percent, "quantity": quantity}
    told = "; ".join(f"{h} {s.label} {said(s, language)}" for h, sums in groups for s in sums)
    svg = rows.draw(drawn, axis, f"eddy-sums-{name}", sentence("sums.alt", language, **values) + told,
                    say("sums.note", language, percent=percent))  # fmt: skip
    caption = sentence("sums.caption", language, **values)
    if min(v for v in ends if v == v) < 0:
        caption += say("sums.sign", language)
    if any(not s.whole for _, sums in groups for s in sums):
        caption += say("sums.open", language)
    return Figure(svg, caption, pd.DataFrame([s._asdict() for _, sums in groups for s in sums]))


def said(one: Sum, language: Language) -> str:
    return numbers.interval(*rounded(one.value, one.low, one.high), language)
