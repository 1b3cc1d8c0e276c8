"""A flux that rises with friction velocity up to a change point and is level above it: sums of squares and search.

flux = level + slope * min(velocity - point, 0), the second of the two models of barr2013. The search is that of
muggeo2003: the model made linear about a point gives the next one, here with the best step on the way to it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sums = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats]

SETTLED, ITERATIONS = 1e-5, 30  # relative change of the sum of squares; default of muggeo2008
LIMIT = 0.05  # share of records below and above the point at least; default of muggeo2008
NUDGE = 0.95  # by which a point with fewer than two records on a side moves; default of muggeo2008
STEP = 2.220446049250313e-16**0.25  # precision of the step
MACHINE = 2.220446049250313e-16
GOLDEN = (3 - 5**0.5) / 2
OUTSIDE, DEGENERATE = 1, 2


@njit(cache=True, error_model="numpy")
def running_sums(velocity: Floats, flux: Floats, weight: Floats) -> Sums:
    """velocity: (records,) from calm to windy. Sums over the first 0, 1, ... records of weight, weighted velocity, its
    square, flux, and product; the velocity itself; and the weighted sum of squares of the flux."""
    number = len(velocity)
    sums = np.zeros((5, number + 1))
    square = np.zeros(1)
    for at in range(number):
        w, u, y = weight[at], velocity[at], flux[at]
        sums[0, at + 1] = sums[0, at] + w
        sums[1, at + 1] = sums[1, at] + w * u
        sums[2, at + 1] = sums[2, at] + w * u * u
        sums[3, at + 1] = sums[3, at] + w * y
        sums[4, at + 1] = sums[4, at] + w * u * y
        square[0] += w * y * y
    return sums[0], sums[1], sums[2], sums[3], sums[4], velocity, square


@njit(cache=True, error_model="numpy")
def calmer(velocity: Floats, point: float, low: int, high: int) -> int:
    """How many velocities are below the point; the answer is known to lie between low and high."""
    while low < high:
        middle = (low + high) // 2
        if velocity[middle] < point:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, error_model="numpy")
def squares(sums: Sums, point: float) -> float:
    """Least sum of squares of the model with this change point."""
    return squares_at(sums, point, calmer(sums[5], point, 0, len(sums[5])))


@njit(cache=True, error_model="numpy")
def squares_at(sums: Sums, point: float, at: int) -> float:
    """The same, at: how many velocities are below the point."""
    weight, u, uu, y, uy, _, square = sums
    number = weight[-1]
    a = weight[at] * point - u[at]
    aa = weight[at] * point * point - 2 * point * u[at] + uu[at] - a * a / number
    ay = point * y[at] - uy[at] - a * y[-1] / number
    total = square[0] - y[-1] * y[-1] / number
    return float(total - ay * ay / aa) if aa > 0 else float(total)


@njit(cache=True, error_model="numpy")
def at_rank(sums: Sums, rank: float) -> float:
    """Velocity of the record of this rank, counted from 0 and between records interpolated."""
    weight, velocity = sums[0], sums[5]
    below = int(np.floor(rank + 4 * MACHINE))
    low = velocity[min(int(np.searchsorted(weight, below, side="right")) - 1, len(velocity) - 1)]
    if rank - below < 4 * MACHINE:
        return float(low)
    high = velocity[min(int(np.searchsorted(weight, below + 1, side="right")) - 1, len(velocity) - 1)]
    return float(low + (rank - below) * (high - low))


@njit(cache=True, error_model="numpy")
def limits(sums: Sums, share: float) -> tuple[float, float]:
    last = sums[0][-1] - 1
    return at_rank(sums, last * share), at_rank(sums, last * (1 - share))


@njit(cache=True, error_model="numpy")
def sides(sums: Sums, point: float) -> tuple[float, float]:
    """Records below the point, and at or above it; where none is below, those at it count as below."""
    weight, velocity = sums[0], sums[5]
    below = weight[calmer(velocity, point, 0, len(velocity))]
    if below == 0:
        below = weight[np.searchsorted(velocity, point, side="right")]
    return float(below), float(weight[-1] - below)


@njit(cache=True, error_model="numpy")
def linear_step(sums: Sums, point: float) -> tuple[float, bool]:
    """Where the level above the point and the line below it, fitted freely, meet; whether there is such a line."""
    weight, u, uu, y, uy, velocity, square = sums
    at = calmer(velocity, point, 0, len(velocity))
    below, above = weight[at], weight[-1] - weight[at]
    if below <= 0 or above <= 0:
        return point, False
    spread = uu[at] - u[at] * u[at] / below
    if not spread > 1e-14 * max(uu[at], 1e-300):
        return point, False
    slope = (uy[at] - u[at] * y[at] / below) / spread
    if slope == 0:
        return point, False
    level = (y[-1] - y[at]) / above
    gap = level - (y[at] / below + slope * (point - u[at] / below))
    return point + gap / slope, True


@njit(cache=True, error_model="numpy")
def best_step(sums: Sums, old: float, new: float) -> tuple[float, float]:
    """Point between old and new with the least sum of squares, by parabolas and golden sections (brent1973), and it."""
    velocity = sums[5]
    least = calmer(velocity, min(old, new), 0, len(velocity))
    most = calmer(velocity, max(old, new), least, len(velocity))
    a, b = 0.0, 1.0
    x = w = v = a + GOLDEN * (b - a)
    d = e = 0.0
    point = new * x + old * (1 - x)
    fx = squares_at(sums, point, calmer(velocity, point, least, most))
    fw = fv = fx
    while True:
        middle = (a + b) / 2
        near = np.sqrt(MACHINE) * abs(x) + STEP / 3
        if abs(x - middle) <= 2 * near - (b - a) / 2:
            break
        p = q = r = 0.0
        if abs(e) > near:
            r = (x - w) * (fx - fv)
            q = (x - v) * (fx - fw)
            p = (x - v) * q - (x - w) * r
            q = 2 * (q - r)
            if q > 0:
                p = -p
            else:
                q = -q
            r, e = e, d
        if abs(p) >= abs(q / 2 * r) or p <= q * (a - x) or p >= q * (b - x):
            e = b - x if x < middle else a - x
            d = GOLDEN * e
        else:
            d = p / q
            if x + d - a < 2 * near or b - x - d < 2 * near:
                d = near if x < middle else -near
        t = x + d if abs(d) >= near else (x + near if d > 0 else x - near)
        point = new * t + old * (1 - t)
        ft = squares_at(sums, point, calmer(velocity, point, least, most))
        if ft <= fx:
            if t < x:
                b = x
            else:
                a = x
            v, w, x = w, x, t
            fv, fw, fx = fw, fx, ft
        else:
            if t < x:
                a = t
            else:
                b = t
            if ft <= fw or w == x:
                v, fv = w, fw
                w, fw = t, ft
            elif ft <= fv or v in (x, w):
                v, fv = t, ft
    return float(new * x + old * (1 - x)), float(fx)


@njit(cache=True, error_model="numpy")
def descend(sums: Sums, start: float, iterations: int) -> tuple[int, float, float, bool]:
    """From a start to a change point: 0 or why not, the point, its sum of squares, and whether the search came to its
    end; where it met a degenerate model on its way, the best point until then."""
    low, high = limits(sums, LIMIT)
    least, most = at_rank(sums, 0.0), at_rank(sums, sums[0][-1] - 1)
    below, above = sides(sums, start)
    if not low < start < high or below < 2 or above < 2:
        return OUTSIDE, start, np.nan, False
    point, value = start, squares(sums, start)
    best_point, best_value = point, value
    for _ in range(iterations):
        aim, line = linear_step(sums, point)
        if not line:
            return DEGENERATE, best_point, best_value, False
        point, after = best_step(sums, point, min(max(aim, least), most))
        point = min(max(point, low), high)
        change = (value - after) / (abs(value) + 0.1)
        value = after
        if value < best_value:
            best_point, best_value = point, value
        below, above = sides(sums, point)
        if below < 2 or above < 2:
            point *= 1 / NUDGE if below > above else NUDGE
        if abs(change) <= SETTLED:
            break
    return 0, point, squares(sums, point), True
