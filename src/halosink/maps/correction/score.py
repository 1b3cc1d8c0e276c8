"""How good held-out predictions are, with intervals from drawing whole plots or squares again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SCORES = ("rmse", "mae", "r2", "bias", "ccc", "coverage", "width")
DRAWS = 1000
"""Own choice: limits at 2.5 and 97.5 percent then rest on 25 draws each."""


def scores(
    observed: Array,
    predicted: Array,
    low: Array,
    high: Array,
    groups: NDArray[Any],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, tuple[float, float, float]]:
    """name -> (value, low, high): 95 % intervals by drawing groups with replacement.

    rmse, mae, bias (predicted - observed), width (mean of high - low) in the unit of observed; r2 = 1 - SSE / SST
    about the mean of observed (0 is as good as that mean, negative is worse); ccc: concordance (lin1989); coverage:
    share of observed within low..high. All (n,); rows with a NaN are left out. Raises ValueError where none is left.
    """
    good = np.isfinite(observed) & np.isfinite(predicted)
    if not good.any():
        raise ValueError("no row")
    o, p, a, b = observed[good], predicted[good], low[good], high[good]
    centre = float(o.mean())
    o, p, a, b = o - centre, p - centre, a - centre, b - centre
    error = p - o
    columns = (np.ones_like(o), error**2, np.abs(error), error, o, p, o**2, p**2, o * p,
               ((o >= a) & (o <= b)).astype(float), b - a)  # fmt: skip
    code = np.unique(groups[good], return_inverse=True)[1]
    sums = np.stack([np.bincount(code, c) for c in columns], axis=1)
    n = len(sums)
    weights = np.random.default_rng([seed, 3]).multinomial(n, np.full(n, 1 / n), size=draws)
    value, drawn = _from_sums(sums.sum(axis=0, keepdims=True))[:, 0], _from_sums(weights.astype(float) @ sums)
    ends = np.quantile(drawn, [0.025, 0.975], axis=1)
    return {s: (float(v), float(x), float(y)) for s, v, x, y in zip(SCORES, value, ends[0], ends[1], strict=True)}


def _from_sums(sums: Array) -> Array:
    n, sse, sae, se, so, sp, soo, spp, sop, inside, width = sums.T
    sst = np.maximum(soo - so**2 / n, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(sst > 0, 1 - sse / sst, np.nan)
        apart = sst + spp - sp**2 / n + n * ((so - sp) / n) ** 2
        ccc = np.where(apart > 0, 2 * (sop - so * sp / n) / apart, np.nan)
    return np.stack([np.sqrt(sse / n), sae / n, r2, se / n, ccc, inside / n, width / n])
