"""How far the air of a chamber changed between the first and the last quarter of a closure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from halosink.chamber.checks.check import Finding
from halosink.chamber.checks.parts.readings import Readings
from halosink.chamber.checks.parts.traces import Array

QUARTER = 0.25
READINGS = 4


def drift(readings: Readings, name: str) -> Array:
    """(m,) mean of the last quarter less that of the first; NaN with fewer than four readings or where the field was
    written once for the whole closure."""
    trace = readings.trace(name)
    change = trace.fraction(trace.value, 1 - QUARTER, 1.0) - trace.fraction(trace.value, 0.0, QUARTER)
    return np.where((trace.n >= READINGS) & (trace.high > trace.low), change, np.nan)


def judging(code: str, name: str, most: float) -> Callable[[Readings], Iterator[Finding]]:
    """The judge of a check that finds closures in which the field drifts by more than `most`, in its unit."""

    def judge(readings: Readings) -> Iterator[Finding]:
        change = drift(readings, name)
        judged = np.isfinite(change)
        hit = judged & (np.abs(change) > most)
        largest = f"{change[hit][np.argmax(np.abs(change[hit]))]:+.2g}" if hit.any() else ""
        yield Finding(code, hit, judged, name, {"change": largest, "limit": f"{most:g}"})

    return judge
