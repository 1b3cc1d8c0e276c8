"""Smallest slope that a closure can tell from none; times moles_per_area it is the smallest flux."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from halosink.chamber.batch import Array, Batch
from halosink.chamber.models.fit import centred, divide


def from_precision(precision: ArrayLike, duration: ArrayLike) -> Array:
    """precision / duration: a change over the closure as large as the analyser's precision.

    precision [mole fraction, standard deviation of one reading], duration [s]. Cautious for many readings, bold for
    few. Source: christiansen2015.
    """
    return _over(precision, duration)


def from_many_readings(precision: ArrayLike, duration: ArrayLike, n: ArrayLike) -> Array:
    """precision / (duration sqrt n): from_precision with the standard error of n readings. Source: nickerson2016."""
    return _over(precision, np.asarray(duration, dtype=float) * np.sqrt(np.asarray(n, dtype=float)))


def from_noise(batch: Batch, noise: Array, freedom: Array | None = None, confidence: float = 0.95) -> Array:
    """(m,) slope that a closure without flux stays under, in size, with this confidence when a line is fitted.

    q noise / sqrt(sum (t - mean t)^2), q the two-sided quantile of the normal distribution where the noise of one
    reading is known (repeated standards), of Student's t where it comes from residuals with `freedom` degrees of
    freedom (n - 2 of the line). For readings that do not hang together. Source: parkin2012 (there by simulation).
    """
    time, _ = centred(batch.time, batch)
    spread = np.sqrt(np.einsum("ij,ij->i", time, time))
    chance = 0.5 + confidence / 2
    if freedom is None:
        quantile = np.full(len(spread), special.ndtri(chance))
    else:
        quantile = special.stdtrit(np.where(freedom > 0, freedom, np.nan), chance)
    return divide(quantile * noise, spread)


def _over(precision: ArrayLike, below: ArrayLike) -> Array:
    precision, below = np.broadcast_arrays(np.asarray(precision, dtype=float), np.asarray(below, dtype=float))
    return divide(np.where(precision > 0, precision, np.nan), below)
