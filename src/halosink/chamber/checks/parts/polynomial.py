"""What is left of a series of each closure after a polynomial in time is taken out."""

from __future__ import annotations

import numpy as np

from halosink.chamber.checks.parts.traces import Array, Trace


def residuals(trace: Trace, values: Array, order: int = 2) -> Array:
    """(q,) values less their least-squares polynomial of that order in time, closure by closure.

    The powers of the centred, scaled time are made orthogonal one after the other (Gram and Schmidt).
    """
    centred = trace.time - trace.back(trace.mean(trace.time))
    scale = trace.span / 2
    x = centred / trace.back(np.where(scale > 0, scale, 1.0))
    basis: list[Array] = [np.ones(x.size)]
    for power in range(1, order + 1):
        new = x**power
        for old in basis:
            new = _without(trace, new, old)
        basis.append(new)
    left = values
    for part in basis:
        left = _without(trace, left, part)
    return left


def _without(trace: Trace, values: Array, part: Array) -> Array:
    norm = trace.total(part * part)
    share = trace.total(values * part) / np.where(norm > 1e-12, norm, np.inf)
    return np.asarray(values - trace.back(share) * part)
