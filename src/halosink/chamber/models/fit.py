"""What every model of a concentration series says about how well it fits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.batch import Array, Batch


class Quality(NamedTuple):
    """(m,) each: root mean square and mean absolute residual, share of variance explained, Akaike criterion."""

    rmse: Array
    mae: Array
    r_squared: Array
    aicc: Array


def divide(above: Array, below: Array, allowed: NDArray[np.bool_] | bool = True) -> Array:
    """above / below, NaN where below is not positive or the quotient is not allowed."""
    usable = (below > 0) & allowed & np.isfinite(above)
    return np.where(usable, above, np.nan) / np.where(usable, below, 1.0)


def centred(values: Array, batch: Batch) -> tuple[Array, Array]:
    """Values less their mean over the readings that count (0 elsewhere), and the mean; both twice for exactness."""
    n = np.maximum(batch.n, 1)
    mean = np.sum(values, axis=1, where=batch.valid) / n
    less = np.where(batch.valid, values - mean[:, None], 0.0)
    rest = less.sum(axis=1) / n
    return np.where(batch.valid, less - rest[:, None], 0.0), mean + rest


def quality(residual: Array, total: Array, n: Array, parameters: int, known: NDArray[np.bool_]) -> Quality:
    """residual: (m, n), 0 where not counted. total: (m,) sum of squares about the mean. parameters: of the curve.
    known: where there is a curve; NaN elsewhere.

    AICc = n ln(RSS / n) + n (1 + ln 2 pi) + 2 K n / (n - K - 1), K = parameters + 1 (the variance is one);
    NaN for n <= K + 1 and where nothing is left over. Source: hurvich1989.
    """
    squares, count = np.einsum("ij,ij->i", residual, residual), parameters + 1
    mean_square = divide(squares, n, known)
    usable = known & (n > count + 1) & (squares > 0)
    penalty = divide(2 * count * n, n - count - 1, usable)
    logarithm = np.log(np.where(usable, mean_square, 1.0))
    aicc = np.where(usable, n * (logarithm + 1 + np.log(2 * np.pi)) + penalty, np.nan)
    return Quality(
        np.sqrt(mean_square), divide(np.abs(residual).sum(axis=1), n, known), 1 - divide(squares, total, known), aicc
    )
