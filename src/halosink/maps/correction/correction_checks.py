"""What the correction says of itself, as rows of the table of checks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import CheckRow, Text
from halosink.maps.correction.applicability import Applicability
from halosink.maps.correction.methods import Fitted

LEAST_COVERAGE, MOST_WIDENING = 0.90, 1.5
"""Own choice: five points below the stated level, and a spread half as large again as the model says."""


def correction_checks(
    quantity: str, skill: pd.DataFrame, used: str, best: str, r2: float, factor: float, fitted: Fitted,
    area: Applicability, side: float,
) -> tuple[CheckRow, ...]:  # fmt: skip
    """skill as of field_plots.correct; used, best: methods; r2 of best by squares; side [m]."""
    scale = skill["scale"].iloc[0]
    rows = skill[(skill["method"] == best) & (skill["scale"] == scale)].set_index("split")
    out = [
        CheckRow(
            "correction_skill", quantity, float(r2), ">", 0.0, "1", bool(r2 > 0),
            Text("Squares of land held out: above 0 the plots and layers say more than the mean of the plots.",
                 "按空间区块留出检验：大于 0 表示小区与图层所含信息多于小区平均值。"), "roberts2017")
    ]  # fmt: skip
    uncorrected = skill[(skill["method"] == "uncorrected") & (skill["scale"] == scale) & (skill["split"] == "block")]
    if len(uncorrected):
        own, other = float(rows["rmse"]["block"]), float(uncorrected["rmse"].iloc[0])
        out.append(CheckRow(
            "correction_gain", quantity, own, "<", other, "1" if scale != "quantity" else "", own < other,
            Text("Error of the corrected map against that of the uncorrected one, squares of land held out.",
                 "按空间区块留出检验，校正后图层的误差与未校正图层误差之比较。"), "roberts2017"))  # fmt: skip
    if "random" in rows.index:
        leak = float(rows["r2"]["random"] - rows["r2"]["block"])
        out.append(CheckRow(
            "correction_leak", quantity, leak, "<=", 0.1, "1", leak <= 0.1,
            Text("r2 with rows held out at random minus r2 with squares held out: what a random split would overstate.",
                 "随机留出与空间区块留出的 r2 之差：随机划分所高估的部分。"), "roberts2017"))  # fmt: skip
    covered = float(rows["coverage"]["block"])
    out += [
        CheckRow(
            "correction_coverage", quantity, covered, ">=", LEAST_COVERAGE, "1", covered >= LEAST_COVERAGE,
            Text("Share of plots in held-out squares inside their 95 % interval, widened by the other squares' errors.",
                 "留出区块中落入 95% 区间的小区比例；区间按其余区块的误差放宽。"), "lei2018"),
        CheckRow(
            "correction_widening", quantity, float(factor), "<=", MOST_WIDENING, "1", bool(factor <= MOST_WIDENING),
            Text("Factor on the stated spread so that 95 % of the plots in held-out squares are inside.",
                 "使留出区块中 95% 小区落入区间所需的离散度放大系数。"), "lei2018"),
        CheckRow(
            "correction_threshold", quantity, area.threshold, "<=", 1.0, "1", area.threshold <= 1.0,
            Text("Dissimilarity above which a cell is outside what the plots know; 1 is the mean distance of plots.",
                 "相异度阈值：超过该值的像元不在小区代表范围内；1 为小区间平均距离。"), "meyer2021"),
    ]  # fmt: skip
    scales = fitted.kriging.fit.parameters.get("scale", (np.nan,) * 3)
    reach = fitted.kriging.fit.covariance.effective_range
    out.append(CheckRow(
        "correction_range", quantity, float(reach), "<=", side * 4, "m",
        bool(np.isfinite(scales[2]) and reach <= side * 4),
        Text("Effective range of the residuals; beyond four squares the region is too small to tell it.",
             "残差的有效变程；若超过四个区块边长，则研究区过小而难以确定。"), "own_choice"))  # fmt: skip
    return tuple(out)
