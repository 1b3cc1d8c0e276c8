"""How much carbon minerals could hold: more than one published line, and what is missing to each.

    capacity = intercept + slope x                    [g C kg-1 soil], x: mass share of the fine particles [%]
    deficit  = capacity - MAOC                        [g C kg-1 soil]
    potential = deficit bulk density thickness / 10   [t C ha-1]

A deficit below 0 is told as it is: the sample lies above the line. That carbon is missing does not say that it will
come. Not offered: lines of six2002 and of beare2014, whose coefficients (beare2014: of the specific surface) could not
be checked at the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.fractions.uncertainty import generator

Array = NDArray[np.float64]
# Share of silt (2 to 50 um) below 20 um if the logarithm of the size is evenly spread: ln 10 / ln 25 = 0.715.
# Spread: own choice; loess and river silt are often coarser.
FINE_SILT, FINE_SILT_SPREAD = 0.715, 0.12


@dataclass(frozen=True, slots=True)
class Line:
    """A line of capacity on fine particles.

    particles: "fine" (below 20 um) or "clay_and_silt". slope [g C kg-1 per %], intercept [g C kg-1], spread: standard
    deviation of the logarithm of the capacity. mineral: "high" or "low" activity clays, "" for both.
    """

    name: str
    intercept: float
    slope: float
    spread: float
    particles: str
    mineral: str
    sources: tuple[str, ...]


_ALL = (
    # spread: own choice, the paper's regression explains three quarters of the variance of its 40 soils
    Line("hassink1997", 4.09, 0.37, 0.15, "fine", "", ("hassink1997",)),
    # slopes of the authors' code; spread: 95th-percentile line through 0 refitted to their data by drawing studies
    # anew (own computation: 0.075 of 0.75 and 0.041 of 0.52 g kg-1 per %)
    Line("georgiou2022_high", 0.0, 0.86, 0.10, "clay_and_silt", "high", ("georgiou2022",)),
    Line("georgiou2022_low", 0.0, 0.48, 0.08, "clay_and_silt", "low", ("georgiou2022",)),
    # the boundary line of feng2013 (90th percentile, through 0), own computation on the data of georgiou2022: 1303 and
    # 93 samples of 52 and 14 studies; standard errors by drawing studies anew 0.067 and 0.041
    Line("boundary_high", 0.0, 0.555, 0.12, "clay_and_silt", "high", ("feng2013", "georgiou2022")),
    Line("boundary_low", 0.0, 0.435, 0.095, "clay_and_silt", "low", ("feng2013", "georgiou2022")),
)
LINES: Mapping[str, Line] = MappingProxyType({one.name: one for one in _ALL})


def lines_for(mineral: str) -> tuple[Line, ...]:
    """The lines for soils whose clays are of "high" (2:1) or "low" (1:1, oxides) activity. ValueError otherwise."""
    if mineral not in ("high", "low"):
        raise ValueError(f"mineral must be 'high' or 'low', not {mineral!r}")
    return tuple(line for line in LINES.values() if line.mineral in ("", mineral))


def line_error(line: Line, draws: int, seed: int) -> Array:
    """(draws,) factors by which the line's capacity may be off, median 1, shared by all samples."""
    return np.asarray(np.exp(line.spread * generator(seed, f"saturation.{line.name}").standard_normal(draws)))


def fine_silt_share(draws: int, seed: int) -> Array:
    """(draws,) share of silt finer than 20 um [1], shared by all samples; normal, held within 0 and 1."""
    drawn = FINE_SILT + FINE_SILT_SPREAD * generator(seed, "saturation.fine_silt").standard_normal(draws)
    return np.asarray(np.clip(drawn, 0.0, 1.0))


def capacity(line: Line, particles: ArrayLike, error: ArrayLike = 1.0) -> Array:
    """Capacity [g C kg-1 soil] for the mass share of the line's particles [%]; error: see line_error."""
    return np.asarray((line.intercept + line.slope * np.asarray(particles, dtype=float)) * np.asarray(error))


def deficit(line: Line, particles: ArrayLike, maoc: ArrayLike, error: ArrayLike = 1.0) -> Array:
    """capacity - MAOC [g C kg-1 soil], below 0 above the line."""
    return np.asarray(capacity(line, particles, error) - np.asarray(maoc, dtype=float))


def saturation(line: Line, particles: ArrayLike, maoc: ArrayLike, error: ArrayLike = 1.0) -> Array:
    """MAOC / capacity [1]."""
    return np.asarray(np.asarray(maoc, dtype=float) / capacity(line, particles, error))


def sequestration_potential(
    deficit: ArrayLike, bulk_density: ArrayLike, thickness: ArrayLike, coarse_fragments: ArrayLike = 0.0
) -> Array:
    """Carbon that a layer lacks [t C ha-1] from deficit [g C kg-1], fine-earth bulk density [g cm-3], thickness [cm].

    coarse_fragments [%] by volume hold none. ValueError where density or thickness is not above 0 or fragments are not
    within 0 and 100.
    """
    density, thickness = np.asarray(bulk_density, dtype=float), np.asarray(thickness, dtype=float)
    stones = np.asarray(coarse_fragments, dtype=float)
    if np.any(density <= 0) or np.any(thickness <= 0) or np.any((stones < 0) | (stones > 100)):
        raise ValueError("bulk density and thickness must be above 0, coarse fragments within 0 and 100")
    return np.asarray(np.asarray(deficit, dtype=float) * density * thickness * (1 - stones / 100) / 10)
