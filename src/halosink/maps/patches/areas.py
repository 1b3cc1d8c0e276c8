"""Patches below an area dropped, holes up to an area filled: decisions on the table of patches, whole or tiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.patches.label import Neighbours, label_patches
from halosink.maps.patches.tiled import Joined


def large_enough(cells: NDArray[np.int64], least: float) -> NDArray[np.int32]:
    """New number by old number of patches of at least `least` cells, in the old order; 0 for dropped ones.

    cells: by patch number, [0] for no patch (as in `Joined.cells`).
    """
    kept = cells >= least
    kept[0] = False
    return np.where(kept, np.cumsum(kept), 0).astype(np.int32)


def drop_small(patch: NDArray[np.int32], count: int, least: float) -> tuple[NDArray[np.int32], int]:
    """A labelled raster in memory without patches of fewer than `least` cells, renumbered; and how many are left."""
    lookup = large_enough(np.bincount(patch.reshape(-1), minlength=count + 1), least)
    return lookup[patch], int(lookup.max(initial=0))


def other_neighbours(neighbours: Neighbours) -> Neighbours:
    """What joins the cells around patches: 4 where patches join by 8, so that no hole leaks through a corner."""
    return 4 if neighbours == 8 else 8


def holes(background: Joined, most: float) -> NDArray[np.bool_]:
    """By patch number of the background (labelled with `other_neighbours`): a hole, of at most `most` cells.

    A hole does not touch the edge of the grid.
    """
    hole = ~background.edge & (background.cells <= most)
    hole[0] = False
    return hole


def fill_holes(mask: NDArray[np.bool_], most: float, neighbours: Neighbours = 8) -> NDArray[np.bool_]:
    """The mask with its holes of at most `most` cells filled; `neighbours` joins the cells of the mask.

    Tiled: label the inverted mask by `tile_record` and `join_records`, then `tile_patches` with `lookup=holes(...)`.
    """
    background, count = label_patches(~mask, other_neighbours(neighbours))
    cells: NDArray[Any] = np.bincount(background.reshape(-1), minlength=count + 1)
    hole = cells <= most
    for border in (background[0], background[-1], background[:, 0], background[:, -1]):
        hole[border] = False
    hole[0] = False
    return mask | hole[background]
