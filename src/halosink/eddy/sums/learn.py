"""What filling by alike conditions misses in one series, from gaps made in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.filling import sampling
from halosink.eddy.filling.conventions import Convention, Driver
from halosink.eddy.steps import Steps
from halosink.eddy.sums import misfit
from halosink.eddy.sums.misfit import Misfit, Sum
from halosink.eddy.sums.random_error import FEWEST_SIMILAR, by_size, line

Array = NDArray[np.float64]
Drivers = Sequence[tuple[Driver, Array]]

REPLICATES, FEWEST_REPLICATES = 16, 4
"""Times that gaps are made in a year of record, and in a long one. Own choice: about as many sums of a month as its
length allows to be different."""


def spread(estimate: Array, sd: Array, count: NDArray[np.int32]) -> Array:
    """Standard deviation (n,) of single records in conditions of each step: lines of that of alike records on their
    mean (richardson2006), steadier than that of few records. NaN where there is no estimate."""
    lines = line(estimate, np.where(count >= FEWEST_SIMILAR, sd, np.nan))
    if not np.isfinite(lines[0]):
        return np.where(np.isfinite(estimate), sd, np.nan)
    return by_size(estimate, lines)


def learn(
    flux: Array, drivers: Drivers, steps: Steps, scale: Array, alike: NDArray[np.int64], convention: Convention,
    seed: int,
) -> Misfit:  # fmt: skip
    """Fits the processes of misfit.Misfit to gaps made in the series and filled again.

    flux: (n,) measured and kept, NaN elsewhere. scale: (n,) from `spread`; alike: (n,) from weights.classes.
    """
    known = np.isfinite(flux)
    rng = np.random.default_rng([seed, 41])
    years = max(len(flux) / (365 * steps.per_day), 1.0)
    sums: list[Sum] = []
    leans: list[tuple[Array, Array]] = []
    held_steps = 0
    for _ in range(max(FEWEST_REPLICATES, ceil(REPLICATES / years))):
        gaps = misfit.made_gaps(known, steps, rng)
        held = np.zeros(len(flux), dtype=bool)
        for first, last, _days in gaps:
            held[first:last] = True
        held &= known
        if held.any():
            again = sampling.sample(
                np.where(held, np.nan, flux), drivers, steps.per_day, convention=convention, rows=held
            )
            errors = np.where(held, again.mean - flux, np.nan)
            sums += misfit.gather(errors, held, known, scale, alike, steps, gaps)
            good = np.isfinite(errors) & np.isfinite(scale)
            night = (alike[good] == 0).astype(int)
            sizes = [np.asarray(np.bincount(night, x[good], 2), dtype=float) for x in (errors, scale)]
            leans.append((sizes[0], sizes[1]))
            held_steps += int(held.sum())
    found = misfit.fit(sums, len(flux), steps)
    different = known.sum() * len(leans) / max(held_steps, 1)
    return replace(found, bias=(_lean(leans, 0, different), _lean(leans, 1, different)))


def _lean(leans: list[tuple[Array, Array]], kind: int, different: float) -> float:
    """Mean error in units of s by day (0) or night (1), less what chance gives: its square minus the variance of the
    replicates over the number of different ones that the record can hold."""
    errors, scales = (np.array([lean[part][kind] for lean in leans]) for part in (0, 1))
    if len(leans) < 2 or not scales.all():
        return 0.0
    mean = errors.sum() / scales.sum()
    chance = np.var(errors / scales, ddof=1) / min(different, len(leans))
    return float(np.sign(mean) * np.sqrt(max(mean**2 - chance, 0.0)))
