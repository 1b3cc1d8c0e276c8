"""Readings for which the analyser itself reports a fault."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

SHARE = 0.1


def judge(readings: Readings) -> Iterator[Finding]:
    """Share of the readings of each closure with a diagnostic code other than 0."""
    trace = readings.trace("diagnostic_code")
    share = trace.mean(trace.value != 0)
    judged = trace.n > 0
    hit = judged & (share > SHARE)
    bad = (
        trace.value[(trace.value != 0) & trace.back(hit.astype(float)).astype(bool)]
        if trace.value.size
        else trace.value
    )
    codes, counts = np.unique(bad, return_counts=True)
    named = ", ".join(f"{codes[i]:.0f}" for i in np.argsort(-counts)[:4])
    yield Finding("W-CHAMBER-DIAGNOSIS", hit, judged, "diagnostic_code", {"codes": named})


CHECK = Check(
    name="analyser_diagnosis",
    label=Text("Diagnosis of the analyser", "气体分析仪自检"),
    about=Text(
        "The analyser wrote a diagnostic code other than 0 beside its readings: by its own account it was not in "
        "order.",
        "气体分析仪在读数旁写入了非 0 的诊断代码：按其自检，当时工作不正常。",
    ),
    needs=Text("diagnostic_code is lacking.", "缺少 diagnostic_code。"),
    source="own_choice",
    thresholds={
        "share": own(
            SHARE,
            "1",
            "Single readings with a code are left out of the fit and do no harm.",
            "个别带代码的读数可在拟合时剔除，影响不大。",
        )
    },
    judge=judge,
)
