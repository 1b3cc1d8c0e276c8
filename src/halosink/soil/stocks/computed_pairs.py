"""Pairs of organic matter and organic carbon of which one was computed from the other.

Such pairs lie on a curve to within their rounding. They tell the formula someone used, not how much carbon organic
matter holds. They are found study by study, without being told the formula: as the share of pairs that an exact
relation through some of them explains.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLOSE = 2e-3
"""Relative distance from a formula that counts as rounding. Own choice: three printed digits."""
ROUNDED = 6e-3
"""Distance in percent carbon that counts as rounding: half of the second decimal, which is what laboratories print,
and a little. Own choice."""
FEWEST = 5
"""Pairs that must lie on one curve. Own choice: a parabola through the origin meets two by itself."""
SHARE = 0.3
"""Smallest share of a study on one curve; fewer than this may meet it by chance where scatter is small. Own choice."""
TRIES = 400
"""Pairs or triples tried for each relation. Own choice: with a share of 0.3 on the curve, three of them are met
together once in 37 tries."""
FORMS = ("ratio", "line", "parabola", "power")


def computed_pairs(matter: Array, carbon: Array, study: NDArray[np.object_] | pd.Series, seed: int = 0) -> pd.DataFrame:
    """For each pair whether it was computed, and by which form.

    matter, carbon: (n,) percent of dry soil; study: (n,) names. Result: columns `computed` (bool), `form` ("" where
    not; ratio: c = k m; line: c = a + b m; parabola: c = a m + b m^2; power: c = a m^b), `first`, `second` (its
    numbers). Only positive pairs are looked at. Own choice of method: consensus of random subsets.
    """
    out = pd.DataFrame({"computed": False, "form": "", "first": np.nan, "second": np.nan}, index=range(len(matter)))
    names = np.asarray(study)
    rng = np.random.default_rng([seed, 210])
    for name in pd.unique(names):
        left = np.flatnonzero((names == name) & (matter > 0) & (carbon > 0) & np.isfinite(matter) & np.isfinite(carbon))
        total = len(left)
        while len(left) >= FEWEST:
            found = [(form, *_best(matter[left], carbon[left], form, rng)) for form in FORMS]
            form, on, numbers = max(found, key=lambda f: int(f[1].sum()))
            if on.sum() < max(FEWEST, SHARE * total) or np.unique(matter[left[on]]).size < FEWEST:
                break
            rows = left[on]
            out.loc[rows, "computed"] = True
            out.loc[rows, "form"] = form
            out.loc[rows, ["first", "second"]] = numbers
            left = left[~on]
    return out


def _best(m: Array, c: Array, form: str, rng: np.random.Generator) -> tuple[NDArray[np.bool_], tuple[float, float]]:
    """The pairs on the best curve of one form, and its two numbers."""
    one = rng.integers(0, len(m), (TRIES, 2)) if form != "ratio" else np.column_stack([np.arange(len(m))] * 2)
    i, j = one[:, 0], one[:, 1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if form == "ratio":
            a, b = c[i] / m[i], np.zeros(len(i))
        elif form == "line":
            b = (c[j] - c[i]) / (m[j] - m[i])
            a = c[i] - b * m[i]
        elif form == "parabola":
            b = (c[j] / m[j] - c[i] / m[i]) / (m[j] - m[i])
            a = c[i] / m[i] - b * m[i]
        else:
            b = np.log(c[j] / c[i]) / np.log(m[j] / m[i])
            a = c[i] / m[i] ** b
    good = np.isfinite(a) & np.isfinite(b)
    if form != "ratio":
        good &= np.abs(m[i] - m[j]) > 0.2 * (m[i] + m[j])
    if not good.any():
        return np.zeros(len(m), dtype=bool), (np.nan, np.nan)
    a, b = a[good][:, None], b[good][:, None]
    tolerance = np.minimum(ROUNDED, 0.02 * c) + CLOSE * c
    near = np.abs(_value(form, a, b, m) - c) <= tolerance
    best = int(near.sum(axis=1).argmax())
    return near[best], (float(a[best, 0]), float(b[best, 0]))


def _value(form: str, a: Array, b: Array, m: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        if form == "ratio":
            return a * m
        if form == "line":
            return a + b * m
        if form == "parabola":
            return a * m + b * m**2
        return a * m**b
