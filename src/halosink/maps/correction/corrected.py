"""The correction of a map: its values with their errors, its draws and its mean over a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import CheckRow
from halosink.maps.correction.applicability import Applicability
from halosink.maps.correction.conditional_draws import conditional_draws, free_draws
from halosink.maps.correction.kriging import refitted
from halosink.maps.correction.likelihood import Z95, drawn_fits
from halosink.maps.correction.methods import Fitted
from halosink.maps.correction.transforms import Transform
from halosink.problems import Problem

Array = NDArray[np.float64]
Raster = NDArray[np.float32]

SHARED = 20
"""Draws that share one set of drawn parameters. Own choice: 25 sets in 500 draws tell their spread; each set costs the
weights of all cells anew."""
PIECE = 1 << 16
"""Cells predicted at once. Own choice: 40 covariates of them are 20 MB."""
THINNED = 1500
"""Cells drawn together for the mean of a region. Own choice: the field between them is known from its neighbours, and
the difference to the mean of all cells is made up from the predicted means."""


class Predicted(NamedTuple):
    """Of the shape asked for, float32, NaN where a covariate is missing; `applicable` False there too.

    mean, median, sd of the quantity at a place of a cell; low, high: 95 % for a new plot there without its error of
    measurement. dissimilarity: applicability.Applicability.
    """

    mean: Raster
    sd: Raster
    low: Raster
    high: Raster
    median: Raster
    dissimilarity: Raster
    applicable: NDArray[np.bool_]


class Mean(NamedTuple):
    """Mean of the quantity over the cells asked for with its 95 % interval; `applicable`: share of the cells."""

    mean: float
    low: float
    high: float
    sd: float
    cells: int
    applicable: float


@dataclass(frozen=True, slots=True)
class Plain:
    """What is returned where a correction does not help: the map as it is, or the mean of the plots.

    level: the mean (transformed), or 0 with the map; bias and rmse of it at plots held out, on that scale."""

    level: float
    bias: float
    rmse: float


@dataclass(frozen=True, slots=True)
class Correction:
    """method: "kriging", "forest", or, where plots held out by squares say that neither helps, "mean" or "uncorrected".

    skill: one row per method, split and scale; checks: CheckRow; widening: factor on the standard deviations, errors:
    transforms.smeared, both from plots held out by squares; measurement: standard deviation of measuring, on the
    transformed scale.
    """

    quantity: str
    method: str
    covariates: tuple[str, ...]
    uncorrected: str | None
    transform: Transform
    fitted: Fitted
    plain: Plain | None
    applicability: Applicability
    widening: float
    errors: Array
    measurement: float
    skill: pd.DataFrame
    checks: tuple[CheckRow, ...]
    problems: tuple[Problem, ...]
    block_side: float

    def predict(self, x: NDArray[Any], y: NDArray[Any], covariates: Mapping[str, NDArray[Any]]) -> Predicted:
        """At centres of cells x, y [m] (any equal shape) with the named covariates of the same shape."""
        shape = np.shape(x)
        names = self.covariates
        total = int(np.prod(shape))
        out = np.full((6, total), np.nan, dtype=np.float32)
        applicable = np.zeros(total, dtype=bool)
        flat = [np.ravel(covariates[n]) for n in names]
        xs, ys = np.ravel(x), np.ravel(y)
        for begin in range(0, total, PIECE):
            part = slice(begin, min(begin + PIECE, total))
            table = {n: f[part].astype(float) for n, f in zip(names, flat, strict=True)}
            points = np.stack([xs[part], ys[part]], axis=1).astype(float)
            middle, sd = self._on_scale(points, table)
            wide = sd * self.widening
            mean, spread = self.transform.mean(middle, sd, self.errors)
            unlike = self.applicability.dissimilarity(self._matrix(table, len(points)))
            ends = self.transform.back(middle - Z95 * wide), self.transform.back(middle + Z95 * wide)
            out[:, part] = mean, spread, *ends, self.transform.back(middle), unlike
            applicable[part] = unlike <= self.applicability.threshold
        shaped = out.reshape(6, *shape)
        return Predicted(*shaped, applicable.reshape(shape))  # type: ignore[call-arg]

    def draws(
        self, x: NDArray[Any], y: NDArray[Any], covariates: Mapping[str, NDArray[Any]], number: int, seed: int,
        *, noise: bool = True,
    ) -> Raster:  # fmt: skip
        """(number, *shape of x) whole maps, float32, NaN where a covariate is missing.

        Made for at most some 1e5 cells at once: a map of more is drawn on a coarser grid. `noise` adds what changes
        within a plot's distance (independent between cells); without it the maps are those of the smooth part.
        """
        shape = np.shape(x)
        table = {n: np.ravel(covariates[n]).astype(float) for n in self.covariates}
        points = np.stack([np.ravel(x), np.ravel(y)], axis=1).astype(float)
        drawn = self.transform.back(self._draws_on_scale(points, table, number, seed, noise))
        return np.ascontiguousarray(drawn.T.astype(np.float32)).reshape(number, *shape)

    def regional_mean(
        self, x: NDArray[Any], y: NDArray[Any], covariates: Mapping[str, NDArray[Any]],
        *, number: int = 500, seed: int = 0,
    ) -> Mean:  # fmt: skip
        """Mean over the cells with its interval: errors of near cells go together, so it comes from draws of whole
        maps, not from the variances of cells. With more than THINNED cells every k-th is drawn. Raises ValueError
        where no cell has all covariates."""
        table = {n: np.ravel(covariates[n]).astype(float) for n in self.covariates}
        points = np.stack([np.ravel(x), np.ravel(y)], axis=1).astype(float)
        seen = self.predict(points[:, 0], points[:, 1], table)
        usable = np.flatnonzero(np.isfinite(seen.median))
        if not len(usable):
            raise ValueError("no cell")
        step = -(-len(usable) // THINNED)
        some = usable[np.random.default_rng([seed, 8]).integers(0, step) :: step]
        few = {n: v[some] for n, v in table.items()}
        drawn = np.minimum(self.transform.back(self._draws_on_scale(points[some], few, number, seed, True)),
                           self.transform.highest).mean(axis=0)  # fmt: skip
        whole = float(seen.mean[usable].mean(dtype=float))
        drawn = drawn - drawn.mean() + whole if self.transform.plain else drawn * whole / drawn.mean()
        low, high = np.quantile(drawn, [0.025, 0.975])
        share = float(seen.applicable[usable].mean())
        return Mean(whole, float(low), float(high), float(drawn.std(ddof=1)), len(usable), share)

    def _matrix(self, table: Mapping[str, Array], rows: int) -> Array:
        if not self.covariates:
            return np.empty((rows, 0))
        return np.stack(
            [self.transform.forward(table[n]) if n == self.uncorrected else table[n] for n in self.covariates], axis=1
        )

    def _own(self, own: Array) -> Array:
        """Variance of a place beside the field, without measuring."""
        return np.maximum(own - self.measurement**2, 0.0)

    def _level(self, table: Mapping[str, Array], rows: int) -> Array:
        assert self.plain is not None
        if self.method == "uncorrected" and self.uncorrected:
            return self.transform.forward(table[self.uncorrected])
        return np.full(rows, self.plain.level)

    def _on_scale(self, points: Array, table: Mapping[str, Array]) -> tuple[Array, Array]:
        if self.plain is not None:
            level = self._level(table, len(points))
            return level, np.where(np.isfinite(level), self.plain.rmse, np.nan)
        middle, kriged, own = self.fitted.predict(points, self._matrix(table, len(points)))
        return middle, np.asarray(np.sqrt(kriged + self._own(own)))

    def _draws_on_scale(self, points: Array, table: Mapping[str, Array], number: int, seed: int, noise: bool) -> Array:
        rng = np.random.default_rng([seed, 9])
        covariance = self.fitted.kriging.fit.covariance
        out = np.full((len(points), number), np.nan)
        if self.plain is not None:
            level = self._level(table, len(points))
            usable = np.flatnonzero(np.isfinite(level))
            local = np.sqrt(max(self.plain.rmse**2 - self.plain.bias**2, 0.0) / covariance.total)
            field = free_draws(points[usable], covariance, number, seed)
            own = np.sqrt(covariance.plot + covariance.nugget) * rng.normal(size=field.shape) if noise else 0.0
            shared = self.plain.bias * rng.normal(size=number)
            out[usable] = level[usable, None] + self.widening * (shared + local * (field + own))
            return out
        matrix = self._matrix(table, len(points))
        offset, factor, drift = self.fitted.parts(matrix)
        usable = np.flatnonzero(np.isfinite(offset) & np.isfinite(drift).all(axis=1))
        middle = self.fitted.predict(points[usable], matrix[usable])[0][:, None]
        model, found = self.fitted.kriging, []
        for k, fit in enumerate(drawn_fits(model.data, model.fit, -(-number // SHARED), seed)):
            some = min(SHARED, number - k * SHARED)
            one = conditional_draws(refitted(model, fit), points[usable], drift[usable], some, seed + 1000 * k)
            if noise:
                own = factor[usable] ** 2 * (fit.covariance.plot + fit.covariance.nugget)
                one = one + np.sqrt(self._own(own))[:, None] / factor[usable, None] * rng.normal(size=one.shape)
            found.append(offset[usable, None] + factor[usable, None] * one)
        out[usable] = middle + self.widening * (np.concatenate(found, axis=1) - middle)
        return out
