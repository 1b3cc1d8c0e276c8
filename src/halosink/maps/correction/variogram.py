"""The experimental variogram and a model fitted to it by weighted least squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.spatial import cKDTree

from halosink.maps.correction.covariance import Covariance

Array = NDArray[np.float64]

CUTOFF = 1 / 3
"""Largest distance of pairs as a share of the diagonal. Own choice: farther pairs join few corners only."""


class Variogram(NamedTuple):
    """Per class of distance, classes without pairs left out: mean distance [m], semivariance, pairs."""

    distance: Array
    semivariance: Array
    pairs: NDArray[np.int64]


def experimental_variogram(
    points: Array, values: Array, *, classes: int = 15, cutoff: float | None = None, robust: bool = False
) -> Variogram:
    """Half the mean squared difference of pairs by distance (method of moments), or the robust estimator.

    points (n, 2) [m], values (n,), cutoff [m]. Robust: half the fourth power of the mean root of the absolute
    difference, divided by 0.457 + 0.494 / pairs (cressie1980). Pairs at distance 0 are left out (rows of one plot).
    """
    if cutoff is None:
        cutoff = float(np.hypot(*np.ptp(points, axis=0))) * CUTOFF
    pairs = cKDTree(points).query_pairs(cutoff, output_type="ndarray")
    step = points[pairs[:, 0]] - points[pairs[:, 1]]
    distance = np.hypot(step[:, 0], step[:, 1])
    pairs, distance = pairs[distance > 0], distance[distance > 0]
    apart = np.abs(values[pairs[:, 0]] - values[pairs[:, 1]])
    edges = np.linspace(0, cutoff, classes + 1)
    code = np.clip(np.searchsorted(edges, distance, side="left") - 1, 0, classes - 1)
    count = np.bincount(code, minlength=classes)
    kept = count > 0
    n = count[kept].astype(float)

    def mean(a: Array) -> Array:
        return np.asarray(np.bincount(code, a, classes)[kept] / n)

    half = mean(np.sqrt(apart)) ** 4 / (0.457 + 0.494 / n) / 2 if robust else mean(apart**2) / 2
    return Variogram(mean(distance), half, count[kept].astype(np.int64))


def fit_variogram(found: Variogram, model: str = "exponential") -> Covariance:
    """Sill, scale and nugget by least squares with weights pairs / model2 (cressie1985), all at least 0."""
    h, g, n = found.distance, found.semivariance, found.pairs
    top, far = float(g.max()), float(h.max())
    if top <= 0:
        raise ValueError("constant value")

    def made(u: Array) -> Covariance:
        return Covariance(model, float(np.exp(u[0])), float(np.exp(u[1])), float(np.exp(u[2])))

    def misfit(u: Array) -> Array:
        return np.asarray(np.sqrt(n) * (g / made(u).semivariance(h) - 1))

    low = [np.log(top * 1e-9), np.log(far * 1e-3), np.log(top * 1e-9)]
    high = [np.log(top * 1e3), np.log(far * 1e2), np.log(top * 10)]
    tries = [
        least_squares(misfit, [np.log(top * s), np.log(far * r), np.log(top * (1 - s))], bounds=(low, high))
        for r in (0.1, 0.3, 0.8)
        for s in (0.5, 0.95)
    ]
    return made(min(tries, key=lambda t: float(t.cost)).x)
