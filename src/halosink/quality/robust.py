"""Kernels the series checks share: medians of blocks, runs of equal values, natural groups of fields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halosink.quality.check import Values
from halosink.vocabulary import Field

# Groups whose numbers do not vary with the environment: coordinates, depths, design, record numbers.
NOT_MEASURED = frozenset({"place", "design", "time", "provenance", "evidence"})
# Numbers that describe instrument or site and may stay constant for good: supply, chamber, climate.
HOUSEKEEPING = frozenset(
    {
        "battery_voltage",
        "record_number",
        "panel_temperature",
        "elapsed_time",
        "chamber_volume",
        "chamber_area",
        "chamber_height",
        "collar_offset",
        "nee_quality",
        "mean_annual_temperature",
        "mean_annual_precipitation",
        "aridity_index",
    }
)


def measured(field: Field) -> bool:
    """Whether a series of this field follows the environment, so that its course can be judged."""
    return field.group not in NOT_MEASURED and field.name not in HOUSEKEEPING


def block_medians(values: Values, size: int) -> Values:
    """Median of each block of `size` values; a rest shorter than half a block joins the last. No NaN inside."""
    blocks = max(1, round(values.size / size))
    if values.size < size or blocks == 1:
        return np.array([_median(values)])
    head = values[: (blocks - 1) * size].reshape(blocks - 1, size)
    return np.append(_median(head), _median(values[(blocks - 1) * size :]))


def spread(medians: Values, size: int, length: int) -> Values:
    """The number of its block, as `block_medians` cuts them, for each of `length` values."""
    counts = np.full(medians.size, size)
    counts[-1] = length - size * (medians.size - 1)
    return np.repeat(medians, counts)


def runs(values: Values, tolerance: float = 0.0) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First index and length of each run of neighbours no further apart than `tolerance`; NaN stands alone."""
    apart = ~(np.abs(np.diff(values)) <= tolerance)
    starts = np.concatenate(([0], np.flatnonzero(apart) + 1)) if values.size else np.zeros(0, np.intp)
    return starts, np.diff(np.append(starts, values.size))


def fill_runs(starts: NDArray[np.intp], lengths: NDArray[np.intp], total: int) -> NDArray[np.bool_]:
    """Shape (total,), True inside the given runs, which may overlap."""
    edge = np.zeros(total + 1, np.int64)
    np.add.at(edge, starts, 1)
    np.add.at(edge, starts + lengths, -1)
    return np.cumsum(edge[:-1]) > 0


def _median(values: Values) -> Values:
    middle = values.shape[-1] // 2
    return np.asarray(np.partition(values, middle, axis=-1)[..., middle])
