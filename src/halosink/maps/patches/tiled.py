"""Patches of a raster that is never whole in memory: a record per tile, records joined, tiles renumbered.

The numbers are those of `label.label_patches` on the whole raster, bit for bit. A record holds the border cells of its
tile and a row per patch of the tile; nothing of it grows with the cells of a large patch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from halosink.maps.grid import Tile
from halosink.maps.patches.label import Neighbours, label_patches

Integers = NDArray[np.int64]
Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Record:
    """One tile: per patch of the tile (row 0 stands for no patch) its class, first cell of the grid, cells, and whether
    it touches the edge of the grid; the patch numbers along the four borders; the sides that patches of the tile share
    (pairs a < b with 0 for no patch or the edge of the grid, and how many)."""

    tile: Tile
    value: Integers
    first: Integers
    cells: Integers
    edge: NDArray[np.bool_]
    north: Ids
    south: Ids
    west: Ids
    east: Ids
    pairs: Integers
    sides: Integers


@dataclass(frozen=True, slots=True)
class Joined:
    """All patches of the grid: `value`, `first`, `cells`, `edge` by patch number (row 0 stands for no patch), `pairs`
    and `sides` as in a record, and per tile the number in the grid of each patch of the tile (`ids[tile][0]` = 0)."""

    value: Integers
    first: Integers
    cells: Integers
    edge: NDArray[np.bool_]
    pairs: Integers
    sides: Integers
    ids: dict[Tile, Ids]

    @property
    def count(self) -> int:
        return self.cells.size - 1


@njit(cache=True, nogil=True)
def _describe(patch, classes, row0, column0, columns, value, first, cells):  # type: ignore[no-untyped-def]
    for r in range(patch.shape[0]):
        for c in range(patch.shape[1]):
            p = patch[r, c]
            if cells[p] == 0:
                value[p] = classes[r, c]
                first[p] = (row0 + r) * columns + column0 + c
            cells[p] += 1


@njit(cache=True, nogil=True)
def _contacts(patch, keys, base):  # type: ignore[no-untyped-def]
    """The sides between cells of different patches as keys smaller * base + larger; returns how many."""
    n = 0
    for r in range(patch.shape[0]):
        for c in range(patch.shape[1]):
            p = patch[r, c]
            for q in (
                patch[r, c + 1] if c + 1 < patch.shape[1] else p,
                patch[r + 1, c] if r + 1 < patch.shape[0] else p,
            ):
                if p != q:
                    if keys.size:
                        keys[n] = min(p, q) * base + max(p, q)
                    n += 1
    return n


def _count_pairs(a: Integers, b: Integers, sides: Integers | None = None) -> tuple[Integers, Integers]:
    """Unordered pairs of different numbers with the sum of their sides, sorted."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    differ = low != high
    low, high = low[differ], high[differ]
    base = int(high.max(initial=0)) + 1
    key, where = np.unique(low * base + high, return_inverse=True)
    total = np.zeros(key.size, np.int64)
    np.add.at(total, where, 1 if sides is None else sides[differ])
    return np.column_stack((key // base, key % base)), total


def tile_record(
    classes: NDArray[Any], tile: Tile, shape: tuple[int, int], neighbours: Neighbours = 8, contacts: bool = False
) -> Record:
    """First pass over one tile. classes: its cells, as for `label_patches`; shape: rows and columns of the grid.

    contacts: also count the sides that patches share (needed by the rules of sinks, not by labels alone).

    Raises ValueError: the tile and its cells differ in shape; what `label_patches` refuses.
    """
    if classes.shape != tile.shape:
        raise ValueError(f"cells of shape {classes.shape} given for a tile of shape {tile.shape}")
    patch, count = label_patches(classes, neighbours)
    value, first, cells = (np.zeros(count + 1, np.int64) for _ in range(3))
    _describe(patch, classes, tile.row0, tile.column0, shape[1], value, first, cells)
    value[0] = first[0] = cells[0] = 0
    borders = [patch[0].copy(), patch[-1].copy(), patch[:, 0].copy(), patch[:, -1].copy()]
    outer = (tile.row0 == 0, tile.row1 == shape[0], tile.column0 == 0, tile.column1 == shape[1])
    outside = np.concatenate(
        [np.zeros(0, np.int32), *(b for b, is_outer in zip(borders, outer, strict=True) if is_outer)]
    )
    edge = np.zeros(count + 1, np.bool_)
    edge[outside] = True
    edge[0] = False
    pairs, sides = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    if contacts:
        keys = np.empty(_contacts(patch, np.zeros(0, np.int64), count + 1), np.int64)
        if keys.size:
            _contacts(patch, keys, count + 1)
        low, high = (
            np.concatenate((keys // (count + 1), np.zeros(outside.size, np.int64))),
            np.concatenate((keys % (count + 1), outside.astype(np.int64))),
        )
        pairs, sides = _count_pairs(low, high)
    north, south, west, east = borders
    return Record(tile, value, first, cells, edge, north, south, west, east, pairs, sides)


def _strips(records: dict[Tile, Record], offset: dict[Tile, int], corners: bool) -> tuple[Integers, Integers, int]:
    """Running numbers of the cells that face each other across tile borders, those that share a side first, and how
    many share one."""
    at = {(tile.row0, tile.column0): tile for tile in records}
    sides: list[tuple[Integers, Integers]] = []
    diagonal: list[tuple[Integers, Integers]] = []

    def strip(tile: Tile, border: str) -> Integers:
        local = getattr(records[tile], border).astype(np.int64)
        return np.where(local > 0, local + offset[tile], 0)

    for tile in records:
        east, south = at.get((tile.row0, tile.column1)), at.get((tile.row1, tile.column0))
        south_east = at.get((tile.row1, tile.column1))
        for other, here, there in ((east, "east", "west"), (south, "south", "north")):
            if other is None:
                continue
            mine, theirs = strip(tile, here), strip(other, there)
            if mine.shape != theirs.shape:
                raise ValueError(f"tiles {tuple(tile)} and {tuple(other)} do not meet along a whole border")
            sides.append((mine, theirs))
            diagonal += [(mine[:-1], theirs[1:]), (mine[1:], theirs[:-1])]
        if south_east is not None:
            diagonal.append((strip(tile, "south")[-1:], strip(south_east, "north")[:1]))
        if east is not None and south is not None:
            diagonal.append((strip(east, "south")[:1], strip(south, "north")[-1:]))
    chosen = sides + diagonal if corners else sides
    empty = np.zeros(0, np.int64)
    first, second = (np.concatenate([empty, *(pair[i] for pair in chosen)]) for i in (0, 1))
    return first, second, sum(pair[0].size for pair in sides)


def join_records(records: Iterable[Record], neighbours: Neighbours = 8) -> Joined:
    """All records of a grid, in any order, to the patches of the grid.

    Raises ValueError: tiles that do not meet along whole borders (those of `Grid.tiles` do); 2**31 patches and more.
    """
    by_tile = {record.tile: record for record in sorted(records, key=lambda record: record.tile)}
    offset: dict[Tile, int] = {}
    total = 0
    for tile, record in by_tile.items():
        offset[tile] = total
        total += record.cells.size - 1
    empty = np.zeros(1, np.int64)
    local = {
        name: np.concatenate([empty, *(getattr(record, name)[1:] for record in by_tile.values())])
        for name in ("value", "first", "cells", "edge")
    }
    a, b, by_side = _strips(by_tile, offset, neighbours == 8)
    same = (local["value"][a] == local["value"][b]) & (a > 0) & (b > 0)
    links = coo_array((np.ones(int(same.sum()), np.bool_), (a[same], b[same])), shape=(total + 1, total + 1))
    count, component = connected_components(links, directed=False)
    if count > 2**31 - 1:
        raise ValueError(f"{count - 1} patches; numbers are 32 bits wide")
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, component, local["first"])
    first[component[0]] = -1
    number = np.empty(count, np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(count)
    ids = number[component]
    value, cells, edge = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_)
    value[ids] = local["value"]
    np.add.at(cells, ids, local["cells"])
    np.logical_or.at(edge, ids, local["edge"].astype(np.bool_))
    ordered = np.sort(first)
    ordered[0] = 0
    low, high, sides = [ids[a[:by_side]]], [ids[b[:by_side]]], [np.ones(by_side, np.int64)]
    for tile, record in by_tile.items():
        running = np.where(record.pairs > 0, record.pairs + offset[tile], 0)
        low.append(ids[running[:, 0]])
        high.append(ids[running[:, 1]])
        sides.append(record.sides)
    pairs, counted = _count_pairs(np.concatenate(low), np.concatenate(high), np.concatenate(sides))
    per_tile = {
        tile: np.concatenate((empty, ids[offset[tile] + 1 : offset[tile] + record.cells.size])).astype(np.int32)
        for tile, record in by_tile.items()
    }
    return Joined(value, ordered, cells, edge, pairs, counted, per_tile)


def tile_patches(
    classes: NDArray[Any], tile: Tile, joined: Joined, neighbours: Neighbours = 8, lookup: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Second pass over one tile: the patch of each cell, or `lookup[patch]` where a lookup is given.

    classes and neighbours must be those of the first pass.
    """
    patch, _ = label_patches(classes, neighbours)
    ids = joined.ids[tile]
    return (ids if lookup is None else lookup[ids])[patch]
