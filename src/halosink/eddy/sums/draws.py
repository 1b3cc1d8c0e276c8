"""Sums as draws: each takes a threshold of the bootstrap, a random error and an error of filling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DAYS_PER_FREEDOM, FEWEST_FREEDOM = 60.0, 4.0
"""Student's t for the error of filling, one degree of freedom per two months of record: that many gaps of a month
can be made that share neither truth nor donors. Own choice."""


@dataclass(frozen=True, slots=True)
class Parts:
    """draws: (number, years). threshold, random, filling: (years,) standard deviation that each alone gives."""

    draws: Array
    threshold: Array
    random: Array
    filling: Array


def probabilities(scenarios: int) -> Array:
    """(scenarios,) equally spaced probabilities, each the middle of its share: 0.5 for one."""
    return (np.arange(scenarios) + 0.5) / scenarios


def quantiles(draws: Array, single: Array, scenarios: int) -> Array:
    """(scenarios, years) thresholds at equally spaced quantiles of those of the bootstraps.

    draws: (years, bootstraps), NaN where a resample has none; single: (years,) of the table itself, which stands where
    fewer than two resamples have one.
    """
    out = np.repeat(single[None, :], scenarios, axis=0).astype(float)
    for year, own in enumerate(draws):
        finite = own[np.isfinite(own)]
        if len(finite) > 1:
            out[:, year] = np.quantile(finite, probabilities(scenarios))
    return out


def between(p: Array, values: Array, at: Array) -> Array:
    """(scenarios, years) values at probabilities `at` by straight lines between those at p; constant beyond."""
    return np.stack([np.interp(at, p, values[:, year]) for year in range(values.shape[1])], axis=1)


def combine(
    scenarios: Array, random: Array, filling: Array, number: int, freedom: float, order: np.random.Generator,
    rng: np.random.Generator,
    beyond: Array | None = None,
) -> Parts:  # fmt: skip
    """Draws of sums.

    scenarios: (scenarios, years) sum under each threshold. random, filling: (years,) standard deviations, or
    (scenarios, years). Draws go round the scenarios in turn, so that each counts alike, in an order drawn from `order`:
    the same for all fields of a tower, so that a draw has one threshold. Random errors are normal (sums
    of thousands), those of filling Student's t with freedom degrees. beyond: (years,) standard deviation of what the
    threshold leaves in, counted with the threshold.
    """
    count, years = scenarios.shape
    which = order.permutation(np.arange(number) % count)
    noise = np.broadcast_to(random, scenarios.shape)
    error = np.broadcast_to(filling, scenarios.shape)
    a = noise[which] * rng.standard_normal((number, years))
    b = error[which] * rng.standard_t(max(freedom, FEWEST_FREEDOM), (number, years))
    spread = np.std(scenarios, axis=0) if count > 1 else np.zeros(years)
    if beyond is not None:
        a = a + beyond * rng.standard_normal((number, years))
        spread = np.hypot(spread, beyond)
    return Parts(scenarios[which] + a + b, spread, np.sqrt((noise**2).mean(axis=0)), np.sqrt((error**2).mean(axis=0)))
