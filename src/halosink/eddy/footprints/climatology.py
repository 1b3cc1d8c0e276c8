"""The mean of many footprints on a grid around the tower, from half-hours one after the other.

Only the grid and the scales of the steps are held, so that memory does not grow with years.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.eddy.footprints.kljun import ACROSS_A, ACROSS_B, ACROSS_C, A, B, C, D, Scales, scaled_distance

Array = NDArray[np.float64]

BLOCK = 512
"""Steps between two calls of `told`. Own choice: about a second."""
CELLS = 100
"""Cells from the tower to the edge of the usual grid. Own choice: 201 x 201, finer than a figure shows."""
EXTENTS = np.array([10.0, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000])
"""Distances [m] from the tower to the edge of the usual grid. Own choice: round numbers."""
HELD, STEPS_HELD = 0.9, 0.9
"""The usual grid holds this share of the footprint along the wind in this share of the steps. Own choice."""
UNDERFLOW = -745.0
"""Exponents below it give zero in double precision."""


@dataclass(frozen=True, slots=True)
class Grid:
    """x (k,): m east of the tower; y (m,): m north; both rise by `cell` [m]. weight: (m, k) footprint [m-2], the mean
    of `records` steps."""

    x: Array
    y: Array
    cell: float
    weight: Array
    records: int

    @property
    def held(self) -> float:
        """Share of the footprint that lies on the grid [1]."""
        return float(self.weight.sum()) * self.cell**2


def axis(extent: float, cell: float) -> Array:
    """Coordinates [m] of a grid that reaches `extent` [m] to either side of the tower, which stands on its middle."""
    cells = round(extent / cell)
    return np.linspace(-cells * cell, cells * cell, 2 * cells + 1)


def usual_extent(scales: Scales) -> float:
    """Distance [m] from the tower to the edge of the grid when none is asked for; 1000 m without a good step."""
    along = scales.along[scales.good]
    if not len(along):
        return 1000.0
    wanted = float(np.quantile(along, STEPS_HELD)) * float(scaled_distance(HELD))
    return float(EXTENTS[min(int(np.searchsorted(EXTENTS, wanted)), len(EXTENTS) - 1)])


def mean_footprint(
    scales: Scales,
    extent: float | None = None,
    cell: float | None = None,
    smooth: bool = True,
    told: Callable[[int], None] | None = None,
) -> Grid:
    """Mean footprint of the good steps on a grid of `cell` [m] reaching `extent` [m] to all sides of the tower.

    extent None: `usual_extent`; cell None: a 100th of it. smooth: see
    `smoothed`; kljun_ffp does so as a rule. told: called with the number of steps done after each block.
    A cell's weight is the footprint at its middle; without a good step all are zero and records is 0.
    Time: under 1 ms a step on 301 x 301 cells.

    Raises ValueError: extent or cell not above zero, or a grid of more than 4001 cells a side.
    """
    reach = usual_extent(scales) if extent is None else float(extent)
    size = reach / CELLS if cell is None else float(cell)
    if not (reach > 0 and size > 0 and reach / size <= 2000):
        raise ValueError(f"a grid of {reach} m by cells of {size} m is not possible; take at most 2000 cells")
    x = axis(reach, size)
    total = np.zeros((len(x), len(x)))
    good = np.flatnonzero(scales.good)
    turned = np.radians(scales.wind_direction)
    for start in range(0, len(good), BLOCK):
        rows = good[start : start + BLOCK]
        _add(total, x, x, scales.along[rows], scales.spread[rows], np.sin(turned[rows]), np.cos(turned[rows]))
        if told is not None:
            told(len(rows))
    total /= max(len(good), 1)
    return Grid(x, x, size, smoothed(total) if smooth else total, len(good))


def smoothed(weight: Array) -> Array:
    """Weight (m, k) after two passes of a 3 x 3 filter, nothing being outside: 0.4 of the cell itself, 0.1 of each
    neighbour by a side, 0.05 of each by a corner. Source: kljun_ffp."""
    for _ in range(2):
        rows = np.pad(weight, ((1, 1), (0, 0)))
        beside = rows[:-2] + rows[2:]
        wide = np.pad(0.1 * weight + 0.05 * beside, ((0, 0), (1, 1)))
        weight = 0.4 * weight + 0.1 * beside + wide[:, :-2] + wide[:, 2:]
    return weight


@njit(cache=True, error_model="numpy", fastmath=True)
def _add(total: Array, east: Array, north: Array, along: Array, spread: Array, sine: Array, cosine: Array) -> None:
    """Adds the footprints of steps to total (m, k); see kljun for the equations."""
    for i in range(len(along)):
        width = (spread[i] * ACROSS_A) ** 2 * ACROSS_B
        factor = A / (along[i] * math.sqrt(2 * math.pi * width))
        per_cell_x, per_cell_y = sine[i] / along[i], cosine[i] / along[i]
        narrow = 0.5 / width
        for m in range(len(north)):
            base, side = north[m] * per_cell_y, north[m] * sine[i]
            row = total[m]
            for k in range(len(east)):
                scaled = base + east[k] * per_cell_x
                u = scaled - D
                if u > 0:
                    lateral = east[k] * cosine[i] - side
                    open_ = 1 + ACROSS_C * scaled
                    exponent = -C / u - narrow * lateral * lateral * open_ / (scaled * scaled)
                    if exponent > UNDERFLOW:
                        row[k] += factor * math.sqrt(open_) / scaled * math.exp(exponent + B * math.log(u))
