"""The covariance of residuals and the drift, fitted together by restricted maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial import cKDTree

from halosink.maps.correction.conditionals import whiten
from halosink.maps.correction.covariance import Covariance
from halosink.maps.correction.neighbours import earlier

Array = NDArray[np.float64]

NEAREST = 30
"""Earlier plots in each conditional density. Own choice: on 300 simulated plots sill and scale
are within 1 and 3 percent of those with all others as neighbours; with at most 31 plots it is the whole likelihood."""
Z95 = 1.959963984540054
LIMIT = 12.0
"""Largest logarithm of a ratio of variances tried. Own choice: e12 is beyond what any data tell."""
WIDEST = 3.0
"""Largest standard deviation of the logarithm of a parameter. Own choice: a factor of 20 either way is no knowledge."""
TRIED = 200
"""Parameters tried for those drawn. Own choice: a fit costs milliseconds, and 20 to 50 are kept."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Rows gathered by plot, in random order of the plots.

    points (P, 2) [m]; rows (P,) count; mean (P, q) of the columns value, drift...; within (q, q) sums of products of
    the deviations of rows from their plot's mean. Plot means and deviations are all that a Gaussian likelihood needs.
    """

    points: Array
    rows: Array
    mean: Array
    within: Array


@dataclass(frozen=True, slots=True)
class Fit:
    """coefficients (p,) of the drift with their covariance (p, p); `shrinkage`: variance of coefficients, inf for none.

    parameters: name -> (value, low, high), 95 % by the curvature of the likelihood on the logarithmic scale, of
    scale [m], nugget_share and plot_share (nugget / sill, plot / sill); NaN where not asked for. place, curvature: the
    logarithms of the parameters and their covariance.
    """

    covariance: Covariance
    coefficients: Array
    spread: Array
    shrinkage: float
    minus_two_log_likelihood: float
    parameters: dict[str, tuple[float, float, float]]
    place: Array
    curvature: Array | None = None


def sites(points: Array, columns: Array, plots: NDArray[Any], seed: int = 0) -> Sites:
    """Gathers rows (n,): points (n, 2) of a plot must be equal or near; their mean is used."""
    names, code = np.unique(plots, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    place = np.empty(len(names), dtype=np.intp)
    place[order] = np.arange(len(names))
    code = place[code]
    rows = np.bincount(code).astype(float)

    def mean(a: Array) -> Array:
        return np.asarray(np.stack([np.bincount(code, column) for column in a.T], axis=1) / rows[:, None])

    middle = mean(columns)
    apart = columns - middle[code]
    return Sites(mean(points), rows, middle, apart.T @ apart)


def fit_likelihood(
    data: Sites, model: str = "exponential", *, start: Covariance | None = None, shrink: bool = False,
    restricted: bool = True, intervals: bool = False, nearest: int = NEAREST,
) -> Fit:  # fmt: skip
    """Covariance and drift of the Gaussian model value = drift coefficients + field + plot + row.

    Restricted (REML) or plain maximum likelihood, total variance profiled out. The first drift column is the constant;
    with `shrink` the others have normal coefficients of one unknown variance (columns must be on one scale), which is
    estimated too: many covariates then cost little. Only where plots have several rows is the plot's part told from
    the row's.
    Raises ValueError for fewer plots than drift columns + 3 without `shrink`, or a constant value.
    """
    plots, p = len(data.rows), data.mean.shape[1] - 1
    shrink = shrink and p > 1
    if plots < 4 or (plots < p + 3 and not shrink):
        raise ValueError("too few plots")
    if float(np.ptp(data.mean[:, 0])) == 0 and data.within[0, 0] == 0:
        raise ValueError("constant value")
    surface = Surface.of(data, model, shrink, restricted, nearest)
    guess = [0.0, *([-1.0] if surface.repeated else []), *([-3.0] if shrink else [])]
    starts = [[np.log(surface.extent * f), *guess] for f in (0.02, 0.1, 0.4)]
    if start is not None:
        sill = max(start.sill, 1e-12)
        rest = np.clip(np.log([max(start.nugget / sill, 1e-4), max(start.plot / sill, 1e-4)]), -LIMIT / 2, LIMIT / 2)
        starts = [[np.log(start.scale), *rest[: 1 + surface.repeated], *([-3.0] if shrink else [])]]
    best = min(
        (
            minimize(lambda u: surface.at(u)[0], s, method="Nelder-Mead",
                     options={"xatol": 0.02, "fatol": 0.01, "maxiter": 400, "initial_simplex": _simplex(s)})
            for s in starts
        ),
        key=lambda r: float(r.fun),
    )  # fmt: skip
    place = np.asarray(best.x, dtype=float)
    spread = _curvature(lambda u: surface.at(u)[0], place) if intervals else None
    return surface.fit(place, spread)


def drawn_fits(
    data: Sites, fit: Fit, number: int, seed: int, *, nearest: int = NEAREST, tried: int = TRIED
) -> list[Fit]:
    """`number` fits as likely as the data let them be: parameters drawn instead of the best ones.

    Logarithms of parameters from a t distribution (4 degrees of freedom) of the likelihood's curvature, drawn again
    with weights likelihood / density (flat prior on logarithms within the limits searched), then the variance from its
    scaled inverse chi-square. `fit` must have been made with intervals.
    """
    rng = np.random.default_rng([seed, 10])
    surface = Surface.of(data, fit.covariance.model, np.isfinite(fit.shrinkage), True, nearest)
    if fit.curvature is None:
        raise ValueError("no intervals")
    root = np.linalg.cholesky(fit.curvature)
    z = rng.normal(size=(tried, len(root))) / np.sqrt(rng.chisquare(4, (tried, 1)) / 4)
    z[0] = 0
    density = -(4 + len(root)) / 2 * np.log1p(np.sum(z**2, axis=1) / 4)
    places = fit.place + z @ root.T
    weight = np.array([-surface.at(u)[0] / 2 for u in places]) - density
    weight = np.exp(weight - weight.max())
    picked = rng.choice(tried, number, p=weight / weight.sum())
    free = surface.free
    return [surface.fit(places[i], None, free / rng.chisquare(free)) for i in picked]


@dataclass(frozen=True, slots=True)
class Surface:
    """-2 log likelihood of a data set over u: logarithms of scale, nugget / sill, plot / sill and shrinkage / sill."""

    data: Sites
    model: str
    shrink: bool
    restricted: bool
    near: NDArray[np.int32]
    repeated: bool
    extent: float
    limits: tuple[float, float]

    @staticmethod
    def of(data: Sites, model: str, shrink: bool, restricted: bool, nearest: int) -> Surface:
        plots = len(data.rows)
        extent = float(np.hypot(*np.ptp(data.points, axis=0)))
        closest = float(np.median(cKDTree(data.points).query(data.points, k=2)[0][:, 1]))
        limits = float(np.log(max(closest, extent * 1e-6) / 5)), float(np.log(extent * 3))
        near = earlier(data.points, min(nearest, plots - 1))
        return Surface(data, model, shrink, restricted, near, bool(data.rows.sum() > plots), extent, limits)

    @property
    def free(self) -> float:
        """Rows less the coefficients without a distribution of their own."""
        flat = 1 if self.shrink else self.data.mean.shape[1] - 1
        return float(self.data.rows.sum()) - (flat if self.restricted else 0)

    def parts(self, u: Array) -> tuple[Covariance, float]:
        rest = np.exp(np.clip(u[1:], -LIMIT, LIMIT))
        scale = float(np.exp(np.clip(u[0], *self.limits)))
        plot = float(rest[1]) if self.repeated else 0.0
        return Covariance(self.model, 1.0, scale, float(rest[0]), plot), float(rest[-1]) if self.shrink else np.inf

    def at(self, u: Array) -> tuple[float, float, Array, Array]:
        """-2 log likelihood, total variance factor, coefficients and the inverse of their precision."""
        data, p = self.data, self.data.mean.shape[1] - 1
        c, b = self.parts(u)
        white, logdet = whiten(data.points, c.plot + c.nugget / data.rows, data.mean, self.near, c)
        product = white.T @ white
        if self.repeated:
            product = product + data.within / c.nugget
            logdet += float(data.rows.sum() - len(data.rows)) * np.log(c.nugget)
        precision = product[1:, 1:].copy()
        if self.shrink:
            precision[np.arange(1, p), np.arange(1, p)] += 1 / b
            logdet += (p - 1) * np.log(b)
        values, vectors = np.linalg.eigh(precision)
        values = np.maximum(values, values[-1] * 1e-13)
        inverse = (vectors / values) @ vectors.T
        beta = inverse @ product[1:, 0]
        variance = max(float(product[0, 0] - product[0, 1:] @ beta), 1e-300) / self.free
        found = logdet + self.free * np.log(variance)
        if self.restricted or self.shrink:
            found += float(np.log(values).sum())
        outside = float(np.sum(np.maximum(np.abs(u[1:]) - LIMIT, 0)))
        outside += max(self.limits[0] - u[0], 0) + max(u[0] - self.limits[1], 0)
        return found + outside, variance, beta, inverse

    def fit(self, u: Array, curvature: Array | None, factor: float = 1.0) -> Fit:
        least, variance, beta, inverse = self.at(u)
        variance *= factor
        c, b = self.parts(u)
        names = ["scale", "nugget_share", *(["plot_share"] if self.repeated else [])]
        sd = np.full(len(names), np.nan) if curvature is None else np.sqrt(np.diag(curvature))
        told = {
            n: (float(np.exp(m)), float(np.exp(m - Z95 * s)), float(np.exp(m + Z95 * s)))
            for n, m, s in zip(names, np.log([c.scale, c.nugget, c.plot][: len(names)]), sd, strict=False)
        }
        return Fit(c.times(variance), beta, inverse * variance, float(b * variance), float(least), told, u, curvature)


def _simplex(start: list[float]) -> Array:
    simplex = np.tile(np.asarray(start, dtype=float), (len(start) + 1, 1))
    simplex[np.arange(1, len(start) + 1), np.arange(len(start))] += 0.8
    return simplex


def _curvature(function: Any, at: Array, step: float = 0.1) -> Array:
    """Covariance of parameters from central second differences of -2 log likelihood; along directions without
    curvature the standard deviation is WIDEST."""
    m = len(at)
    hessian = np.empty((m, m))
    unit = np.eye(m) * step
    for i in range(m):
        for j in range(i + 1):
            hessian[i, j] = hessian[j, i] = (
                function(at + unit[i] + unit[j]) - function(at + unit[i] - unit[j])
                - function(at - unit[i] + unit[j]) + function(at - unit[i] - unit[j])
            ) / (4 * step**2)  # fmt: skip
    values, vectors = np.linalg.eigh(hessian / 2)
    return np.asarray((vectors / np.maximum(values, WIDEST**-2)) @ vectors.T)
