"""Salt per dry soil and the conductivity of a 1:5 extract, each from the other."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import Seed, generator

PRIOR_SPREAD, PRIOR_WEIGHT = 0.15, 4.0
"""Own choice: standard deviation of ln(salt / EC) between soils before the lines are seen, as that of dissolved solids
per conductivity, and the number of lines this counts for."""
WITHIN = 0.10
"""Own choice: of one sample about the line of its soil; published lines have R2 above 0.99."""
PASTE = 0.64
"""g/kg per dS/m and per kg/kg of paste water: 640 mg/L per dS/m. Source: richards1954."""
GRID = np.geomspace(0.02, 200.0, 801)


class SaltLine(NamedTuple):
    """salt = intercept + slope EC + square EC2 + cube EC3, g/kg and dS/m at 1:5, held between low and high."""

    name: str
    intercept: float
    slope: float
    square: float
    cube: float
    low: float
    high: float
    source: str
    range: str

    def salt(self, ec: Array) -> Array:
        return np.asarray(self.intercept + ec * (self.slope + ec * (self.square + ec * self.cube)))


@cache
def salt_lines() -> tuple[SaltLine, ...]:
    """The published lines, from tables/salt_lines.csv; an unknown end of the range is open."""
    text = (resources.files(__package__) / "tables" / "salt_lines.csv").read_text("utf-8")
    return tuple(
        SaltLine(
            row["line"],
            float(row["intercept"]),
            float(row["slope"]),
            float(row["square"]),
            float(row["cube"]),
            float(row["low"] or 0.0),
            float(row["high"] or np.inf),
            row["source"],
            row["range"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _curve() -> tuple[Array, Array, Array]:
    """ln(salt / EC), standard deviation between soils and degrees of freedom on GRID.

    A line is carried beyond its range at the factor of its end.
    """
    logs = np.stack([np.log(_held(line)) for line in salt_lines()])
    k = len(logs)
    freedom = k - 1.0 + PRIOR_WEIGHT
    spread = np.sqrt((k * logs.var(axis=0) + PRIOR_WEIGHT * PRIOR_SPREAD**2) / freedom * (1.0 + 1.0 / k))
    return logs.mean(axis=0), spread, np.full(len(GRID), freedom)


def _held(line: SaltLine) -> Array:
    at = np.clip(GRID, max(line.low, 0.1), line.high)
    return np.asarray(line.salt(at) / at)


def salt_of_ec(ec_1_5: ArrayLike, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) salt in g/kg of EC (n,) in dS/m of a 1:5 extract. NaN for a negative EC.

    ln(salt / EC) follows Student's t about the mean of the published lines, all of coastal soils of northern and
    eastern China, shared by the rows of one draw, with the scatter of single samples.
    """
    value = np.asarray(ec_1_5, dtype=float).ravel()
    value = np.where(value >= 0, value, np.nan)
    mean, spread, freedom = _curve()
    at = np.log(np.clip(np.nan_to_num(value, nan=1.0), GRID[0], GRID[-1]))
    shared, own = _error(len(value), draws, float(freedom[0]), seed)
    middle, wide = np.interp(at, np.log(GRID), mean), np.interp(at, np.log(GRID), spread)
    return np.asarray(value[:, None] * np.exp(middle[:, None] + wide[:, None] * shared + own))


def ec_of_salt(salt: ArrayLike, *, draws: int = 1000, seed: Seed = 0) -> Array:
    """(n, draws) EC in dS/m of a 1:5 extract of salt (n,) in g/kg: the inverse of salt_of_ec in every draw."""
    value = np.asarray(salt, dtype=float).ravel()
    value = np.where(value >= 0, value, np.nan)
    mean, spread, freedom = _curve()
    shared, own = _error(len(value), draws, float(freedom[0]), seed)
    out = np.empty((len(value), draws))
    with np.errstate(divide="ignore"):
        log = np.log(value)
    for j in range(draws):
        curve = np.maximum.accumulate(np.log(GRID) + mean + spread * shared[j])
        out[:, j] = np.exp(np.interp(log - own[:, j], curve, np.log(GRID)))
    return np.asarray(np.where(np.isnan(value)[:, None], np.nan, np.where(value[:, None] == 0, 0.0, out)))


def salt_of_paste(ece: ArrayLike, saturation_percentage: ArrayLike) -> Array:
    """Salt in g/kg of ECe in dS/m, (n,) or (n, draws), and the water (n,) of the paste in per cent.

    P = 0.064 ECe SP / 100 per cent of dry soil. Source: richards1954.
    """
    conductivity = np.asarray(ece, dtype=float)
    paste = np.asarray(saturation_percentage, dtype=float)
    return np.asarray(PASTE * conductivity * (paste[:, None] if conductivity.ndim == 2 else paste) / 100.0)


def _error(n: int, draws: int, freedom: float, seed: Seed) -> tuple[Array, Array]:
    random = generator(seed, "soil", "salinity", "salt")
    shared = special.stdtrit(freedom, random.uniform(size=draws))
    return np.asarray(shared), np.asarray(WITHIN * random.standard_normal((n, draws)))
