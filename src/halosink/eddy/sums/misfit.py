"""The error of sums of filled steps, learnt from gaps that were made where values are known.

What filling misses is taken as a sum of stationary processes, scaled by the local standard deviation s of alike
records: white noise (the random error) and processes that forget within 2 hours, a day, a week and six weeks (what
drivers and neighbours do not tell: cloud, rain, phenology). Night and day are taken as independent. The variance of
any sum is then linear in the amplitudes of the processes, which are fitted to the squared sums of errors in made gaps
of many lengths (richardson2007 for the idea of made gaps; the processes are an own choice).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.eddy.steps import Steps
from halosink.eddy.sums.weights import WINDOW, quadratic, weights

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MEMORIES = (0.0, 1 / 12, 1.0, 7.0, 42.0)
"""Days over which each process forgets; 0 is white. Own choice: a factor of about ten apart."""
LENGTHS = (0.0, 0.125, 1.0, 5.0, 15.0, 30.0)
"""Days of the sums whose error is looked at, 0 for single steps; the made gaps have the last four. Own choice."""
NUMBER = (0, 0, 8, 3, 1, 1)
"""Made gaps of each length per year and replicate. Own choice: about a sixth of the record."""
SEASON, PRIOR, LARGEST = 20.0, 8.0, 25.0
"""Days over which the local variance forgets, sums that its mean of 1 counts for, and the largest single ratio. Own
choice: a season of change, such as leafing, is met when gaps were made in it."""
FEWEST = 4
"""Sums of one length below which that length tells nothing."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What filling misses.

    amplitudes: (2, len(MEMORIES)) variance of each process relative to s^2, by day (0) and night (1). local: (n,) by
    which the variance around each step departs from that. sums: number of errors of sums they rest on. reason: "" or
    why they were assumed instead of fitted. bias: mean error of filled steps in all made gaps, by day and night, in
    units of s, less what chance gives: filling may lean to one side all year, which no process that forgets can tell.
    It is not corrected, but counted as error.
    """

    amplitudes: Array
    local: Array
    sums: int
    reason: str = ""
    bias: tuple[float, float] = (0.0, 0.0)


ASSUMED = np.array([[0.6, 0.2, 0.2, 0.1, 0.05]] * 2)
"""Where too little is measured for made gaps. Own choice: about what simulated towers have."""
ASSUMED_REASON = "too_few_held_out"


def made_gaps(known: Mask, steps: Steps, rng: np.random.Generator) -> list[tuple[int, int, float]]:
    """One replicate of gaps (first, last + 1, days) that do not touch and hold at least a third of known steps."""
    n, years = len(known), max(len(known) / (365 * steps.per_day), 0.05)
    total = np.concatenate([[0], np.cumsum(known)])
    taken, out = np.zeros(n, dtype=bool), []
    for days, number in zip(LENGTHS[::-1], NUMBER[::-1], strict=True):
        length = max(int(round(days * steps.per_day)), 1)
        wanted = number * years if number else 0
        for _ in range(int(wanted) + int(rng.random() < wanted % 1)):
            for _ in range(20):
                first = int(rng.integers(0, max(n - length, 1)))
                last = min(first + length, n)
                free = not taken[max(first - steps.per_day // 2, 0) : last + steps.per_day // 2].any()
                if last - first == length and free and total[last] - total[first] >= length / 3:
                    taken[first:last] = True
                    out.append((first, last, days))
                    break
    return out


class Sum(NamedTuple):
    """Of the errors in a made gap or a part of it: its days, whether by night, its middle step, the square of the sum,
    and what each process of amplitude 1 would give for it."""

    days: float
    night: int
    middle: int
    square: float
    terms: Array


@njit(cache=True)
def _terms(a: Array, kept: Array) -> Array:
    return np.array([quadratic(a, k) for k in kept])


def kept(steps: Steps) -> Array:
    """Correlation of neighbouring steps of each process."""
    return np.array([0.0 if m == 0 else np.exp(-1 / (m * steps.per_day)) for m in MEMORIES])


def gather(
    errors: Array, held: Mask, known: Mask, scale: Array, alike: NDArray[np.int64], steps: Steps,
    gaps: list[tuple[int, int, float]],
) -> list[Sum]:  # fmt: skip
    """Squared sums of errors in made gaps and in their parts, with what each process of amplitude 1 would give.

    errors: (n,) filled minus measured in the made gaps. held: (n,) steps made missing. known: (n,) measured.
    """
    out: list[Sum] = []
    half, remembered = int(WINDOW * steps.per_day), kept(steps)
    donors = known & ~held & np.isfinite(scale)
    for first, last, days in gaps:
        for part in LENGTHS:
            length = max(int(round(part * steps.per_day)), 1)
            if part > days:
                break
            starts = range(first, last - length + 1, length)
            if part < days:
                starts = starts[:: max(1, len(starts) // 4)]
            for start in starts:
                inside = np.arange(start, start + length)
                inside = inside[held[inside] & np.isfinite(errors[inside]) & np.isfinite(scale[inside])]
                for night in (0, 1):
                    own = inside[(alike[inside] == 0) == bool(night)]
                    if len(own) < (length / 4 if part <= 1 else length / 20):
                        continue
                    low, high = max(0, start - 12 * half), min(len(held), start + length + 12 * half)
                    w = weights(own - low, donors[low:high], alike[low:high], half)
                    w[own - low] -= 1
                    used = np.flatnonzero(w)
                    near = slice(used[0], used[-1] + 1)
                    a = w[near] * np.where(w[near] != 0, scale[low:high][near], 0.0)
                    square = float(errors[own].sum()) ** 2
                    out.append(Sum(part, night, start + length // 2, square, _terms(a, remembered)))
    return out


def fit(sums: list[Sum], n: int, steps: Steps) -> Misfit:
    """Amplitudes (not negative) that best explain the squared sums, by their mean in each length; then how much more
    or less was missed around each step of n than they say, and the amplitudes again with that.

    Weighted least squares; the mean of m squared sums of normal errors has the relative variance 2 / m.
    """
    amplitudes, fitted = _amplitudes(sums, np.ones(len(sums)))
    if not fitted:
        return Misfit(amplitudes, np.ones(n), len(sums), ASSUMED_REASON)
    lasting = [s for s in sums if s.days >= 1]
    local = np.ones(n)
    if lasting:
        expected = np.array([amplitudes[s.night] @ s.terms for s in lasting])
        ratio = np.array([s.square for s in lasting]) / np.maximum(expected, 1e-12)
        middle = np.array([s.middle for s in lasting]) / steps.per_day
        days = np.arange(0, n / steps.per_day + 1)
        near = np.exp(-np.abs(days[:, None] - middle) / SEASON)
        smooth = (PRIOR + near @ np.minimum(ratio, LARGEST)) / (PRIOR + near.sum(axis=1))
        local = np.interp(np.arange(n) / steps.per_day, days, smooth)
    amplitudes, _ = _amplitudes(sums, np.array([local[min(s.middle, n - 1)] for s in sums]))
    return Misfit(amplitudes, local, len(sums))


def _amplitudes(sums: list[Sum], local: Array) -> tuple[Array, bool]:
    from scipy.optimize import nnls

    amplitudes, fitted = ASSUMED.copy(), False
    for night in (0, 1):
        target, design = [], []
        for length in LENGTHS:
            own = [i for i, s in enumerate(sums) if s.days == length and s.night == night]
            if len(own) >= FEWEST:
                observed = sum(sums[i].square for i in own)
                terms = np.sum([sums[i].terms * local[i] for i in own], axis=0)
                weight = np.sqrt(len(own) / 2)
                target.append(weight)
                design.append(weight * terms / max(observed, 1e-12))
        if len(target) >= 2:
            amplitudes[night], fitted = nnls(np.array(design), np.array(target))[0], True
    return amplitudes, fitted


def variances(
    misfit: Misfit, filled: Mask, known: Mask, counted: Mask, scale: Array, alike: NDArray[np.int64], steps: Steps,
) -> tuple[float, float]:  # fmt: skip
    """Variance of a sum over steps from random errors and from what filling misses: (random, filling).

    filled, known, counted: (n,) steps that are filled, measured, and in the sum. The random error of a measured step
    counts for itself and for the filled steps that take it as donor; that of the truth in a gap is not to be met.
    Units of scale squared.
    """
    half, remembered = int(WINDOW * steps.per_day), kept(steps)
    donors = known & np.isfinite(scale)
    usable = np.where(np.isfinite(scale), scale, np.nanmedian(scale) if np.isfinite(scale).any() else 0.0)
    usable = usable * np.sqrt(misfit.local)
    targets = np.flatnonzero(filled & counted)
    w = weights(targets, donors, alike, half)
    random = filling = lean = 0.0
    for night in (0, 1):
        own = (alike == 0) == bool(night)
        a = np.where(own, w, 0.0)
        noise = (a + (own & known & counted)) * usable
        random += misfit.amplitudes[night, 0] * float((noise**2).sum())
        a[targets[own[targets]]] -= 1
        lean += misfit.bias[night] * float(usable[targets[own[targets]]].sum())
        filling += float(misfit.amplitudes[night, 1:] @ _terms(a * usable, remembered)[1:])
    return random, filling + lean**2
