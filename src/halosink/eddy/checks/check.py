"""The records of eddy checks: a check with its thresholds, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.eddy.checks.parts.tower import Tower
from halosink.quality.check import Parameter

Hits = NDArray[np.bool_]

__all__ = ["Check", "Finding", "Hits", "Parameter", "own"]


@dataclass(frozen=True)
class Finding:
    """One statement that was tested: `value operator threshold`, in `unit`, of `subject` (a field or a period).

    code: of the problem that is raised when it did not pass; "" raises none. column: the field it is about. hit: (n,)
    steps that show the fault, if they can be named. values: what fills the sentences of the problem; the name of the
    tower is added by the runner. comment: what to say of it; without it the problem, or the value, speaks.
    """

    passed: bool
    value: float
    operator: Literal["<", "<=", "==", ">=", ">", "in"]
    threshold: float
    unit: str = "1"
    subject: str = ""
    code: str = ""
    column: str = ""
    hit: Hits | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: Text | None = None


@dataclass(frozen=True)
class Check:
    """One check of a tower's table. It never changes a value.

    needs: what must be there for it to judge. thresholds: the numbers it rests on, each with unit and source.
    judge: its findings; none where it could not be judged.
    """

    name: str
    label: Text
    about: Text
    needs: Text
    source: str
    thresholds: Mapping[str, Parameter]
    judge: Callable[[Tower], Iterable[Finding]]


def own(value: float, unit: str, en: str, zh: str) -> Parameter:
    """A threshold of our own choice, with the reason."""
    return Parameter(value, unit, "own_choice", Text(en, zh))
