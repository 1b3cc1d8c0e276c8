"""Mass-preserving (equal-area quadratic) spline down a profile.

f minimises (1/n) sum_i (s_i - mean of f over layer i)^2 + smoothing * integral of f'(z)^2. It is quadratic within
layers, linear between them, with f and f' continuous (bishop1999, malone2009). With R the tridiagonal matrix of
2 (z_(i+1) - z_(i-1)) + 6 gap_i and z_(i+1) - z_i, and Q the first differences, the fitted layer means are
(I + 6 n smoothing Q'R^-1 Q)^-1 s and the slopes at the layer limits 6 R^-1 Q times them.
Everything is linear in s, so that an integral of f is a weighted sum of the layers: the weights are what is computed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMOOTHING = 0.1
"""Published default, best of those tried on Australian profiles. Source: malone2009."""


def coefficients(top: Array, bottom: Array, smoothing: float = SMOOTHING) -> tuple[Array, Array, Array, Array, Array]:
    """Matrices that give, from the layer values s (n,), the fitted layer means, slope at the layer's top, slope at its
    bottom, quadratic term and value at its top.

    top, bottom: (m, n) limits of m profiles of n >= 2 layers, sorted, not overlapping [cm]. Each matrix: (m, n, n).
    smoothing 0 keeps every layer mean exactly. Source: bishop1999.
    """
    m, n = top.shape
    thick, gap = bottom - top, top[:, 1:] - bottom[:, :-1]
    r = np.zeros((m, n - 1, n - 1))
    i = np.arange(n - 1)
    r[:, i, i] = 2 * (thick[:, :-1] + thick[:, 1:]) + 6 * gap
    r[:, i[:-1], i[1:]] = r[:, i[1:], i[:-1]] = thick[:, 1:-1]
    q = np.zeros((n - 1, n))
    q[i, i], q[i, i + 1] = -1.0, 1.0
    bend = np.linalg.solve(r, np.broadcast_to(q, (m, n - 1, n)))
    fitted = np.linalg.inv(np.eye(n) + 6 * n * smoothing * (q.T @ bend))
    slope = 6 * bend @ fitted
    none = np.zeros((m, 1, n))
    at_top, at_bottom = np.concatenate([none, slope], axis=1), np.concatenate([slope, none], axis=1)
    h = thick[:, :, None]
    square = (at_bottom - at_top) / (2 * h)
    value = fitted - at_top * h / 2 - square * h**2 / 3
    return fitted, at_top, at_bottom, square, value


def weights(top: Array, bottom: Array, depth: float, smoothing: float = SMOOTHING) -> Array:
    """(m, n) effective thickness [cm] of each layer in the integral of the spline from its first top down to `depth`.

    The integral of f is (weights * s).sum(axis=1); a single layer counts as constant. NaN where the spline does not
    reach `depth`. Sources: bishop1999, malone2009.
    """
    m, n = top.shape
    reached = bottom[:, -1] >= depth - 1e-9
    if n == 1:
        out = np.clip(np.minimum(bottom, depth) - top, 0, None)
        return np.where(reached[:, None], out, np.nan)
    _, at_top, at_bottom, square, value = coefficients(top, bottom, smoothing)
    t = np.clip(np.minimum(bottom, depth) - top, 0, None)[:, :, None]
    total = (value * t + at_top * t**2 / 2 + square * t**3 / 3).sum(axis=1)
    gap = (top[:, 1:] - bottom[:, :-1])[:, :, None]
    g = np.clip(np.minimum(top[:, 1:], depth) - bottom[:, :-1], 0, None)[:, :, None]
    start = value[:, 1:] - at_bottom[:, :-1] * gap
    total = total + (start * g + at_bottom[:, :-1] * g**2 / 2).sum(axis=1)
    return np.where(reached[:, None], total, np.nan)


def at(top: Array, bottom: Array, values: Array, depth: Array, smoothing: float = SMOOTHING) -> Array:
    """(q,) the spline of one profile at given depths [cm]; NaN outside its layers. Source: bishop1999.

    top, bottom, values: (n,) n >= 2; depth: (q,).
    """
    _, at_top, at_bottom, square, value = (c[0] @ values for c in coefficients(top[None], bottom[None], smoothing))
    out = np.full(len(depth), np.nan)
    for i in range(len(top)):
        inside = (depth >= top[i]) & (depth <= bottom[i])
        t = depth - top[i]
        out = np.where(inside, value[i] + at_top[i] * t + square[i] * t**2, out)
        if i + 1 < len(top):
            between = (depth > bottom[i]) & (depth < top[i + 1])
            start = value[i + 1] - at_bottom[i] * (top[i + 1] - bottom[i])
            out = np.where(between, start + at_bottom[i] * (depth - bottom[i]), out)
    return out
