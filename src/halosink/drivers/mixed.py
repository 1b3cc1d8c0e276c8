"""Linear mixed model with random intercepts, by REML, with Satterthwaite degrees of freedom.

y = X beta + sum_j Z_j b_j + e,  b_j ~ N(0, s2_j I),  e ~ N(0, s2 I).

Any number of random intercepts, nested or crossed. REML is maximised over the shares s2_j / (s2_j + s2), with s2
profiled out (bates2015); degrees of freedom of a contrast l'beta are 2 var^2 / (g' A g), g the gradient of
var = l'Cl in the variance components and A the inverse of their observed information (fai_cornelius1996,
kuznetsova2017). A component estimated as zero is left out of g and A, as in lmerTest, where its gradient vanishes.

statsmodels MixedLM gives the same estimates but only z tests, which are far too narrow with the handful of blocks or
sites of a field study; hence this one. Dense algebra in the number of random levels q: made for n up to some
thousands, q up to about a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, optimize, stats

from halosink.drivers.ties import alike, at_the_edge, centred_groups, tied_terms

Array = NDArray[np.float64]
SHARE_LIMIT = 1 - 1e-8
"""Largest share of one random term against the residual. Own choice: beyond it the residual is rounding error."""
ZERO_SHARE = 1e-7
"""A share at or below it is taken as zero. Own choice: far below what any design can estimate."""

POSITIVE = 1e-9
"""Smallest eigenvalue of the covariance relative to the residual, where components may be negative. Own choice."""
NO_SCATTER = 1e-22
"""Residual against total sum of squares taken as rounding of zero. Own choice: double precision squared, times 1e10."""

NEWTON_STEPS = 300
"""Newton steps allowed where components may be negative. Own choice: ten are usual, 200 were needed with whole plots
18 standard deviations of the residual apart."""


class NoScatter(ValueError):
    """The fixed effects fit the values exactly."""


class TooFew(ValueError):
    """No more rows than fixed effects."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A linear combination of the fixed effects: value, standard error and degrees of freedom."""

    value: float
    standard_error: float
    df: float

    def interval(self, alpha: float = 0.05) -> tuple[float, float]:
        """The two-sided 1 - alpha interval from Student's t."""
        half = self.standard_error * t_quantile(1 - alpha / 2, self.df)
        return self.value - half, self.value + half

    @property
    def p_value(self) -> float:
        """Two-sided p of the value being zero."""
        if not self.standard_error > 0 or not self.df > 0:
            return float("nan")
        return float(2 * stats.t.sf(abs(self.value / self.standard_error), self.df))


@dataclass(frozen=True, slots=True)
class MixedFit:
    """The fitted model: fixed effects with covariance, variance components, REML log-likelihood.

    fixed: the random terms that were taken as fixed effects after all (see fit_mixed).
    """

    beta: Array
    covariance: Array
    variances: dict[str, float]
    residual_variance: float
    log_likelihood: float
    n: int
    _sensitivity: tuple[Array, ...]
    _information: Array
    fixed: tuple[str, ...] = ()

    def contrast(self, weights: ArrayLike) -> Estimate:
        """weights' beta with its Satterthwaite degrees of freedom."""
        w = np.asarray(weights, float)
        variance = float(w @ self.covariance @ w)
        value = float(w @ self.beta)
        if not variance > 0:
            return Estimate(value, float("nan"), float("nan"))
        s2 = np.array([v for v in self.variances.values() if v != 0])
        g = np.array([float(np.sum((m @ w) ** 2)) for m in self._sensitivity])
        g = np.append(g, (variance - float(s2 @ g)) / self.residual_variance)
        spread = float(g @ np.linalg.solve(self._information, g))
        free = float(self.n - len(self.beta))
        df = 2 * variance**2 / spread if spread > 0 else free
        return Estimate(value, float(np.sqrt(variance)), min(max(df, 1e-3), free))


def t_quantile(probability: float, df: float) -> float:
    """Student's t quantile; NaN without degrees of freedom."""
    return float(stats.t.ppf(probability, df)) if df > 0 else float("nan")


