"""Surfaces on which least accumulated costs go wrong, and the oracle scikit-image for them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from skimage.graph import MCP_Geometric


class Surface(NamedTuple):
    name: str
    resistance: np.ndarray
    sources: np.ndarray
    width: float = 1.0
    height: float = 1.0


KINDS = {
    "even": lambda rng, shape: rng.uniform(1, 10, shape),
    "down to nothing": lambda rng, shape: rng.uniform(0, 1, shape),
    "classes": lambda rng, shape: rng.integers(1, 4, shape).astype(float),
    "with zeros": lambda rng, shape: rng.integers(0, 3, shape).astype(float),
    "twelve decades": lambda rng, shape: 10 ** rng.uniform(-6, 6, shape),
    "ones": lambda rng, shape: np.ones(shape),
    "steps lost in rounding": lambda rng, shape: rng.choice([0.0, 1.0, 3.0, 1e17], shape),
}


def random_surfaces(count: int, seed: int, largest: int = 40) -> Iterator[Surface]:
    """Random shapes, resistances of every kind, float32 and float64, few, some or nearly all cells sources."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        shape = tuple(rng.integers(1, largest, 2))
        name = list(KINDS)[number % len(KINDS)]
        resistance = KINDS[name](rng, shape)
        if rng.random() < 0.5:
            resistance = resistance.astype(np.float32)
        resistance[rng.random(shape) < rng.choice([0.0, 0.15, 0.4])] = np.nan
        share = rng.choice([0.01, 0.2, 0.9])
        sources = np.where(rng.random(shape) < share, rng.integers(1, 9, shape), 0).astype(np.int32)
        width, height = ((1.0, 1.0), (30.0, 30.0), (30.0, 47.5), (1e3, 0.25))[rng.integers(4)]
        yield Surface(f"{name} {number}", resistance, sources, width, height)


def adversarial_surfaces(side: int = 23) -> Iterator[Surface]:
    """Checkerboards, all cells sources, islands, switchbacks, one cell, one row, one column, nothing to start from."""
    rng = np.random.default_rng(side)
    shape = (side, side + 4)
    even = rng.uniform(1, 10, shape)
    none = np.zeros(shape, np.int32)
    ids = np.arange(1, none.size + 1, dtype=np.int32).reshape(shape)
    board = np.indices(shape).sum(axis=0) % 2
    one = none.copy()
    one[side // 2, side // 3] = 7
    two = one.copy()
    two[0, 0], two[-1, -1] = 5, 2
    yield Surface("checkerboard of sources", even, np.where(board, ids, 0).astype(np.int32))
    few = np.where(board & (rng.random(shape) < 0.02), ids, 0).astype(np.int32)
    yield Surface("checkerboard of barriers", np.where(board, even, np.nan), few)
    yield Surface("checkerboard of 1e-3 and 1e3", np.where(board, 1e-3, 1e3), two)
    yield Surface("checkerboard of zeros", np.where(board, 0.0, 1.0), two)
    yield Surface("all sources", even, ids)
    yield Surface("all one source", even, np.ones(shape, np.int32))
    yield Surface("all sources, no resistance", np.zeros(shape), ids)
    yield Surface("no resistance", np.zeros(shape), two)
    yield Surface("no source", even, none)
    yield Surface("all barriers", np.full(shape, np.nan), two)
    yield Surface("source on a barrier", np.where(one > 0, np.nan, even), two)
    islands = even.copy()
    islands[5, :], islands[:, 9], islands[12, ::2] = np.nan, np.nan, np.nan
    yield Surface("islands", islands, two)
    spiral = np.full(shape, np.nan)
    for i in range(0, side, 4):
        spiral[i, :] = 1.5
        spiral[i : i + 5, (-1 if i % 8 == 0 else 0)] = 2.5
    start = none.copy()
    start[0, 0] = 3
    yield Surface("switchback", spiral, start)
    many = np.where(rng.random(shape) < 0.03, ids[::-1, ::-1], 0).astype(np.int32)
    yield Surface("equal ways to many", np.ones(shape), many)
    tiny = np.full(shape, 5e-324)
    yield Surface("smallest floats", tiny, two)
    yield Surface("largest floats", np.full(shape, 1e300), two)
    yield Surface("one cell", even[:1, :1], ids[:1, :1])
    yield Surface("one row", even[:1], two[:1])
    yield Surface("one column", even[:, :1], two[:, :1])
    yield Surface("flat cells", even, two, 1000.0, 0.001)


def by_mcp(surface: Surface) -> np.ndarray:
    """Distance by MCP_Geometric: NaN on barriers, inf out of reach."""
    resistance = surface.resistance.astype(np.float64)
    barrier = np.isnan(resistance)
    starts = np.argwhere((surface.sources > 0) & ~barrier)
    if len(starts) == 0:
        return np.where(barrier, np.nan, np.inf)
    found, _ = MCP_Geometric(np.where(barrier, -1, resistance), sampling=(surface.height, surface.width)).find_costs(
        starts
    )
    return np.where(barrier, np.nan, found)


def by_relaxation(surface: Surface, distance: np.ndarray) -> np.ndarray:
    """Smallest id over the steps that meet `distance`, by sweeping over the whole grid until nothing changes."""
    far = 2**31 - 1
    resistance, rows, columns = surface.resistance.astype(np.float64), *distance.shape
    own = (surface.sources > 0) & ~np.isnan(resistance)
    ids = np.where(own, surface.sources, far).astype(np.int64)
    padded = [np.pad(x, 1, constant_values=np.nan) for x in (distance, resistance)]
    moves = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c]
    while True:
        before = ids.copy()
        known = np.pad(ids, 1, constant_values=far)
        for r, c in moves:
            at = np.s_[1 + r : rows + 1 + r, 1 + c : columns + 1 + c]
            half = 0.5 * np.sqrt((r * surface.height) ** 2 + (c * surface.width) ** 2)
            tight = (padded[0][at] + half * (padded[1][at] + resistance) == distance) & np.isfinite(distance) & ~own
            ids = np.where(tight & (known[at] < ids), known[at], ids)
        if (ids == before).all():
            return np.where(ids == far, 0, ids)
