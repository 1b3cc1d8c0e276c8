"""How scatter depends on the mean, and the fixed effects that follow from it.

Scatter may grow with the mean, as it does for most fluxes, stocks and counts. Its form, constant or in proportion to
the mean, is chosen by restricted likelihood, in proportion where the two are close. In proportion: means come from the
model weighted by the means (carroll_ruppert1988) and their covariance from the same model of ln values, whose variance
is not bounded with two places per class as a relative variance is. With zeros in the data ln fails and the variance is
taken proportional to the mean instead; with negative values scatter is constant.

Without interactions, factors add up on the scale on which scatter is constant: they multiply means where scatter is in
proportion to the mean (log link, quasi-likelihood with variance as the mean squared, mccullagh_nelder1989), so that a
response ratio is the same in every class of the other factor, and add to them elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from halosink.drivers.mixed import MixedFit, fit_mixed, without_interval

Array = NDArray[np.float64]
Groups = Mapping[str, NDArray[np.intp]]
Scatter = Literal["constant", "proportional", "variance as mean"]
PREFER = 2.0
"""Log-likelihood by which constant scatter must win over proportional. Own choice: with 10 to 25 cells the data hardly
tell the two apart, and in validation/effects_coverage.py proportional scatter covers well under both truths, constant
scatter only under its own. Two units are e^2 = 7 times the likelihood."""
NOISE = 1e-12
"""Size of a mean, against the largest value, taken as rounding of zero. Own choice: double precision times 1e4."""
SEARCHES, SEARCHES_LIKE = 10, 1
"""Rounds of the log link after which variance ratios are kept: of a fit of its own, and of one that starts from a fit
of nearly the same data. Own choice: ratios settle within them; where their likelihood is flat they never quite do."""
STEP = 1.0
"""Largest change of a ln mean in one iteration. Own choice: keeps one wild cell from throwing the others."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The form of scatter, the fixed effects of the means, the fit that gives their covariance, the link of the means.

    The covariance of means at design rows r is that of `steepness(r) * r` times the coefficients of `fit`.
    """

    scatter: Scatter
    beta: Array
    fit: MixedFit
    log_link: bool = False

    def predict(self, rows: Array) -> Array:
        return np.exp(rows @ self.beta) if self.log_link else rows @ self.beta

    def steepness(self, rows: Array) -> Array:
        return self.predict(rows) if self.scatter == "proportional" else np.ones(len(rows))


def fit_scatter(
    y: Array,
    x: Array,
    groups: Groups,
    saturated: bool,
    wanted: Scatter | None = None,
    like: MixedFit | None = None,
) -> Fitted:
    """Fit means and scatter; `saturated` where x has a column per combination of classes. wanted: chosen when None.

    y: (n,) cell values. x: (n, p). like: see mixed.fit_mixed. Raises ValueError where mixed.fit_mixed does.
    """
    if wanted == "proportional" and not saturated and y.min() > 0:
        logs = fit_mixed(np.log(y), x, groups, allow_negative=True, like=like)
        return Fitted("proportional", log_link(y, x, groups, logs, like), logs, log_link=True)
    plain = fit_mixed(y, x, groups, allow_negative=True, like=like)
    constant = Fitted("constant", plain.beta, plain)
    middle = without_noise(x @ plain.beta, y)
    between = y.min() == 0 or wanted == "variance as mean"
    if wanted == "constant" or y.min() < 0 or (middle.min() <= 0 and (saturated or between)):
        return constant
    if between:
        root = np.sqrt(middle)
        fit = fit_mixed(y / root, x / root[:, None], groups, allow_negative=True, like=like)
        better = fit.log_likelihood - float(np.log(root).sum()) > plain.log_likelihood
        return Fitted("variance as mean", fit.beta, fit) if better or wanted else constant
    logs = fit_mixed(np.log(y), x, groups, allow_negative=True, like=like)
    beta = np.empty(0)
    if not saturated:
        beta = log_link(y, x, groups, logs, like)
        middle = np.exp(x @ beta)
    # The restricted likelihood of y under each model; x scaled by the means makes the two comparable.
    shift = float(np.log(y).sum())
    if wanted is None and plain.log_likelihood - PREFER > logs.log_likelihood - shift - _rescaling(x, middle):
        return constant
    if not saturated:
        return Fitted("proportional", beta, logs, log_link=True)
    means = fit_mixed(y / middle, x / middle[:, None], groups, allow_negative=True, like=like)
    return Fitted("proportional", means.beta, logs)


def means_only(y: Array, x: Array, saturated: bool, scatter: Scatter) -> Fitted:
    """The same means by ordinary least squares, or the log link without random terms, where nothing tells of scatter.

    They have no interval. Raises ValueError where not all can be estimated.
    """
    plain = without_interval(y, x)
    if scatter != "proportional" or saturated or y.min() <= 0:
        return Fitted(scatter, plain.beta, plain)
    logs = without_interval(np.log(y), x)
    return Fitted(scatter, log_link(y, x, {}, logs), logs, log_link=True)


def without_noise(values: Array, y: Array) -> Array:
    """The values, zero where they are rounding errors of data as large as y."""
    return np.where(np.abs(values) <= NOISE * np.max(np.abs(y)), 0.0, values)


def log_link(y: Array, x: Array, groups: Groups, logs: MixedFit, like: MixedFit | None = None) -> Array:
    """Coefficients b of the means exp(x b) with scatter in proportion to them, by iterated weighted fits.

    logs: the fit of ln y, from whose coefficients the iteration starts. like: a fit of nearly the same data.

    Without random terms these solve x'(y / exp(x b) - 1) = 0, the quasi-likelihood equations (mccullagh_nelder1989);
    with them the linearised y / exp(x b) - 1 + x b follows the mixed model. Stops when ln means change by under 1e-11,
    at the latest after 200 rounds.
    """
    beta, last = logs.beta, like
    search = SEARCHES if like is None else SEARCHES_LIKE
    for count in range(200):
        eta = x @ beta
        target = eta + y / np.exp(eta) - 1
        if np.allclose(target, eta, rtol=0, atol=1e-12):
            return beta
        if groups:
            last = fit_mixed(target, x, groups, allow_negative=True, like=last, same_ratios=count >= search)
        fitted = last.beta if groups and last else np.linalg.lstsq(x, target)[0]
        largest = float(np.max(np.abs(x @ (fitted - beta))))
        beta = beta + (fitted - beta) * min(1.0, STEP / largest if largest > 0 else 1.0)
        if largest < 1e-11:
            break
    return np.asarray(beta)


def _rescaling(x: Array, middle: Array) -> float:
    """Half log-determinant by which the restricted likelihood changes when x is in units of the value, not of ln."""
    scaled = x / middle[:, None]
    return float(np.linalg.slogdet(scaled.T @ scaled)[1] - np.linalg.slogdet(x.T @ x)[1]) / 2
