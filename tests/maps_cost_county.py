"""A surface like that of Wensu County: fractal heights, classes of Table 5, weights of Table 4, three patches."""

import numpy as np
from numba import njit

RANGE = (800.0, 8000.0)
SCALE = {"slope": (28.8111, (20, 40, 60, 80), (1, 3, 5, 7, 9)),
         "elevation": (32.4634, (2000, 3000, 4000, 5000, 6000), (1, 2, 4, 6, 8, 10)),
         "accumulated temperature": (23.4966, (1000, 2000, 3000, 4000), (9, 7, 5, 3, 1)),
         "precipitation": (3.1203, (150, 300, 450, 600), (9, 7, 5, 3, 1))}  # fmt: skip
REST = (8.3713, 3.7373)
"""Weights (%) of land use and of population density."""


def noise(side: int, seed: int, roughness: float = 0.55) -> np.ndarray:
    """Fractal field in 0..1: octaves of random values between grid points, each `roughness` times the one before."""
    rng = np.random.default_rng(seed)
    field = np.zeros((side, side), np.float32)
    knots, size = 3, 1.0
    while knots < side:
        add(field, rng.random((knots + 2, knots + 2)).astype(np.float32), np.float32(size))
        knots, size = knots * 2, size * roughness
    field -= field.min()
    field /= field.max()
    return field


@njit(cache=True, nogil=True)
def add(field, values, size):  # type: ignore[no-untyped-def]
    rows, columns = field.shape
    knots = len(values) - 2
    for r in range(rows):
        y = r * knots / rows
        i = int(y)
        v = y - i
        v = v * v * (3 - 2 * v)
        for c in range(columns):
            x = c * knots / columns
            j = int(x)
            u = x - j
            u = u * u * (3 - 2 * u)
            field[r, c] += size * ((values[i, j] * (1 - u) + values[i, j + 1] * u) * (1 - v)
                                   + (values[i + 1, j] * (1 - u) + values[i + 1, j + 1] * u) * v)  # fmt: skip


def surface(side: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray, float]:
    """resistance (float32, NaN on about 8 % of the cells), sources (int32, three), width of a cell in metres."""
    cell = 153_000.0 / side
    height = noise(side, seed)
    height **= 2
    height *= RANGE[1] - RANGE[0]
    height += RANGE[0]
    resistance = np.zeros((side, side), np.float32)
    for row in range(0, side, 256):
        part = slice(row, row + 256)
        block = height[max(row - 1, 0) : row + 257].astype(np.float64)
        dy, dx = np.gradient(block, cell)
        own = slice(1 if row else 0, (1 if row else 0) + len(height[part]))
        layers = {"slope": np.degrees(np.arctan(np.hypot(dx, dy)))[own], "elevation": height[part],
                  "accumulated temperature": np.maximum(4800 - 0.9 * (height[part] - 800), 0),
                  "precipitation": 65 + 0.12 * (height[part] - 800)}  # fmt: skip
        for name, (weight, edges, values) in SCALE.items():
            classes = np.digitize(layers[name], edges)
            resistance[part] += np.float32(weight / 100) * np.array(values, np.float32)[classes]
        use = np.where(height[part] < 1200, 3, np.where(height[part] < 3200, 1, 5))
        people = np.where(height[part] < 1000, 5, 1)
        resistance[part] += (use * REST[0] / 100 + people * REST[1] / 100).astype(np.float32)
    sources = patches(height)
    hole = noise(side, seed + 1, 0.7)
    limit = np.quantile(hole.ravel()[:: max(hole.size // 100_000, 1)], 0.08)
    resistance[(hole < limit) & (sources == 0)] = np.nan
    return resistance, sources, cell


def patches(height: np.ndarray) -> np.ndarray:
    """One round patch on a mountain, two in the plain."""
    side = len(height)
    sources = np.zeros((side, side), np.int32)
    coarse = height[:: max(side // 200, 1), :: max(side // 200, 1)]
    step = max(side // 200, 1)
    low = np.argsort(coarse, axis=None, kind="stable")
    places = [low[int(0.995 * len(low))], low[len(low) // 100], low[len(low) // 20]]
    radius = side // 40 + 1
    for source, place in enumerate(places, 1):
        r, c = (int(x) * step for x in np.unravel_index(place, coarse.shape))
        window = np.s_[max(r - radius, 0) : min(r + radius + 1, side), max(c - radius, 0) : min(c + radius + 1, side)]
        y, x = np.ogrid[window]
        sources[window][(y - r) ** 2 + (x - c) ** 2 <= radius**2] = source
    return sources
