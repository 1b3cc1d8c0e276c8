"""Many comparisons at once: how many would be separable by chance alone, and p adjusted for that.

Intervals are left as they are, each holding its truth as often as it says. `p_adjusted` bounds the share of false ones
among those called different (false discovery rate, benjamini1995): calling all with p_adjusted <= 0.05 different keeps
the expected share of false ones under 5 %, for independent or positively dependent tests. All comparisons of a study
(response ratios and slopes) form one family.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from halosink.contracts import CheckRow, Text


def adjusted(p_values: ArrayLike) -> NDArray[np.float64]:
    """Benjamini-Hochberg adjusted p: min over j >= i of m p_(j) / j, at most 1 (benjamini1995). NaN stays NaN and does
    not count among the m."""
    p = np.asarray(p_values, float)
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def adjust(*frames: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """The tables with `p_adjusted` from the `p_value` of all of them together."""
    every = adjusted(np.concatenate([f["p_value"].to_numpy(float) for f in frames]))
    parts = np.split(every, np.cumsum([len(f) for f in frames])[:-1])
    return tuple(f.assign(p_adjusted=part) for f, part in zip(frames, parts, strict=True))


def many_comparisons(frames: tuple[pd.DataFrame, ...], alpha: float) -> CheckRow | None:
    """How many comparisons there are, how many chance alone would call separable, how many are; None for under two.

    frames: tables with p_value, p_adjusted and separable.
    """
    known = [f[f["p_value"].notna()] for f in frames]
    count = sum(len(f) for f in known)
    if count < 2:
        return None
    separable = sum(int(f["separable"].astype(bool).sum()) for f in known)
    remain = sum(int((f["p_adjusted"] <= alpha).sum()) for f in known)
    chance = alpha * count
    return CheckRow(
        "many_comparisons",
        "study",
        float(separable),
        ">",
        chance,
        "1",
        separable > chance,
        Text(
            f"{count} comparisons and slopes were judged, each at {1 - alpha:.0%}. If nothing differed at all, about "
            f"{chance:.1f} would be separable by chance; {separable} are. {remain} remain when the expected share of "
            f"false ones is held at {alpha:.0%} (p_adjusted). Quantities that are computed from one another or were "
            "measured on the same places rise and fall together, so chance hits come in clusters.",
            f"共判断 {count} 个比较和斜率，各自的置信水平为 {1 - alpha:.0%}。若完全不存在差异，"
            f"仅凭偶然约有 {chance:.1f} 个会可与零区分；实际有 {separable} 个。"
            f"将假阳性的期望比例控制在 {alpha:.0%} 时（p_adjusted），仍有 {remain} 个。"
            "相互计算得出或在同一地点测定的指标同升同降，偶然的结果往往成群出现。",
        ),
        "benjamini1995",
    )
