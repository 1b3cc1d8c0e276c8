"""Monotone cubic spline through cumulative sums, for many profiles at once.

The spline has continuous second derivatives and takes its end conditions from the cubic through the four outermost
knots, so that a cubic is met exactly (forsythe1977); with three knots it is the parabola, with two the line. Where it
would not rise although the sums rise, its slopes are limited after hyman1983. This is the interpolation that
vonhaden2020 use for equivalent soil mass (there: R, spline(method = "hyman")).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def slopes(x: Array, y: Array) -> Array:
    """(k, ...) first derivatives at the knots of the spline before any limit.

    x, y: (k, ...) knots along the first axis, x strictly rising, k >= 2.
    """
    k = x.shape[0]
    step, rise = np.diff(x, axis=0), np.diff(y, axis=0)
    chord = rise / step
    if k == 2:
        return np.repeat(chord, 2, axis=0)
    bend = _curvatures(x, step, chord)
    first = chord[0] - step[0] * (2 * bend[0] + bend[1])
    inner = chord + step * (bend[:-1] + 2 * bend[1:])
    return np.concatenate([first[None], inner])


def _curvatures(x: Array, step: Array, chord: Array) -> Array:
    """(k, ...) a sixth of the second derivative at each knot."""
    k = x.shape[0]
    right = np.zeros_like(x)
    right[1:-1] = np.diff(chord, axis=0)
    main = np.empty_like(x)
    main[1:-1] = 2 * (step[:-1] + step[1:])
    main[0], main[-1] = -step[0], -step[-1]
    if k > 3:
        second = np.diff(chord, axis=0) / (x[2:] - x[:-2])
        third_first = (second[1] - second[0]) / (x[3] - x[0])
        third_last = (second[-1] - second[-2]) / (x[-1] - x[-4])
        right[0] = step[0] ** 2 * third_first
        right[-1] = -(step[-1] ** 2) * third_last
    for i in range(1, k):
        share = step[i - 1] / main[i - 1]
        main[i] = main[i] - share * step[i - 1]
        right[i] = right[i] - share * right[i - 1]
    bend = np.empty_like(x)
    bend[-1] = right[-1] / main[-1]
    for i in range(k - 2, -1, -1):
        bend[i] = (right[i] - step[i] * bend[i + 1]) / main[i]
    return bend


def limited(slope: Array, x: Array, y: Array) -> Array:
    """(k, ...) slopes within the limits that keep the curve as monotone as its knots: sign of the chords, at most
    three times the smaller of the two beside the knot. Source: hyman1983."""
    chord = np.diff(y, axis=0) / np.diff(x, axis=0)
    before, after = np.concatenate([chord[:1], chord]), np.concatenate([chord, chord[-1:]])
    most = 3 * np.minimum(np.abs(before), np.abs(after))
    sign = np.where(before * after > 0, after, slope)
    return np.where(sign >= 0, np.clip(slope, 0, most), np.clip(slope, -most, 0))


def interpolate(x: Array, y: Array, at: Array, *, monotone: bool = True) -> Array:
    """(q, ...) values of the spline at `at`; beyond the last knot the curve goes on with its last chord.

    x, y: (k, ...) knots along the first axis, x strictly rising from x[0]; at: (q, ...) with the same other axes or 1.
    Below the first knot the result is NaN. Sources: vonhaden2020, hyman1983, forsythe1977.
    """
    slope = slopes(x, y)
    if monotone:
        slope = limited(slope, x, y)
    shape = np.broadcast_shapes(at.shape[1:], x.shape[1:])
    out = np.empty((at.shape[0], *shape))
    k = x.shape[0]
    for q in range(at.shape[0]):
        point = np.broadcast_to(at[q], shape)
        low = np.clip((x <= point[None]).sum(axis=0) - 1, 0, k - 2)[None]
        x0, x1 = (np.take_along_axis(x, low + j, 0)[0] for j in (0, 1))
        y0, y1 = (np.take_along_axis(y, low + j, 0)[0] for j in (0, 1))
        s0, s1 = (np.take_along_axis(slope, low + j, 0)[0] for j in (0, 1))
        step = x1 - x0
        t = (point - x0) / step
        inside = (
            y0 * (1 + 2 * t) * (1 - t) ** 2
            + s0 * step * t * (1 - t) ** 2
            + y1 * t**2 * (3 - 2 * t)
            + s1 * step * t**2 * (t - 1)
        )
        beyond = y1 + (point - x1) * (y1 - y0) / step
        out[q] = np.where(point > x[-1], beyond, np.where(point < x[0], np.nan, inside))
    return out
