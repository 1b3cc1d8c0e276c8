"""The one model behind class means and response ratios: means per class that respect how the classes were laid out.

1. Units (plots) are averaged into cells: the place in which classes are compared (region, site or block) x classes.
   Where a class never varies within a region or site, that region or site is the unit. With three or more sites,
   sites are the places compared, so that the interval speaks of such sites and not only of these plots.
2. Cell values follow a linear mixed model: a mean per combination of classes, a random intercept per place and per
   place x landscape class (whole plots), the residual. Combinations have means of their own only where more than half
   of them are found at two or more places; otherwise nearly all that could tell of scatter would be spent on
   interactions that the design cannot show, and classes act independently of each other (see scatter for the scale).
3. Variances are pooled over classes, on the scale on which scatter is constant (see scatter): with two to five places
   per class, variances of their own would leave hardly any degrees of freedom.
4. Variance components may be negative (see mixed.fit_mixed), so that balanced designs give the exact analysis of
   variance tests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.drivers.cells import (
    Cells,
    Layout,
    crossed,
    fixed,
    layout,
    make_cells,
    places_per_combination,
    random_terms,
)
from halosink.drivers.design import Factor
from halosink.drivers.mixed import Estimate, MixedFit
from halosink.drivers.scatter import Scatter, fit_scatter, means_only, without_noise

Array = NDArray[np.float64]
REPLICATED = 0.5
"""Share of the combinations of classes that must be found at two or more places before they get means of their own.
Own choice: most of them, so that one lost plot does not change the model of a replicated experiment, while a survey
in which nearly every combination is one site (San Francisco Bay: 7 of 8) does not spend its sites on interactions."""


@dataclass(frozen=True, slots=True)
class ClassModel:
    """Means per class, and the fit from which the covariance of their combinations follows.

    `weights[k] @ fit.beta`-wise contrasts carry standard error and df, in units of `scale` (a power of two near the
    largest value, so that no square leaves the range of numbers); `means[k]` is the value; `counts` are the independent
    places per class; `smallest` the smallest cell value; `others` the factors allowed for, `interactions`
    whether every combination with them has a mean of its own, `alone` how many of all `combinations` lack a second
    place.
    """

    means: dict[str, float]
    weights: dict[str, Array]
    counts: dict[str, int]
    fit: MixedFit
    scatter: Scatter
    layout: Layout
    smallest: float
    others: tuple[str, ...] = ()
    interactions: bool = True
    alone: int = 0
    combinations: int = 0
    scale: float = 1.0

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.means)

    def mean(self, name: str) -> Estimate:
        return self._scaled(self.weights[name], self.means[name])

    def difference(self, name: str, reference: str) -> Estimate:
        return self._scaled(self.weights[name] - self.weights[reference], self.means[name] - self.means[reference])

    def _scaled(self, weights: Array, value: float) -> Estimate:
        one = self.fit.contrast(weights)
        return replace(one, value=value, standard_error=one.standard_error * self.scale)

    def log_ratio(self, name: str, reference: str) -> Estimate:
        """ln of the ratio of the two means, by the delta method with their covariance."""
        a, b = self.means[name], self.means[reference]
        if a <= 0 or b <= 0 or self.smallest < 0:
            return Estimate(float("nan"), float("nan"), float("nan"))
        s = self.scale
        one = self.fit.contrast(self.weights[name] / (a / s) - self.weights[reference] / (b / s))
        return replace(one, value=float(np.log(a / b)))


def fit_classes(
    units: pd.DataFrame, factor: Factor, others: tuple[Factor, ...] = (), scatter: Scatter | None = None
) -> ClassModel:
    """Fit the model for one factor, averaged evenly over the classes of the others that cross it (see cells.crossed).

    units: column `value`, one column per factor, `<level>_key` columns. scatter: its form, chosen when None.
    Raises mixed.TooFew with one place per class, mixed.NoScatter where values do not differ within classes.
    """
    where = layout(units, factor)
    others = tuple(o for o in others if crossed(units[factor.column], units[o.column]))
    return fit_cells(
        make_cells(units, where, [factor.column, *(o.column for o in others)]), where, factor, others, scatter
    )


def fit_cells(
    cells: Cells,
    where: Layout,
    factor: Factor,
    others: tuple[Factor, ...] = (),
    scatter: Scatter | None = None,
    interactions: bool | None = None,
    like: MixedFit | None = None,
    means_alone: bool = False,
) -> ClassModel:
    """The model of fit_classes from its cells. interactions: decided by the design (see REPLICATED) when None; never
    where a combination lacks or nothing would be left to estimate scatter from. like: see mixed.fit_mixed.
    means_alone: means without intervals (see scatter.means_only), of the form `scatter`."""
    column = factor.column
    places = places_per_combination(cells)
    alone = sum(count < 2 for count in places.values())
    if interactions is None:
        interactions = 1 - alone / len(places) > REPLICATED
    enough = len(cells) > len(places) or means_alone
    full = len(others) == 0 or (interactions and all(places.values()) and enough)
    x, grid, grid_class = fixed(cells, full)
    landscape = [f.column for f in (factor, *others) if f.landscape]
    scale = power_of_two(cells.value)
    y = cells.value / scale
    if means_alone:
        found = means_only(y, x, full, scatter or "constant")
    else:
        found = fit_scatter(y, x, random_terms(cells, where, landscape, x), full, scatter, like)
    place = cells.places[where.level if where.level != "plot" else "unit"]
    means, weights, counts = {}, {}, {}
    for code, name in enumerate(cells.labels[column]):
        rows = grid[grid_class == code]
        means[name] = scale * float(without_noise(found.predict(rows).mean(keepdims=True), y)[0])
        weights[name] = (found.steepness(rows)[:, None] * rows).mean(axis=0)
        counts[name] = len(np.unique(place[cells.classes[column] == code]))
    return ClassModel(
        means=means,
        weights=weights,
        counts=counts,
        fit=found.fit,
        scatter=found.scatter,
        layout=where,
        smallest=float(cells.value.min()),
        others=tuple(o.column for o in others),
        interactions=full,
        alone=alone,
        combinations=len(places),
        scale=scale,
    )


def power_of_two(values: Array) -> float:
    """The power of two next to the largest value: dividing by it changes no digit. 1 where all are zero."""
    largest = float(np.max(np.abs(values)))
    return float(2.0 ** np.round(np.log2(largest))) if largest > 0 else 1.0


def without_each(
    units: pd.DataFrame, factor: Factor, others: tuple[Factor, ...], whole: ClassModel
) -> dict[int, ClassModel | None]:
    """The model refitted without each place (site or region) of the layout, scatter and interactions of the same form.

    Keys: as in the `<level>_key` column. Where nothing is left to tell of scatter the means stand without intervals;
    None where not even they can be estimated. Empty with under three places, or where the interval does not rest on
    sites or regions.
    """
    where = whole.layout
    key = f"{where.level}_key"
    if where.level not in ("site", "region") or units[key].nunique() < 3:
        return {}
    used = [o for o in others if o.column in whole.others]
    cells = make_cells(units, where, [factor.column, *whole.others])
    found: dict[int, ClassModel | None] = {}
    for code, label in enumerate(pd.unique(units[key])):
        part = cells.keep(cells.places[where.level] != code)
        still = tuple(o for o in used if crossed(part.classes[factor.column], part.classes[o.column]))
        if len(still) < len(used):
            part = make_cells(units[units[key] != label], where, [factor.column, *(o.column for o in still)])
        found[int(label)] = None
        for means_alone in (False, True):
            try:
                model = fit_cells(
                    part, where, factor, still, whole.scatter, whole.interactions, whole.fit, means_alone
                )  # fmt: skip
            except (ValueError, np.linalg.LinAlgError):
                continue
            found[int(label)] = replace(model, smallest=min(model.smallest, whole.smallest))
            break
    return found
