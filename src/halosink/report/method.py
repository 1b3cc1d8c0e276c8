"""Data and method: tables read, design declared, assumptions, steps; and the record of where all came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.figures.quality import unmeasured
from halosink.report.contents import Contents
from halosink.report.tables import Table, table, text

BESIDE = ("evidence", "recovery")  # a study of one's own has neither published numbers nor a known truth


def tables(contents: Contents, language: Language) -> Table | None:
    """One row per table that was read."""
    names = sorted(n for n in contents.frames if n.startswith("tables/") and n.count("/") == 1)
    if not names:
        return None
    cells = []
    for name in names:
        frame, plain = contents.frames[name], name.removeprefix("tables/")
        declared = contents.settings.tables.get(plain)
        kind = vocabulary.table_kinds().get(declared.kind) if declared else None
        measured = [c for c in frame if c not in unmeasured() and pd.api.types.is_float_dtype(frame[c])]
        listed = vocabulary.say("report.page.semicolon", language).join(
            words.titled(str(c), language) for c in measured
        )
        cells.append([
            plain,
            declared.file if declared else "",
            kind.label.to(language) if kind else declared.kind if declared else "",
            numbers.count(len(frame), language),
            listed,
        ])  # fmt: skip
    return table("table file kind rows columns", cells, language, vocabulary.say("report.method.tables", language))


def models(contents: Contents, language: Language) -> Table | None:
    """The models behind means, ratios and slopes, as the analysis names them, and how many estimates each gave."""
    frames = (contents.frame(f"effects/{n}") for n in ("class_means", "response_ratios", "gradients"))
    found = [f["method"] for f in frames if f is not None and "method" in f]
    if not found:
        return None
    counts = pd.concat(found).value_counts(sort=True)
    cells = [[model_name(str(name), language), numbers.count(n, language)] for name, n in counts.items()]
    return table("method comparisons", cells, language, vocabulary.say("report.method.models", language))


def model_name(name: str, language: Language) -> str:
    """A model as the analysis names it, part by part in the reader's language; a part not known stays."""
    lead, colon, rest = name.partition(": ")
    stem = "" if lead not in ("lnRR", "difference") else _part(lead, language)
    parts = [_part(p, language) for p in (rest if stem else name).split("; ")]
    shown = vocabulary.say("report.page.semicolon", language).join(parts)
    return f"{stem}{vocabulary.say('report.page.colon', language)}{shown}" if stem else shown


def _part(part: str, language: Language) -> str:
    known = f"report.model.{part}"
    if known in vocabulary.texts():
        return vocabulary.say(known, language)
    for start, key in (("REML, random: ", "random"), ("allowing for ", "allowing")):
        if part.startswith(start):
            inner, _, how = part.removeprefix(start).partition(" with")
            end = f"report.model.with{how}" if how else ""
            terms = " + ".join(_term(t, language) for t in inner.split(" + "))
            text_ = vocabulary.say(f"report.model.{key}", language, terms=terms)
            return text_ + (vocabulary.say(end, language) if end in vocabulary.texts() else "")
    return part


def _term(term: str, language: Language) -> str:
    """A random term or factor; `block x treatment` is one of both."""
    names = []
    for name in term.split(" x "):
        known = f"report.model.{name}"
        names.append(vocabulary.say(known, language) if known in vocabulary.texts() else words.inside(name, language))
    return " × ".join(names)


def design(contents: Contents, language: Language) -> list[str]:
    """The declared factors and gradients in words."""
    declared = contents.settings.design
    colon = vocabulary.say("report.page.colon", language)
    lines = []
    for factor in declared.factors:
        listed = vocabulary.say("report.page.comma", language).join(factor.order)
        order = "" if not listed else f" ({listed})" if language == "en" else f"（{listed}）"
        reference = vocabulary.say("report.column.reference", language)
        semicolon = vocabulary.say("report.page.semicolon", language)
        name = words.quantity(factor.field, language)
        lines.append(f"{name}{order}{semicolon}{reference}{colon}{factor.reference}")
    for gradient in declared.gradients:
        log = "log10" if gradient.transform == "log10" else ""
        shown = numbers.bracket(words.titled(gradient.field, language), log, language)
        lines.append(vocabulary.say("report.column.gradient", language) + colon + shown)
    return lines


def assumptions(contents: Contents, language: Language) -> list[str]:
    """What the authors of the study took for granted about their data."""
    return [getattr(a, language) for a in contents.settings.study.assumptions]


def notes(contents: Contents, language: Language) -> Table | None:
    """Assumptions (N-), warnings (W-) and errors (E-), the gravest first."""
    if not contents.problems:
        return None
    ranked = sorted(contents.problems, key=lambda p: "EWN".index(p.code[0]))
    cells = [
        [
            vocabulary.say(f"report.levels.{p.level}", language),
            p.code,
            p.where(language),
            " ".join(p.say(part, language) for part in ("what", "why")) if language == "en"
            else p.say("what", language) + p.say("why", language),
            p.say("fix", language),
        ]
        for p in ranked
    ]  # fmt: skip
    marks = [{"error": "fail", "warning": "open"}.get(p.level, "") for p in ranked]
    return table("what code where comment fix", cells, language, vocabulary.say("report.method.notes", language), marks)


def done(contents: Contents, language: Language) -> str:
    """What was done, in order. Neither times nor cache states: they differ between runs."""
    names = [_label(s, language) for s in contents.steps if s["status"] in ("done", "cached")]
    return vocabulary.say("report.page.semicolon", language).join(names)


def more(contents: Contents, language: Language) -> list[str]:
    """Steps that had nothing to do and what would make them run, where the study could well add it."""
    kinds = {t.kind for t in contents.settings.tables.values()}
    if kinds <= {"evidence"}:
        return []
    beside = BESIDE + ("chamber_flux",) * ("fluxes" in kinds)
    colon = vocabulary.say("report.page.colon", language)
    return [
        _label(s, language) + colon + _text(s["add"], language)
        for s in contents.steps
        if s["status"] == "skipped" and s["name"] not in beside and _text(s.get("add"), language)
    ]


def steps(contents: Contents, language: Language) -> Table | None:
    """The steps that failed."""
    cells = [
        [_label(s, language), _text(s.get("reason"), language), _text(s.get("add"), language)]
        for s in contents.steps
        if s["status"] not in ("done", "cached", "skipped")
    ]
    caption = vocabulary.say("report.method.failed", language)
    return table("step reason add", cells, language, caption, ["fail"] * len(cells)) if cells else None


def _label(step: Mapping[str, Any], language: Language) -> str:
    label = step.get("label")
    return label.to(language) if label else str(step["name"])


def inputs(contents: Contents, language: Language) -> Table | None:
    """Input files with their hashes."""
    found = contents.provenance.get("inputs") or {}
    cells = [[str(k), _hash(v)] for k, v in sorted(found.items())]
    return table("file sha256", cells, language, vocabulary.say("report.provenance.files", language)) if cells else None


def record(contents: Contents) -> list[tuple[str, str]]:
    """The rest of the provenance as pairs of name and value."""
    return [(str(k), _flat(v)) for k, v in contents.provenance.items() if k != "inputs" and v not in ("", None)]


def _text(value: Any, language: Language) -> str:
    return value.to(language) if hasattr(value, "to") else text(value)


def _hash(value: Any) -> str:
    return str(value.get("sha256", "")) if isinstance(value, Mapping) else str(value)


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_flat(v)}" for k, v in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, (list, tuple)) else str(value)
