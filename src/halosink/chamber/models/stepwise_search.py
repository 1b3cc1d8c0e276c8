"""What a search in all three parameters at once leaves of a series that does not bend.

There k tends to 0 and the limit to infinity. MINPACK's Levenberg-Marquardt, from where goFlux (rheault2024goflux)
starts it and with its tolerances, runs out of evaluations on the way, and the curve that it leaves fits worse than the
straight line. For comparison with that peer only; where a series bends the search ends in the least squares curve.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize

from halosink.chamber.batch import Array, Batch
from halosink.chamber.models.hutchinson_mosier import Curve
from halosink.chamber.models.straight import Line

# rheault2024goflux: share of the line's change by which the first and the last reading may be off it, and evaluations
SHARE, EVALUATIONS = 0.2, 400


def unfinished(batch: Batch, line: Line, curve: Curve, rate_max: Array) -> Curve:
    """The curve, with slope, k, C0 and Ci of the unfinished search where its rate is 0 (m series).

    Ci starts at the last reading and C0 at the first, or at the line's value there where they are off by more than
    SHARE of its change; k starts at 0. All stay at or above 0, k at or below rate_max [s-1] (NaN: no limit).
    """
    slope, rate, intercept, limit = (one.copy() for one in (curve.slope, curve.rate, curve.intercept, curve.limit))
    most, close = np.where(np.isnan(rate_max), np.inf, rate_max), float(np.sqrt(np.finfo(float).eps))
    for i in np.flatnonzero(curve.rate == 0):
        t, c = batch.time[i, batch.valid[i]], batch.value[i, batch.valid[i]]
        ends, readings = line.intercept[i] + line.slope[i] * np.array([t[-1], 0.0]), c[[-1, 0]]
        far = np.abs(readings - ends) > SHARE * np.abs(ends[0] - ends[1])
        top = np.array([np.inf, np.inf, most[i]])

        def residual(p: Array, t: Array = t, c: Array = c, top: Array = top) -> Array:
            end, first, k = np.clip(p, 0.0, top)
            return np.asarray(c - (end + (first - end) * np.exp(-k * t)))

        start = np.append(np.where(far, ends, readings), 0.0)
        p, _, told, *_ = optimize.leastsq(
            residual, start, ftol=close, xtol=close, gtol=0, full_output=True, maxfev=EVALUATIONS
        )
        if told["nfev"] >= EVALUATIONS:
            limit[i], intercept[i], rate[i] = np.clip(p, 0.0, top)
            slope[i] = (limit[i] - intercept[i]) * rate[i]
    return curve._replace(slope=slope, rate=rate, intercept=intercept, limit=limit)
