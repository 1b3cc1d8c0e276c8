"""Regression over series whose values carry errors of known size and a scatter of their own.

y_i = a_group(i) + b x_i + u_i + e_i, e_i ~ N(0, v_i) known, u_i ~ N(0, s2). s2 is what makes the weighted squares as
large as their freedom (paule1982); the errors of b are scaled and taken from Student's t as knapp2003 do, and never
below those that the known errors alone give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from halosink.soil.incubation.series import Array


@dataclass(frozen=True, slots=True)
class Slope:
    """b, its standard error, degrees of freedom (inf where all is known), s = sqrt(s2), log-likelihood."""

    value: float
    error: float
    df: float
    scatter: float
    log_likelihood: float

    def draw(self, draws: int, rng: np.random.Generator) -> Array:
        """(draws,) values of b."""
        noise = rng.standard_normal(draws) if np.isinf(self.df) else rng.standard_t(self.df, draws)
        return self.value + self.error * noise


def regress(x: ArrayLike, y: ArrayLike, error: ArrayLike, group: ArrayLike | None = None) -> Slope:
    """Slope of y on x within groups; error: standard errors of y. ValueError without a group that holds two x."""
    at, value, variance = np.asarray(x, float), np.asarray(y, float), np.asarray(error, float) ** 2
    labels = np.zeros(len(at), dtype=int) if group is None else np.unique(np.asarray(group), return_inverse=True)[1]
    usable = np.isfinite(at) & np.isfinite(value) & np.isfinite(variance) & (variance > 0)
    at, value, variance, labels = at[usable], value[usable], variance[usable], labels[usable]
    dummies = (labels[:, None] == np.unique(labels)).astype(float)
    design = np.column_stack([dummies, at])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("no group holds two different values of x")
    rest = len(at) - design.shape[1]
    between = _between(design, value, variance, rest)
    beta, covariance, squares = _weighted(design, value, variance + between)
    scale = max(1.0, squares / rest) if rest > 0 else 1.0
    total = variance + between
    likelihood = -0.5 * float(np.sum(np.log(2 * np.pi * total)) + squares)
    df = float(rest) if rest > 0 else float("inf")
    return Slope(float(beta[-1]), float(np.sqrt(scale * covariance[-1, -1])), df, float(np.sqrt(between)), likelihood)


def _between(design: Array, y: Array, variance: Array, rest: int) -> float:
    if rest < 1 or _weighted(design, y, variance)[2] <= rest:
        return 0.0
    high = float(np.var(y)) + float(variance.max())
    while _weighted(design, y, variance + high)[2] > rest:
        high *= 4
    return float(optimize.brentq(lambda s: _weighted(design, y, variance + s)[2] - rest, 0.0, high))


def _weighted(design: Array, y: Array, variance: Array) -> tuple[Array, Array, float]:
    weight = 1 / variance
    covariance: Array = np.linalg.inv((design.T * weight) @ design).astype(float)
    beta = covariance @ (design.T @ (weight * y))
    return beta, covariance, float(np.sum(weight * (y - design @ beta) ** 2))
