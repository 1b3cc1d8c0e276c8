"""How sure a laboratory number is, and draws of it.

A measured value x with coefficient of variation c is drawn as x exp(s z), s = sqrt(ln(1 + c^2)), z standard normal:
x is the median and no draw changes sign. A zero stays zero. Each name has its own stream of random numbers, so that one
more column changes no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
# Coefficient of variation of one sample's value, subsampling and analysis together, where none is given: own choice
# throughout, of the size of duplicates in routine laboratories; fractionations lose more than one digestion does.
CV: Mapping[str, float] = MappingProxyType(
    {
        "soil_organic_carbon": 0.04,
        "total_nitrogen": 0.05,
        "light_fraction_carbon": 0.15,
        "heavy_fraction_carbon": 0.08,
        "poc": 0.12,
        "maoc": 0.08,
        "readily_oxidisable_carbon": 0.08,
        "doc": 0.10,
        "microbial_biomass_carbon": 0.12,
        "potentially_mineralisable_carbon": 0.12,
        "basal_respiration": 0.12,
        "glucosamine": 0.08,
        "muramic_acid": 0.12,
        "clay": 0.08,
        "silt": 0.08,
        "fine_particles": 0.08,
        "bulk_density": 0.05,
        # limits of a layer are set, not measured
        "depth_top": 0.0,
        "depth_bottom": 0.0,
    }
)
OTHERS = 0.10
# own choice: with fewer samples their spread says too little of itself, and the laboratory's is taken
FEWEST_REPLICATES = 3


def generator(seed: int, name: str) -> np.random.Generator:
    """The stream of that name."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))


def variation(column: str, given: Mapping[str, float] | None = None) -> float:
    """Coefficient of variation [1] of a column: the given one, else the prior. ValueError if negative or not finite."""
    value = (given or {}).get(column, CV.get(column, OTHERS))
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"coefficient of variation of {column}: {value}")
    return float(value)


def measured(value: ArrayLike, cv: float, draws: int, random: np.random.Generator) -> Array:
    """(n, draws) draws of n measured values, independent of one another; unit of the value."""
    value = np.asarray(value, dtype=float)
    spread = np.sqrt(np.log1p(cv**2))
    return np.asarray(value[:, None] * np.exp(spread * random.standard_normal((len(value), draws))))


def mean_of_replicates(central: Array, still: Array, log: bool, random: np.random.Generator) -> tuple[Array, float]:
    """(draws,) draws of the mean of n >= 2 independent samples, and its standard error.

    central (n,): the samples' values, whose spread holds place and laboratory together. still (draws,): their mean
    under draws of the factors that all samples share. It is moved by Student's t with n - 1 degrees of freedom times
    the standard error, on the logarithm where `log` and all values are above 0.
    """
    n = len(central)
    t = random.standard_t(n - 1, size=len(still))
    if log and np.all(central > 0):
        relative = float(np.log(central).std(ddof=1) / np.sqrt(n))
        return np.asarray(still * np.exp(t * relative)), relative * float(central.mean())
    error = float(central.std(ddof=1) / np.sqrt(n))
    return np.asarray(still + t * error), error


def welch(errors: tuple[float, float], freedom: tuple[int, int], draws: int, random: np.random.Generator) -> Array:
    """(draws,) draws of the error of a difference of two means with these standard errors and degrees of freedom.

    Student's t with (a + b)^2 / (a^2 / m + b^2 / n) degrees of freedom, a and b the squared errors. Source: welch1947.
    """
    a, b = errors[0] ** 2, errors[1] ** 2
    if a + b == 0:
        return np.zeros(draws)
    df = (a + b) ** 2 / (a**2 / freedom[0] + b**2 / freedom[1])
    return np.asarray(np.sqrt(a + b) * random.standard_t(df, size=draws))
