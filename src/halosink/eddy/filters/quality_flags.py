"""Quality flags of eddy fluxes: which scale they are on, and which records are worse than wanted."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]
Scale = Literal["0-2", "1-9", "filled"]

# Classes 1 to 3 serve fundamental research, 4 to 6 continuous measurements, 7 and 8 orientation only, 9 nothing
# (foken2004); the three classes 0, 1 and 2 join them by threes, as CarboEurope does (licor_eddypro).
CLASS = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2], float)

# own choice: neighbours that make a median, and the share of the scatter of the others
PAIRS, SMOOTH = 20, 0.5


def scale(flags: Values, values: Values | None = None) -> Scale:
    """The scale of flags (n,) that go with values (n,), NaN where missing.

    "1-9" if a flag lies above 3, or none lies below 1 and a 3 occurs beside others (foken2004). "filled" if the flags
    are 0 to 3 and a 3 occurs beside 0, or alone, or the flagged values are smoother than half of the others: then 0
    means measured and 1 to 3 how well a value was filled (pastorello2020). "0-2" otherwise. Own choice, because files
    do not name their scale; fills of a real year scatter by 0.04 to 0.23 of the measured values, bad values by more
    than one.
    """
    known = flags[np.isfinite(flags)]
    if known.size == 0 or known.max() <= 0:
        return "0-2"
    if known.max() > 3:
        return "1-9"
    if known.max() == 3:
        return "filled" if known.min() in (0, 3) else "1-9"
    return "filled" if values is not None and _smooth(flags, values) else "0-2"


def _smooth(flags: Values, values: Values) -> bool:
    """Whether flagged neighbours differ by less than half of what others do, in the median."""
    step = np.abs(np.diff(values))
    flagged = step[(flags[1:] > 0) & (flags[:-1] > 0) & np.isfinite(step)]
    others = step[(flags[1:] == 0) & (flags[:-1] == 0) & np.isfinite(step)]
    if min(flagged.size, others.size) < PAIRS:
        return False
    return bool(np.median(flagged) < SMOOTH * np.median(others))


def worse(flags: Values, worst: int, values: Values | None = None) -> Hits:
    """(n,) True where the flag is worse than `worst`. A missing flag is not worse: it says nothing.

    flags 1 to 9 are joined to 0, 1 and 2 first while `worst` is at most 2; a larger `worst` is meant on their own
    scale. Flags of filling keep measured values (0) only.
    """
    kind = scale(flags, values)
    known = np.where(np.isfinite(flags), flags, -1.0)
    if kind == "filled":
        return np.asarray(known > 0)
    if kind == "1-9" and worst <= 2:
        known = np.where(known >= 0, CLASS[np.clip(np.round(known), 0, 9).astype(int)], -1.0)
    return np.asarray(known > worst)
