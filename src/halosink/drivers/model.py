"""The one model behind class means and response ratios: means per class that respect how the classes were laid out.

1. Units (plots) are averaged into cells: the place in which classes are compared (region, site or block) x classes.
   Where a class never varies within a region or site, that region or site is the unit. With three or more sites,
   sites are the places compared, so that the interval speaks of such sites and not only of these plots.
2. Cell values follow a linear mixed model: a mean per combination of classes (additive where combinations are
   missing), a random intercept per place and per place x landscape class (whole plots), the residual.
3. Scatter may grow with the mean, as it does for most fluxes, stocks and counts. Its form, constant or in proportion
   to the mean, is chosen by restricted likelihood, in proportion where the two are close. In proportion: cell means
   come from the model weighted by the means (carroll_ruppert1988) and their covariance from the same model of ln
   values, whose variance is not bounded with two places per class as a relative variance is. With zeros in the data
   ln fails and the variance is taken proportional to the mean instead; with negative values scatter is constant.
   Variances are pooled over classes on that scale: with two to five places per class, variances of their own would
   leave hardly any degrees of freedom.
4. Variance components may be negative (see mixed.fit_mixed), so that balanced designs give the exact analysis of
   variance tests.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.drivers.design import Factor, constant_within
from halosink.drivers.mixed import Estimate, MixedFit, fit_mixed

Array = NDArray[np.float64]
Groups = dict[str, NDArray[np.intp]]
Level = Literal["plot", "block", "site", "region"]
PREFER = 2.0
"""Log-likelihood by which constant scatter must win over proportional. Own choice: with 10 to 25 cells the data hardly
tell the two apart, and in validation/effects_coverage.py proportional scatter covers well under both truths, constant
scatter only under its own. Two units are e^2 = 7 times the likelihood."""
Scatter = Literal["constant", "proportional", "variance as mean"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where classes of one factor are compared: the level the interval rests on, and whether classes are confounded."""

    level: Level
    confounded: bool


@dataclass(frozen=True, slots=True)
class ClassModel:
    """Means per class, and the fit from which the covariance of their combinations follows.

    `weights[k] @ fit.beta`-wise contrasts carry standard error and df; `means[k]` is the value; `counts` are the
    independent places per class; `smallest` the smallest cell value.
    """

    means: dict[str, float]
    weights: dict[str, Array]
    counts: dict[str, int]
    fit: MixedFit
    scatter: Scatter
    layout: Layout
    smallest: float

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.means)

    def mean(self, name: str) -> Estimate:
        return replace(self.fit.contrast(self.weights[name]), value=self.means[name])

    def difference(self, name: str, reference: str) -> Estimate:
        one = self.fit.contrast(self.weights[name] - self.weights[reference])
        return replace(one, value=self.means[name] - self.means[reference])

    def log_ratio(self, name: str, reference: str) -> Estimate:
        """ln of the ratio of the two means, by the delta method with their covariance."""
        a, b = self.means[name], self.means[reference]
        if a <= 0 or b <= 0 or self.smallest < 0:
            return Estimate(float("nan"), float("nan"), float("nan"))
        one = self.fit.contrast(self.weights[name] / a - self.weights[reference] / b)
        return replace(one, value=float(np.log(a / b)))


def layout(units: pd.DataFrame, factor: Factor) -> Layout:
    """Where the classes of the factor are compared, from one row per unit (see design.unit_values)."""
    labels = units[factor.column]
    for level in ("region", "site"):
        if f"{level}_key" in units and constant_within(labels, units[f"{level}_key"]):
            return Layout(level, True)
    if "site_key" in units and units["site_key"].nunique() >= 3:
        return Layout("site", False)
    if "block_key" in units and units["block_key"].nunique() >= 2:
        return Layout("block", False)
    return Layout("plot", False)


def fit_classes(
    units: pd.DataFrame, factor: Factor, others: tuple[Factor, ...] = (), scatter: Scatter | None = None
) -> ClassModel:
    """Fit the model for one factor, averaged evenly over the classes of the others that cross it (see crossed).

    units: column `value`, one column per factor, `<level>_key` columns. scatter: its form, chosen when None.
    Raises ValueError when no scatter can be estimated (one place per class).
    """
    where = layout(units, factor)
    others = tuple(o for o in others if crossed(units, factor, o))
    names = [factor.column, *(o.column for o in others)]
    cells = _cells(units, where, names)
    grid, rows_of = _fixed(cells, names)
    x, y = rows_of(cells), cells["value"].to_numpy(float)
    groups = _random(cells, where, factor, others, x)
    plain = fit_mixed(y, x, groups, allow_negative=True)
    middle = x @ plain.beta
    chosen, beta, fit = _scatter(y, x, groups, plain, middle, scatter)
    means, weights = {}, {}
    for name in sorted(grid[factor.column].unique()):
        rows = rows_of(grid[grid[factor.column] == name])
        means[str(name)] = float((rows @ beta).mean())
        steepness = (rows @ beta)[:, None] if chosen == "proportional" else 1.0
        weights[str(name)] = (steepness * rows).mean(axis=0)
    counts = cells.groupby(factor.column)[f"{where.level}_key" if where.level != "plot" else "unit_key"].nunique()
    return ClassModel(
        means=means,
        weights=weights,
        counts={str(k): int(v) for k, v in counts.items()},
        fit=fit,
        scatter=chosen,
        layout=where,
        smallest=float(y.min()),
    )


