"""Partial pooling: estimates of one parameter from many series, each drawn towards their common mean.

y_i ~ N(t_i, v_i), t_i ~ N(m, s2). Flat priors on m and s; s is drawn from its posterior on a grid, then m and t
follow exactly (gelman2013, section 5.4). Made for logarithms of rates and pools.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.incubation.series import Array

# own choice: fine and wide enough that the mean of s is right to 1 %
GRID, WIDEST = 400, 4.0


class Pooled(NamedTuple):
    """Draws: values (draws, n), NaN for series without an estimate; mean (draws,), scatter (draws,).

    shrinkage (n,): share of the way to the common mean, on average.
    """

    values: Array
    mean: Array
    scatter: Array
    shrinkage: Array


def partial_pool(
    value: ArrayLike, error: ArrayLike, draws: int = 200, rng: np.random.Generator | None = None
) -> Pooled:
    """value, error (n,): estimates and standard errors; NaN or an error that is not above 0 leaves a series out.

    ValueError with fewer than three estimates: s has no posterior then.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    y, e = np.asarray(value, dtype=float), np.asarray(error, dtype=float)
    known = np.isfinite(y) & np.isfinite(e) & (e > 0)
    if known.sum() < 3:
        raise ValueError("partial pooling needs three series or more")
    out = np.full((draws, len(y)), np.nan)
    shrinkage = np.full(len(y), np.nan)
    y, variance = y[known], e[known] ** 2
    top = WIDEST * (np.ptp(y) + float(np.sqrt(variance.min())))
    grid = (np.arange(GRID) + 0.5) / GRID
    scatters = top * grid**2
    weight = 1 / (variance + scatters[:, None] ** 2)
    precision = weight.sum(axis=1)
    means = (weight @ y) / precision
    rest = (weight * (y - means[:, None]) ** 2).sum(axis=1)
    log_density = 0.5 * (np.log(weight).sum(axis=1) - np.log(precision) - rest) + np.log(2 * top * grid)
    density = np.exp(log_density - log_density.max())
    picked = np.searchsorted(np.cumsum(density / density.sum()), rng.random(draws)).clip(max=GRID - 1)
    s2 = scatters[picked, None] ** 2
    mean = means[picked] + rng.standard_normal(draws) / np.sqrt(precision[picked])
    own = 1 / variance + 1 / s2
    centre = (y / variance + mean[:, None] / s2) / own
    out[:, known] = centre + rng.standard_normal(centre.shape) / np.sqrt(own)
    shrinkage[known] = (variance / (variance + s2)).mean(axis=0)
    return Pooled(out, mean, scatters[picked], shrinkage)
