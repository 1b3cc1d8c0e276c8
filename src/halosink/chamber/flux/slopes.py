"""The slope at closing of a batch of closures as distributions, with the model that stands for each and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from halosink.chamber.batch import Array, Batch
from halosink.chamber.flux.choice import CURVED, LINEAR, ROBUST, by_evidence, forced
from halosink.chamber.flux.mixture import quantiles
from halosink.chamber.flux.packing import VIALS
from halosink.chamber.flux.posterior import posterior
from halosink.chamber.models import kappa_max, robust, straight
from halosink.chamber.models.hutchinson_mosier import Curve
from halosink.chamber.options import Options
from halosink.chamber.window.blocks import means, scatter

# own choice: stretches of which the posterior takes the means
BLOCKS = 32
# own choice: weight of a vial below which it is an outlier and the robust line stands for the flux (1: it fits)
OUTLYING = 0.15
# lower and upper end of one standard deviation
ONE = (0.15865525393145707, 0.8413447460685429)
Names = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Slopes:
    """(m,) each, mole fraction s-1; NaN where there is none. value is what stands for the slope at closing.

    freedom: of Student's t. line_error: standard error of a straight line, correlation of its noise included.
    jumps: (m, s) mole fraction that each bubble brought. model, choice: names, see choice.
    """

    value: Array
    median: Array
    low: Array
    high: Array
    error: Array
    freedom: Array
    line_error: Array
    jumps: Array
    model: Names
    choice: Names

    def quantile(self, confidence: float) -> Array:
        """(m,) of Student's t, two-sided."""
        known = np.where(self.freedom > 0, self.freedom, np.nan)
        found: Array = special.stdtrit(known, 0.5 + confidence / 2)
        return found


