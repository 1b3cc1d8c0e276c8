"""Where a correction may be believed: how unlike the plots a cell is in its covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

Array = NDArray[np.float64]

WHISKER = 1.5
"""Quartile ranges above the upper quartile at which a plot counts as an outlier of dissimilarity. Source: meyer2021."""
PAIRED = 1500
"""Plots of which all pairs are taken for the mean distance. Own choice: 1e6 pairs give it to 0.1 percent."""


@dataclass(frozen=True, slots=True)
class Applicability:
    """Dissimilarity index: distance to the nearest plot in standardised covariates weighted by importance, divided by
    the mean distance between plots; applicable at most `threshold` (meyer2021)."""

    middle: Array
    weight: Array
    tree: cKDTree | None
    mean_distance: float
    threshold: float

    @staticmethod
    def of(covariates: Array, importance: Array, folds: NDArray[Any], seed: int = 0) -> Applicability:
        """covariates (n, p) and folds (n,) of the plots; importance (p,) at least 0.

        The threshold is the largest index of a plot to those of other folds that is no outlier. Without covariates
        all is applicable.
        """
        if covariates.shape[1] == 0:
            return Applicability(np.empty(0), np.empty(0), None, 1.0, 0.0)
        sd = covariates.std(axis=0)
        weight = np.where(sd > 0, importance / np.where(sd > 0, sd, 1), 0.0)
        middle = covariates.mean(axis=0)
        scaled = (covariates - middle) * weight
        some = np.random.default_rng([seed, 4]).permutation(len(scaled))[:PAIRED]
        mean = float(pdist(scaled[some]).mean()) if len(some) > 1 else 0.0
        mean = mean if mean > 0 else 1.0
        index = np.empty(len(scaled))
        for fold in np.unique(folds):
            out = folds == fold
            if out.all():
                raise ValueError("one fold")
            index[out] = cKDTree(scaled[~out]).query(scaled[out])[0] / mean
        lower, upper = np.quantile(index, [0.25, 0.75])
        threshold = float(index[index <= upper + WHISKER * (upper - lower)].max())
        return Applicability(middle, weight, cKDTree(np.unique(scaled, axis=0)), mean, threshold)

    def dissimilarity(self, covariates: Array) -> Array:
        """(m,) index at covariates (m, p), NaN where one is NaN."""
        if self.tree is None:
            return np.zeros(len(covariates))
        out = np.full(len(covariates), np.nan)
        usable = np.isfinite(covariates).all(axis=1)
        if usable.any():
            scaled = (covariates[usable] - self.middle) * self.weight
            out[usable] = self.tree.query(scaled)[0] / self.mean_distance
        return out
