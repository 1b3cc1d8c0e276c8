"""Which typical land-use pattern a patch shows, from the composition of the patch and of the ring around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.maps.strategies.catalogue import Condition, Pattern, patterns

Array = NDArray[np.float64]
LEAST_SCORE = 0.5
"""Below it a patch shows none of the patterns. Own choice: then less than half of a pattern is there."""


RING = 1000.0
"""Width of the ring around a patch [m]. Own choice: one cell of the grid on which the paper saw its patterns."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """By patch. pattern: 1..8, 0 none. score: how well it fits, 0..1. share: its score over the sum of the scores of
    all patterns considered: 1 when no other fits at all. runner_up: the next best with a score above 0, else 0.
    scores: (patches, patterns), NaN for patterns of another category."""

    pattern: NDArray[np.uint8]
    score: Array
    share: Array
    runner_up: NDArray[np.uint8]
    scores: Array


def fit(share: Array, least: float, most: float) -> Array:
    """1 for shares from least to most; below, share / least; above, (1 - share) / (1 - most)."""
    low = share / least if least > 0 else np.ones_like(share)
    high = (1 - share) / (1 - most) if most < 1 else np.ones_like(share)
    return np.clip(np.minimum(low, high), 0, 1)


def _share_of(condition: Condition, codes: Sequence[int], patch: Array, around: Array | None, road: Array) -> Array:
    if condition.where == "road":
        return road
    columns = np.isin(codes, condition.codes)
    inside: Array = patch[:, columns].sum(axis=1)
    if condition.where == "patch" or around is None:
        return inside
    wider: Array = np.maximum(inside, around[:, columns].sum(axis=1))
    return wider


def _parts(table: NDArray[np.integer] | Array) -> Array:
    total = table.sum(axis=1, keepdims=True)
    parts: Array = np.divide(table, total, out=np.zeros(table.shape), where=total > 0)
    return parts


def recognise_patterns(
    patch: NDArray[np.integer] | Array,
    codes: Sequence[int],
    category: NDArray[np.integer] | None = None,
    around: NDArray[np.integer] | Array | None = None,
    road: Array | None = None,
    known: Sequence[Pattern] | None = None,
    least_score: float = LEAST_SCORE,
) -> Recognition:
    """The pattern of each patch.

    patch: (patches, codes) areas, cells or shares of each land use in the patch; around: the same of the ring around
    it (`surroundings`), None where it is not known: then the patch alone decides; codes: what the columns are.
    category: 1..3, then only patterns of this category are considered; None considers all. road: share of the patch's
    cells that a road crosses, 0..1; None where no roads are known: patterns that ask for one then score 0.

    The score of a pattern is the geometric mean of the `fit` of the conditions it needs, so that one of them wholly
    missing rules it out, times (1 + f) / 2 where f is the mean fit of those it does not need, if there are such. The
    highest score of at least `least_score` wins; of equals the pattern with more conditions, as it says more, then the
    lower number. All of it own choice: the paper recognised its patterns by eye.

    Raises ValueError: shapes that do not go together.
    """
    known = patterns() if known is None else known
    count = len(patch)
    if patch.shape != (count, len(codes)) or (around is not None and around.shape != patch.shape):
        raise ValueError("the composition of patches and their surroundings must be tables of patches by codes")
    inside, ring = _parts(patch), None if around is None else _parts(around)
    roads = np.zeros(count) if road is None else np.nan_to_num(np.asarray(road, np.float64))
    scores = np.empty((count, len(known)))
    for i, pattern in enumerate(known):
        fits = np.array([fit(_share_of(c, codes, inside, ring, roads), c.least, c.most) for c in pattern.conditions])
        needed = np.array([c.needed for c in pattern.conditions])
        scores[:, i] = np.prod(fits[needed], axis=0) ** (1 / needed.sum())
        if not needed.all():
            scores[:, i] *= (1 + fits[~needed].mean(axis=0)) / 2
        if category is not None:
            scores[np.asarray(category) != pattern.category, i] = np.nan
    filled = np.nan_to_num(scores)
    rank = np.lexsort((
        np.broadcast_to([p.number for p in known], filled.shape),
        np.broadcast_to([-len(p.conditions) for p in known], filled.shape),
        -np.round(filled, 12),
    ))  # fmt: skip
    rows, numbers = np.arange(count), np.array([p.number for p in known])
    best, second = filled[rows, rank[:, 0]], filled[rows, rank[:, 1]]
    found = best >= least_score - 1e-12
    total = filled.sum(axis=1)
    share = np.divide(best, total, out=np.zeros(count), where=found & (total > 0))
    return Recognition(
        pattern=np.where(found, numbers[rank[:, 0]], 0).astype(np.uint8),
        score=np.where(found, best, 0.0),
        share=share,
        runner_up=np.where(found & (second > 0), numbers[rank[:, 1]], 0).astype(np.uint8),
        scores=scores,
    )
