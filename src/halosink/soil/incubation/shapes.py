"""Shapes of release over time, each for an initial flux of 1 and a rate k: the mean of the flux over an interval.

pool             exp(-k t)                                                         first order
second_order     1 / (1 + k t)^2                                                   decay of two things in equal parts
michaelis        x (1 + h) / (h + x), dx/dt = -k (1 + h) x / (h + x), x(0) = 1     Michaelis-Menten

For Michaelis-Menten dC/dt = -V C / (K + C): h = K / C0, k = V / (K + C0), x = C / C0 = h W(exp((1 - k (1 + h) t) / h)
/ h), W the Lambert function (goudar2004 gives the integrated form). h is large where the reaction is of first order
throughout, small where it runs at a steady rate until all is gone. Times and rates broadcast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from halosink.soil.incubation.series import Array

# own choice: below this product of rate and width a series replaces (1 - exp(-x)) / x, exact to 1e-16
SMALL = 1e-5


def pool(k: ArrayLike, start: Array, end: Array) -> Array:
    """Mean of exp(-k t) over (start, end)."""
    k = np.asarray(k, dtype=float)
    return np.asarray(np.exp(-k * start) * _mean_fall(k * (end - start)))


def pool_change(k: ArrayLike, start: Array, end: Array) -> Array:
    """Change of `pool` with ln k."""
    k = np.asarray(k, dtype=float)
    x = k * (end - start)
    phi = _mean_fall(x)
    return np.asarray(np.exp(-k * start) * (np.exp(-x) - phi - k * start * phi))


def second_order(k: ArrayLike, start: Array, end: Array) -> Array:
    """Mean of 1 / (1 + k t)^2 over (start, end)."""
    k = np.asarray(k, dtype=float)
    return np.asarray(1 / ((1 + k * start) * (1 + k * end)))


def second_order_change(k: ArrayLike, start: Array, end: Array) -> Array:
    """Change of `second_order` with ln k."""
    k = np.asarray(k, dtype=float)
    a, b = 1 + k * start, 1 + k * end
    return np.asarray(-((a - 1) / a + (b - 1) / b) / (a * b))


def michaelis(k: ArrayLike, h: ArrayLike, start: Array, end: Array) -> Array:
    """Mean over (start, end) of the flux of a Michaelis-Menten reaction of initial flux 1."""
    k, h = np.asarray(k, dtype=float), np.asarray(h, dtype=float)
    width = np.asarray(end - start)
    at_start, at_end = michaelis_left(k, h, start), michaelis_left(k, h, end)
    moment = at_start * (1 + h) / (h + at_start)
    wide = k * width > SMALL
    mean = (at_start - at_end) / np.where(wide, k * width, 1.0)
    return np.asarray(np.where(wide, mean, moment))


def michaelis_left(k: ArrayLike, h: ArrayLike, time: Array) -> Array:
    """Share of the substrate left at `time`."""
    k, h = np.asarray(k, dtype=float), np.asarray(h, dtype=float)
    return np.asarray(h * special.wrightomega((1 - k * (1 + h) * time) / h - np.log(h)))


def _mean_fall(x: Array) -> Array:
    x = np.asarray(x)
    big = x > SMALL
    safe = np.where(big, x, 1.0)
    return np.where(big, -np.expm1(-safe) / safe, 1 - x / 2)
