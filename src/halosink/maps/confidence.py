"""From draws of a map of categories: how often each cell has its category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Classes = NDArray[np.uint8]
MOST_DRAWS = 65_535


@njit(cache=True, nogil=True)
def _tally(drawn, counts):  # type: ignore[no-untyped-def]
    for i in range(drawn.size):
        k = drawn[i]
        if k > 0:
            counts[k - 1, i] += 1


@dataclass(slots=True)
class Tally:
    """How many draws gave each cell each category 1..k: `counts` (k, *shape) uint16; a draw without data (0) is not
    counted. One tile or a whole grid; draws may come in any order and tallies of other draws are merged."""

    counts: NDArray[np.uint16]
    draws: int = 0

    @classmethod
    def empty(cls, shape: tuple[int, ...], categories: int = 4) -> Tally:
        return cls(np.zeros((categories, *shape), np.uint16))

    def add(self, drawn: Classes) -> None:
        """Take in one draw.

        Raises ValueError: another shape, a category above k, or more than 65535 draws.
        """
        if drawn.shape != self.counts.shape[1:]:
            raise ValueError(f"a draw of shape {drawn.shape} for a tally of {self.counts.shape[1:]}")
        if drawn.size and int(drawn.max()) > len(self.counts):
            raise ValueError(f"a draw has a category above {len(self.counts)}")
        self._room(1)
        _tally(np.ravel(drawn), self.counts.reshape(len(self.counts), -1))

    def merge(self, other: Tally) -> None:
        """Take in other draws of the same cells. Raises ValueError: as `add`."""
        if other.counts.shape != self.counts.shape:
            raise ValueError(f"tallies have shapes {other.counts.shape} and {self.counts.shape}")
        self._room(other.draws)
        self.counts += other.counts

    def _room(self, draws: int) -> None:
        if self.draws + draws > MOST_DRAWS:
            raise ValueError(f"more than {MOST_DRAWS} draws do not fit in 16 bits")
        self.draws += draws

    def probability(self, category: int) -> NDArray[np.float32]:
        """Share of the draws with data that gave this category; NaN where none had data."""
        return _share(self.counts[category - 1], self.counts.sum(axis=0, dtype=np.uint32))

    def most_probable(self) -> Classes:
        """The category most draws gave, of equals the lower; 0 where none had data."""
        some = self.counts.any(axis=0)
        return np.where(some, self.counts.argmax(axis=0) + 1, 0).astype(np.uint8)

    def confidence(self, category: Classes) -> NDArray[np.float32]:
        """Share of the draws in which a cell has its category of this map; NaN where the map or all draws have none."""
        has = category > 0
        own = np.take_along_axis(self.counts, np.where(has, category - 1, 0)[np.newaxis].astype(np.intp), axis=0)[0]
        share = _share(own, self.counts.sum(axis=0, dtype=np.uint32))
        share[~has] = np.nan
        return share

    def entropy(self) -> NDArray[np.float32]:
        """-sum p ln p / ln k: 0 where all draws agree, 1 where all categories are equally frequent (shannon1948)."""
        total = self.counts.sum(axis=0, dtype=np.uint32)
        entropy = np.zeros(total.shape, np.float32)
        for counts in self.counts:
            p = _share(counts, total)
            entropy -= np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0)
        even: NDArray[np.float32] = (np.abs(entropy) / np.log(max(len(self.counts), 2))).astype(np.float32)
        even[total == 0] = np.nan
        return even


def _share(counts: NDArray[np.uint16], total: NDArray[np.uint32]) -> NDArray[np.float32]:
    out = np.full(total.shape, np.nan, np.float32)
    return np.divide(counts, total, out=out, where=total > 0)
