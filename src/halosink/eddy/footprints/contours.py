"""Source areas: the smallest part of the ground from which a given share of the flux comes, and its outline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Line = NDArray[np.float64]

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of the footprint for which source areas are given. Source: kljun2015."""


def levels(weight: Array, cell_area: float, shares: tuple[float, ...] = SHARES) -> Array:
    """Footprint [m-2] on the edge of the source area of each share, (s,).

    Cells are added from the heaviest on; the edge is the weight of the cell at which their sum lies nearest to the
    share (kljun2015, section 5). NaN: the grid holds less than the share.

    weight: (m, k) [m-2]; cell_area [m2].
    """
    falling = np.sort(weight, axis=None)[::-1]
    held = np.cumsum(falling) * cell_area
    out = np.full(len(shares), np.nan)
    for i, share in enumerate(shares):
        if held[-1] >= share:
            after = int(np.searchsorted(held, share))
            before = max(after - 1, 0)
            nearest = before if share - held[before] <= held[after] - share else after
            out[i] = falling[nearest]
    return out


def share_of_cells(weight: Array, edges: Array, shares: tuple[float, ...] = SHARES) -> Array:
    """Smallest share whose source area holds the cell, shape of weight; NaN outside all. edges: of `levels`."""
    out = np.full(weight.shape, np.nan)
    for share, edge in sorted(zip(shares, edges, strict=True), reverse=True):
        if np.isfinite(edge):
            out[weight >= edge] = share
    return out


def outlines(x: Array, y: Array, weight: Array, level: float) -> list[Line]:
    """Lines on which the weight equals `level`, linear between the middles of cells (marching squares).

    x (k,), y (m,): coordinates; weight (m, k). Each line (p, 2) of x and y; the first point comes again at the end of
    a closed one. Longest first; none where level is NaN or crosses nothing.
    """
    if not np.isfinite(level):
        return []
    inside = weight >= level
    corners = (inside[:-1, :-1], inside[:-1, 1:], inside[1:, 1:], inside[1:, :-1])
    crossed = np.argwhere(~(corners[0] & corners[1] & corners[2] & corners[3]) & np.logical_or.reduce(corners))
    links: dict[int, list[int]] = {}
    wide, edges = weight.shape[1], weight.size
    for m, k in crossed.tolist():
        south, north, west, east = m * wide + k, (m + 1) * wide + k, edges + m * wide + k, edges + m * wide + k + 1
        a, b, c, d = (bool(inside[m, k]), bool(inside[m, k + 1]), bool(inside[m + 1, k + 1]), bool(inside[m + 1, k]))
        cut = [e for e, yes in ((south, a != b), (east, b != c), (north, c != d), (west, d != a)) if yes]
        if len(cut) == 4 and (weight[m : m + 2, k : k + 2].mean() >= level) != a:
            cut = [cut[3], *cut[:3]]
        for p, q in zip(cut[::2], cut[1::2], strict=True):
            links.setdefault(p, []).append(q)
            links.setdefault(q, []).append(p)
    return sorted((_points(chain, x, y, weight, level) for chain in _chains(links)), key=len, reverse=True)


def _chains(links: dict[int, list[int]]) -> list[list[int]]:
    """Edges one after the other: lines that end at the border first, then closed ones."""
    out, seen = [], set[int]()
    for start in sorted(links, key=lambda e: len(links[e])):
        if start in seen:
            continue
        chain, here = [start], start
        seen.add(start)
        while True:
            onward = [e for e in links[here] if e not in seen]
            if not onward:
                break
            here = onward[0]
            seen.add(here)
            chain.append(here)
        if len(links[start]) == 2 and len(chain) > 2:
            chain.append(start)
        out.append(chain)
    return out


def _points(chain: list[int], x: Array, y: Array, weight: Array, level: float) -> Line:
    number = np.array(chain)
    upright = number >= weight.size
    m, k = np.divmod(np.where(upright, number - weight.size, number), weight.shape[1])
    m2, k2 = np.where(upright, m + 1, m), np.where(upright, k, k + 1)
    first, second = weight[m, k], weight[m2, k2]
    part = (level - first) / (second - first)
    return np.column_stack([x[k] + part * (x[k2] - x[k]), y[m] + part * (y[m2] - y[m])])


def reach(lines: list[Line]) -> float:
    """Distance [m] from the tower to the farthest point of the outlines; NaN without any."""
    return max((float(np.hypot(line[:, 0], line[:, 1]).max()) for line in lines), default=float("nan"))
