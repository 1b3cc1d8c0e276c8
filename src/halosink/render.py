"""Problems and outcomes as text for a terminal, or as plain data for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from halosink.contracts import Language
from halosink.problems import Problem
from halosink.vocabulary import say

if TYPE_CHECKING:
    from halosink.runner import Outcome

MARKS = {"error": "✗", "warning": "⚠", "note": "·"}
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
ORDER = list(MARKS)


def arranged(problems: Iterable[Problem]) -> list[Problem]:
    """Errors first, then by place."""
    return sorted(problems, key=lambda p: (ORDER.index(p.level), p.file, p.sheet, p.column, p.rows))


def problem(found: Problem, language: Language) -> str:
    """Four lines: where, what, why, how to fix."""
    head = f"{MARKS[found.level]} {found.code}  {found.where(language)}".rstrip()
    return "\n  ".join([head, *(found.say(part, language) for part in ("what", "why", "fix"))])


def count(problems: Iterable[Problem], language: Language) -> str:
    """How many of each level."""
    levels = [p.level for p in problems]
    numbers = {level: levels.count(level) for level in ORDER}
    parts = (say(f"cli.{level}" if n == 1 else f"cli.{level}s", language, count=n) for level, n in numbers.items())
    return ("，" if language == "zh" else ", ").join(parts)


def outcome(found: Outcome, language: Language, label: str) -> str:
    """One line for a step."""
    text = f"{say('cli.' + found.status, language)}  {label}"
    if found.status == "done":
        text += f"  ({found.seconds:.1f} s)"
    stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
    if found.reason.en:
        text += colon + found.reason.to(language) + stop
    return (text + found.add.to(language)).rstrip()


def outcome_record(found: Outcome) -> dict[str, Any]:
    return {
        "step": found.step,
        "status": found.status,
        "seconds": round(found.seconds, 3),
        "outputs": list(found.outputs),
        "reason_en": found.reason.en,
        "reason_zh": found.reason.zh,
        "add_en": found.add.en,
        "add_zh": found.add.zh,
    }


@contextmanager
def progress_bar(labels: Mapping[str, str], hidden: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the terminal that vanishes when done; takes step, done and total. Nothing is shown elsewhere."""
    if hidden or not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown: dict[str, Any] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in shown:
                shown[step] = bar.add_task(labels.get(step, step), total=total)
            bar.update(shown[step], completed=done, total=total, visible=done < total)

        yield progress
