"""Sources: the part of BibTeX that halosink's own *.bib files use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")
_NAME = re.compile(r"\s*,?\s*(\w+)\s*=\s*")


@dataclass(frozen=True, slots=True)
class Source:
    """A publication, manual or data set. `where` is its journal, publisher or institution."""

    key: str
    kind: str
    author: str
    title: str
    year: str
    where: str
    doi: str
    url: str
    note: str

    @property
    def link(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def cite(self) -> str:
        """Author (year) title. Where. Link."""
        people = "; ".join(self.author.split(" and "))
        head = " ".join(p for p in (people, f"({self.year})" if self.year else "") if p)
        parts = (head, self.title, self.where, self.note, self.link)
        return ". ".join(p.rstrip(".") for p in parts if p)


def parse(text: str) -> Iterator[Source]:
    """The entries of a BibTeX text; values stand in braces or quotes or are bare numbers. ValueError if broken."""
    position = 0
    while entry := _ENTRY.search(text, position):
        values: dict[str, str] = {}
        position = entry.end()
        while name := _NAME.match(text, position):
            value, position = _value(text, name.end(), entry[2])
            values[name[1].lower()] = value
        if not re.match(r"\s*,?\s*\}", text[position:]):
            raise ValueError(f"bibliography entry {entry[2]}: not understood near {text[position : position + 40]!r}")
        places = ("journal", "booktitle", "publisher", "institution", "organization", "howpublished", "school")
        yield Source(
            key=entry[2],
            kind=entry[1].lower(),
            author=values.get("author", ""),
            title=values.get("title", ""),
            year=values.get("year", ""),
            where=next((values[p] for p in places if p in values), ""),
            doi=values.get("doi", ""),
            url=values.get("url", ""),
            note=values.get("note", ""),
        )


def _value(text: str, start: int, key: str) -> tuple[str, int]:
    if text[start] == '"':
        end = text.index('"', start + 1)
        return _clean(text[start + 1 : end]), end + 1
    if text[start] == "{":
        depth = 0
        for end in range(start, len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                return _clean(text[start + 1 : end]), end + 1
        raise ValueError(f"bibliography entry {key}: a brace is not closed")
    bare = re.compile(r"[\w.-]+").match(text, start)
    if not bare:
        raise ValueError(f"bibliography entry {key}: a value is missing")
    return bare[0], bare.end()


def _clean(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())
