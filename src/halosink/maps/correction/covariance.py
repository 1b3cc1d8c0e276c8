"""Covariance of a stationary field by distance, and what the rows of a plot add to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import brentq

Array = NDArray[np.float64]

MODELS = ("exponential", "spherical", "gaussian", "matern32", "matern52")
"""Correlation at h = distance / scale: exp(-h); 1 - 1.5 h + 0.5 h3 below 1, else 0; exp(-h2); Matern with smoothness
3/2 and 5/2 (distance times sqrt(2 smoothness) / scale, as in guinness2018). Smoothness 1/2 is the exponential."""
CORRELATED = 0.05
"""Correlation at the effective range. Source: cressie1985; the spherical model ends at its scale."""


@dataclass(frozen=True, slots=True)
class Covariance:
    """Three parts of the variance [quantity2]: the field (`sill`, by distance), the plot and the row.

    `scale` [m] is the parameter of the model, not the effective range. `plot` is shared by the rows of one plot and
    none other; `nugget` belongs to a row: what changes within a plot, and the error of measurement.
    """

    model: str
    sill: float
    scale: float
    nugget: float = 0.0
    plot: float = 0.0

    @property
    def total(self) -> float:
        return self.sill + self.plot + self.nugget

    @property
    def effective_range(self) -> float:
        """Distance [m] at which the correlation of the field has fallen to CORRELATED (spherical: to 0)."""
        if self.model == "spherical":
            return self.scale
        code = MODELS.index(self.model)
        return self.scale * float(brentq(lambda h: correlation(code, h) - CORRELATED, 1e-6, 20.0))

    def times(self, factor: float) -> Covariance:
        """The same shape with all variances times `factor`."""
        return replace(self, sill=self.sill * factor, nugget=self.nugget * factor, plot=self.plot * factor)

    def at(self, distance: Array) -> Array:
        """Covariance of the field at distances [m] of any shape, without plot and nugget."""
        return np.asarray(self.sill * _correlations(MODELS.index(self.model), distance / self.scale))

    def semivariance(self, distance: Array) -> Array:
        """Half the variance of the difference of two rows of different plots, distance [m] above 0."""
        return np.asarray(self.total - self.at(distance))


@njit(cache=True, nogil=True)
def correlation(model: int, h: float) -> Any:
    """Correlation by the number of the model in MODELS, at distance / scale."""
    if model == 0:
        return np.exp(-h)
    if model == 1:
        return 1.0 - h * (1.5 - 0.5 * h * h) if h < 1.0 else 0.0
    if model == 2:
        return np.exp(-h * h)
    if model == 3:
        t = np.sqrt(3.0) * h
        return (1.0 + t) * np.exp(-t)
    t = np.sqrt(5.0) * h
    return (1.0 + t + t * t / 3.0) * np.exp(-t)


@njit(cache=True, nogil=True)
def _correlations(model: int, h: Any) -> Any:
    flat = h.ravel()
    out = np.empty(flat.size)
    for i in range(flat.size):
        out[i] = correlation(model, flat[i])
    return out.reshape(h.shape)
