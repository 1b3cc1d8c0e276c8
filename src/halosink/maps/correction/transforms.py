"""Skewed quantities on a scale where they are near normal, and back with quantiles and mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import boxcox_normmax

Array = NDArray[np.float64]
Name = Literal["none", "log", "boxcox"]

SMEARED = 50
"""Standardised errors used for the mean after transforming back, as quantiles of all. Own choice: against cost."""
HIGHEST = 2.0
"""Times the largest value measured that a back-transformed value counts with in a mean. Own choice: one cell of large
error would otherwise carry the mean of a region."""


@dataclass(frozen=True, slots=True)
class Transform:
    """Box-Cox with exponent `power` (boxcox1964): (z^power - 1) / power, ln z for 0; power 1 with `plain` is z itself.

    `lowest` is the smallest value counted as itself: those below (below detection, zero) are set to it; `highest` is
    the largest that a back-transformed value counts with in a mean.
    """

    power: float
    lowest: float
    highest: float
    plain: bool

    @staticmethod
    def of(values: Array, name: Name) -> Transform:
        """For a sample; "boxcox" takes the exponent of largest likelihood within -1..1.

        `lowest` is half the smallest positive value (own choice, as for values below detection).
        Raises ValueError for negative values under "log" or "boxcox", and where none is positive.
        """
        if name == "none":
            return Transform(1.0, -np.inf, np.inf, True)
        good = values[np.isfinite(values)]
        if not (good > 0).any() or (good < 0).any():
            raise ValueError("not positive")
        lowest, highest = float(good[good > 0].min()) / 2, float(good.max()) * HIGHEST
        if name == "log":
            return Transform(0.0, lowest, highest, False)
        power = float(np.clip(boxcox_normmax(np.maximum(good, lowest), method="mle"), -1, 1))
        return Transform(power, lowest, highest, False)

    def forward(self, values: Array) -> Array:
        if self.plain:
            return values
        z = np.where(np.isnan(values), np.nan, np.maximum(values, self.lowest))
        return np.log(z) if self.power == 0 else np.asarray((z**self.power - 1) / self.power)

    def back(self, values: Array) -> Array:
        """Inverse: 0 at or under `lowest`, as zeros went in; above the range (negative exponents) infinite."""
        if self.plain:
            return values
        found = self._inverse(values)
        return np.where(found <= self.lowest * (1 + 1e-9), 0.0, found)

    def _inverse(self, values: Array) -> Array:
        if self.power == 0:
            return np.asarray(np.exp(np.minimum(values, 700.0)))
        base = np.where(np.isnan(values), np.nan, np.maximum(values * self.power + 1, 0.0))
        with np.errstate(divide="ignore"):
            return np.asarray(base ** (1 / self.power))

    def mean(self, middle: Array, sd: Array, errors: Array) -> tuple[Array, Array]:
        """Mean and standard deviation of the quantity where the error of the transformed one is sd times one of
        `errors` (k,), each as likely as the others: smearing (duan1983), which needs no normal distribution. No value
        counts with more than `highest`."""
        if self.plain:
            return middle, sd
        first, second = np.zeros_like(middle), np.zeros_like(middle)
        for error in errors:
            value = np.minimum(self.back(middle + error * sd), self.highest)
            first += value / len(errors)
            second += value**2 / len(errors)
        return first, np.asarray(np.sqrt(np.maximum(second - first**2, 0)))


def smeared(error: Array, sd: Array) -> Array:
    """(SMEARED,) quantiles of standardised errors, observed - predicted over sd, at the middles of equal shares."""
    return np.asarray(np.quantile(error / sd, (np.arange(SMEARED) + 0.5) / SMEARED))
