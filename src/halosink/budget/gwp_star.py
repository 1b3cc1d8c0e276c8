"""GWP*: what a changing rate of methane emission does to temperature, as a rate of CO2 emission.

E*(t) = g ((1 - s) H (E(t) - E(t - dt)) / dt + s E(t)),  E = GWP_H times mass emitted per year, H = 100, dt = 20 years

allen2018: s = 0, g = 1 (only changes of the rate count). cain2019: s = 0.25, g = 1. smith2021: s = 0.25,
g = (1 - exp(-s / (1 - s))) / s = 1.134, so that E*(t) = 4.53 E(t) - 4.25 E(t - 20). A steady source older than 20
years counts for g s = 0.28 of its GWP100; a new one for 4.5 times it, which is the point of the metric. It says what
a source adds to warming from its own past on, not what stopping it would spare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.problems import did_you_mean

HORIZON = 100
STEP = 20


@dataclass(frozen=True, slots=True)
class Variant:
    """s: weight of the lasting effect; g: scale; source: key of sources/*.bib."""

    s: float
    g: float
    source: str

    @property
    def now(self) -> float:
        """What E(t) is multiplied by."""
        return self.g * ((1 - self.s) * HORIZON / STEP + self.s)

    @property
    def before(self) -> float:
        """What E(t - 20) is multiplied by, to be taken off."""
        return self.g * (1 - self.s) * HORIZON / STEP


VARIANTS = {
    "allen2018": Variant(0.0, 1.0, "allen2018"),
    "cain2019": Variant(0.25, 1.0, "cain2019"),
    "smith2021": Variant(0.25, float((1 - np.exp(-0.25 / 0.75)) / 0.25), "smith2021"),
}


def warming_equivalent(
    emissions: ArrayLike, gwp100: float, *, variant: str = "smith2021", before: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Warming-equivalent CO2 emissions of a series of annual methane emissions.

    emissions: (years,) or (years, draws), mass per year, one entry for each year in order, none left out; gwp100: of
    the report in use (metrics()["AR6 GWP100"].ch4). before: the 20 years before the first, same mass and draws; without
    it the first 20 years are NaN, as what was emitted then is not known (give zeros if it was nothing).
    Result: same shape, mass of CO2-warming-equivalent per year. A missing year makes NaN of itself and of the year 20
    later. Raises KeyError for an unknown variant, ValueError if `before` is not 20 years.
    """
    if variant not in VARIANTS:
        near = did_you_mean(variant, VARIANTS)
        raise KeyError(f"no variant {variant!r} of GWP*; {f'did you mean {near!r}' if near else ', '.join(VARIANTS)}")
    rates = np.asarray(emissions, dtype=np.float64)
    past = np.full((STEP, *rates.shape[1:]), np.nan) if before is None else np.asarray(before, dtype=np.float64)
    if len(past) != STEP:
        raise ValueError(f"before holds {len(past)} years, not {STEP}")
    if past.ndim < rates.ndim:
        past = np.broadcast_to(past[:, None], (STEP, rates.shape[1]))
    chosen = VARIANTS[variant]
    earlier = np.concatenate([past, rates])[: len(rates)]
    return np.asarray(gwp100 * (chosen.now * rates - chosen.before * earlier), dtype=np.float64)