def _scatter(
    y: Array, x: Array, groups: Groups, plain: MixedFit, middle: Array, wanted: Scatter | None
) -> tuple[Scatter, Array, MixedFit]:
    """The form of the scatter, the fixed effects of the means, and the fit that gives their covariance."""
    if wanted == "constant" or y.min() < 0 or middle.min() <= 0:
        return "constant", plain.beta, plain
    if y.min() == 0:
        root = np.sqrt(middle)
        fit = fit_mixed(y / root, x / root[:, None], groups, allow_negative=True)
        better = fit.log_likelihood - float(np.log(root).sum()) > plain.log_likelihood
        return ("variance as mean", fit.beta, fit) if better or wanted else ("constant", plain.beta, plain)
    logs = fit_mixed(np.log(y), x, groups, allow_negative=True)
    # The restricted likelihood of y under each model; x scaled by the means makes the two comparable.
    shift = float(np.log(y).sum())
    if wanted is None and plain.log_likelihood - PREFER > logs.log_likelihood - shift - _rescaling(x, middle):
        return "constant", plain.beta, plain
    means = fit_mixed(y / middle, x / middle[:, None], groups, allow_negative=True)
    return "proportional", means.beta, logs


def _rescaling(x: Array, middle: Array) -> float:
    """Half log-determinant by which the restricted likelihood changes when x is in units of the value, not of ln."""
    a, b = x.T @ x, (x / middle[:, None]).T @ (x / middle[:, None])
    return float(np.linalg.slogdet(b)[1] - np.linalg.slogdet(a)[1]) / 2


def crossed(units: pd.DataFrame, factor: Factor, other: Factor) -> bool:
    """Whether another factor can be allowed for: each class of one occurs with at least two classes of the other."""
    seen = units[[factor.column, other.column]].drop_duplicates()
    return len(seen) > 0 and all(seen[c].value_counts().min() >= 2 for c in (factor.column, other.column))


def _cells(units: pd.DataFrame, where: Layout, names: list[str]) -> pd.DataFrame:
    if where.level == "plot":
        return units[["value", *names, *_keys(units), "unit_key"]].reset_index(drop=True)
    key = f"{where.level}_key"
    how = {"value": "mean"} | {k: "first" for k in _keys(units) if k != key}
    return units.groupby([key, *names], sort=False, observed=True).agg(how).reset_index()


def _keys(units: pd.DataFrame) -> list[str]:
    return [k for k in ("region_key", "site_key", "block_key") if k in units]


def _fixed(cells: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, Callable[[pd.DataFrame], Array]]:
    """The grid of classes and a function from rows to design rows: full combinations, or additive where some lack."""
    levels = [sorted(cells[n].unique()) for n in names]
    grid = pd.DataFrame(list(itertools.product(*levels)), columns=names)
    seen = len(cells[names].drop_duplicates())
    if seen == len(grid) and len(cells) > len(grid):
        index = pd.MultiIndex.from_frame(grid)

        def full(rows: pd.DataFrame) -> Array:
            return np.eye(len(grid))[index.get_indexer(pd.MultiIndex.from_frame(rows[names]))]

        return grid, full

    def additive(rows: pd.DataFrame) -> Array:
        pairs = zip(names, levels, strict=True)
        parts = [np.eye(len(found))[pd.Index(found).get_indexer(rows[n])] for n, found in pairs]
        return np.hstack([parts[0], *(p[:, 1:] for p in parts[1:])])

    return grid, additive


def _random(cells: pd.DataFrame, where: Layout, factor: Factor, others: tuple[Factor, ...], x: Array) -> Groups:
    """Random intercepts that the cells can tell apart from each other, from the classes and from the residual."""
    wanted = [k.removesuffix("_key") for k in _keys(cells)]
    wanted = wanted[: wanted.index(where.level) + 1] if where.level in wanted else wanted
    groups: Groups = {}
    seen: list[tuple[int, ...]] = []
    full = x
    landscape = [f.column for f in (factor, *others) if f.landscape]
    terms = [[f"{k}_key"] for k in wanted]
    if wanted:
        terms += [[f"{wanted[-1]}_key", name] for name in landscape]
    if where.level == "plot":
        terms.append(["unit_key"])
    for term in terms:
        code = cells.groupby(term, sort=False, observed=True).ngroup().to_numpy()
        plain = pd.factorize(code)[0]
        if not 1 < plain.max() + 1 < len(cells) or tuple(plain) in seen:
            continue
        seen.append(tuple(plain))
        wider = np.hstack([full, np.eye(plain.max() + 1)[plain]])
        if np.linalg.matrix_rank(wider) >= len(cells):
            continue
        full = wider
        groups[" x ".join(t.removesuffix("_key") for t in term)] = plain
    return groups
