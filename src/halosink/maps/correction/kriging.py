"""Kriging with a drift (regression kriging) at any number of cells from the plots near each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from halosink.maps.correction.conditionals import JITTER, cholesky
from halosink.maps.correction.covariance import MODELS, correlation
from halosink.maps.correction.likelihood import Fit, Sites

Array = NDArray[np.float64]

NEAREST = 50
"""Plots in the neighbourhood of a cell. Own choice: farther ones are screened off by these; the drift rests on all."""
SQUARE = 0.5
"""Side of the squares whose cells share one neighbourhood, in mean spacings of plots. Own choice: the neighbourhood
reaches about four spacings; the cost of its factor is spread over the cells of a square. Squares are laid from the
origin of the coordinates, so a map does not depend on how it is cut in tiles."""
PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Kriging:
    """Plots with their mean residuals from the drift, and the fit. All is in metres and the quantity's unit."""

    data: Sites
    fit: Fit
    residual: Array
    tree: cKDTree
    side: float

    @property
    def noise(self) -> Array:
        """(P,) variance of a plot's mean beside the field."""
        c = self.fit.covariance
        return c.plot + c.nugget / self.data.rows


def fitted_kriging(data: Sites, fit: Fit, square: float = SQUARE) -> Kriging:
    """The fit ready to predict; `square` 0 gives each cell a neighbourhood of its own."""
    residual = data.mean[:, 0] - data.mean[:, 1:] @ fit.coefficients
    left, bottom = data.points.min(axis=0)
    right, top = data.points.max(axis=0)
    area = max((right - left) * (top - bottom), (max(right - left, top - bottom) * 1e-3) ** 2)
    return Kriging(data, fit, residual, cKDTree(data.points), square * float(np.sqrt(area / len(residual))))


def refitted(model: Kriging, fit: Fit) -> Kriging:
    """The same plots with another fit."""
    return replace(model, fit=fit, residual=model.data.mean[:, 0] - model.data.mean[:, 1:] @ fit.coefficients)


def krige(model: Kriging, points: Array, drift: Array, nearest: int = NEAREST) -> tuple[Array, Array]:
    """Mean and variance of drift + field at points (m, 2) [m] with drift (m, p); NaN where a drift is NaN.

    mean = x'b + c'C^-1 (y - Xb); variance = sill - c'C^-1 c + d' cov(b) d with d = x - X'C^-1 c. With all plots as
    neighbours this is universal kriging (kriging with external drift); with fewer, b is that of all plots and the
    residuals are kriged from the near ones. Plot and nugget parts of a new place are not in the variance: add
    covariance.plot + covariance.nugget for a new row.
    """
    count = min(nearest, len(model.residual))
    mean, variance = np.full(len(points), np.nan), np.full(len(points), np.nan)
    c = model.fit.covariance
    root = _root(model.fit.spread)
    usable = np.flatnonzero(np.isfinite(drift).all(axis=1) & np.isfinite(points).all(axis=1))
    for begin in range(0, len(usable), PIECE):
        rows = usable[begin : begin + PIECE]
        at = points[rows]
        if model.side > 0:
            square = np.floor(at / model.side).astype(np.int64)
            key = square[:, 0] * 2_147_483_647 + square[:, 1]
            order = np.argsort(key, kind="stable")
            starts = np.flatnonzero(np.diff(key[order], prepend=key[order[0]] - 1))
            centres = (square[order[starts]] + 0.5) * model.side
        else:
            order, starts, centres = np.arange(len(rows)), np.arange(len(rows)), at
        near = model.tree.query(centres, k=np.arange(1, count + 1))[1].astype(np.int32)
        got_mean, got_variance = _krige(
            at[order], drift[rows[order]], np.append(starts, len(rows)), near, model.data.points,
            model.data.mean[:, 1:], model.residual, model.noise, model.fit.coefficients, root, MODELS.index(c.model),
            c.sill, c.scale,
        )  # fmt: skip
        mean[rows[order]], variance[rows[order]] = got_mean, got_variance
    return mean, variance


def _root(spread: Array) -> Array:
    values, vectors = np.linalg.eigh(spread)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


@njit(cache=True, nogil=True)
def _krige(at: Any, drift: Any, starts: Any, near: Any, plots: Any, x: Any, residual: Any, noise: Any, beta: Any,
           root: Any, model: int, sill: float, scale: float) -> Any:  # fmt: skip
    m, p = drift.shape
    k = near.shape[1]
    mean, variance = np.empty(m), np.empty(m)
    c, v, u, d = np.empty((k, k)), np.empty(k), np.empty(k), np.empty(p)
    xs = np.empty((k, p))
    for s in range(len(starts) - 1):
        for a in range(k):
            i = near[s, a]
            for b in range(a):
                j = near[s, b]
                c[a, b] = sill * correlation(
                    model, np.hypot(plots[i, 0] - plots[j, 0], plots[i, 1] - plots[j, 1]) / scale
                )
            c[a, a] = sill * (1.0 + JITTER) + noise[i]
            u[a] = residual[i]
            for e in range(p):
                xs[a, e] = x[i, e]
        cholesky(c, k)
        for a in range(k):
            for b in range(a):
                f = c[a, b]
                u[a] -= f * u[b]
                for e in range(p):
                    xs[a, e] -= f * xs[b, e]
            u[a] /= c[a, a]
            for e in range(p):
                xs[a, e] /= c[a, a]
        for q in range(starts[s], starts[s + 1]):
            total, left = 0.0, sill
            for e in range(p):
                d[e] = drift[q, e]
                total += d[e] * beta[e]
            for a in range(k):
                i = near[s, a]
                f = sill * correlation(model, np.hypot(plots[i, 0] - at[q, 0], plots[i, 1] - at[q, 1]) / scale)
                for b in range(a):
                    f -= c[a, b] * v[b]
                f /= c[a, a]
                v[a] = f
                total += f * u[a]
                left -= f * f
                for e in range(p):
                    d[e] -= f * xs[a, e]
            left = max(left, 0.0)
            for e in range(p):
                f = 0.0
                for b in range(p):
                    f += root[b, e] * d[b]
                left += f * f
            mean[q], variance[q] = total, left
    return mean, variance