def weighed(
    batch: Batch,
    height: Array,
    bubbles: Array,
    at: NDArray[np.intp],
    options: Options,
    drift: float,
    seed: int,
) -> Slopes:
    """What the posteriors of the closures `at` say; batch: readings by time since closing, with bubbles.

    drift: standard deviation of the slope of the analyser itself, mole fraction s-1.
    """
    n = batch.valid.sum(axis=1)
    found = {name: np.full(len(n), np.nan) for name in ("value", "median", "low", "high", "error", "freedom", "line")}
    jumps = np.full(bubbles.shape, np.nan)
    model, choice = np.full(len(n), "", dtype="<U24"), np.full(len(n), "", dtype="<U24")
    known = np.isfinite(bubbles)
    blocks = np.where(n < BLOCKS, n, np.minimum(BLOCKS, n // 2))
    events = np.minimum(known.sum(axis=1), blocks - 4).clip(0)
    tail = (1 - options.confidence) / 2
    for b, s in np.unique(np.stack([blocks[at], events[at]], axis=1), axis=0).tolist():
        here = at[(blocks[at] == b) & (events[at] == s)]
        part = Batch(batch.time[here], batch.value[here], batch.valid[here])
        order = np.argsort(~known[here], axis=1, kind="stable")[:, :s]
        behind, since = _behind(part, np.take_along_axis(bubbles[here], order, axis=1), b)
        each = n[here] / b
        white = np.where(each >= 2, scatter(part), np.nan)
        time, value = means(part, b)
        squared = Batch(part.time, np.where(part.valid, part.time, 0.0) ** 2, part.valid)
        width = np.maximum(means(squared, b)[1] - time**2, 0.0)
        p = posterior(time, value, width, height[here], behind, since, white, each)
        p = replace(p, scale=np.hypot(p.scale, drift))
        curved = np.full(len(here), options.choice == CURVED)
        chosen = by_evidence(p) if options.choice == "evidence" else forced(p, curved, "asked_for")
        middle = quantiles(chosen.weight, p.mean, p.scale, p.freedom, (0.5,), seed)[:, 0]
        q = quantiles(chosen.spread, p.mean, p.scale, p.freedom, (tail, ONE[0], 0.5, ONE[1], 1 - tail), seed)
        line = np.where(p.rate == 0, p.weight, 0.0)
        line /= np.maximum(line.sum(axis=1, keepdims=True), 1e-300)
        found["value"][here] = middle
        found["low"][here], found["median"][here], found["high"][here] = q[:, 0], q[:, 2], q[:, 4]
        found["error"][here], found["freedom"][here] = (q[:, 3] - q[:, 1]) / 2, p.freedom
        found["line"][here] = np.sqrt((line * p.scale**2).sum(axis=1))
        jumps[here[:, None], order] = p.bubbles
        model[here], choice[here] = chosen.model, chosen.choice
    value, median, low, high, error, freedom, line_error = found.values()
    return Slopes(value, median, low, high, error, freedom, line_error, jumps, model, choice)


def settled(
    told: Slopes,
    line: straight.Line,
    firm: robust.RobustLine,
    curve: Curve,
    most: Array,
    options: Options,
    drift: float,
) -> Slopes:
    """The slopes with the fitted value of the model where one stands for them.

    By evidence the line's value stands in an interval that allows for curvature; for curves their weighted median
    stays, and so does that of the line where bubbles and slope were told apart together. Where the settings ask for a
    model, the distribution is moved onto its value. The robust line has its own error, or that of the line if larger.
    most: (m,) s-1, kappa.max. drift: as in `weighed`.
    """
    model, choice = told.model.copy(), told.choice.copy()
    value = {LINEAR: line.slope, CURVED: curve.slope, ROBUST: firm.slope}
    if options.choice == "evidence":
        value.pop(CURVED)
        vials = (line.n >= robust.FEWEST_POINTS) & (line.n < VIALS) & np.isfinite(firm.slope)
        outlying = vials & (np.where(firm.weights > 0, firm.weights, 1.0).min(axis=1) < OUTLYING) & (model == LINEAR)
        model = np.where(outlying, ROBUST, model)
        choice = np.select([line.n == straight.FEWEST_POINTS, outlying], ["three_readings", "outliers"], choice)
    elif options.choice == "kappa_max":
        _, names = kappa_max.choose(line.slope, firm.slope, curve.slope, curve.slope_error, curve.rate, most)
        model = names.astype("<U24")
    elif options.choice == ROBUST:
        model = np.where(np.isfinite(firm.slope), ROBUST, model)
    shift = np.zeros(len(told.value))
    for name, slope in value.items():
        shift = np.where((model == name) & np.isfinite(slope), slope - told.value, shift)
    if options.choice == "evidence":
        shift = np.where(np.isfinite(told.jumps).any(axis=1), 0.0, shift)
    moved = shift if options.choice != "evidence" else 0.0
    firmly = model == ROBUST
    error = np.where(firmly, np.hypot(np.fmax(firm.slope_error, line.slope_error), drift), told.error)
    half = told.quantile(options.confidence) * error
    return Slopes(
        told.value + shift,
        np.where(firmly, firm.slope, told.median + moved),
        np.where(firmly, firm.slope - half, told.low + moved),
        np.where(firmly, firm.slope + half, told.high + moved),
        error,
        told.freedom,
        told.line_error,
        told.jumps,
        model,
        choice,
    )


def _behind(batch: Batch, times: Array, number: int) -> tuple[Array, Array]:
    """(m, s, number) share of each stretch after each of s times, and the mean time since it of those readings."""
    m, s = times.shape
    share, since = np.zeros((m, s, number)), np.zeros((m, s, number))
    for i in range(s):
        passed = batch.time - times[:, i, None]
        later = passed >= 0
        share[:, i] = means(Batch(batch.time, np.where(later, 1.0, 0.0), batch.valid), number)[1]
        total = means(Batch(batch.time, np.where(later, passed, 0.0), batch.valid), number)[1]
        since[:, i] = total / np.where(share[:, i] > 0, share[:, i], 1.0)
    return share, since
