"""Means over stretches of a series, so that long and short series cost the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch


def block_of(batch: Batch, number: int) -> NDArray[np.intp]:
    """(m, n) which of `number` stretches of equally many readings that count each reading falls into."""
    rank = np.cumsum(batch.valid, axis=1) - 1
    count = np.maximum(batch.valid.sum(axis=1, keepdims=True), 1)
    found: NDArray[np.intp] = np.clip(rank * number // count, 0, number - 1)
    return found


def means(batch: Batch, number: int) -> tuple[Array, Array]:
    """(m, number) mean time and value of each stretch; every series has at least `number` readings that count."""
    m = len(batch.time)
    place = (block_of(batch, number) + number * np.arange(m)[:, None])[batch.valid]
    count = np.bincount(place, minlength=m * number)
    sums = [np.bincount(place, x[batch.valid], m * number) / np.maximum(count, 1) for x in (batch.time, batch.value)]
    return sums[0].reshape(m, number), sums[1].reshape(m, number)


def scatter(batch: Batch) -> Array:
    """(m,) half the mean square of the steps from one reading that counts to the next: variance of white noise."""
    both = batch.valid[:, 1:] & batch.valid[:, :-1]
    steps = np.where(both, batch.value[:, 1:] - batch.value[:, :-1], 0.0)
    n = np.maximum(both.sum(axis=1), 1)
    mean = steps.sum(axis=1) / n
    found: Array = np.where(both, (steps - mean[:, None]) ** 2, 0.0).sum(axis=1) / (2 * n)
    return found
