"""Whole maps drawn from what the plots leave open: each agrees with the plots and varies together in space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.maps.correction.conditionals import simulate
from halosink.maps.correction.covariance import Covariance
from halosink.maps.correction.kriging import Kriging
from halosink.maps.correction.neighbours import earlier

Array = NDArray[np.float64]

NEAREST = 40
"""Plots and cells drawn before that a cell is drawn from. Own choice: as of likelihood.NEAREST, some more because the
variance of a mean needs the long distances."""


def conditional_draws(model: Kriging, points: Array, drift: Array, number: int, seed: int) -> Array:
    """(m, number) draws of drift + field at points (m, 2) [m] with drift (m, p), given the plots.

    Coefficients are drawn from their distribution, the field then cell after cell in random order (sequential
    simulation, guinness2018). The same seed gives the same draws for the same cells; cells of another call are
    not drawn together with them.
    """
    rng = np.random.default_rng([seed, 5])
    values, vectors = np.linalg.eigh(model.fit.spread)
    root = vectors * np.sqrt(np.maximum(values, 0))
    beta = model.fit.coefficients[:, None] + root @ rng.normal(size=(len(values), number))
    known = model.data.mean[:, :1] - model.data.mean[:, 1:] @ beta
    field = _field(points, model.data.points, model.noise, known, model.fit.covariance, number, rng)
    return np.asarray(drift @ beta + field)


def free_draws(points: Array, covariance: Covariance, number: int, seed: int) -> Array:
    """(m, number) draws of the field alone, no plot known."""
    rng = np.random.default_rng([seed, 6])
    return _field(points, np.empty((0, 2)), np.empty(0), np.empty((0, number)), covariance, number, rng)


def _field(points: Array, plots: Array, noise: Array, known: Array, covariance: Covariance, number: int,
           rng: np.random.Generator) -> Array:  # fmt: skip
    order = rng.permutation(len(points))
    everything = np.concatenate([plots, points[order]])
    near = earlier(everything, min(NEAREST, max(len(everything) - 1, 1)), max(len(plots), 1))
    own = np.concatenate([noise, np.zeros(len(points))])
    drawn = simulate(everything, own, known, rng.normal(size=(len(points), number)), near, covariance)
    out = np.empty_like(drawn)
    out[order] = drawn
    return out
