"""Outlines of patches along the edges of cells, and the place inside each where a number fits best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.figures import canvas
from halosink.figures.map_sheet import MapSheet, Place

PIECES = 12_000
"""Straight pieces of outline at most; beyond, small patches go without. Own choice: some 200 kB."""


def edges(sheet: MapSheet, place: Place, ids: NDArray[np.int64]) -> None:
    """Lines where a patch borders on another or on none."""
    kept = ids
    found, count = np.unique(ids[ids > 0], return_counts=True)
    ranked = found[np.lexsort((found, -count))]
    while True:
        across, down = _runs(kept), _runs(kept.T)
        if len(across) + len(down) <= PIECES or len(ranked) <= 1:
            break
        ranked = ranked[: len(ranked) // 2]
        kept = np.where(np.isin(ids, ranked), ids, 0)
    step = place.wide / ids.shape[1], place.tall / ids.shape[0]
    for line, first, last in across:
        y = place.top + line * step[1]
        sheet.line([place.left + first * step[0], place.left + last * step[0]], [y, y], canvas.INK, 0.7)
    for line, first, last in down:
        x = place.left + line * step[0]
        sheet.line([x, x], [place.top + first * step[1], place.top + last * step[1]], canvas.INK, 0.7)


def middle(inside: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Row and column of the cell farthest from the edge of a patch; None for an empty one."""
    from scipy.ndimage import distance_transform_cdt

    if not inside.any():
        return None
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    cut = np.pad(inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    place = np.unravel_index(int(np.argmax(distance_transform_cdt(cut, "chessboard"))), cut.shape)
    return int(place[0]) - 1 + int(rows[0]), int(place[1]) - 1 + int(columns[0])


def _runs(ids: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Stretches of borders between rows: line, first and last column."""
    padded = np.pad(ids, ((1, 1), (0, 0)))
    border = padded[1:] != padded[:-1]
    turns = np.diff(np.pad(border.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    starts, ends = np.argwhere(turns == 1), np.argwhere(turns == -1)
    return [(int(a[0]), int(a[1]), int(b[1])) for a, b in zip(starts, ends, strict=True)]
