"""The records of quality control: a channel of values, a check with its parameters, the clock of a series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.vocabulary import Field

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

NO_TIME = np.iinfo(np.int64).min
PRESENT, EMPTY, TEXT_CODE, NUMBER_CODE, BELOW_DETECTION = 0, 1, 2, 3, 4

# A pair of records counts as neighbours up to this many steps, so that a logger that is a little late does not
# cut the series (own choice; QARTOD leaves the tolerance to the operator).
NEIGHBOUR_STEPS = 1.5


class Clock:
    """The times of one series as recorded: seconds (int64, NO_TIME where unknown), and what follows from them."""

    def __init__(self, seconds: NDArray[np.int64]):
        self.seconds = seconds

    @cached_property
    def differences(self) -> NDArray[np.int64]:
        """Seconds from each record to the next as recorded; 0 beside an unknown time."""
        gap = np.diff(self.seconds)
        if self.seconds.size and self.seconds.min() == NO_TIME:
            unknown = self.seconds == NO_TIME
            gap[unknown[1:] | unknown[:-1]] = 0
        return gap

    @cached_property
    def step(self) -> float:
        """The commonest step in seconds; NaN if fewer than half of all steps have it (no regular logging)."""
        forward = self.differences[self.differences > 0]
        if forward.size == 0:
            return float("nan")
        middle = np.partition(forward, forward.size // 2)[forward.size // 2]
        return float(middle) if np.count_nonzero(forward == middle) >= 0.5 * forward.size else float("nan")

    @cached_property
    def linked(self) -> Hits:
        """Shape (n - 1,): record i + 1 follows record i without a gap or a jump back."""
        if not np.isfinite(self.step):
            return np.zeros(self.differences.size, bool)
        return np.asarray((self.differences > 0) & (self.differences <= NEIGHBOUR_STEPS * self.step))

    @cached_property
    def unbroken(self) -> bool:
        return bool(self.linked.all()) and self.linked.size > 0


@dataclass(frozen=True)
class Channel:
    """One field of one series (a probe, a plot) or of one table; all arrays have the same length and row order.

    `values` in the field's unit, NaN where missing. `missing` says why: 0 present, 1 empty cell, 2 text such as
    NAN, 3 a numeric code such as -9999, 4 below detection; None if unknown. `clock` is None for tables without time.
    `key` numbers the identity of rows, equal numbers being the same thing. `others` holds the other fields of the
    same rows.
    Rows stand as recorded, not sorted.
    """

    field: Field
    values: Values
    missing: NDArray[np.uint8] | None = None
    clock: Clock | None = None
    key: NDArray[np.int32] | None = None
    others: Mapping[str, Values] = default(default_factory=dict)

    @property
    def seconds(self) -> NDArray[np.int64] | None:
        return None if self.clock is None else self.clock.seconds

    @cached_property
    def change(self) -> Values:
        """Shape (n - 1,): from each record to the next, NaN across a gap or a jump back. Needs a clock; not to be
        written to."""
        change = np.diff(self.values)
        if self.clock is not None and not self.clock.unbroken:
            change[~self.clock.linked] = np.nan
        return change

    def none(self) -> Hits:
        """No record flagged."""
        return np.zeros(self.values.size, bool)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number a check rests on."""

    value: float
    unit: str
    source: str
    about: Text


@dataclass(frozen=True, slots=True)
class Check:
    """One quality check. It flags; it never changes a value.

    `bit`: its stable place in the flag column, 0 to 15. `series`: needs a time axis. `regular`: needs a regular time
    step. `records`: judges the record and not the value, so one answer holds for all fields of a series.
    `excludes`: a flagged value is left out of analyses unless the user decides otherwise. `allowed`: the share of
    flagged values up to which a series passes. `flag(channel, parameters)` returns a bool array of the channel's
    length. `example` returns a channel and the positions that must be flagged in it.
    """

    name: str
    bit: int
    label: Text
    about: Text
    source: str
    parameters: Mapping[str, Parameter]
    series: bool
    excludes: bool
    flag: Callable[[Channel, Mapping[str, float]], Hits]
    example: Callable[[], tuple[Channel, tuple[int, ...]]]
    records: bool = False
    regular: bool = False
    allowed: float = 0.01

    @property
    def applies(self) -> Literal["series", "any"]:
        return "series" if self.series else "any"

    def defaults(self) -> dict[str, float]:
        return {name: parameter.value for name, parameter in self.parameters.items()}
