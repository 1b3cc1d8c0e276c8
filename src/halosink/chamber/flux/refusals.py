"""Series of which no flux may be computed as they stand, each with all its reasons."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# in the order in which they are told
REASONS = (
    "not_finite",
    "several_volumes",
    "several_areas",
    "no_volume",
    "no_area",
    "unsorted_time",
    "duplicated_time",
    "before_closing",
    "not_positive",
)


def refusals(
    series: ArrayLike,
    time: ArrayLike,
    value: ArrayLike,
    volume: ArrayLike,
    area: ArrayLike,
    *,
    vials: bool = True,
) -> dict[object, tuple[str, ...]]:
    """Reasons (of REASONS) by series, of those series only that have any, in the order in which they appear.

    One entry per reading, in the order of reading: series (id), time since closing, value (mole fraction or
    concentration), volume and area of the chamber. vials: a reading before the closing is a mistake, as is a time that
    stands twice; an analyser that runs all the time has readings before, and stamps of whole seconds. The units do not
    matter. A short series is no mistake: the models give NaN for it. Raises ValueError if the lengths differ.
    """
    name = np.asarray(series)
    columns = [np.asarray(one, dtype=float) for one in (time, value, volume, area)]
    if any(one.shape != name.shape for one in columns):
        raise ValueError("series, time, value, volume and area have one entry per reading each")
    if not name.size:
        return {}
    names, first, code = np.unique(name, return_index=True, return_inverse=True)
    number = len(names)
    order = np.argsort(code, kind="stable")
    code = code[order]
    t, c, v, a = (one[order] for one in columns)
    finite = np.isfinite(t) & np.isfinite(c) & np.isfinite(v) & np.isfinite(a)
    same = code[1:] == code[:-1]

    def any_of(bad: NDArray[np.bool_], of: NDArray[np.intp] = code) -> NDArray[np.bool_]:
        return np.bincount(of[bad], minlength=number) > 0

    begins = np.searchsorted(code, np.arange(number))

    def varies(of: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(np.fmax.reduceat(of, begins) > np.fmin.reduceat(of, begins))

    by_time = np.lexsort((t, code))
    twice = (code[by_time][1:] == code[by_time][:-1]) & (t[by_time][1:] == t[by_time][:-1])
    found = {
        "not_finite": any_of(~finite),
        "several_volumes": varies(v),
        "several_areas": varies(a),
        "no_volume": any_of(v <= 0),
        "no_area": any_of(a <= 0),
        "unsorted_time": any_of(same & (t[1:] < t[:-1]), code[1:]),
        "duplicated_time": any_of(twice & vials, code[by_time][1:]),
        "before_closing": any_of((t < 0) & vials),
        "not_positive": any_of(c <= 0),
    }
    reasons = [tuple(reason for reason in REASONS if found[reason][i]) for i in range(number)]
    return {
        names[i].item() if hasattr(names[i], "item") else names[i]: reasons[i] for i in np.argsort(first) if reasons[i]
    }
