"""Which value stands for the flux of a closure, and why."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array
from halosink.chamber.flux.posterior import Posterior

# own choice: weight of the line from which it stands alone, and below which the curves do: readings that speak two to
# one against the line (posterior.STRAIGHT before them), and five to one
LIKELY, UNLIKELY = 0.2, 0.09
# own choice: curvature that moves the flux by less than half of its standard error may be left alone
IMMATERIAL = 0.5
LINEAR, ROBUST, CURVED = "linear", "robust_linear", "hutchinson_mosier"


class Chosen(NamedTuple):
    """(m,) model and reason; weights (m, c) of the cells that the flux rests on, and of those its interval does."""

    model: NDArray[np.str_]
    choice: NDArray[np.str_]
    weight: Array
    spread: Array


def by_evidence(posterior: Posterior) -> Chosen:
    """The line where curvature is out of the question or would change nothing, else curves: without the line where
    curvature is certain, with it, as the curve of rate 0, by its weight where it is not. The interval rests on all."""
    weight, straight = posterior.weight, posterior.rate == 0
    share = posterior.straight()
    line = _restricted(weight, straight)
    bent = _restricted(weight, ~straight)
    mean_line, mean_all = (line * posterior.mean).sum(axis=1), (weight * posterior.mean).sum(axis=1)
    error = np.sqrt((line * posterior.scale**2).sum(axis=1))
    small = np.abs(mean_all - mean_line) < IMMATERIAL * error
    cases = [share >= LIKELY, small, share <= UNLIKELY]
    model = np.where(cases[0] | cases[1], LINEAR, CURVED)
    choice = np.select(cases, ["no_curvature", "curvature_immaterial", "curvature_clear"], "curvature_uncertain")
    taken = np.select([(model == LINEAR)[:, None], (choice == "curvature_clear")[:, None]], [line, bent], weight)
    return Chosen(model, choice, taken, weight)


def forced(posterior: Posterior, curved: NDArray[np.bool_], choice: str) -> Chosen:
    """The line, or the curves where `curved`, whatever the evidence."""
    straight = posterior.rate == 0
    weight = _restricted(posterior.weight, np.where(curved[:, None], ~straight, straight))
    model = np.where(curved, CURVED, LINEAR)
    return Chosen(model, np.full(len(curved), choice, dtype="<U24"), weight, weight)


def _restricted(weight: Array, to: NDArray[np.bool_]) -> Array:
    """Weights of some cells, adding to one; evenly among them where they have none."""
    kept = np.where(to, weight, 0.0)
    total = kept.sum(axis=1, keepdims=True)
    return np.where(
        total > 0, kept / np.where(total > 0, total, 1.0), to / np.maximum(to.sum(axis=1, keepdims=True), 1)
    )
