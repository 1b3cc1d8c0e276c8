"""The records of chamber checks: a check with its thresholds, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text
from halosink.quality.check import Parameter

Hits = NDArray[np.bool_]

__all__ = ["Check", "Finding", "Hits", "Parameter"]


@dataclass(frozen=True)
class Finding:
    """What a check says of the m closures.

    hit, judged: (m,), which closures show the fault and which could be judged at all. column: the field it is about.
    values: what fills the sentences of the problem `code`; the names of the closures are added by the runner.
    gas: "" or the field that alone is refused by an E- code; without it the whole closure is refused.
    """

    code: str
    hit: Hits
    judged: Hits
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    gas: str = ""


@dataclass(frozen=True)
class Check:
    """One check of chamber measurements. It never changes a value.

    needs: what must be there for it to judge. thresholds: the numbers it rests on, each with unit and source.
    judge: its findings, one per code, field and likely cause; those without a hit count as judged only.
    allowed: the share of judged closures with a warning up to which no problem is raised.
    """

    name: str
    label: Text
    about: Text
    needs: Text
    source: str
    thresholds: Mapping[str, Parameter]
    judge: Callable[[Readings], Iterable[Finding]]
    allowed: float = 0.0


def own(value: float, unit: str, en: str, zh: str) -> Parameter:
    """A threshold of our own choice, with the reason."""
    return Parameter(value, unit, "own_choice", Text(en, zh))
