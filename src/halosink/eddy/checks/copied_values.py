"""Hours of values that stand in the table twice: filled from another day, or read twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, Hits, own
from halosink.eddy.checks.parts.tower import FLUXES, Tower

LONG, SHARE, DISTINCT = 12, 0.005, 0.5
FIELDS = (*FLUXES, "friction_velocity", "wind_speed", "relative_humidity", "shortwave_radiation")


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of values that belong to twelve or more in a row that occur elsewhere too."""
    for field in FIELDS:
        kept = tower.kept(field) if field in FLUXES else None
        values = tower.get(field) if kept is None else kept[0]
        if values is None or np.count_nonzero(np.isfinite(values)) <= LONG:
            continue
        hit = copies(values)
        share = float(hit.sum() / np.isfinite(values).sum())
        days = np.unique(tower.steps.day[hit])
        said = {
            "count": int(hit.sum()),
            "share": f"{100 * share:.1f}",
            "days": len(days),
            "first": str(np.datetime64(int(days[0]), "D")) if len(days) else "",
        }
        yield Finding(share <= SHARE, share, "<=", SHARE, "1", field, "W-EDDY-COPIED", field, hit, said)


def copies(values: NDArray[np.float64], length: int = LONG) -> Hits:
    """(n,) True where a value is in a sequence of `length` that is in the series a second time.

    Sequences with a missing value, or of which fewer than half of the values differ, are not compared: nights without
    light are all alike. Sequences are compared by a sum of their bits times odd numbers, modulo 2^64.
    """
    found = np.zeros(values.size, bool)
    starts = values.size - length + 1
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)
    key, known = np.zeros(starts, np.uint64), np.ones(starts, bool)
    odd = np.random.default_rng(0).integers(0, 2**63, length, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    for step in range(length):
        key += bits[step : step + starts] * odd[step]
        known &= np.isfinite(values[step : step + starts])
    at = np.flatnonzero(known)
    _, which, counts = np.unique(key[at], return_inverse=True, return_counts=True)
    again = at[counts[which] > 1]
    windows = np.sort(values[again[:, None] + np.arange(length)], axis=1)
    differ = np.count_nonzero(np.diff(windows, axis=1) > 0, axis=1) >= DISTINCT * length
    for step in range(length):
        found[again[differ] + step] = True
    return found


CHECK = Check(
    name="eddy_copied_values",
    label=Text("Values copied from other days", "从其他日期复制的数值"),
    about=Text(
        "Measured turbulence never repeats itself for hours. A sequence of a dozen values that occurs twice was filled "
        "with those of another day, or a part of the file was read twice. Such values are no measurements: gaps would "
        "be filled from them and thresholds found with them.",
        "实测湍流不会连续数小时与另一日完全相同。若十几个数值的序列出现两次，则是用另一日的数据填补，或文件的一部分被读入两次。"
        "这些数值不是实测，却会被用于插补缺测和确定阈值。",
    ),
    needs=Text(
        "A flux, friction velocity, wind, humidity or radiation is needed.", "需要通量、摩擦风速、风速、湿度或辐射。"
    ),
    source="own_choice",
    thresholds={
        "long": own(
            LONG,
            "1",
            "Sequences of so many two-digit values do not recur by chance in a century.",
            "如此长的两位数序列百年内也不会偶然重现。",
        ),
        "share": own(SHARE, "1", "Two days of a year.", "约为一年中的两天。"),
    },
    judge=judge,
)
