"""What the parts of the section on soil share: the record of a part, the group and the place of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.figures.canvas import Figure
from halosink.report.choose import natural
from halosink.report.contents import Contents
from halosink.report.labels import names
from halosink.report.tables import Table, text

PLACES = ("region", "site", "block", "plot", "core", "sample", "treatment", "date", "layer", "replicate")
PLOTS = "plots"
SITES = 30  # own choice: more bars than that no page holds
ROWS = 1000  # own choice: beyond, a page gets slow and nobody reads it to the end


class Part(NamedTuple):
    """One heading of the section; a table is folded where it is long."""

    title: str
    lines: list[str]
    figures: list[Figure]
    tables: list[Table]
    not_shown: str = ""


class Groups(NamedTuple):
    """of: the group of each row, by its shown name; order: the names as they are to stand; heading: what they are."""

    of: pd.Series
    order: list[str]
    heading: str


def groups(frame: pd.DataFrame, contents: Contents, language: Language) -> Groups:
    """The class of the first declared factor that the rows have, else their site if sites are few, else all as one."""
    whole = _designed(frame, contents)
    for factor in contents.settings.design.factors:
        if factor.field in whole and whole[factor.field].notna().any():
            called = names(factor, language)
            of = _shown(whole[factor.field]).map(lambda v, called=called: called.get(v, v))
            declared = list(dict.fromkeys([*factor.order, factor.reference]))
            return _groups(of, declared, words.inside(factor.field, language), language)
    if "site" in whole and 0 < whole["site"].nunique() <= SITES:
        return _groups(_shown(whole["site"]), [], words.inside("site", language), language)
    return Groups(pd.Series(say("all", language), index=frame.index), [say("all", language)], say("all", language))


def _groups(of: pd.Series, declared: list[str], heading: str, language: Language) -> Groups:
    of = of.where(of != "", say("no_group", language))
    found = list(dict.fromkeys(of))
    first = [name for name in declared if name in found]
    return Groups(of, first + sorted((n for n in found if n not in first), key=natural), heading)


def _shown(column: pd.Series) -> pd.Series:
    from halosink.read.classes import text as classes

    return classes(column).map(text)


def _designed(frame: pd.DataFrame, contents: Contents) -> pd.DataFrame:
    """The rows with the design columns of their own table and of the table of plots, as far as they can be told."""
    from halosink.steps.observations import with_design

    wanted = [f.field for f in contents.settings.design.factors]
    out = frame
    if {"table", "source_file", "source_row"} <= set(frame):
        for name in frame["table"].dropna().unique():
            own = contents.frame(f"tables/{name}")
            lacking = [c for c in wanted if own is not None and c in own and c not in out]
            if own is None or not lacking or not {"source_file", "source_row"} <= set(own):
                continue
            told = own.drop_duplicates(["source_file", "source_row"]).set_index(["source_file", "source_row"])[lacking]
            rows = frame["table"] == name
            keys = pd.MultiIndex.from_frame(frame.loc[rows, ["source_file", "source_row"]])
            found = told.reindex(keys).set_axis(frame.index[rows])
            out = out.assign(**{c: found[c].reindex(frame.index) for c in lacking})
    tables = contents.settings.tables
    plots = next((contents.frame(f"tables/{n}") for n, t in tables.items() if t.kind == PLOTS), None)
    return with_design(out, plots)


def places(frame: pd.DataFrame, contents: Contents, language: Language, without: Sequence[str] = ()) -> list[str]:
    """Each row by the columns that tell it from others, with its depth; the row of its file where nothing else does."""
    frame = frame.drop(columns=[c for c in without if c in frame])
    called = {f.field: names(f, language) for f in contents.settings.design.factors}
    parts = [c for c in PLACES if c in frame and frame[c].astype("string").nunique() > 1]
    parts = parts or [c for c in PLACES if c in frame and frame[c].notna().any()][-1:]
    found = []
    for row in frame.to_dict("records"):
        shown = [_place(row[c], called.get(c, {})) for c in parts]
        ends = [row.get(c) for c in ("depth_top", "depth_bottom")]
        if all(isinstance(v, (int, float)) and v == v for v in ends):
            shown.append("–".join(f"{v:g}" for v in ends) + "\u00a0cm")
        shown = [s for s in shown if s]
        if not shown and text(row.get("source_row")):
            shown = [say("row", language, row=f"{float(row['source_row']):g}")]
        found.append(" · ".join(shown) or say("all", language))
    return found


def labelled(frame: pd.DataFrame, contents: Contents, language: Language, group: Groups) -> list[str]:
    """Places with their group, where the place does not name it."""
    named = places(frame, contents, language)
    if len(group.order) < 2:
        return named
    return [n if g in n.split(" · ") else f"{n} · {g}" for n, g in zip(named, group.of, strict=True)]


def times(counts: Sequence[tuple[str, int]], language: Language) -> str:
    """`no conductivity was measured (3); the pH is not possible (1)`"""
    shown = [
        say("times", language, what=lowered(what) if language == "en" else what, n=counted(n, language))
        for what, n in counts
    ]
    return ("; " if language == "en" else "；").join(shown)


def lowered(sentence: str) -> str:
    """Without a capital, but for ECe, pH and their kin."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() or sentence[1:2] == " " else sentence


def _place(value: Any, called: dict[str, str]) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if value is pd.NaT:
        return ""
    shown = f"{value:.15g}" if isinstance(value, float) and value == value else text(value)
    return called.get(shown, shown)


def capped(made: Table, file: str, language: Language) -> Table:
    """At most ROWS rows, marked ones first, with a word on where all are."""
    if len(made.cells) <= ROWS:
        return made
    order = sorted(range(len(made.cells)), key=lambda i: not made.mark(i))[:ROWS]
    said = {"count": counted(ROWS, language), "all": counted(len(made.cells), language), "file": file}
    caption = made.caption + say("capped", language, **said)
    cells, marks = [made.cells[i] for i in order], [made.mark(i) for i in order]
    return Table(made.columns, cells, caption, marks, made.headings)


def codes(area: str, joined: object, language: Language) -> str:
    """The sentences of codes with commas between: texts <area>.<code>."""
    found = [worded(f"{area}.{c}", language) for c in text(joined).split(",") if c]
    if language == "zh":
        return "；".join(f.rstrip("。") for f in found)
    return "; ".join(f.rstrip(".") for f in found)


def worded(key: str, language: Language) -> str:
    """A text of another file; its last part where there is none."""
    if key not in vocabulary.texts():
        return key.rpartition(".")[2].replace("_", " ")
    said = words.gases(vocabulary.say(key, language)).replace("degC", "°C").replace("g kg-1", "g kg⁻¹")
    return words.spaced(said) if language == "zh" else said


def listed(found: Sequence[str], language: Language) -> str:
    return vocabulary.say("report.page.comma", language).join(found)


def counted(value: Any, language: Language) -> str:
    return numbers.count(value, language)


def say(key: str, language: Language, **values: object) -> str:
    said = words.gases(vocabulary.say(f"report.soil.{key}", language, **values))
    return words.spaced(said) if language == "zh" else words.singular(said)
