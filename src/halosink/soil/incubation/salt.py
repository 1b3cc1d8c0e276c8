"""How the speed of release falls with salinity: ln k = a - b S, S any one measure of salinity.

An exponential (own choice: the least curved form that stays above 0; published inhibition curves differ in shape more
than incubations of one soil at a handful of salinities can tell). The measure is not converted here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.incubation.meta_regression import Slope, regress
from halosink.soil.incubation.series import Array


class SaltResponse(NamedTuple):
    """percent: change of the speed per unit of salinity; percent_draws, halving_draws (draws,): salinity that halves
    the speed, inf where it does not fall; the regression."""

    percent: float
    percent_draws: Array
    halving_draws: Array
    slope: Slope


def salt_response(
    salinity: ArrayLike,
    log_speed: ArrayLike,
    error: ArrayLike,
    group: ArrayLike | None = None,
    draws: int = 200,
    rng: np.random.Generator | None = None,
) -> SaltResponse:
    """From series of one soil (or of several, by `group`) at several salinities. ValueError as in temperature."""
    rng = np.random.default_rng(0) if rng is None else rng
    slope = regress(salinity, log_speed, error, group)
    drawn = slope.draw(draws, rng)
    falls = drawn < 0
    halving = np.where(falls, -np.log(2) / np.where(falls, drawn, -1.0), np.inf)
    return SaltResponse(100 * float(np.expm1(slope.value)), 100 * np.expm1(drawn), halving, slope)
