"""What could not be compared and why: tables without a class, quantities without a usable value, the whole study."""

from __future__ import annotations

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, quality, words
from halosink.figures.quality import unmeasured
from halosink.report.choose import FRAMES
from halosink.report.contents import Contents
from halosink.report.probes import MONITORING
from halosink.report.sentences import capital

NAMED = 6  # own choice: quantities named of one table or reason
PARTS = {"en": "not computed. ", "zh": "未计算。"}
UNITS = "W-UNIT-MAGNITUDE"


def lead(contents: Contents, language: Language) -> list[str]:
    """That nothing was compared, and why; nothing where no reason is known."""
    found = [*_design(contents, language), *_uncomputed(contents, language)]
    if not found and not left_out(contents, language):
        return []
    first = _say("nothing" if found else "nothing_below", language)
    return [(" " if language == "en" else "").join([first, *found])]


def left_out(contents: Contents, language: Language) -> list[str]:
    """One sentence per table and quantity that no comparison could use, and per unit that seems to be another."""
    return [*_tables(contents, language), *_quantities(contents, language), *_units(contents, language)]


def _design(contents: Contents, language: Language) -> list[str]:
    design = contents.settings.design
    read = any(n.startswith("observations/") for n in contents.frames)
    return [_say("no_design", language)] if read and not design.factors and not design.gradients else []


def _uncomputed(contents: Contents, language: Language) -> list[str]:
    """Reasons that the analysis gives, each with the quantities it holds for."""
    found: dict[str, list[str]] = {}
    for quantity, why in _reasons(contents, language):
        name = words.inside(quantity, language)
        found.setdefault(why, [])
        found[why] += [name] * (name not in found[why])
    return [
        _say("because", language, reason=why.rstrip(".。"), list=capital(_some(names, language)))
        for why, names in found.items()
    ]


def reason(quantity: str, contents: Contents, language: Language) -> list[str]:
    """Why one quantity could not be compared, as the analysis says it."""
    return list(dict.fromkeys(why for name, why in _reasons(contents, language) if name == quantity))


def _reasons(contents: Contents, language: Language) -> list[tuple[str, str]]:
    checks = contents.frame("effects/checks")
    if checks is None:
        return []
    rows = checks[checks["check"] == "not_computed"]
    comments = rows[f"comment_{language}"].astype(str)
    return [
        (str(subject).partition(":")[0], comment.partition(PARTS[language])[2] or comment)
        for subject, comment in zip(rows["subject"], comments, strict=True)
    ]


def _tables(contents: Contents, language: Language) -> list[str]:
    """Tables of measurements that name no class, while the study compares classes."""
    design = contents.settings.design
    wanted = [f.field for f in design.factors]
    if not wanted:
        return []
    compared = {str(t) for n in FRAMES if (f := contents.frame(n)) is not None for t in f["table"]}
    listed = any(t.kind == "plots" for t in contents.settings.tables.values())
    lines = []
    for name in sorted(n for n in contents.frames if n.startswith("observations/")):
        frame, table = contents.frames[name], name.removeprefix("observations/")
        measured = [c for c in frame if c not in (*wanted, *unmeasured()) and _holds_numbers(frame[c])]
        classed = any(c in frame and frame[c].notna().any() for c in [*wanted, *(g.field for g in design.gradients)])
        if table in compared or classed or not measured:
            continue
        key = "no_plot" if "plot" not in frame else "unknown_plots" if listed else "no_class"
        factors = (" / ").join(words.inside(f, language) for f in wanted)
        quantities = _some([words.inside(str(c), language) for c in measured], language)
        lines.append(_say(key, language, table=table, quantities=quantities, factors=factors))
    return lines


def _holds_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_float_dtype(column) and bool(column.notna().any())


def _quantities(contents: Contents, language: Language) -> list[str]:
    """Measured quantities of which no value is there, or none that a check lets pass."""
    overview = contents.frame("quality/overview")
    if overview is None or contents.settings.tables and "excluded" not in overview:
        return []
    kinds = {n: t.kind for n, t in contents.settings.tables.items()}
    lines = []
    for _, row in quality.measured(overview).iterrows():
        kind, rows, missing = kinds.get(str(row["table"]), "sensors"), int(row["rows"]), int(row["missing"])
        if kind in MONITORING or not rows or int(row["excluded"]) < rows:
            continue
        said = {"quantity": capital(words.inside(str(row["field"]), language)), "table": row["table"]}
        if missing >= rows:
            lines.append(_say("no_value", language, rows=numbers.count(rows, language), **said))
            continue
        hit = [c for c in quality.check_columns(overview) if c != "missing_code" and int(row[c]) >= rows - missing]
        comma = vocabulary.say("report.page.comma", language)
        checks = comma.join(quality.head(c, language)[:1].lower() + quality.head(c, language)[1:] for c in hit)
        count = numbers.count(rows - missing, language)
        lines.append(_say("refused", language, count=count, checks=numbers.bracket(" ", checks, language).strip(),
                          **said))  # fmt: skip
    return lines


def _units(contents: Contents, language: Language) -> list[str]:
    colon = vocabulary.say("report.page.colon", language)
    blank = " " if language == "en" else ""
    return [
        p.where(language) + colon + p.say("what", language) + blank + p.say("fix", language)
        for p in contents.problems
        if p.code == UNITS
    ]


def _some(names: list[str], language: Language) -> str:
    comma = vocabulary.say("report.page.comma", language)
    return comma.join(names[:NAMED]) + (", …" if language == "en" else " 等") * (len(names) > NAMED)


def _say(key: str, language: Language, **values: object) -> str:
    text = vocabulary.say(f"report.uncompared.{key}", language, **values)
    return words.singular(text) if language == "en" else words.spaced(text)
