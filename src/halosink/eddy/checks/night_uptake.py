"""CO2 taken up at night."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

SHARE = 0.25


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of the night-time fluxes that lie below zero, where turbulence is known in its better half."""
    kept = tower.kept("nee")
    if kept is None or tower.night is None:
        return
    judged = np.isfinite(kept[0]) & tower.night
    speed = tower.get("friction_velocity")
    if speed is not None and np.isfinite(speed[judged]).sum() >= FEWEST:
        judged &= speed >= np.nanmedian(speed[judged])
    if np.count_nonzero(judged) < FEWEST:
        return
    hit = judged & (kept[0] < 0)
    share = float(hit.sum() / judged.sum())
    said = {"share": f"{100 * share:.0f}", "value": f"{np.median(kept[0][hit]) if hit.any() else 0:.2g}"}
    yield Finding(share <= SHARE, share, "<=", SHARE, "1", "nee", "N-EDDY-DARK-UPTAKE", "nee", hit, said)


CHECK = Check(
    name="eddy_night_uptake",
    label=Text("CO2 uptake at night", "夜间吸收 CO2"),
    about=Text(
        "Plants and microbes give off CO2 in the dark, and noise makes some fluxes negative. Where many nights take "
        "CO2 up, saline, alkaline or carbonate soil may dissolve it: the values are kept. Both partitionings take "
        "night-time fluxes for respiration, so their respiration then includes this uptake.",
        "黑暗中植物与微生物释放 CO2，噪声会使部分通量为负。若许多夜晚吸收 CO2，可能是盐碱土或石灰性土壤溶解了 CO2，"
        "数值一律保留。两种拆分方法都把夜间通量当作呼吸，此时所得呼吸包含了这部分吸收。",
    ),
    needs=Text("NEE at night is needed.", "需要夜间 NEE。"),
    source="ma2013",
    thresholds={
        "share": own(
            SHARE,
            "1",
            "Noise makes a tenth negative over a forest, more where fluxes are near zero.",
            "在森林上空，噪声使约一成为负；通量接近零处更多。",
        )
    },
    judge=judge,
)
