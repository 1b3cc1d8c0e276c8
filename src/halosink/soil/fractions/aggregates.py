"""Size of aggregates and the carbon they hold.

    MWD = sum x_i w_i / sum w_i                 vanbavel1950, kemper1986
    GMD = exp(sum w_i ln x_i / sum w_i)         mazurak1950

x_i: mean of a class's two sieve openings [mm], w_i: mass of the class.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.fractions.particle import ratio

Array = NDArray[np.float64]
CLASSES = ("aggregates_large_macro", "aggregates_small_macro", "aggregates_micro", "aggregates_silt_clay")
# Sieve openings [mm] of the four classes of wet sieving (elliott1986); own choice: soil was first passed through 8 mm
OPENINGS = np.array([8.0, 2.0, 0.25, 0.053, 0.0])
PER_KG = 1000.0


def class_means(openings: ArrayLike = OPENINGS) -> Array:
    """(k,) mean diameters [mm] of k classes between k + 1 sieve openings, coarse to fine. ValueError if not falling."""
    openings = np.asarray(openings, dtype=float)
    if len(openings) < 2 or not np.all(np.diff(openings) < 0) or openings[-1] < 0:
        raise ValueError(f"sieve openings must fall: {openings.tolist()}")
    return np.asarray((openings[:-1] + openings[1:]) / 2)


def mean_weight_diameter(mass: ArrayLike, openings: ArrayLike = OPENINGS) -> Array:
    """MWD [mm]; mass (k, ...) of the k classes in any one unit. NaN where a class is missing or all are 0."""
    mass, x = _of_classes(mass, openings)
    return ratio(np.tensordot(x, mass, axes=1), mass.sum(axis=0))


def geometric_mean_diameter(mass: ArrayLike, openings: ArrayLike = OPENINGS) -> Array:
    """GMD [mm]; as mean_weight_diameter."""
    mass, x = _of_classes(mass, openings)
    return np.asarray(np.exp(ratio(np.tensordot(np.log(x), mass, axes=1), mass.sum(axis=0))))


def macroaggregate_share(macro: ArrayLike, micro: ArrayLike) -> Array:
    """Share of mass above 250 um [1] in what was recovered."""
    macro, micro = np.asarray(macro, dtype=float), np.asarray(micro, dtype=float)
    return ratio(macro, macro + micro)


def aggregate_carbon(mass: ArrayLike, carbon: ArrayLike) -> Array:
    """Carbon that a class holds [g C kg-1 soil]: mass [g kg-1 soil] times carbon [g C kg-1 aggregates] / 1000."""
    return np.asarray(np.asarray(mass, dtype=float) * np.asarray(carbon, dtype=float) / PER_KG)


def _of_classes(mass: ArrayLike, openings: ArrayLike) -> tuple[Array, Array]:
    mass, x = np.asarray(mass, dtype=float), class_means(openings)
    if len(mass) != len(x):
        raise ValueError(f"{len(mass)} classes, {len(x)} pairs of sieve openings")
    return mass, x
