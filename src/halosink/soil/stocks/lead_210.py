"""Ages and mass accumulation of sediment from unsupported (excess) lead-210.

CRS (also CF: constant flux of excess lead-210): with A(m) the excess below cumulative dry mass m, the age there is
t = ln(A(0) / A(m)) / lambda, and a section of mass dm accumulated in the time between its limits.
CFCS (constant flux, constant sedimentation): excess = C0 exp(-lambda m / r); r from the slope of ln excess against m.
CIC (constant initial concentration): t = ln(C0 / C(m)) / lambda.
Masses per area and activities may stand in any units, as long as each is the same throughout a core. Sources:
appleby1978, robbins1978, sanchezcabeza2012.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HALF_LIFE = 22.23
"""Years. Source: ddep_pb210."""
DECAY = float(np.log(2) / HALF_LIFE)


@dataclass(frozen=True, slots=True)
class ConstantSupply:
    """age: (n, ...) years at the lower limit of each section, NaN at the last one, below which no excess is left;
    rate: (n, ...) mass per area and year of each section; inventory: (...) total excess per area; flux: its supply."""

    age: Array
    rate: Array
    inventory: Array
    flux: Array


def constant_supply(excess: Array, mass: Array, *, below: Array | float = 0.0, decay: float = DECAY) -> ConstantSupply:
    """CRS model of sections from the surface down without gaps.

    excess: (n, ...) activity per mass; mass: (n, ...) dry mass per area; below: excess per area under the last section
    (0: the core reaches down to where none is left). The rate of a section is its mass over the years it spans, which
    keeps mass and time exactly. Negative draws of excess count as they are; where nothing is left the age is NaN.
    Sources: appleby1978, sanchezcabeza2012.
    """
    parts = excess * mass
    total = parts.sum(axis=0) + below
    left = total - np.cumsum(parts, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((left > 1e-9 * total) & (total > 0), total / left, np.nan)
        age = np.log(ratio) / decay
    before = np.concatenate([np.zeros((1, *age.shape[1:])), age[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(age > before, mass / (age - before), np.nan)
    return ConstantSupply(age, rate, total, decay * total)


@dataclass(frozen=True, slots=True)
class ConstantSedimentation:
    """rate: (...) mass per area and year; surface: (...) excess at the surface; r2: (...) of ln excess on mass;
    relative_error: (...) standard error of the slope over the slope; sections: (...) used."""

    rate: Array
    surface: Array
    r2: Array
    relative_error: Array
    sections: NDArray[np.intp]


def constant_sedimentation(excess: Array, middle: Array, *, decay: float = DECAY) -> ConstantSedimentation:
    """CFCS model: straight line through ln excess against cumulative mass at the middle of each section.

    excess, middle: (n, ...); sections without positive excess are left out. NaN where fewer than three are left or
    excess does not fall with depth. Sources: robbins1978, sanchezcabeza2012.
    """
    use = excess > 0
    y = np.log(np.where(use, excess, 1.0))
    count = use.sum(axis=0)
    n = np.maximum(count, 1)
    x = np.broadcast_to(middle, y.shape)
    mx, my = (np.where(use, v, 0).sum(axis=0) / n for v in (x, y))
    dx, dy = np.where(use, x - mx, 0), np.where(use, y - my, 0)
    sxx, sxy, syy = (dx**2).sum(axis=0), (dx * dy).sum(axis=0), (dy**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = sxy / sxx
        falls = (slope < 0) & (count >= 3)
        rate = np.where(falls, -decay / slope, np.nan)
        r2 = np.where(syy > 0, sxy**2 / (sxx * syy), np.nan)
        error = np.sqrt(np.maximum(syy - slope * sxy, 0) / np.maximum(count - 2, 1) / sxx)
        relative = np.where(falls, error / np.abs(slope), np.nan)
    return ConstantSedimentation(rate, np.exp(my - slope * mx), r2, relative, count)


def constant_initial_concentration(excess: Array, surface: Array | float, *, decay: float = DECAY) -> Array:
    """(n, ...) years since each section was at the surface, CIC model; NaN where excess is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(excess > 0, np.log(surface / np.where(excess > 0, excess, 1.0)) / decay, np.nan)
