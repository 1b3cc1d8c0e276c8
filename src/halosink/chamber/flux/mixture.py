"""Quantiles of mixtures of Student t."""

from __future__ import annotations

import numpy as np
from scipy import special

from halosink.chamber.batch import Array

# own choice: points of the mixture; low and high are then good to some hundredths of a standard error
POINTS = 1597
GOLDEN = 0.6180339887498949


def quantiles(weight: Array, mean: Array, scale: Array, freedom: Array, levels: tuple[float, ...], seed: int) -> Array:
    """(m, levels) quantiles of mixtures of Student t; weight, mean, scale: (m, c), freedom: (m,).

    Cells are met in proportion to their weight, each by a quantile of t out of POINTS evenly spread ones; which by
    which is a golden lattice (niederreiter1992) turned by the seed, the same for all series.
    """
    even = (np.arange(POINTS) + 0.5) / POINTS
    turned = (np.arange(POINTS) * GOLDEN + np.random.default_rng(seed).random()) % 1.0
    mixed = np.argsort(np.argsort(turned))
    total = np.cumsum(weight, axis=1)
    total /= total[:, -1:]
    m, c = weight.shape
    flat = (total + np.arange(m)[:, None]).ravel()
    cell = np.searchsorted(flat, (even + np.arange(m)[:, None]).ravel()).reshape(m, POINTS) - c * np.arange(m)[:, None]
    cell = np.clip(cell, 0, c - 1)
    distinct, which = np.unique(np.round(freedom, 1), return_inverse=True)
    t = special.stdtrit(np.maximum(distinct, 1.0)[:, None], even)[which][:, mixed]
    points = np.take_along_axis(mean, cell, axis=1) + np.take_along_axis(scale, cell, axis=1) * t
    found: Array = np.quantile(points, levels, axis=1, method="hazen").T
    return found