def fit_mixed(
    y: ArrayLike,
    x: ArrayLike,
    groups: Mapping[str, ArrayLike] | None = None,
    *,
    allow_negative: bool = False,
    like: MixedFit | None = None,
    same_ratios: bool = False,
) -> MixedFit:
    """Fit by REML.

    allow_negative lets a component fall below zero as long as the covariance of y stays positive definite. In small
    balanced designs this gives the exact F and t tests of the analysis of variance; holding components at zero moves
    scatter into the residual and makes tests within plots too bold, tests among them too timid (littell2006).
    Then group totals may tie, where the likelihood has no maximum (see ties): with groups of equal make-up the limit is
    taken, which is the analysis of variance; else the groups become fixed effects that sum to zero and the estimates
    are those within groups (named in `fixed`), as far as the fixed effects can be told from them.

    like: a fit of nearly the same data, from whose variance ratios the search starts, and at which it ends where
    same_ratios; it saves time. Where no minimum is found from there the search is as without it.

    y: (n,) response. x: (n, p) fixed-effect design of full column rank, p < n. groups: per random intercept the (n,)
    labels of its groups; a term with one group, or as many groups as rows, cannot be told from the mean or the
    residual and raises ValueError, as does a rank-deficient x; n <= p raises TooFew, a y that x fits exactly NoScatter.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    n, p = x.shape
    if n <= p:
        raise TooFew(f"{n} rows cannot carry {p} fixed effects and a variance")
    scale = float(np.sqrt(np.mean(y**2))) or 1.0
    if np.linalg.matrix_rank(x) < p:
        raise ValueError("the fixed effects are not all estimable")
    ordinary = np.linalg.lstsq(x, y / scale)[0]
    left = y / scale - x @ ordinary
    if float(left @ left) <= NO_SCATTER * n:
        raise NoScatter("no scatter about the fixed effects")
    codes, sizes = [], []
    for name, labels in (groups or {}).items():
        found, code = np.unique(np.asarray(labels), return_inverse=True)
        if not 1 < len(found) < n:
            raise ValueError(f"random term {name}: {len(found)} groups for {n} rows")
        codes.append(code)
        sizes.append(len(found))
    names = list(groups or {})
    for j, contrasts, edge in tied_terms(left, x, codes) if allow_negative else ():
        if alike(x, codes[j]):
            left = at_the_edge(left, contrasts, edge)
            continue
        kept = centred_groups(x, codes[j])
        if kept is not None and n > p + kept.shape[1]:
            return _with_fixed(y, x, dict(zip(names, codes, strict=True)), names[j], kept)
    model = _Products(left, x, codes, sizes)
    start = _shares_of(like, names) if like and allow_negative else None
    done = start is not None and np.isfinite(model.value_at(start))
    if start is not None and done and not same_ratios:
        start, done = model.newton(start, np.arange(len(start)), True, NEWTON_STEPS)
    shares = start if start is not None and done else model.maximise(allow_negative)
    fit = model.result(shares, names, scale)
    return replace(fit, beta=fit.beta + ordinary * scale)


def without_interval(y: Array, x: Array) -> MixedFit:
    """Ordinary least squares where nothing tells of scatter: contrasts have a value, no standard error and no df.

    Raises ValueError where the fixed effects are not all estimable.
    """
    p = x.shape[1]
    if np.linalg.matrix_rank(x) < p:
        raise ValueError("the fixed effects are not all estimable")
    none = float("nan")
    beta: Array = np.asarray(np.linalg.lstsq(x, y)[0], float)
    return MixedFit(beta, np.full((p, p), none), {}, none, none, len(y), (), np.full((1, 1), none))


def _with_fixed(y: Array, x: Array, groups: Mapping[str, NDArray[np.intp]], name: str, kept: Array) -> MixedFit:
    """The fit with one term as fixed effects `kept`; terms that these explain are left out."""
    p, wide = x.shape[1], np.hstack([x, kept])
    rest = {}
    for other, code in groups.items():
        z = np.eye(int(code.max()) + 1)[code]
        if other != name and np.linalg.matrix_rank(np.hstack([wide, z])) > wide.shape[1]:
            rest[other] = code
    fit = fit_mixed(y, wide, rest, allow_negative=True)
    return replace(
        fit,
        beta=fit.beta[:p],
        covariance=fit.covariance[:p, :p],
        fixed=(name, *fit.fixed),
        _sensitivity=tuple(m[:, :p] for m in fit._sensitivity),
    )


def _shares_of(fit: MixedFit, names: list[str]) -> Array | None:
    """Where the search starts from the variance ratios of another fit; None where it lacks one of the terms."""
    if not names or not set(names) <= set(fit.variances) or not fit.residual_variance > 0:
        return None
    ratio = np.array([fit.variances[name] / fit.residual_variance for name in names])
    return np.where(ratio > 0, np.minimum(ratio / (1 + np.abs(ratio)), 0.999), ratio)


def _ratio(shares: Array) -> Array:
    """Variance against the residual from the share s: s / (1 - s), below zero s itself, so that -1 is no end."""
    return np.where(shares > 0, shares / (1 - np.maximum(shares, 0)), shares)


class _Products:
    """Cross products of the data, and the REML criterion computed from them."""

    def __init__(self, y: Array, x: Array, codes: list[NDArray[np.intp]], sizes: list[int]):
        self.n, self.p = x.shape
        q = int(sum(sizes))
        z = np.zeros((self.n, q))
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
        for code, start in zip(codes, starts, strict=False):
            z[np.arange(self.n), start + code] = 1.0
        self.blocks = [slice(int(a), int(b)) for a, b in zip(starts[:-1], starts[1:], strict=True)]
        self.zz, self.zx, self.zy = z.T @ z, z.T @ x, z.T @ y
        self.xx, self.xy, self.yy = x.T @ x, x.T @ y, float(y @ y)
        self._latest: tuple[Array, dict[str, Any]] | None = None

    def state(self, shares: Array) -> dict[str, Any]:
        """Everything at given shares, in units of the residual variance; r2 is y'Py. The latest is kept: a step is
        judged by its deviance, then its curvature is asked for."""
        if self._latest is None or not np.array_equal(self._latest[0], shares):
            self._latest = (shares.copy(), self._state(shares))
        return self._latest[1]

    def _state(self, shares: Array) -> dict[str, Any]:
        ratio = _ratio(shares)
        lam = np.repeat(ratio, [b.stop - b.start for b in self.blocks])
        root, sign = np.sqrt(np.abs(lam)), np.sign(lam)
        parts = [root[:, None] * m for m in (self.zx, self.zy[:, None], self.zz)]
        if np.all(lam >= 0):
            chol = np.linalg.cholesky(parts[2] * root + np.eye(len(lam)))
            log_det = 2 * float(np.log(np.diag(chol)).sum())
            right = [linalg.solve_triangular(chol, m, lower=True, check_finite=False) for m in parts]
            left = right
        else:
            inner = parts[2] * (sign * root) + np.eye(len(lam))
            if np.all(lam <= 0):
                np.linalg.cholesky((1 - POSITIVE) * np.eye(len(lam)) - parts[2] * root)
            elif np.min(np.linalg.eigvals(inner).real) <= POSITIVE:
                raise np.linalg.LinAlgError("the covariance is not positive definite")
            log_det = float(np.linalg.slogdet(inner)[1])
            right = [np.linalg.solve(inner, m) for m in parts]
            left = [sign[:, None] * m for m in parts]
        (hx, hy, hz), (gx, gy, gz) = right, left
        hy, gy = hy[:, 0], gy[:, 0]
        a = self.xx - gx.T @ hx
        a = (a + a.T) / 2
        chol_a = np.linalg.cholesky(a)
        c = np.asarray(linalg.cho_solve((chol_a, True), np.eye(self.p), check_finite=False))
        b = self.xy - gx.T @ hy
        beta = c @ b
        r2 = max(self.yy - float(gy @ hy) - float(beta @ b), 1e-300)
        free = self.n - self.p
        deviance = log_det + 2 * float(np.log(np.diag(chol_a)).sum())
        deviance += free * (1 + np.log(2 * np.pi * r2 / free))
        zvx = self.zx - gz.T @ hx
        zvy = self.zy - gz.T @ hy
        zpz = self.zz - gz.T @ hz - zvx @ c @ zvx.T
        zpy = zvy - zvx @ beta
        return {"beta": beta, "c": c, "r2": r2, "dev": deviance, "ratio": ratio, "zpz": zpz, "zpy": zpy, "zvx": zvx}

    def criterion(self, shares: Array) -> tuple[float, Array]:
        """REML deviance and its gradient in the shares."""
        value, slope, _ = self.curvature(shares, hessian=False)
        return value, slope

    def curvature(self, shares: Array, hessian: bool = True) -> tuple[float, Array, Array]:
        """REML deviance, its gradient and its Hessian in the shares, from those in the ratios (see _ratio).

        With P the projector of y on what the fixed effects leave, f = n - p and r2 = y'Py, the gradient in a ratio is
        tr PVj - f/r2 y'PVjPy, the Hessian -tr PVjPVl + 2 f/r2 y'PVjPVlPy - f/r2^2 y'PVjPy y'PVlPy.
        """
        s = self.state(shares)
        weight = (self.n - self.p) / s["r2"]
        trace = np.array([float(np.trace(s["zpz"][b, b])) for b in self.blocks])
        quad = np.array([float(s["zpy"][b] @ s["zpy"][b]) for b in self.blocks])
        slope = trace - weight * quad
        by_share = 1 / (1 - np.maximum(shares, 0)) ** 2
        if not hessian:
            return s["dev"], slope * by_share, np.empty(0)
        second = -weight / s["r2"] * np.outer(quad, quad)
        for j, a in enumerate(self.blocks):
            for k, b in enumerate(self.blocks):
                cross = s["zpz"][a, b]
                second[j, k] += 2 * weight * float(s["zpy"][a] @ cross @ s["zpy"][b]) - float(np.sum(cross**2))
        bend = np.where(shares > 0, 2 * by_share**1.5, 0.0)
        second = second * np.outer(by_share, by_share) + np.diag(slope * bend)
        return s["dev"], slope * by_share, second

    def maximise(self, allow_negative: bool) -> Array:
        k = len(self.blocks)
        if k == 0:
            return np.empty(0)
        starts = (0.3, 0.9) if k < 4 else (0.3,)
        if allow_negative:
            every = np.arange(k)
            found = [self.newton(np.full(k, first), every, True, NEWTON_STEPS) for first in starts]
            good = [shares for shares, done in found if done]
            if good:
                return min(good, key=self.value_at)
        best = None
        for first in starts:
            one = optimize.minimize(
                self.criterion,
                np.full(k, first),
                jac=True,
                method="L-BFGS-B",
                bounds=[(0.0, SHARE_LIMIT)] * k,
                options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500},
            )
            if best is None or one.fun < best.fun - 1e-9:
                best = one
        assert best is not None
        shares = np.where(best.x <= ZERO_SHARE, 0.0, best.x)
        at_zero = bool(np.any(shares == 0))
        free = np.flatnonzero((allow_negative | (shares > 0)) & (shares < SHARE_LIMIT))
        return self.newton(shares, free, allow_negative, 40 if allow_negative and at_zero else 4)[0]

    def newton(self, shares: Array, free: NDArray[np.intp], negative: bool, steps: int) -> tuple[Array, bool]:
        """Newton steps, halved until they improve, and whether they ended at a minimum of the deviance."""
        lower = -np.inf if negative else 0.0
        for _ in range(steps if len(free) else 0):
            try:
                with np.errstate(over="ignore", invalid="ignore"):
                    value, slope, second = self.curvature(shares)
            except np.linalg.LinAlgError:
                return shares, False
            if not np.all(np.isfinite(second)):
                return shares, False
            roots, axes = np.linalg.eigh(second[np.ix_(free, free)])
            if np.min(np.abs(roots)) == 0:
                return shares, False
            step = axes @ ((axes.T @ slope[free]) / np.abs(roots))
            for halving in range(30):
                trial = shares.copy()
                trial[free] -= step / 2**halving
                inside = np.all(trial[free] > lower) and np.all(trial[free] < SHARE_LIMIT)
                if inside and self.value_at(trial) <= value + 1e-11:
                    break
            else:
                return shares, False
            moved_by = float(np.max(np.abs(trial - shares)))
            shares = trial
            if moved_by < 1e-11:
                return shares, bool(np.min(roots) > 0)
        return shares, False

    def value_at(self, shares: Array) -> float:
        try:
            return float(self.state(shares)["dev"])
        except np.linalg.LinAlgError:
            return float("inf")

    def result(self, shares: Array, names: list[str], scale: float) -> MixedFit:
        s = self.state(shares)
        free = self.n - self.p
        s2 = s["r2"] / free
        if s["r2"] <= NO_SCATTER * self.n:
            raise NoScatter("no scatter about the fixed effects")
        keep = [j for j, r in enumerate(s["ratio"]) if r != 0]
        blocks = [self.blocks[j] for j in keep]
        ratio = np.array([s["ratio"][j] for j in keep])
        k = len(keep)
        # In units of s2: trace[j,l] = tr(P V_j P V_l), quad[j,l] = y'P V_j P V_l P y / s2; the residual is last and
        # follows from P V P = P.
        trace, quad = np.zeros((k + 1, k + 1)), np.zeros((k + 1, k + 1))
        tr1 = np.array([float(np.trace(s["zpz"][b, b])) for b in blocks])
        q1 = np.array([float(s["zpy"][b] @ s["zpy"][b]) for b in blocks]) / s2
        for a, ba in enumerate(blocks):
            for b, bb in enumerate(blocks):
                trace[a, b] = float(np.sum(s["zpz"][ba, bb] ** 2))
                quad[a, b] = float(s["zpy"][ba] @ s["zpz"][ba, bb] @ s["zpy"][bb]) / s2
        trace[:k, k] = trace[k, :k] = tr1 - trace[:k, :k] @ ratio
        quad[:k, k] = quad[k, :k] = q1 - quad[:k, :k] @ ratio
        trace[k, k] = (free - float(ratio @ tr1)) - float(ratio @ trace[:k, k])
        quad[k, k] = (free - float(ratio @ q1)) - float(ratio @ quad[:k, k])
        information = quad - trace / 2
        if np.min(np.linalg.eigvalsh(information)) <= 1e-10 * np.max(np.abs(information)):
            information = trace / 2
        full = s2 * scale**2
        sensitivity = tuple(s["zvx"][b] @ s["c"] for b in blocks)
        return MixedFit(
            beta=s["beta"] * scale,
            covariance=s["c"] * full,
            variances={name: float(r * full) for name, r in zip(names, s["ratio"], strict=True)},
            residual_variance=float(full),
            log_likelihood=float(-s["dev"] / 2 - free * np.log(scale)),
            n=self.n,
            _sensitivity=sensitivity,
            _information=information / full**2,
        )
