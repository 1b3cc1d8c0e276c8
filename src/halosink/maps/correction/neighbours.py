"""An order of points, and for each its nearest among those before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Array = NDArray[np.float64]

ASKED = 2.5
"""Neighbours asked of a tree per one wanted. Own choice: of points in random order about half come before."""


def earlier(points: Array, wanted: int, first: int = 1) -> NDArray[np.int32]:
    """(n, wanted) row numbers of the nearest points among rows 0..i-1, nearest first, -1 where there are fewer.

    points: (n, 2) [m] in an order without direction (random). Rows below `first` get none. Exact: neighbours that lie
    later in the order are passed over and more are asked until enough are found.
    """
    n = len(points)
    out = np.full((n, wanted), -1, dtype=np.int32)
    begin = first
    while begin < n:
        end = min(n, max(2 * begin, wanted + 1))
        tree = cKDTree(points[:end])
        rows, asked = np.arange(begin, end), int(ASKED * wanted) + 8
        while rows.size:
            asked = min(asked, end)
            found = np.atleast_2d(tree.query(points[rows], k=np.arange(1, asked + 1))[1])
            before = found < rows[:, None]
            enough = (before.sum(axis=1) >= np.minimum(wanted, rows)) | (asked == end)
            done = rows[enough]
            if done.size:
                place = np.argsort(~before[enough], axis=1, kind="stable")[:, :wanted]
                near = np.take_along_axis(found[enough], place, axis=1)
                near = np.where(near < done[:, None], near, -1)
                out[done, : near.shape[1]] = near
            rows, asked = rows[~enough], asked * 2
        begin = end
    return out
