"""The section on the response model: first what it is not, then courses, interventions, flows, salt, other models."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from halosink.contracts import Language
from halosink.figures import model_cores, model_flows, model_response, model_rows
from halosink.figures.canvas import Figure
from halosink.figures.model_sheet import say, unit
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part
from halosink.report.model_tables import beside_measured, changes, flows, residence

SHOWN = ("soc", "ec")
"""Quantities whose course is shown at once for the last class, in the order of the study the most affected one."""
FOLDED = ("soc", "ec", "esp", "maoc", "poc", "mbc", "production", "respiration", "methane", "nitrous_oxide", "sic")
NITROGEN = frozenset({"nitrous_oxide"})
BARE = frozenset({"ec", "esp", "ph"})
TOLD = (("W-MODEL-FLOODED", "warning.flooded"), ("N-MODEL-DECLARED", "warning.declared"))
"""Problems that the section begins with, and what it says."""
ROWS = 60
"""Rows of one figure of interventions at most; the table has all. Own choice: more fill a page."""


class Model(NamedTuple):
    title: str
    warning: list[str]
    parts: list[Part]
    search: str


def model(contents: Contents, language: Language) -> Model | None:
    """None without a response."""
    if contents.frame("model/response") is None:
        return None
    found = [
        response(contents, language),
        measured(contents, language),
        interventions(contents, language),
        ledger(contents, language),
        salt(contents, language),
        cores(contents, language),
    ]
    warning = [say("warning.first", language), say("warning.second", language, percent=percent(contents))]
    warning += [say(key, language) for code, key in TOLD if any(p.code == code for p in contents.problems)]
    warning += [line for line in (_drift(contents, language),) if line]
    return Model(say("title", language), warning, [p for p in found if p is not None], say("search", language))


def percent(contents: Contents) -> str:
    return f"{contents.settings.analysis.confidence * 100:g}"


def _drift(contents: Contents, language: Language) -> str:
    checks = contents.frame("model/checks")
    if checks is None:
        return ""
    rows = checks[(checks["check"] == "model_start_drift") & (checks["passed"] == False)]  # noqa: E712
    return say("warning.drift", language, number=str(len(rows))) if len(rows) else ""


def classes(frame: pd.DataFrame, contents: Contents) -> list[str]:
    """In the order in which the step left them, which is that of the study."""
    return [str(c) for c in frame["class"].unique()]


def place(name: str, language: Language) -> str:
    return "" if name == "-" else say("place", language, name=name)


def response(contents: Contents, language: Language) -> Part:
    frame = contents.frames["model/response"]
    frame = frame.assign(label=frame[f"scenario_{language}"])
    names = classes(frame, contents)
    figures: list[Figure] = []
    folded: list[Figure] = []
    for name in reversed(names):
        for quantity in FOLDED:
            own = frame[(frame["class"] == name) & (frame["quantity"] == quantity)]
            if own.empty or (quantity not in SHOWN and name != names[-1]):
                continue
            raw = str(own["unit"].iloc[0])
            shown = unit(raw, quantity not in BARE | NITROGEN) if quantity not in NITROGEN else unit(raw, False)
            drawn = model_response.draw(own, quantity, say(f"quantity.{quantity}", language), shown,
                                        place(name, language), percent(contents), language)  # fmt: skip
            (figures if quantity in SHOWN and name == names[-1] else folded).append(drawn)
    return Part(say("response.title", language), [say("response.lead", language)], figures, [], folded,
                say("response.more", language), say("response.not_shown", language))  # fmt: skip


def measured(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("model/measured")
    if frame is None:
        return None
    outside = int((~frame["measured"].between(frame["low"], frame["high"])).sum())
    count = say("measured.count", language, number=str(len(frame)), outside=str(outside))
    over = frame[(frame["quantity"] == "respiration") & (frame["low"] > frame["measured"])]
    more = [say("measured.over", language, list=", ".join(over["class"]))] if len(over) else []
    return Part(say("measured.title", language), [say("measured.lead", language), count, *more], [],
                [beside_measured(frame, percent(contents), language)],
                not_shown=say("measured.not_shown", language))  # fmt: skip


def interventions(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("model/interventions")
    if frame is None:
        return None
    frame = frame.assign(label=frame[f"scenario_{language}"])
    years = int(frame["years"].iloc[0])
    drawn, left = frame, []
    if len(frame) > ROWS:
        names = classes(frame, contents)
        drawn = frame[frame["class"] == names[-1]]
        left = [say("rows.one_class", language)]
    figure = model_rows.interventions(drawn, unit("g m-2"), years, percent(contents), language)
    lines = [say("rows.lead", language, years=str(years)), *left]
    return Part(say("rows.title", language), lines, [figure], [changes(frame, percent(contents), language)],
                not_shown=say("rows.not_shown", language))  # fmt: skip


def ledger(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("model/ledger")
    if frame is None:
        return None
    names = classes(frame, contents)
    carbon = frame[frame["kind"] == "carbon"]
    drawn = [model_flows.draw(carbon[carbon["class"] == n], place(n, language), language) for n in names]
    tables = [flows(frame, percent(contents), language)]
    held = contents.frame("model/residence")
    if held is not None:
        tables.append(residence(held, percent(contents), language))
    return Part(say("flows.title", language), [say("flows.lead", language)], drawn[:1], tables, drawn[1:],
                say("flows.more", language))  # fmt: skip


def salt(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("model/split")
    if frame is None:
        return None
    figure = model_rows.split(frame, unit("g m-2"), percent(contents), language)
    return Part(say("split.title", language), [say("split.lead", language)], [figure],
                not_shown=say("split.not_shown", language))  # fmt: skip


def cores(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("model/cores")
    if frame is None:
        return None
    depth = say("cores.cm", language)
    label = [f"{n} ({d:g}\u00a0{depth})" if language == "en" else f"{n}（{d:g}\u00a0{depth}）"
             for n, d in zip(frame[f"core_{language}"], frame["depth"], strict=True)]  # fmt: skip
    figure = model_cores.draw(frame.assign(label=label), percent(contents), language)
    return Part(say("cores.title", language), [say("cores.lead", language)], [figure],
                not_shown=say("cores.not_shown", language))  # fmt: skip
