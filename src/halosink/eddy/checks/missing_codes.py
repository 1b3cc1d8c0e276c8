"""Codes for missing values that were left in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower
from halosink.eddy.filters.ranges import codes, outside

REPEATED = 3


def judge(tower: Tower) -> Iterator[Finding]:
    """Each column of numbers that holds codes; a code inside the plausible range counts from its third time on."""
    found = []
    for column in tower.table.columns:
        values = tower.table[column]
        if column in ("time", "source_row") or values.dtype.kind not in "fiu":
            continue
        numbers = values.to_numpy(float)
        hit = codes(numbers)
        wild = hit & outside(str(column), numbers)
        hit = hit if wild.any() or np.count_nonzero(hit) >= REPEATED else wild
        if hit.any():
            first = float(numbers[hit][0])
            said = {"value": f"{first:g}", "count": int(hit.sum())}
            code = "E-EDDY-MISSING-CODE"
            found.append(Finding(False, float(hit.sum()), "==", 0.0, "1", str(column), code, str(column), hit, said))
    if found:
        yield from found
    else:
        yield Finding(True, 0.0, "==", 0.0)


CHECK = Check(
    name="eddy_missing_codes",
    label=Text("Codes for missing values", "缺测代码"),
    about=Text(
        "Numbers such as -9999 or -6999 stand for missing values. Left in, one of them spoils a mean.",
        "-9999、-6999 等数字代表缺测。若保留在数据中，一个就足以毁掉平均值。",
    ),
    needs=Text("A column of numbers is needed.", "需要数值列。"),
    source="pastorello2020",
    thresholds={
        "repeated": own(
            REPEATED,
            "1",
            "Inside the plausible range a code could be a value by chance.",
            "在合理取值范围内，单个代码可能恰为真实数值。",
        )
    },
    judge=judge,
)
