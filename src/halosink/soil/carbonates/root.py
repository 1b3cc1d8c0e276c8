"""Root of a rising function, for many rows at once: Newton's steps, kept between bounds that close in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from halosink.soil.carbonates.water import Array

STEPS = 80
TOLERANCE = 1e-10


def rising_root(
    of: Callable[[Array], tuple[Array, Array]],
    start: Array,
    low: Array,
    high: Array,
    tolerance: float = TOLERANCE,
) -> Array:
    """x with f(x) = 0, (n,); of(x) gives f and f', f rising in x between low and high; tolerance: of the last step.

    A step that would leave the bounds is replaced by halving them, so that the root is found whatever the start. Where
    f has no root between the bounds the nearer bound is returned.
    """
    x = np.clip(start, low, high)
    low, high = low.copy(), high.copy()
    for _ in range(STEPS):
        value, slope = of(x)
        above = value > 0
        np.copyto(high, x, where=above)
        np.copyto(low, x, where=~above)
        step = np.divide(value, slope, out=np.full_like(x, np.inf), where=slope > 0)
        new = x - step
        outside = ~((new >= low) & (new <= high))
        new = np.where(outside & (value != 0), 0.5 * (low + high), np.where(value == 0, x, new))
        moved = np.abs(new - x)
        x = new
        if moved.max() <= tolerance:
            break
    return x
