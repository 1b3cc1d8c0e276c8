"""How far the air of a chamber changed between the first and the last quarter of a closure."""

from __future__ import annotations

import numpy as np

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
