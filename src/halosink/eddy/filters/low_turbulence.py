"""Records taken while the air hardly mixed: the friction velocity lies below its threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]

# W m-2, shortwave radiation below which it is night (wutzler2018)
NIGHT = 10.0


def not_day(shortwave: Values, night: float = NIGHT) -> Hits:
    """(n,) True unless the shortwave radiation [W m-2] says that it is day; unknown counts as night (wutzler2018)."""
    return np.asarray(~(shortwave >= night))


def too_low(
    friction_velocity: Values, threshold: Values | float, night: Hits | None = None, first_after: bool = False
) -> Hits:
    """(n,) True where a flux is not to be believed for want of turbulence.

    friction_velocity [m s-1]: (n,); a missing one does not condemn. threshold [m s-1]: one, or (n,) one per step (of
    its season or year); where it is NaN nothing is taken. night: judge these only (wutzler2018); None judges all hours
    (pastorello2020). first_after: take the first record after low turbulence too, because what was stored below the
    sensor then comes out (pastorello2020).
    """
    limit = np.broadcast_to(np.asarray(threshold, float), friction_velocity.shape)
    low = np.asarray(friction_velocity < limit)
    if night is not None:
        low = low & night
    if first_after and low.size:
        low = low | np.concatenate(([False], low[:-1]))
    return np.asarray(low)
