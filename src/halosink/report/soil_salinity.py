"""Classes of salinity and sodicity: how many samples fall in each, how sure that is, and which have none."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, soil_shares, words
from halosink.figures.canvas import Figure
from halosink.report import soil_wetland
from halosink.report.contents import Contents
from halosink.report.soil_shared import Groups, Part, capped, codes, counted, groups, labelled, listed, say, times
from halosink.report.tables import Table, table, text

SURE = 0.8  # own choice: below it one sample in five or more would be called otherwise
PLAIN = "ec_saturated_paste"
CLASSES = {"ece_class": "salinity_ece", "esp_class": "sodicity_esp", "china_salt_class": "salt_content_china"}
COMBINED = ("normal", "saline", "sodic", "saline_sodic")


def salinity(contents: Contents, language: Language) -> Part | None:
    """None without classes."""
    frame = contents.frame("soil/salinity")
    if frame is None or "ussl_class" not in frame:
        return None
    frame = frame.reset_index(drop=True)
    frame = frame.assign(p=frame[[f"p_{c}" for c in COMBINED]].max(axis=1).where(_known(frame, "ussl_class")))
    group = groups(frame, contents, language)
    figures = [
        f
        for f in (_figure(frame, "ussl_class", group, language), _figure(frame, "ece_class", group, language))
        if f is not None
    ]
    lines, tables, beyond = _lines(frame, language), [], say("salinity_not", language)
    if _measured(frame) or not soil_wetland.has(frame):
        tables = [_table(frame, labelled(frame, contents, language, group), language)]
    if soil_wetland.has(frame):
        lines = [*soil_wetland.lines(frame, contents, language), *lines]
        drawn = soil_wetland.figure(frame, group, contents, language)
        figures = [f for f in (drawn, *figures) if f is not None]
        if drawn is not None:
            tables = [soil_wetland.shares(frame, group, contents, language), *tables]
            beyond = " ".join([say("wetland_not", language), beyond]) if language == "en" else (
                say("wetland_not", language) + beyond
            )  # fmt: skip
    return Part(
        say("salinity", language),
        lines,
        figures,
        [capped(one, "soil/salinity", language) for one in tables],
        beyond,
    )


def _measured(frame: pd.DataFrame) -> bool:
    """Whether any class of soil could be given."""
    return any(c in frame and _known(frame, c).any() for c in ("ussl_class", *CLASSES))


def summary(contents: Contents, language: Language) -> list[str]:
    """The answer of a study that compares no classes: how its soil samples are classed, and what that is not."""
    frame = contents.frame("soil/salinity")
    if frame is None or "ussl_class" not in frame:
        return []
    water = soil_wetland.lines(frame.reset_index(drop=True), contents, language)[:1] if soil_wetland.has(frame) else []
    return [*water, _lead(frame, language), *_graded(frame, language), say("salinity_not", language)]


def _known(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column].map(text) != ""


def _lead(frame: pd.DataFrame, language: Language) -> str:
    known = int(_known(frame, "ussl_class").sum())
    said = {"known": counted(known, language), "all": counted(len(frame), language)}
    if not known:
        return say("salinity_none", language, **said)
    return say("salinity_lead", language, counts=_counts(frame, "ussl_class", language), **said)


def _lines(frame: pd.DataFrame, language: Language) -> list[str]:
    lines = [_lead(frame, language)]
    known = _known(frame, "ussl_class")
    missing = Counter(c for joined in frame.loc[~known, "reason"] for c in text(joined).split(",") if c)
    if missing:
        told = times([(codes("soil_salinity.reason", c, language), n) for c, n in missing.most_common()], language)
        lines.append(say("salinity_missing", language, count=counted((~known).sum(), language), reasons=told))
    lines += _graded(frame, language)
    doubtful = known & (frame["p"] < SURE) if "p" in frame else known & False
    if doubtful.any():
        diluted = doubtful & (frame["ece_from"].map(text) != PLAIN)
        extracts = listed([words.inside(c, language) for c in _from(frame[diluted])], language)
        key = "salinity_unsure_extract" if diluted.any() else "salinity_unsure"
        said = {"count": counted(doubtful.sum(), language), "known": counted(known.sum(), language)}
        said |= {"sure": f"{SURE:g}", "diluted": counted(diluted.sum(), language), "extracts": extracts}
        lines.append(say(key, language, **said))
    against = known & frame["reason"].map(lambda r: "ph_against_class" in text(r).split(","))
    if against.any():
        said = {"count": counted(against.sum(), language), "known": counted(known.sum(), language)}
        lines.append(say("salinity_ph", language, **said))
    return lines


def _graded(frame: pd.DataFrame, language: Language) -> list[str]:
    """Counts by conductivity alone and by salt content."""
    lines = []
    for column in ("ece_class", "china_salt_class"):
        if column in frame and _known(frame, column).any():
            of = counted(_known(frame, column).sum(), language)
            said = {"counts": _counts(frame, column, language), "known": of}
            said["standard"] = _standard(frame, column, language)
            lines.append(say(f"salinity_{column}", language, **said))
    return lines


def _from(frame: pd.DataFrame) -> list[str]:
    return [c for c, _ in Counter(map(text, frame["ece_from"])).most_common() if c]


def _counts(frame: pd.DataFrame, column: str, language: Language) -> str:
    found = Counter(frame.loc[_known(frame, column), column])
    called = labels(column, language)
    inside = [n for n in called if n in found] + [n for n in found if n not in called]
    return listed([f"{called.get(n, n)} {counted(found[n], language)}" for n in inside], language)


def labels(column: str, language: Language) -> dict[str, str]:
    """Classes of a column in the order of their table, with their names; those of all tables that may be chosen."""
    from halosink.soil.salinity.class_limits import class_tables
    from halosink.soil.salinity.salt_affected import ussl_criteria

    if column == "ussl_class":
        criteria = ussl_criteria()
        return {n: label.to(language) for n, label in zip(criteria.classes, criteria.labels, strict=True)}
    found: dict[str, str] = {}
    for name, one in class_tables().items():
        if name.startswith(CLASSES[column]):
            found |= {n: label.to(language) for n, label in zip(one.classes, one.labels, strict=True) if n not in found}
    return found


def _standard(frame: pd.DataFrame, column: str, language: Language) -> str:
    """The table of classes behind a column."""
    from halosink.soil.salinity.class_limits import class_tables

    found = {n for n in frame[column].map(text) if n}
    ours = (t for name, t in class_tables().items() if name.startswith(CLASSES[column]) and found <= set(t.classes))
    return next((t.label.to(language) for t in ours), "")


def _figure(frame: pd.DataFrame, column: str, group: Groups, language: Language) -> Figure | None:
    if not _known(frame, column).any():
        return None
    called = {n: label for n, label in labels(column, language).items() if (frame[column] == n).any()}
    rows = []
    for name in group.order:
        part = frame.loc[group.of == name, column].map(text)
        rows.append((name, [int((part == n).sum()) for n in called] + [int((part == "").sum())]))
    lacking = say("no_class", language)
    return soil_shares.draw(rows, [*called.values(), lacking], list(called), column, group.heading, language)


def _table(frame: pd.DataFrame, named: list[str], language: Language) -> Table:
    columns = ["place", "ece", "ece_from", "ussl_class", "class_p"]
    graded = [c for c in CLASSES if c in frame and _known(frame, c).any()]
    cells = []
    for name, row in zip(named, frame.to_dict("records"), strict=True):
        cell = [
            name,
            numbers.number(float(f"{row['ece']:.3g}"), language) if row["ece"] == row["ece"] else "",
            words.quantity(text(row["ece_from"]), language) if text(row["ece_from"]) else "",
            labels("ussl_class", language).get(text(row["ussl_class"]), ""),
            numbers.number(row["p"], language, 2),
        ]
        for column in graded:
            shown = labels(column, language).get(text(row[column]), "")
            cell.append(numbers.bracket(shown, numbers.number(row[f"{column}_p"], language, 2), language))
        cells.append([*cell, codes("soil_salinity.reason", row["reason"], language)])
    marks = ["open" if row["p"] < SURE or text(row["reason"]) else "" for row in frame.to_dict("records")]
    return table(" ".join([*columns, *graded, "comment"]), cells, language, say("salinity_table", language), marks)
