"""How far the parameters of a fit move when other weeks had been measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.carbonate.held_out import Series
from halosink.chamber.carbonate.respiration import Fit, fit

Array = NDArray[np.float64]
MOST = 4000
"""Own choice: readings of a resample that a refit takes, at random. Weeks, not readings, set the width; fewer readings
than there are make it a little too wide."""


def parameter_draws(series: Series, one: Fit, rng: np.random.Generator, number: int, varying: bool) -> list[Fit]:
    """Refits of respiration with the abiotic terms to weeks drawn with replacement."""
    rows = [np.flatnonzero(series.week == w) for w in np.unique(series.week)]
    found = []
    for _ in range(number):
        use = np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))])
        if len(use) > MOST:
            use = rng.choice(use, MOST, replace=False)
        part = (series.temperature[use], series.moisture[use], series.flux[use], series.terms[use])
        found.append(fit(*part, start=one.shape, varying=varying))
    return found
