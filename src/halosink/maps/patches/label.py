"""Contiguous patches of a raster in memory, numbered by their first cell in reading order."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

Neighbours = Literal[4, 8]
MOST_CELLS = 2**31 - 1


@njit(cache=True, nogil=True)
def _root(parent, i):  # type: ignore[no-untyped-def]
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def _join(parent, i, j):  # type: ignore[no-untyped-def]
    a, b = _root(parent, i), _root(parent, j)
    if a < b:
        parent[b] = a
        return a
    parent[a] = b
    return b


@njit(cache=True, nogil=True)
def _label(classes, eight, parent):  # type: ignore[no-untyped-def]
    rows, columns = classes.shape
    for r in range(rows):
        for c in range(columns):
            here = classes[r, c]
            i = r * columns + c
            if here == 0:
                parent[i] = -1
                continue
            root = i
            north = r > 0 and classes[r - 1, c] == here
            if north:
                root = _root(parent, i - columns)
            if eight and not north:
                if c > 0 and classes[r, c - 1] == here:
                    root = _root(parent, i - 1)
                elif r > 0 and c > 0 and classes[r - 1, c - 1] == here:
                    root = _root(parent, i - columns - 1)
                if r > 0 and c < columns - 1 and classes[r - 1, c + 1] == here:
                    other = i - columns + 1
                    root = _root(parent, other) if root == i else _join(parent, root, other)
            elif not eight and c > 0 and classes[r, c - 1] == here:
                root = _root(parent, i - 1) if root == i else _join(parent, root, i - 1)
            parent[i] = root
    # A parent stands before its child, so it already has its number, kept negative until the end.
    count = 0
    for i in range(parent.size):
        up = parent[i]
        if up == i:
            count += 1
            parent[i] = -count - 1
        elif up >= 0:
            parent[i] = parent[up]
    for i in range(parent.size):
        parent[i] = -parent[i] - 1
    return count


def label_patches(classes: NDArray[Any], neighbours: Neighbours = 8) -> tuple[NDArray[np.int32], int]:
    """Patches of equal, non-zero values that hang together: (numbers like `classes`, how many).

    classes: 2-D; bool (a mask) or integers (cells of one class make a patch). 0 belongs to no patch and stays 0.
    neighbours: 4 (sides) or 8 (sides and corners). Numbers are 1.. by the first cell in reading order (row after row).
    Two passes with a union-find kept in the result itself: 4 bytes a cell.

    Raises ValueError: not 2-D, not bool or integer, neither 4 nor 8 neighbours, or 2**31 cells and more.
    """
    if classes.ndim != 2:
        raise ValueError(f"classes have {classes.ndim} dimensions; 2 are needed")
    if classes.dtype.kind not in "bui":
        raise ValueError(f"classes are {classes.dtype}; bool or integers are needed")
    if neighbours not in (4, 8):
        raise ValueError(f"neighbours is {neighbours!r}; known are 4 and 8")
    if classes.size > MOST_CELLS:
        raise ValueError(f"{classes.size} cells at once; label tile by tile from {MOST_CELLS + 1} on")
    patch = np.empty(classes.shape, np.int32)
    whole = classes.view(np.uint8) if classes.dtype == np.bool_ else classes
    return patch, int(_label(whole, neighbours == 8, patch.reshape(-1)))
