"""Group totals that agree to the last digit.

Where a variance component may be negative, contrasts among groups of one size m that the fixed effects leave alone have
variance s2 (1 + m r), r the component against the residual s2. When the data show no scatter in them at all, as rounded
values of few blocks often do, the restricted likelihood grows without bound as r falls to -1/m and has no maximum.

Where every group holds the same rows of the fixed effects, the analysis of variance has a plain answer, the limit: the
mean square of groups is zero. It is reached by giving these contrasts the scatter EDGE of the residual's. They are
orthogonal to the fixed effects, so that estimates stay and standard errors change by less than EDGE. In other layouts
the limit would take comparisons among groups for exact; there the groups become fixed effects (see mixed.fit_mixed).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
EDGE = 1e-5
"""Mean square of group contrasts against the residual's below which they are taken as tied. Own choice: smaller ones
lose the degrees of freedom in rounding (2e-4 of them at 1e-6), this one is still far below what is printed."""
EXACT = 1e-22
"""Residual mean square, against the mean square of the values, below which there is no scatter to compare with. Own
choice: double precision squared, times 1e10, as mixed.NO_SCATTER."""


def tied_terms(left: Array, x: Array, codes: list[Codes]) -> list[tuple[int, Array, float]]:
    """The random terms whose contrasts among the largest groups hardly scatter.

    left: (n,) residuals of the fixed effects x (n, p), in units of the root mean square of the values. Returns per tied
    term its position, the orthonormal contrasts (n, d) and their sum of squares at the edge, d * EDGE * residual mean
    square. Empty where groups and fixed effects leave no residual.
    """
    if not codes:
        return []
    z = [np.eye(int(code.max()) + 1)[code] for code in codes]
    wide = np.hstack([x, *z])
    coefficients, _, rank, _ = np.linalg.lstsq(wide, left)
    rest = left - wide @ coefficients
    if len(left) <= rank or float(rest @ rest) <= EXACT * len(left):
        return []
    residual = float(rest @ rest) / (len(left) - int(rank))
    found = []
    for j, one in enumerate(z):
        sizes = one.sum(axis=0)
        largest = one[:, sizes == sizes.max()]
        free = linalg.null_space(x.T @ largest)
        if not free.shape[1]:
            continue
        contrasts = largest @ free / np.sqrt(sizes.max())
        edge = free.shape[1] * EDGE * residual
        if float(np.sum((contrasts.T @ left) ** 2)) < edge:
            found.append((j, contrasts, edge))
    return found


def alike(x: Array, code: Codes) -> bool:
    """Whether every group holds the same sum of the fixed-effect rows."""
    sums = np.eye(int(code.max()) + 1)[code].T @ x
    return bool(np.allclose(sums, sums[0], rtol=0, atol=1e-9 * max(1.0, float(np.abs(sums).max()))))


def at_the_edge(left: Array, contrasts: Array, edge: float) -> Array:
    """The residuals with the contrasts brought to the sum of squares `edge`, evenly over all of them."""
    wanted = np.full(contrasts.shape[1], np.sqrt(edge / contrasts.shape[1]))
    return np.asarray(left + contrasts @ (wanted - contrasts.T @ left))


def centred_groups(x: Array, code: Codes) -> Array | None:
    """Columns (n, k) that take out the groups beside x, their effects summing to zero.

    None where not all fixed effects can be estimated beside them.
    """
    groups = np.eye(int(code.max()) + 1)[code]
    z = groups[:, 1:] - groups[:, :1]
    r, order = linalg.qr(z, mode="r", pivoting=True)
    size = np.abs(np.diag(r))
    kept = z[:, order[: int(np.sum(size > 1e-9 * size.max()))]]
    if np.linalg.matrix_rank(np.hstack([x, kept])) < x.shape[1] + kept.shape[1]:
        return None
    return np.asarray(kept)
