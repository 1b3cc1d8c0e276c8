"""What is wrong with a user's input: where, what, why and how to fix it.

A Problem carries a code and the values that fill its sentences; the sentences themselves stand, in both
languages, in vocabulary/problems/*.toml. How problems are shown is the business of render.py and report/.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from halosink.contracts import Language, Text

LONGEST = 400
SUGGESTIONS = (
    re.compile(r"\s*[（(][^（()）]*\{meant\}[^（()）]*[)）]"),
    re.compile(r"[^.。?？]*\{meant\}[^.。?？]*[.。?？]\s*"),
)
LEVELS = {"E": "error", "W": "warning", "N": "note"}


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one problem code."""

    what: Text
    why: Text
    fix: Text


@cache
def wordings() -> Mapping[str, Wording]:
    """All problem codes with their sentences, from vocabulary/problems/*.toml."""
    found: dict[str, Wording] = {}
    folder = resources.files("halosink.vocabulary") / "problems"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for code, parts in tomllib.loads(file.read_text("utf-8")).items():
                found[code] = Wording(*(Text(parts[p]["en"], parts[p]["zh"]) for p in ("what", "why", "fix")))
    return found


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (E-), doubtful (W-) or assumed (N-) in the input.

    rows are row numbers of the source file as its user sees them, counted from 1 with the heading;
    `count` is how many rows are affected when `rows` shows only the first of them.
    """

    code: str
    file: str = ""
    sheet: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> str:
        return LEVELS[self.code[0]]

    def say(self, part: str, language: Language) -> str:
        """One of its parts: "what", "why" or "fix". A suggestion is left out where there is none."""
        text: Text = getattr(wordings()[self.code], part)
        template = text.to(language)
        if self.values.get("meant", "-") in ("", "-"):
            for pattern in SUGGESTIONS:
                template = pattern.sub("", template)
        return template.format_map({k: _short(v, language) for k, v in self.values.items()})

    def where(self, language: Language = "en") -> str:
        """file › sheet › column: row 3, 8, 9 (+ 5)"""
        place = " › ".join(p for p in (self.file, self.sheet, self.column) if p)
        if not self.rows:
            return place
        more = max(self.count, len(self.rows)) - len(self.rows)
        if language == "zh":
            rows = f"第 {'、'.join(map(str, self.rows))} 行" + (f"（另有 {more} 行）" if more else "")
        else:
            rows = "row " + ", ".join(map(str, self.rows)) + (f" (+ {more})" if more else "")
        return f"{place}{'：' if language == 'zh' else ': '}{rows}" if place else rows

    def record(self) -> dict[str, Any]:
        """Plain data, for --json and for files."""
        return {
            "code": self.code,
            "level": self.level,
            "file": self.file,
            "sheet": self.sheet,
            "column": self.column,
            "rows": list(self.rows),
            "count": max(self.count, len(self.rows)),
            "values": {k: list(v) if isinstance(v, Text) else v for k, v in self.values.items()},
            **{f"{part}_{lang}": self.say(part, lang) for part in ("what", "why", "fix") for lang in ("en", "zh")},
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Problem:
        """The problem that `record` was made of."""
        keys = ("code", "file", "sheet", "column", "count")
        values = {k: Text(*v) if isinstance(v, list) else v for k, v in record["values"].items()}
        return cls(rows=tuple(record["rows"]), **{k: record[k] for k in keys}, values=values)


class UserError(Exception):
    """Input that cannot be worked with; holds every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(f"{p.where()}: {p.code} {p.say('what', 'en')}" for p in self.problems))

    def __reduce__(self) -> tuple[type[UserError], tuple[tuple[Problem, ...]]]:
        return UserError, (self.problems,)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that forbid going on."""
    return [p for p in problems if p.level == "error"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The closest known word, or an empty string. Case, blanks and underscores do not count."""
    plain = {k.lower().replace("_", "").replace(" ", ""): k for k in known}
    near = difflib.get_close_matches(word.lower().replace("_", "").replace(" ", ""), plain, n=1, cutoff=0.6)
    return plain[near[0]] if near else ""


def _short(value: Any, language: Language) -> str:
    if isinstance(value, Text):
        return value.to(language)
    text = str(value).replace("\n", " ")
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
