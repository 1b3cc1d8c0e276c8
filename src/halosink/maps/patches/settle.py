"""Which patches stay and what they take in, decided on the table of patches and the sides they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from halosink.maps.patches.tiled import Joined

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settled:
    """By number of the joined patch: the patch it belongs to (0 none) and its kind (0 none). `count` patches.

    `neighbours`: pairs (patch, value of a fixed kind that shares a side with it)."""

    patch: NDArray[np.int32]
    kind: NDArray[np.uint8]
    count: int
    neighbours: Integers


def _components(pairs: Integers, count: int) -> NDArray[np.int32]:
    links = coo_array((np.ones(len(pairs), np.bool_), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    labels: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return labels


def _taken_in(
    joined: Joined, inner: NDArray[np.bool_], kind: Integers, kinds: Integers, most: float, enclosure: float
) -> Integers:
    """The kind that takes in each patch of `inner`, 0 for none; judged by groups that hang together over sides."""
    size = joined.cells.size
    a, b = joined.pairs[:, 0], joined.pairs[:, 1]
    group = _components(joined.pairs[inner[a] & inner[b]], size)
    outline = np.zeros((size, kinds.size), np.int64)
    whole = np.zeros(size, np.int64)
    for one, other in ((a, b), (b, a)):
        border = inner[one] & ~inner[other]
        np.add.at(whole, group[one[border]], joined.sides[border])
        taking = border & (kind[other] > 0)
        column = np.searchsorted(kinds, kind[other[taking]])
        np.add.at(outline, (group[one[taking]], column), joined.sides[taking])
    cells = np.bincount(group[inner], weights=joined.cells[inner], minlength=size)
    longest = outline.max(axis=1)
    taken = (longest > 0) & (cells <= most) & (longest >= enclosure * whole)
    return np.where(inner & taken[group], kinds[outline.argmax(axis=1)][group], 0)


def settle(
    joined: Joined, least: Mapping[int, float], fixed: tuple[int, ...], narrow: tuple[int, ...], inclusion: float,
    enclosure: float,
) -> Settled:  # fmt: skip
    """Patches of the kinds `least` of at least so many cells, with the inclusions they take in.

    joined: with contacts, over all cells; value 0 no data. least: smallest cells by value that makes patches. fixed:
    values that neither belong to a patch nor can be taken in. What is left (other values, patches too small) hangs
    together over sides in groups of patches; a group of at most `inclusion` cells goes to the kind that holds most of
    its outline (of equals the lower value) if that is at least the share `enclosure`. What was not taken in of each of
    the values `narrow` (rivers, roads) is judged once more, alone, as it runs on beyond the patch. Patches of a kind
    that meet in an inclusion become one. Numbers follow the first cell in reading order.
    """
    size = joined.cells.size
    kind = np.zeros(size, np.int64)
    for value, smallest in least.items():
        kind[(joined.value == value) & (joined.cells >= smallest)] = value
    kinds = np.array(sorted(least))
    loose = (kind == 0) & ~np.isin(joined.value, (0, *fixed))
    kind += _taken_in(joined, loose, kind, kinds, inclusion, enclosure)
    for value in narrow:
        kind += _taken_in(joined, loose & (kind == 0) & (joined.value == value), kind, kinds, inclusion, enclosure)

    pairs = joined.pairs
    a, b = pairs[:, 0], pairs[:, 1]
    member = kind > 0
    component = _components(pairs[member[a] & (kind[a] == kind[b])], size)
    first = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(first, component[member], joined.first[member])
    found = np.unique(component[member])
    number = np.zeros(size, np.int32)
    number[found[np.argsort(first[found])]] = np.arange(1, found.size + 1)
    patch = np.where(member, number[component], 0).astype(np.int32)

    touching = [np.zeros((0, 2), np.int64)]
    for inner, outer in ((a, b), (b, a)):
        touches = member[inner] & np.isin(joined.value[outer], fixed)
        touching.append(np.column_stack((patch[inner[touches]], joined.value[outer[touches]])))
    return Settled(patch, kind.astype(np.uint8), int(found.size), np.unique(np.concatenate(touching), axis=0))
