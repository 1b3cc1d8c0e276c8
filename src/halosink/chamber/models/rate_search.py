"""The rate of a curve that rises towards a limit, by least squares for many series at once.

The rise of rate x over u, the share of the duration, is (1 - exp(-x u)) / x. Level and slope belong to it linearly, so
that the sum of squares is a function of x alone (golub1973).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array
from halosink.chamber.models.fit import divide

# own choice: with k duration below this the slope at the start differs by less than 5e-5 from the straight line's
STRAIGHT = 1e-4
# own choice: dense enough that the sum of squares, smooth in log k, has no more than one minimum between neighbours
PER_DECADE = 6
# own choice: relative change of k at which the search ends, far below its standard error
TOLERANCE = 1e-11
MOST_ROUNDS = 60


class Series(NamedTuple):
    """Share of the duration and centred value of each reading, 0 where not counted."""

    share: Array
    value: Array
    valid: NDArray[np.bool_]
    n: Array

    def take(self, rows: NDArray[np.intp]) -> Series:
        return Series(self.share[rows], self.value[rows], self.valid[rows], self.n[rows])


def best_rate(
    series: Series, cap: Array, limited: NDArray[np.bool_]
) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """(m,) best x or NaN, whether it lies inside the range, whether at its upper end, which is a limit asked for."""
    points = 2 + int(PER_DECADE * np.log10(np.max(cap, initial=STRAIGHT) / STRAIGHT))
    grid = np.minimum(np.maximum(cap, STRAIGHT)[:, None], STRAIGHT * 10 ** (np.arange(points) / PER_DECADE))
    explained, rise = np.empty_like(grid), np.empty_like(grid)
    for j in range(points):
        explained[:, j], rise[:, j] = profile(series, grid[:, j])
    peak = (rise[:, :-1] > 0) & (rise[:, 1:] <= 0)
    height = np.where(peak, np.maximum(explained[:, :-1], explained[:, 1:]), -np.inf)
    best = np.argmax(height, axis=1)
    row = np.arange(len(best))
    inside = height[row, best]
    line = np.where(rise[:, 0] <= 0, explained[:, 0], -np.inf)
    end = np.where(limited & (rise[:, -1] > 0), explained[:, -1], -np.inf)
    bends = cap > STRAIGHT
    curved = bends & (inside > np.maximum(line, end))
    bounded = bends & ~curved & (end > line)
    straight = ~bends | (~curved & ~bounded & (line > -np.inf))
    x = np.select([bounded, straight], [cap, 0.0], np.nan)
    rows, at = np.flatnonzero(curved), best[curved]
    x[rows] = _vanishing(series.take(rows), grid[rows, at], grid[rows, at + 1], rise[rows, at], rise[rows, at + 1])
    return x, curved, bounded


def profile(series: Series, x: Array) -> tuple[Array, Array]:
    """(m,) sum of squares that the best curve of rate x explains, and half its change with x."""
    base, change = basis(series, x)
    squares = np.einsum("ij,ij->i", base, base)
    slope = divide(np.einsum("ij,ij->i", base, series.value), squares)
    residual = series.value - slope[:, None] * base
    return slope**2 * squares, slope * np.einsum("ij,ij->i", residual, change)


def basis(series: Series, x: Array) -> tuple[Array, Array]:
    """(m, n) rise (1 - exp(-x u)) / x less its mean, and its change with x."""
    fall = np.exp(-x[:, None] * series.share)
    base = (1 - fall) / x[:, None]
    change = (series.share * fall - base) / x[:, None]
    mean = np.sum(base, axis=1, where=series.valid) / series.n
    return np.where(series.valid, base - mean[:, None], 0.0), change


def _vanishing(series: Series, low: Array, high: Array, at_low: Array, at_high: Array) -> Array:
    """(m,) x between low and high where the change (positive at low) vanishes: Illinois regula falsi in log x."""
    low, high, at_low, at_high = np.log(low), np.log(high), at_low.copy(), at_high.copy()
    side = np.zeros(len(low))
    middle = low.copy()
    rows = np.arange(len(low))
    for _ in range(MOST_ROUNDS):
        if not len(rows):
            break
        a, b, f, g = low[rows], high[rows], at_low[rows], at_high[rows]
        new = b - g * (b - a) / (g - f)
        moved = np.abs(new - middle[rows])
        middle[rows] = new
        _, rise = profile(series.take(rows), np.exp(new))
        up = rise > 0
        at_high[rows] = np.where(up, np.where(side[rows] > 0, g / 2, g), rise)
        at_low[rows] = np.where(up, rise, np.where(side[rows] < 0, f / 2, f))
        low[rows], high[rows] = np.where(up, new, a), np.where(up, b, new)
        side[rows] = np.where(up, 1.0, -1.0)
        rows = rows[(moved > TOLERANCE) & (rise != 0)]
    return np.exp(middle)
