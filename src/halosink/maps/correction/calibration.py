"""How far the stated standard deviations are from the errors that plots held out show."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.correction.likelihood import Z95

Array = NDArray[np.float64]

LEVEL = 0.95


def widening(error: Array, sd: Array) -> float:
    """Factor for sd so that mean -+ 1.96 factor sd holds 95 % of errors: the ceil(0.95 (n + 1))-th of |error| / sd over
    1.96. It is split-conformal prediction with scaled errors (lei2018): no normal distribution is needed."""
    z = np.sort(np.abs(error) / sd)
    return float(z[min(int(np.ceil(LEVEL * (len(z) + 1))), len(z)) - 1] / Z95)


def widening_by_fold(error: Array, sd: Array, folds: NDArray[Any]) -> Array:
    """(n,) the factor for each row from the other folds, so that coverage is not judged by the errors that set it."""
    out = np.empty(len(error))
    for fold in np.unique(folds):
        held = folds == fold
        out[held] = widening(error[~held], sd[~held])
    return out
