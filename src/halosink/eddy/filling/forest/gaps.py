"""Gaps made for the purpose: stretches of days, at random places, whose measured records are set aside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

# own choices: of the measured records at most a tenth is set aside at once, so that what is left is much like the whole
# (the share of the published comparisons on this set); a gap holds at least a fifth of the records that it could, and
# stays a day away from others, so that each is one gap of its length
SHARE, LEAST_FULL, TRIES = 0.1, 0.2, 200


def rounds(
    measured: Flags, per_day: int, days: float, gaps: int, rng: np.random.Generator
) -> list[list[tuple[int, int]]]:
    """Rounds of gaps (first, end), each round to be set aside together, until there are `gaps` or no more can be found.

    measured: (n,) records that are there. No two gaps of a round touch; gaps of different rounds may overlap. The first
    gap of a round may exceed the share; a series that is no longer than twice the gap has none.
    """
    length = round(days * per_day)
    found: list[list[tuple[int, int]]] = []
    if length < 1 or len(measured) < 2 * length:
        return found
    before = np.concatenate([[0], np.cumsum(measured)])
    left, most = gaps, SHARE * float(measured.sum())
    while left > 0:
        taken = np.zeros(len(measured), dtype=bool)
        here: list[tuple[int, int]] = []
        records = 0
        for _ in range(TRIES):
            first = int(rng.integers(0, len(measured) - length + 1))
            end = first + length
            number = int(before[end] - before[first])
            if number < LEAST_FULL * length or (here and records + number > most):
                continue
            if taken[max(0, first - per_day) : end + per_day].any():
                continue
            taken[first:end] = True
            here.append((first, end))
            records += number
            if len(here) >= left or records >= 0.9 * most:
                break
        if not here:
            break
        found.append(sorted(here))
        left -= len(here)
    return found
