"""A correction fitted by one method, and what it says at places it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from halosink.maps.correction.covariance import Covariance
from halosink.maps.correction.forest import TREES, Forest, forest_mean, grow
from halosink.maps.correction.kriging import Kriging, fitted_kriging, krige
from halosink.maps.correction.likelihood import fit_likelihood, sites

Array = NDArray[np.float64]
Method = Literal["kriging", "forest"]

SHRUNK = 4
"""Covariates from which on the coefficients of the drift are shrunk. Own choice: with fewer, classical kriging with
external drift loses little; with more, chance correlations bend the drift away from the plots."""
TREES_HELD_OUT = 100
"""Trees of a forest in cross-validation. Own choice: a third of the time; fewer trees err, if at all, more."""


@dataclass(frozen=True, slots=True)
class Rows:
    """points (n, 2) [m]; values (n,) on the scale of the fit; covariates (n, p); plots (n,) names or numbers."""

    points: Array
    values: Array
    covariates: Array
    plots: NDArray[Any]

    def of(self, which: NDArray[Any]) -> Rows:
        return Rows(self.points[which], self.values[which], self.covariates[which], self.plots[which])


@dataclass(frozen=True, slots=True)
class Fitted:
    """value = offset + factor (drift coefficients + field + plot + row).

    Kriging: offset 0, factor 1, drift constant and standardised covariates. Forest: offset its mean, factor its local
    spread, drift a constant; the field is that of out-of-bag residuals divided by their local spread.
    """

    method: Method
    middle: Array
    sd: Array
    forest: Forest | None
    kriging: Kriging

    def parts(self, covariates: Array) -> tuple[Array, Array, Array]:
        """offset (m,), factor (m,), drift (m, q) at covariates (m, p)."""
        one = np.ones((len(covariates), 1))
        if self.forest is not None:
            offset, factor = forest_mean(self.forest, covariates)
            return offset, factor, one
        return np.zeros(len(covariates)), one[:, 0], np.hstack([one, (covariates - self.middle) / self.sd])

    def predict(self, points: Array, covariates: Array) -> tuple[Array, Array, Array]:
        """mean, variance of what is kriged, and variance of plot and row, each (m,)."""
        offset, factor, drift = self.parts(covariates)
        mean, variance = krige(self.kriging, points, drift)
        c = self.kriging.fit.covariance
        return offset + factor * mean, factor**2 * variance, factor**2 * (c.plot + c.nugget)

    @property
    def importance(self) -> Array:
        """(p,) weight of each covariate: of the forest, or the absolute coefficients on standardised covariates."""
        if self.forest is not None:
            return self.forest.importance
        found = np.abs(self.kriging.fit.coefficients[1:])
        return found / found.sum() if found.sum() > 0 else np.ones_like(found)


def fit_method(
    method: Method, rows: Rows, *, seed: int = 0, model: str = "exponential", start: Covariance | None = None,
    trees: int = TREES, intervals: bool = False,
) -> Fitted:  # fmt: skip
    """Fits trend and covariance of residuals to rows. Raises ValueError as likelihood.fit_likelihood."""
    middle, sd = rows.covariates.mean(axis=0), rows.covariates.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    one = np.ones((len(rows.values), 1))
    forest = None
    if method == "forest":
        forest = grow(rows.covariates, rows.values, rows.plots, seed, trees)
        columns = np.column_stack([(rows.values - forest.out_of_bag) / forest.spread, one])
    else:
        columns = np.column_stack([rows.values, one, (rows.covariates - middle) / sd])
    data = sites(rows.points, columns, rows.plots, seed)
    shrink = method == "kriging" and rows.covariates.shape[1] >= SHRUNK
    fit = fit_likelihood(data, model, start=start, shrink=shrink, intervals=intervals)
    return Fitted(method, middle, sd, forest, fitted_kriging(data, fit))


def held_out(
    method: Method, rows: Rows, folds: NDArray[Any], *, seed: int = 0, model: str = "exponential",
    start: Covariance | None = None, trees: int = TREES_HELD_OUT,
) -> tuple[Array, Array]:  # fmt: skip
    """mean and standard deviation (n,) said of each row by a fit without its fold; all is fitted anew in each."""
    mean, sd = np.empty(len(rows.values)), np.empty(len(rows.values))
    for fold in np.unique(folds):
        out = folds == fold
        fitted = fit_method(method, rows.of(~out), seed=seed, model=model, start=start, trees=trees)
        held = rows.of(out)
        mean[out], kriged, own = fitted.predict(held.points, held.covariates)
        sd[out] = np.sqrt(kriged + own)
    return mean, sd
