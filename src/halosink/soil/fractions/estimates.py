"""Draws of every index per group of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.fractions.indices import Index, Way, shared
from halosink.soil.fractions.saturation import lines_for
from halosink.soil.fractions.uncertainty import (
    FEWEST_REPLICATES,
    generator,
    mean_of_replicates,
    measured,
    variation,
    welch,
)

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
# own choice: a draw in which a part passes the whole is no soil and is replaced by another; where more than half are
# such, the two numbers contradict each other
MOST_IMPOSSIBLE = 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """An index of one group: draws (draws,), empty where it cannot be had; value from the values as measured.

    n: samples used; refused: samples that had the columns until closure or range took them; needs: columns used, or
    those lacking of the way that lacks least. still (draws,): draws without the spread of samples; error, freedom: its
    standard error and degrees of freedom, 0 where the draws hold the laboratory's error instead.
    """

    value: float
    draws: Array
    n: int
    refused: int
    needs: tuple[str, ...]
    still: Array
    error: float = 0.0
    freedom: int = 0

    @property
    def known(self) -> bool:
        return self.draws.size > 0


class Sampler:
    """Values, their laboratory draws and the shared factors, ready for any group of rows.

    values: columns (n,), NaN where missing or refused; written: the same, finite wherever anything was written.
    Laboratory draws are made once per group and column, so that a row has the same error in every index it enters, and
    forgotten with the next group.
    """

    def __init__(
        self,
        values: Mapping[str, Array],
        written: Mapping[str, Array],
        cv: Mapping[str, float],
        mineral: str,
        draws: int,
        seed: int,
    ):
        self.values, self.written, self.cv, self.draws, self.seed = values, written, cv, draws, seed
        lines = lines_for(mineral)
        self.drawn_factors, self.middle_factors = shared(draws, seed, lines), shared(0, seed, lines)
        self._group: tuple[int, int] = (-1, 0)
        self._measured: dict[str, Array] = {}

    def laboratory(self, column: str, rows: Rows) -> Array:
        """(rows, draws) of a column."""
        group = (int(rows[0]), len(rows))
        if group != self._group:
            self._group, self._measured = group, {}
        if column not in self._measured:
            random = generator(self.seed, f"measured.{column}.{group[0]}.{group[1]}")
            value = self.values[column][rows]
            self._measured[column] = measured(value, variation(column, self.cv), self.draws, random)
        return self._measured[column]

    def estimate(self, index: Index, rows: Rows) -> Estimate:
        """The index of these rows, of a relative one what its way computes."""
        refused = 0
        for way in index.ways:
            used = self._whole(self.values, way.needs, rows)
            refused = max(refused, len(self._whole(self.written, way.needs, rows)) - len(used))
            found = self._of_way(index, way, used, rows) if len(used) else None
            if found is not None:
                return replace(found, refused=refused)
        return Estimate(float("nan"), np.empty(0), 0, refused, self._lacking(index, rows), np.empty(0))

    def _of_way(self, index: Index, way: Way, used: Rows, rows: Rows) -> Estimate | None:
        middle = {need: self.values[need][used][:, None] for need in way.needs}
        repeated = len(used) >= FEWEST_REPLICATES
        if repeated:
            drawn = middle
        else:
            here = np.isin(rows, used)
            drawn = {need: self.laboratory(need, rows)[here] for need in way.needs}
        with np.errstate(divide="ignore", invalid="ignore"):
            central = way.compute(middle, self.middle_factors)[:, 0]
            each = np.broadcast_to(way.compute(drawn, self.drawn_factors), (len(used), self.draws))
        if not np.isfinite(central).all():
            return None
        # the same rows have the same stream, so that a group set beside itself differs by nothing
        random = generator(self.seed, f"samples.{index.name}.{used[0]}.{len(used)}")
        still = _possible(each.mean(axis=0), random)
        if still is None:
            return None
        value = float(central.mean())
        if not repeated:
            return Estimate(value, still, len(used), 0, way.needs, still)
        draws, error = mean_of_replicates(central, still, index.log, random)
        return Estimate(value, draws, len(used), 0, way.needs, still, error, len(used) - 1)

    def _whole(self, values: Mapping[str, Array], needs: Sequence[str], rows: Rows) -> Rows:
        """Those of the rows that have all the columns."""
        if any(n not in values for n in needs):
            return rows[:0]
        good = np.ones(len(rows), dtype=bool)
        for need in needs:
            good &= np.isfinite(values[need][rows])
        return rows[good]

    def _lacking(self, index: Index, rows: Rows) -> tuple[str, ...]:
        lacks = (tuple(n for n in way.needs if not len(self._whole(self.values, [n], rows))) for way in index.ways)
        return min((one or way.needs for one, way in zip(lacks, index.ways, strict=True)), key=len)


def relative(one: Estimate, control: Estimate, seed: int, name: str) -> Estimate:
    """100 times the ratio to the control; exactly 100 where both are the same samples. Spread as in difference."""
    if not (one.known and control.known):
        return replace(one, value=float("nan"), draws=np.empty(0), still=np.empty(0))
    if one.freedom and control.freedom and not np.array_equal(one.draws, control.draws):
        errors, freedom = (one.error / one.value, control.error / control.value), (one.freedom, control.freedom)
        spread = np.exp(welch(errors, freedom, len(one.still), generator(seed, name)))
        drawn = 100.0 * one.still / control.still * spread
    else:
        drawn = 100.0 * one.draws / control.draws
    return replace(one, value=100.0 * one.value / control.value, draws=drawn, still=drawn, error=0.0, freedom=0)


def difference(one: Estimate, control: Estimate, seed: int, name: str) -> Array:
    """(draws,) draws of one - control; factors that both share fall out.

    Where both rest on repeated samples the spread is Student's t with Welch's degrees of freedom: subtracting the two
    draws would give too wide an interval.
    """
    if one.freedom and control.freedom:
        errors, freedom = (one.error, control.error), (one.freedom, control.freedom)
        return np.asarray(one.still - control.still + welch(errors, freedom, len(one.still), generator(seed, name)))
    return np.asarray(one.draws - control.draws)


def groups(frame: pd.DataFrame, by: Sequence[str]) -> list[tuple[tuple[object, ...], Rows]]:
    """Key and rows of every group, in order of appearance; a missing key is a key of its own."""
    if not by:
        return [((), np.arange(len(frame)))]
    found = frame.groupby(list(by), sort=False, dropna=False).indices
    keys = [k if isinstance(k, tuple) else (k,) for k in found]
    return sorted(((k, np.asarray(r)) for k, r in zip(keys, found.values(), strict=True)), key=lambda pair: pair[1][0])


def _possible(drawn: Array, random: np.random.Generator) -> Array | None:
    """Draws with those that are no number replaced by others; None where too many are."""
    good = np.isfinite(drawn)
    if good.all():
        return drawn
    if 1 - good.mean() > MOST_IMPOSSIBLE:
        return None
    filled = drawn.copy()
    filled[~good] = random.choice(drawn[good], size=int((~good).sum()))
    return filled
