"""The records every part of halosink shares: bilingual text, the check row, the step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Text(NamedTuple):
    """The same sentence in English and simplified Chinese."""

    en: str
    zh: str

    def to(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One verdict: quality of a series, soundness of a design, trust in a fit.

    `value operator threshold` is the statement that was tested; `passed` says whether it held,
    None where it could not be judged. `unit` is that of value and threshold ("1" for none).
    `source` is a key of sources.bib.
    """

    check: str
    subject: str
    value: float
    operator: Literal["<", "<=", "==", ">=", ">", "in"]
    threshold: float
    unit: str
    passed: bool | None
    comment: Text
    source: str

    def record(self) -> dict[str, Any]:
        """The row as it stands in a table: the comment in two columns."""
        return {
            "check": self.check,
            "subject": self.subject,
            "value": self.value,
            "operator": self.operator,
            "threshold": self.threshold,
            "unit": self.unit,
            "passed": self.passed,
            "comment_en": self.comment.en,
            "comment_zh": self.comment.zh,
            "source": self.source,
        }

    @staticmethod
    def table(rows: Iterable[CheckRow]) -> pd.DataFrame:
        """The rows as a table, with its columns even when there is none."""
        import pandas as pd

        columns = [*(f.name for f in fields(CheckRow) if f.name != "comment"), "comment_en", "comment_zh"]
        return pd.DataFrame([row.record() for row in rows], columns=columns)


@dataclass(frozen=True, slots=True)
class Skip:
    """What a step returns when its data are not there: the reason, and what to add."""

    reason: Text
    add: Text


@dataclass(frozen=True, slots=True)
class Step:
    """One unit of work of a study.

    `run` receives a workspace (see runner.Workspace) and returns its outputs, {relative path: object}, or these as
    pairs one after the other so that not all need be in memory at once, or a Skip. A path ending in .parquet takes a
    DataFrame, .json plain data, .html or .csv a string; any other a finished file by its Path, which is moved.
    `needs` names steps whose outputs it reads; `after` names steps it waits for but can do without.
    `settings` names the sections of study.toml that its result depends on, or keys of one (study.seed); `reads_files`
    says that it depends on the study's input files too.
    """

    name: str
    label: Text
    about: Text
    run: Callable[..., Mapping[str, Any] | Iterable[tuple[str, Any]] | Skip]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    reads_files: bool = False
    sources: tuple[str, ...] = ()
