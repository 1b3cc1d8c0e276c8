"""Natural breaks: classes of least variance within them, from values or from a histogram."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.breaks.bins import Bins
from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.partition import between, cuts
from halosink.maps.normalise import Extremes

Floats = NDArray[np.float64]

EXACT = 1_000_000
"""Values up to which all are sorted. Own choice: sorting more costs more time and memory than two histograms."""
GAP = 1e-10
"""Goodness of variance fit that may still be gained before bins are divided. Own choice: a hundredth of 1e-8."""
ROUNDS = 3
"""Passes over the values at most. Own choice: two are enough unless nearly all values share a bin."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """edges, ascending: least value, greatest value of each class; class i is (edges[i - 1], edges[i]].

    The first class holds edges[0] as well. gvf: goodness of variance fit, 1 - sum of squares within classes over total
    (1 for values all the same). gap: by how much any other breaks could exceed it, at most, apart from the rounding of
    sums (1e-12). asked: classes wanted; fewer are given where there are fewer distinct values, which should be said.
    """

    edges: Floats
    gvf: float
    gap: float
    asked: int

    @property
    def classes(self) -> int:
        return len(self.edges) - 1


def natural_breaks(data: NDArray[Any] | Histogram, classes: int = 5, *, exact: int = EXACT) -> Breaks:
    """Fisher-Jenks classes: edges that leave least variance within classes (fisher1958, jenks1971).

    data: numbers of any shape, NaN no data; up to `exact` of them are sorted and edges are values of the data; more go
    through a histogram, whose bins are divided where a break may lie. Or a histogram, whose bins are then not
    broken: merge those of all tiles, then again on `finer_bins`, for the breaks of the whole.
    ValueError without values, for infinite ones, or for classes not within 1..255.
    """
    if not 1 <= classes <= 255:
        raise ValueError(f"classes must be 1 to 255, not {classes}")
    if isinstance(data, Histogram):
        return _search(data, classes)[0]
    values = np.ravel(data)
    if len(values) <= exact:
        return _sorted(values, classes)
    extremes = Extremes.of(values)
    if not extremes.count:
        raise ValueError("no values")
    bins = Bins.covering(extremes.minimum, extremes.maximum)
    for _ in range(ROUNDS):
        found, finer = _search(Histogram.on(values, bins), classes)
        if found.gap <= GAP or finer.same(bins):
            break
        bins = finer
    return found


def finer_bins(histogram: Histogram, classes: int = 5) -> Bins:
    """The bins for a second pass: divided wherever a break of the optimum may lie."""
    return _search(histogram, classes)[1]


def _sorted(values: NDArray[Any], classes: int) -> Breaks:
    distinct, counts = np.unique(values[~np.isnan(values)].astype(np.float64), return_counts=True)
    if not len(distinct):
        raise ValueError("no values")
    if not np.isfinite(distinct[[0, -1]]).all():
        raise ValueError("limits of classes must be finite: the values are not")
    weights = counts.astype(np.float64)
    centred = distinct - (distinct * weights).sum() / weights.sum()
    number = min(classes, len(distinct))
    places = [0, *cuts(between(weights, centred * weights, number)[1]), len(distinct)]
    within = 0.0
    for a, b in zip(places, places[1:], strict=False):
        w, v = weights[a:b], distinct[a:b] - distinct[a]
        within += float((w * (v - (w * v).sum() / w.sum()) ** 2).sum())
    total = float((weights * centred**2).sum())
    edges = distinct[[0, *(np.array(places[1:]) - 1)]]
    return Breaks(edges, 1 - within / total if len(distinct) > 1 else 1.0, 0.0, classes)


def _search(histogram: Histogram, classes: int) -> tuple[Breaks, Bins]:
    """Breaks at limits of bins, and the bins divided where the optimum may have others.

    Where bins are divided already, the optimum has its breaks in these.
    """
    bins, held = histogram.bins, np.flatnonzero(histogram.cells[:, 0])
    if not len(held):
        raise ValueError("no values")
    of, upper = bins.parts()[held], histogram.upper()[held]
    counts, inside, lowest, highest = histogram.cells[held].T
    whole = np.array((of << bins.inner_bits).astype(object) * counts + inside)
    count, total = int(counts.sum()), int(whole.sum())
    base = [int(b) << bins.inner_bits for b in of.tolist()]
    pairs = zip(base, counts.tolist(), inside.tolist(), strict=True)
    square = histogram.squares + sum(b * b * n + 2 * b * s for b, n, s in pairs)
    spread = Fraction(square) - Fraction(total * total, count)
    weights = counts.astype(np.float64)
    sums = (whole * count - counts.astype(object) * total).astype(np.float64) / count
    number = min(classes, len(held))
    forward, choice = between(weights, sums, number)
    places = [0, *cuts(choice), len(held)]
    edges = [histogram.least, *(bins.value(int(upper[p - 1])) for p in places[1:-1]), histogram.most]
    if histogram.least == histogram.most:
        return Breaks(np.array(edges), 1.0, 0.0, classes), bins
    parts = ((int(whole[a:b].sum()), int(counts[a:b].sum())) for a, b in zip(places, places[1:], strict=False))
    explained = sum((Fraction(s * s, n) for s, n in parts), Fraction(0)) - Fraction(total * total, count)
    size = (highest - lowest).astype(np.float64)
    slack = 2 * size * weights * np.minimum(upper - (upper[0] - size[0]), upper[-1] - (upper - size))
    if bins.bits.any():
        slack[bins.bits[of] == 0] = 0.0
    gap, where = _undecided(forward, weights, sums, slack, classes)
    gvf = float(explained / spread) if spread else 1.0
    gap = min(gap / float(spread), 1 - gvf) if spread else 0.0
    return Breaks(np.array(edges), gvf, gap, classes), bins.divided(of[where])


def _undecided(
    forward: Floats, weights: Floats, sums: Floats, slack: Floats, classes: int
) -> tuple[float, NDArray[np.intp]]:
    """How much a break inside a bin could still gain, and the bins in which one may lie.

    An optimal cut lies half-way between the means beside it, so putting the smaller side of its bin over to the other
    class costs at most (difference of means) x (width) x (values in the bin), which `slack` bounds by the distance to
    the nearer extreme. So the best cuts at limits of bins miss the optimum by no more than the slack of its bins, and
    those bins have a limit through which cuts pass that are no worse than the best by more than that.
    """
    if len(weights) < classes:
        return float(np.sort(slack)[-(classes - 1) :].sum()) if classes > 1 else 0.0, np.flatnonzero(slack)
    backward = between(weights[::-1], sums[::-1], classes)[0][:, ::-1]
    noise = 1e-13 * forward[-1, -1]
    possible = np.broadcast_to(slack > 0, (classes - 1, len(slack)))
    miss = np.inf
    while True:
        limit = float(sum(np.where(p, slack, 0.0).max(initial=0.0) for p in possible))
        if not limit < 0.99 * miss:
            break
        miss = limit
        through = np.array([forward[j] + backward[classes - j] for j in range(1, classes)])
        near = through >= forward[-1, -1] - miss - noise
        possible = (near[:, :-1] | near[:, 1:]) & (slack > 0) if classes > 1 else possible
    return min(miss, limit), np.flatnonzero(possible.any(axis=0))
