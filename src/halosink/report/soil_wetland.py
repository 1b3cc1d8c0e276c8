"""Classes by the salinity of the water of a marsh: how many measurements in each, how sure, what is missing."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, soil_shares, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.soil_shared import Groups, codes, counted, labelled, listed, say
from halosink.report.tables import Table, table, text

SURE = 0.8  # own choice: below it one measurement in five or more would be called otherwise
PLACES = ("region", "site", "block", "plot", "core")
READ = ("porewater_salinity", "salinity_ppt")  # no conversion between reading and class
WITHIN = ["sample", "layer", "depth_top", "depth_bottom", "replicate"]  # what a shared measurement does not tell apart
DECLARED = "salinity_class"


def has(frame: pd.DataFrame) -> bool:
    """Whether the water was looked at."""
    return "wetland_class" in frame


def known(frame: pd.DataFrame) -> pd.Series:
    return frame["wetland_class"].map(text) != ""


def once(frame: pd.DataFrame, contents: Contents) -> pd.DataFrame:
    """One row per measurement: rows of one core or plot that share it by `per` of study.toml stand once."""
    parts = []
    for (name, column), part in frame.groupby(["table", "wetland_from"], sort=False):
        per = _per(str(name), str(column), contents)
        keys = [c for c in PLACES[: PLACES.index(per) + 1] if c in part and part[c].notna().any()] if per else []
        parts.append(part.drop_duplicates(keys) if keys else part)
    return pd.concat(parts).sort_index() if parts else frame


def _per(name: str, column: str, contents: Contents) -> str:
    """The level a column was measured at; of a row without salinity that of any of the columns it could come from."""
    from halosink.soil.salinity.table_checks import WATER_COLUMNS

    declared, wanted = contents.settings.tables.get(name), (column,) if column else WATER_COLUMNS
    found = [c.per for c in declared.columns.values() if c.field in wanted and c.per] if declared else []
    return found[0] if found else ""


def lines(frame: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """What the classes are, where they come from, how sure they are and what speaks against them."""
    of = once(frame, contents)
    classed = of[known(of)]
    if classed.empty:
        return [say("wetland_none", language, all=counted(len(of), language)), *_declared(frame, language)]
    said = {"known": counted(len(classed), language), "all": counted(len(of), language)}
    found = [say("wetland_lead", language, counts=_counts(classed, language), **said)]
    computed = Counter(o for o in classed["wetland_from"].map(text) if o not in READ)
    if computed:
        shown = listed([words.inside(o, language) for o, _ in computed.most_common()], language)
        found.append(say("wetland_from", language, count=counted(computed.total(), language), origins=shown))
    if len(of) < len(frame):
        found.append(say("wetland_once", language, rows=counted(len(frame), language), all=counted(len(of), language)))
    if len(classed) < len(of):
        missing = of.loc[~known(of), "wetland_reason"].iloc[0]
        reason = codes("soil_salinity.reason", missing, language)
        found.append(say("wetland_missing", language, count=counted(len(of) - len(classed), language), reason=reason))
    unsure = int((classed["wetland_class_p"] < SURE).sum())
    if unsure:
        found.append(say("wetland_unsure", language, count=counted(unsure, language), sure=f"{SURE:g}", **said))
    apart = int(classed["wetland_reason"].map(lambda r: "water_apart" in text(r).split(",")).sum())
    if apart:
        found.append(say("wetland_apart", language, count=counted(apart, language), **said))
    return found


def _declared(frame: pd.DataFrame, language: Language) -> list[str]:
    """That the study names classes of its own, which no measurement in it confirms."""
    if DECLARED not in frame or not (frame[DECLARED].map(text) != "").any():
        return []
    return [say("wetland_declared", language, count=counted((frame[DECLARED].map(text) != "").sum(), language))]


def labels(language: Language) -> dict[str, str]:
    """Classes in their order with their names."""
    from halosink.soil.salinity.class_limits import class_tables
    from halosink.soil.salinity.wetland_classes import TABLE

    one = class_tables()[TABLE]
    return {n: label.to(language) for n, label in zip(one.classes, one.labels, strict=True)}


def _counts(classed: pd.DataFrame, language: Language) -> str:
    found = Counter(classed["wetland_class"])
    return listed([f"{label} {counted(found[n], language)}" for n, label in labels(language).items() if n in found],
                  language)  # fmt: skip


def figure(frame: pd.DataFrame, group: Groups, contents: Contents, language: Language) -> Figure | None:
    """Measurements per class and group; None without a class."""
    of = once(frame, contents)
    if not known(of).any():
        return None
    called = {n: label for n, label in labels(language).items() if (of["wetland_class"] == n).any()}
    rows = []
    for name in group.order:
        part = of.loc[group.of.loc[of.index] == name, "wetland_class"].map(text)
        rows.append((name, [int((part == n).sum()) for n in called] + [int((part == "").sum())]))
    shown = [*called.values(), say("no_class", language)]
    return soil_shares.draw(rows, shown, list(called), "wetland_class", group.heading, language)


def shares(frame: pd.DataFrame, group: Groups, contents: Contents, language: Language) -> Table:
    """Every measurement with its salinity, class and what speaks against it."""
    of = once(frame, contents)
    shared = len(of) < len(frame)
    named = labelled(frame.drop(columns=WITHIN, errors="ignore") if shared else frame, contents, language, group)
    called, cells = labels(language), []
    for at, row in zip(of.index, of.to_dict("records"), strict=True):
        cells.append([
            named[at],
            numbers.number(float(f"{row['wetland_salinity']:.3g}"), language) if text(row["wetland_from"]) else "",
            words.quantity(text(row["wetland_from"]), language) if text(row["wetland_from"]) else "",
            called.get(text(row["wetland_class"]), ""),
            numbers.number(row["wetland_class_p"], language, 2) if text(row["wetland_class"]) else "",
            codes("soil_salinity.reason", row["wetland_reason"], language),
        ])  # fmt: skip
    marks = ["open" if text(r) or p < SURE else "" for r, p in zip(of["wetland_reason"], of["wetland_class_p"],
                                                                  strict=True)]  # fmt: skip
    columns = "place wetland_salinity wetland_from wetland_class class_p comment"
    return table(columns, cells, language, say("wetland_table", language), marks)
