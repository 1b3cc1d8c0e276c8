"""Cut sorted weighted values in classes of least variance, exactly: dynamic programme over the place of each cut."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _layer(
    before: Floats, weight: Floats, total: Floats, classes: int, best: Floats, choice: NDArray[np.int32]
) -> None:
    """best[i]: most that the first i values give in `classes` classes; choice[i]: where the last class starts.

    The start never moves left as i grows, so each i is searched between the starts of its neighbours.
    """
    n = len(weight) - 1
    step = 1
    while step * 2 <= n:
        step *= 2
    while step >= 1:
        for i in range(step, n + 1, 2 * step):
            if i < classes:
                best[i], choice[i] = before[i], i - 1
                continue
            first = max(classes - 1, choice[i - step])
            last = min(i - 1, choice[i + step]) if i + step <= n else i - 1
            most, where = -1.0, first
            for m in range(first, last + 1):
                inside = total[i] - total[m]
                value = before[m] + inside * inside / (weight[i] - weight[m])
                if value > most:
                    most, where = value, m
            best[i], choice[i] = most, where
        step //= 2


def between(weights: Floats, sums: Floats, classes: int) -> tuple[Floats, NDArray[np.int32]]:
    """Largest sum of squares between classes of the first i of n sorted groups, and where the last class starts.

    weights: number of values of each group, all positive; sums: sum of the values of each group, about any one origin
    (near their mean: less rounding). Both results (classes + 1, n + 1); row j is for j classes (fewer where i < j).
    The classes of least variance within have most between them. Fisher's grouping problem (fisher1958) by the dynamic
    programme of wang2011, divided at the monotone place of the cuts: O(classes n log n).
    """
    weight, total = (np.concatenate([[0.0], np.cumsum(a)]) for a in (weights, sums))
    best = np.zeros((classes + 1, len(weight)))
    choice = np.zeros((classes + 1, len(weight)), dtype=np.int32)
    with np.errstate(invalid="ignore", divide="ignore"):
        best[1, 1:] = total[1:] ** 2 / weight[1:]
    for j in range(2, classes + 1):
        _layer(best[j - 1], weight, total, j, best[j], choice[j])
    return best, choice


def cuts(choice: NDArray[np.int32]) -> list[int]:
    """Numbers of groups before each cut, ascending: the path of `between` for all groups."""
    at, found = choice.shape[1] - 1, []
    for j in range(min(choice.shape[0] - 1, at), 1, -1):
        at = int(choice[j, at])
        found.append(at)
    return found[::-1]
