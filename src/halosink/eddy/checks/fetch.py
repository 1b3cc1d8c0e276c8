"""How much of the flux comes from beyond the field."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower

INSIDE = 0.7


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of the footprint inside the fetch, for day, night and all."""
    found = tower.footprint
    if found is None or not {"period", "share_inside_fetch"} <= set(found.columns):
        return
    for period, share in zip(found["period"], found["share_inside_fetch"], strict=True):
        if not np.isfinite(float(share)):
            continue
        name = {"day": Text("by day", "白天"), "night": Text("at night", "夜间")}.get(
            str(period), Text("in all", "全部")
        )
        said = {"share": f"{100 * float(share):.0f}", "period": name, "fetch": f"{tower.options.fetch or 0:g}"}
        yield Finding(
            float(share) >= INSIDE, float(share), ">=", INSIDE, "1", str(period), "W-EDDY-FETCH", "nee", values=said
        )


CHECK = Check(
    name="eddy_fetch",
    label=Text("Footprint inside the fetch", "通量足迹是否在风浪区内"),
    about=Text(
        "What a tower measures comes from upwind. Where much of it comes from beyond the field, the sums are those of "
        "the field and its neighbours together; at night, when the footprint is longest, more so than by day.",
        "通量塔测得的通量来自上风向。若相当部分来自地块之外，则总量代表的是该地块及其邻近地块；夜间足迹最长，问题更大。",
    ),
    needs=Text("A footprint and the fetch of the field are needed.", "需要通量足迹和地块的风浪区长度。"),
    source="own_choice",
    thresholds={
        "inside": own(
            INSIDE,
            "1",
            "Less than a third may come from elsewhere before a sum is called the field's.",
            "外来部分不足三分之一时，总量才可称为该地块的。",
        )
    },
    judge=judge,
)
