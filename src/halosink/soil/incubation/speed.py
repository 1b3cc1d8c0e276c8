"""One speed for series whose models differ: one over the time that a given amount needs to be released.

Compared at the same amount, not at the same time, because the warmer soil has used up its easy carbon earlier (own
choice; rates at one time would make the response look smaller than it is).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halosink.soil.incubation.choice import Fitted
from halosink.soil.incubation.fitting import Fit
from halosink.soil.incubation.posterior import Draws
from halosink.soil.incubation.series import Array

# own choice: fine enough that straight lines between the times err by less than 1e-3 of the time
TIMES = 200


def released(found: Fit, theta: Array, flux: Array, time: Array) -> Array:
    """(..., n) amounts released until `time` (n,) under parameters (..., d) and (..., p)."""
    columns = found.model.columns(theta, np.zeros_like(time), time)
    return np.asarray((columns @ flux[..., None])[..., 0] * time)


def log_speed(fitted: Fitted, drawn: Draws, amount: float) -> tuple[float, Array]:
    """ln (1 / time [d]) until `amount` is released: of the fit and of its draws; NaN where a draw never gets there.

    Looked for up to ten times the length of the incubation.
    """
    best = fitted.best
    length = fitted.task.release.length
    time = np.geomspace(1e-4, 10.0, TIMES) * length
    theta, flux = np.vstack([best.theta, drawn.theta]), np.vstack([best.flux, drawn.flux])
    curves = released(best, theta, flux, time)
    found = np.array([_reach(curve, time, amount) for curve in curves])
    return float(-np.log(found[0])), -np.log(found[1:])


def common_amount(fitted: Sequence[Fitted]) -> float:
    """The most that every series of a group has released within its own length."""
    totals = [
        released(f.best, f.best.theta, f.best.flux, np.array([f.task.release.length]))[0] for f in fitted if f.chosen
    ]
    return float(min(totals)) if totals else float("nan")


def _reach(curve: Array, time: Array, amount: float) -> float:
    at = int(np.searchsorted(curve, amount))
    if at == len(curve) or not np.isfinite(curve[-1]):
        return float("nan")
    if at == 0:
        return float(time[0] * amount / curve[0])
    share = (np.log(amount) - np.log(curve[at - 1])) / (np.log(curve[at]) - np.log(curve[at - 1]))
    return float(np.exp(np.log(time[at - 1]) + share * np.log(time[at] / time[at - 1])))
