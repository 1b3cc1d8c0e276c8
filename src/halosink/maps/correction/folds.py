"""Which fold each row is held out with: rows at random, whole plots, or whole squares of land."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Folds = NDArray[np.int32]

FOLDS = 10
"""Own choice: a tenth of the plots is little enough to lose for fitting."""
SQUARES_PER_FOLD = 3
"""Own choice: with fewer squares in a fold its errors are those of one or two corners of the region."""


def random_folds(rows: int, folds: int = FOLDS, seed: int = 0) -> Folds:
    """(rows,) each row for itself. Rows of one plot stand on both sides: the error looks smaller than it is."""
    return _deal(np.arange(rows), folds, seed)


def plot_folds(plots: NDArray[Any], folds: int = FOLDS, seed: int = 0) -> Folds:
    """(n,) whole plots: what is said of a new plot among the old ones (roberts2017)."""
    return _deal(np.unique(plots, return_inverse=True)[1], folds, seed)


def block_folds(points: Array, plots: NDArray[Any], side: float, folds: int = FOLDS, seed: int = 0) -> Folds:
    """(n,) whole squares of `side` [m]: what is said of land farther than the range of the residuals (roberts2017).

    points (n, 2) [m]. A plot lies in the square of the mean of its rows. Where there are fewer than
    SQUARES_PER_FOLD squares per fold there are fewer folds, at least 2. Raises ValueError where all lie in one square.
    """
    code = np.unique(plots, return_inverse=True)[1]
    middle = np.stack([np.bincount(code, c) / np.bincount(code) for c in points.T], axis=1)
    offset = np.random.default_rng([seed, 1]).uniform(0, side, 2)
    square = np.floor((middle - middle.min(axis=0) + offset) / side).astype(np.int64)
    squares = np.unique(square, axis=0, return_inverse=True)[1].ravel()
    number = int(squares.max()) + 1
    if number < 2:
        raise ValueError("one square")
    return _deal(squares[code], min(folds, max(number // SQUARES_PER_FOLD, 2)), seed)


def _deal(code: NDArray[Any], folds: int, seed: int) -> Folds:
    """Groups in random order, each to the fold with the fewest rows so far."""
    size = np.bincount(code)
    held, fold = np.zeros(min(folds, len(size)), dtype=np.int64), np.zeros(len(size), dtype=np.int32)
    order = np.random.default_rng([seed, 2]).permutation(len(size))
    for group in order:
        fold[group] = np.argmin(held)
        held[fold[group]] += size[group]
    return np.asarray(fold[code])
