"""What lies around each patch: the land use of a ring of cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, maximum_filter1d


def surroundings(
    patch: NDArray[np.int32], land_use: NDArray[np.uint8], count: int, codes: Sequence[int], radius: int,
    margin: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> NDArray[np.int64]:  # fmt: skip
    """Cells by patch (0..count; row 0 is not used) and code in the ring of `radius` cells around each patch.

    A cell is in the ring of a patch when it is not of the patch and a cell of it lies within `radius` rows and columns.
    Cells of other patches count: what surrounds a patch may be a sink too. One tile with the cells around it: margin
    (north, south, west, east) says how many rows and columns are not of the tile: `radius`, fewer at the edge of the
    grid; tables of tiles are added.
    """
    table = np.zeros((count + 1, len(codes)), np.int64)
    column = np.full(256, len(codes), np.int64)
    column[list(codes)] = np.arange(len(codes))
    rows, columns = patch.shape
    north, south, west, east = margin[0], rows - margin[1], margin[2], columns - margin[3]
    for number, box in enumerate(find_objects(patch, max_label=count), 1):
        if box is None:
            continue
        window = tuple(slice(max(s.start - radius, 0), s.stop + radius) for s in box)
        inside = patch[window] == number
        near = inside.astype(np.uint8)
        for axis in (0, 1):
            near = maximum_filter1d(near, 2 * radius + 1, axis=axis, mode="constant")
        ring = (near > 0) & ~inside
        r, c = np.nonzero(ring)
        r, c = r + window[0].start, c + window[1].start
        of_tile = (r >= north) & (r < south) & (c >= west) & (c < east)
        found = np.bincount(column[land_use[r[of_tile], c[of_tile]]], minlength=len(codes) + 1)
        table[number] += found[: len(codes)]
    return table
