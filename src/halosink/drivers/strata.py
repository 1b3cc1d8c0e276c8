"""Layers and dates that only some units have, allowed for by one additive fit.

value = unit + layer + depth + season + date + e, all strata at once: fitted one after the other, the second would be
charged with what the first left behind wherever the two go together. Units are swept out, so that what remains is a
least-squares problem with one column per stratum, solved from its normal equations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]
EVEN = 1e-12
"""Difference of shares taken as none. Own choice: rounding."""
NULL = 1e-9
"""Eigenvalue, against the largest, below which a direction of the strata is not estimable. Own choice: rounding."""


def even_strata(value: Array, unit: NDArray[np.integer[Any]], strata: pd.DataFrame) -> tuple[Array, NDArray[np.intp]]:
    """Values less the additive stratum effects where units differ in the strata they hold, and what could not be done.

    value: (n,). unit: (n,) codes 0 ... m - 1. strata: n rows of labels. Second: (m,) codes; only units of one code are
    made comparable, since between codes the strata are confounded with the units (no unit links them).
    """
    units = int(unit.max()) + 1 if len(unit) else 0
    alike = np.zeros(units, dtype=np.intp)
    codes = [pd.factorize(strata[name])[0] for name in strata]
    codes = [c for c in codes if len(c) and c.max() > 0]
    if not codes:
        return value, alike
    rows = np.arange(len(value))
    held = sparse.hstack([sparse.csr_matrix((np.ones(len(c)), (rows, c))) for c in codes], format="csr")
    member = sparse.csr_matrix((np.ones(len(value)), (unit, rows)))
    count = np.bincount(unit).astype(float)
    total = (member @ held).toarray()
    share = total / count[:, None]
    if np.ptp(share, axis=0).max() < EVEN:
        return value, alike
    apart = share - share.mean(axis=0)
    mean = np.bincount(unit, value) / count
    roots, axes = np.linalg.eigh((held.T @ held).toarray() - total.T @ share)
    known = roots > NULL * max(float(roots.max()), 1.0)
    scaled = (axes[:, known].T @ (held.T @ (value - mean[unit]))) / roots[known]
    effect = axes[:, known] @ scaled
    unknown = np.round(apart @ axes[:, ~known] @ axes[:, ~known].T, 6) + 0.0
    alike = np.unique(unknown, axis=0, return_inverse=True)[1].reshape(-1).astype(np.intp)
    return value - (held @ effect - share.mean(axis=0) @ effect), alike


def imbalance(alike: pd.Series, labels: pd.Series) -> float:
    """Largest share of the units of a class that would have to be exchanged for it to have the strata of another.

    Total variation distance of the codes of even_strata between two classes: 0 where all classes have the same.
    """
    shares = pd.crosstab(labels, alike, normalize="index").to_numpy()
    return max((0.5 * float(np.abs(a - b).sum()) for a in shares for b in shares), default=0.0)
