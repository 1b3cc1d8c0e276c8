"""What the readings of a series scatter by, found on a curve freer than any of the models.

The freest curve that first-order decay allows is a sum of many pools: non-negative least squares over a ladder of
rates. Against it the errors are taken to be the same for all readings, to grow with the root of the flux or with the
flux. The likeliest stands for all models of the series, so that their criteria can be compared.

Running totals become the fluxes between them (own choice): a total is the sum of what was caught in each interval and
carries all errors before it. Where every total has an error of its own instead, intervals come out too wide; the
other way round they would be far too narrow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize

from halosink.soil.incubation import shapes
from halosink.soil.incubation.fitting import FASTEST, RATES_IN_GRID, SLOWEST, Task
from halosink.soil.incubation.noise import Noise, log_likelihood
from halosink.soil.incubation.series import Array, Release

POWERS = (0.0, 0.5, 1.0)
# own choice: no reading is taken as more than a hundred times as exact as the largest
LEAST_SCALE = 0.01
# own choice: with fewer readings the free curve passes through them all and shows no scatter
ENOUGH = 8


class Scatter(NamedTuple):
    """A task, the power of the flux that its errors follow, and the free curve's log-likelihood."""

    task: Task
    power: float
    log_likelihood: float


def prepare(release: Release) -> list[Scatter]:
    """The ways in which a series may scatter, the likeliest first.

    With few readings only one: errors of the fluxes that grow with their root (own choice: between the extremes).
    """
    flux = release.increments()
    free = _smooth(flux, np.ones(flux.n))
    free = _smooth(flux, _task(flux, free, 0.5).noise.scale)
    if flux.n < ENOUGH:
        return [Scatter(_task(flux, free, 0.5), 0.5, 0.0)]
    found = []
    for power in POWERS:
        task = _task(flux, free, power)
        rest = flux.value - _smooth(flux, task.noise.scale)
        squares = max(float(np.sum(task.noise.whiten(rest) ** 2)), task.floor)
        found.append(Scatter(task, power, log_likelihood(squares, flux.n, task.noise)))
    return sorted(found, key=lambda s: -s.log_likelihood)


def _task(release: Release, free: Array, power: float) -> Task:
    scale = np.maximum(free, LEAST_SCALE * np.max(free, initial=1e-300)) ** power
    return Task(release, Noise(scale, np.diff(release.middle)))


def _smooth(release: Release, scale: Array) -> Array:
    """The best sum of many pools and a steady flux, at the readings."""
    first = np.min(release.end[release.end > 0], initial=release.length)
    ladder = np.geomspace(SLOWEST / release.length, FASTEST / first, RATES_IN_GRID)
    columns = shapes.pool(ladder, release.start[:, None], release.end[:, None])
    columns = np.concatenate([columns, np.ones((release.n, 1))], axis=1)
    weights, _ = optimize.nnls(columns / scale[:, None], release.value / scale)
    return np.asarray(columns @ weights)
