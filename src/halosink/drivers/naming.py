"""What columns and levels are called inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from halosink import vocabulary
from halosink.contracts import Text
from halosink.drivers.design import Design

LEVELS = {
    "region": Text("region", "区域"),
    "site": Text("site", "样地"),
    "block": Text("block", "区组"),
    "plot": Text("plot", "小区"),
    "core": Text("core", "土芯"),
    "sample": Text("sample", "样品"),
}
PROPER = frozenset({"Olsen", "Shannon", "Simpson", "Pielou", "Obukhov", "Good's", "Chao1"})
"""First words of labels that keep their capital inside a sentence."""


def named(column: str) -> Text:
    """The label of a field as it stands inside a sentence; a name not in the vocabulary as it is."""
    found = vocabulary.fields().get(column)
    if found is None:
        return Text(column, column)
    first = found.label.en.split()[0]
    plain = first[1:].islower() and first not in PROPER
    return Text(found.label.en[0].lower() + found.label.en[1:] if plain else found.label.en, found.label.zh)


def capital(text: str) -> str:
    """The first letter large, save where the word begins on purpose with a small one (pH, mcrA)."""
    second = text[1:2]
    return text if second.isupper() else text[:1].upper() + text[1:]


def listed(columns: Iterable[str]) -> Text:
    """Labels one after the other."""
    names = [named(c) for c in columns]
    return Text(", ".join(n.en for n in names), "、".join(n.zh for n in names))


def renamed(text: str, columns: Iterable[str]) -> Text:
    """A formula of column names with their labels in place."""
    names = sorted(columns, key=len, reverse=True)
    if not names:
        return Text(text, text)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    return Text(pattern.sub(lambda m: named(m[0]).en, text), pattern.sub(lambda m: named(m[0]).zh, text))


def level(name: str, design: Design | None = None) -> Text:
    """What a level is called: after the column that carries it (the unit may be a core), else by its own name."""
    name = "unit" if name == "plot" else name
    column = design.column(name) if design is not None and name in ("region", "site", "block", "unit") else name
    column = "plot" if column == "unit" else column
    return LEVELS.get(column) or named(column)
