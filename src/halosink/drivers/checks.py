"""What in a design must be known before its numbers are believed, as check rows in both languages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from halosink.contracts import CheckRow, Text
from halosink.drivers.computed_columns import computed_columns
from halosink.drivers.design import Design, Factor, constant_within
from halosink.drivers.model import crossed

FEW_PLACES = 3
"""Independent places per class below which an interval hardly informs. Own choice: two leave one degree of freedom
per class, whose t quantile is 12.7."""
UNEVEN_ROWS = 2.0
"""Ratio of rows per unit between classes that is called uneven. Own choice."""
UNEVEN_EFFORT = 10.0
"""Ratio of sequencing depths that makes richness incomparable without rarefying: weiss2017 find that it
lowers false discoveries when groups differ about tenfold in mean library size."""

LEVEL_TEXT = {
    "region": Text("region", "区域"),
    "site": Text("site", "样点"),
    "block": Text("block", "区组"),
    "unit": Text("plot", "样地（小区）"),
    "plot": Text("plot", "样地（小区）"),
    "core": Text("core", "土芯"),
    "sample": Text("sample", "样品"),
}


def shared_measurement(quantity: str, level: str, rows: int, measurements: int) -> CheckRow:
    """Several rows carry one measurement; it was counted once."""
    name = LEVEL_TEXT[level]
    return CheckRow(
        "shared_measurement",
        quantity,
        float(rows),
        "<=",
        float(measurements),
        "1",
        False,
        Text(
            f"The {rows} rows of {quantity} hold {measurements} measurements: all rows of one {name.en} share the same "
            f"value (layers, for example). Each was counted once per {name.en}; counting rows would make intervals "
            "too narrow.",
            f"{quantity} 的 {rows} 行数据实际只有 {measurements} 次测定：同一{name.zh}的各行（如不同土层）"
            f"数值完全相同。已按每个{name.zh}一次计算；若按行计算属于假重复，置信区间会过窄。",
        ),
        "hurlbert1984",
    )


def confounded_class(factor: str, level: str, places: dict[str, int]) -> CheckRow:
    """A class never varies within a site or region."""
    name = LEVEL_TEXT[level]
    counts_en = ", ".join(f"{k}: {v}" for k, v in places.items())
    counts_zh = "，".join(f"{k}：{v}" for k, v in places.items())
    return CheckRow(
        "confounded_class",
        factor,
        0.0,
        ">",
        0.0,
        "1",
        False,
        Text(
            f"{factor} never varies within a {name.en} ({name.en}s per class: {counts_en}). Its effect cannot be told "
            f"from anything else that differs among {name.en}s; the {name.en} is the unit of the intervals given.",
            f"同一{name.zh}内 {factor} 没有变化（各类别的{name.zh}数：{counts_zh}）。"
            f"该类别的效应无法与{name.zh}间的其他差异区分开；所给置信区间以{name.zh}为独立单元。",
        ),
        "hurlbert1984",
    )


def few_units(factor: str, subject: str, level: str, places: dict[str, int]) -> CheckRow | None:
    """Classes with fewer than three independent places; None when all have enough."""
    few = {k: v for k, v in places.items() if v < FEW_PLACES}
    if not few:
        return None
    name = LEVEL_TEXT[level]
    listed_en = ", ".join(f"{k} ({v})" for k, v in few.items())
    listed_zh = "，".join(f"{k}（{v}）" for k, v in few.items())
    alone = any(v < 2 for v in few.values())
    return CheckRow(
        "few_units",
        subject,
        float(min(places.values())),
        ">=",
        float(FEW_PLACES),
        "1",
        False,
        Text(
            f"{factor}: fewer than {FEW_PLACES} independent {name.en}s in {listed_en}."
            + (" One is no replication: no interval is given there." if alone else "")
            + " Where there is an interval, its width rests on the scatter of all classes together.",
            f"{factor}：以下类别的独立{name.zh}不足 {FEW_PLACES} 个：{listed_zh}。"
            + ("只有 1 个即没有重复，不给出置信区间。" if alone else "")
            + "其余区间的宽度依赖于所有类别合并估计的变异。",
        ),
        "own_choice",
    )


def one_site_carries(quantity: str, row: dict[str, Any], what: str) -> CheckRow | None:
    """The verdict changes when one site is left out; None when it does not."""
    if not row["loso_flips"]:
        return None
    low, high, site = row["loso_low"], row["loso_high"], row["loso_site"]
    place = LEVEL_TEXT["region" if row.get("level") == "region" else "site"]
    if row["separable"]:
        comment = Text(
            f"{quantity}, {what}: the effect is not separable from zero without one of the {place.en}s (most depends "
            f"on {site}; leaving out one {place.en} at a time gives {low:.3g} to {high:.3g}). Do not generalise it.",
            f"{quantity}，{what}：去掉某一个{place.zh}后效应不再显著区别于零（影响最大的是 {site}；"
            f"逐一去除{place.zh}时估计值为 {low:.3g} 至 {high:.3g}）。不宜推广。",
        )
    else:
        comment = Text(
            f"{quantity}, {what}: no separable effect with all {place.en}s, but one appears when a {place.en} is "
            f"left out (most depends on {site}; {low:.3g} to {high:.3g}). One {place.en} blurs or masks it.",
            f"{quantity}，{what}：使用全部{place.zh}时效应不可分辨，但去掉某一个{place.zh}后出现"
            f"（影响最大的是 {site}；{low:.3g} 至 {high:.3g}），说明单个{place.zh}掩盖了差异。",
        )
    return CheckRow("one_site_carries", f"{quantity}: {what}", 1.0, "==", 0.0, "1", False, comment, "own_choice")


def not_computed(quantity: str, what: str, reason: str) -> CheckRow:
    """A quantity for which no interval could be computed, and why."""
    text = _REASONS.get(reason, Text(reason, reason))
    return CheckRow(
        "not_computed",
        f"{quantity}: {what}",
        float("nan"),
        ">",
        float("nan"),
        "1",
        None,
        Text(f"{quantity}, {what}: not computed. {text.en}", f"{quantity}，{what}：未计算。{text.zh}"),
        "own_choice",
    )


_REASONS = {
    "replication": Text(
        "No class has a second independent place, so there is no scatter to judge by; only means are shown.",
        "没有任何类别具有第二个独立重复，无法估计变异；只给出平均值。",
    ),
    "one_class": Text("Only one class has values.", "只有一个类别有数据。"),
    "reference": Text("The reference class has no values.", "参照类别没有数据。"),
    "few": Text("Fewer than four independent places, or no spread.", "独立单元少于 4 个，或梯度没有变化。"),
    "constant": Text("All values are equal.", "所有数值相同。"),
    "not_numeric": Text("The column holds no numbers.", "该列没有数值。"),
}


def design_checks(frame: pd.DataFrame, design: Design, keys: pd.DataFrame, quantities: list[str]) -> list[CheckRow]:
    """The checks of a table that do not depend on one quantity."""
    rows: list[CheckRow] = []
    for factor in (f for f in design.factors if f.column in frame):
        known = frame[factor.column].notna()
        labels = frame.loc[known, factor.column].astype(str)
        for level in ("region", "site"):
            if level in keys and constant_within(labels, keys.loc[known, level]):
                rows.append(confounded_class(factor.column, level, _places(labels, keys.loc[known, level])))
                break
        others = [f for f in design.factors if f is not factor and f.column in frame]
        rows += [
            not_adjusted(factor.column, o.column)
            for o in others
            if not crossed(frame[[factor.column, o.column]].dropna(), factor, o)
        ]
        rows += _uneven_rows(labels, factor, keys.loc[known])
        rows += [r for name in design.effort if name in frame for r in _uneven_effort(frame[name], labels, factor)]
    return rows + [
        CheckRow(
            "computed_columns",
            f.column,
            f.misfit,
            ">=",
            1e-3,
            "1",
            False,
            Text(
                f"{f.sentence()} in {f.rows} rows: this column was computed from others and is no evidence of its own.",
                f"{f.sentence()}（{f.rows} 行）：该列由其他列计算得到，不能作为独立证据。",
            ),
            "own_choice",
        )
        for f in computed_columns(frame, quantities)
    ]


def _places(labels: pd.Series, key: pd.Series) -> dict[str, int]:
    return {str(k): int(v) for k, v in key.groupby(labels).nunique().items()}


def _uneven_rows(labels: pd.Series, factor: Factor, keys: pd.DataFrame) -> list[CheckRow]:
    unit = next((keys[k] for k in ("unit", "core") if k in keys), None)
    if unit is None or labels.nunique() < 2:
        return []
    per_unit = labels.groupby(unit).size()
    mean = per_unit.groupby(labels.groupby(unit).first()).mean()
    ratio = float(mean.max() / mean.min())
    if ratio < UNEVEN_ROWS:
        return []
    return [
        CheckRow(
            "unequal_effort",
            factor.column,
            ratio,
            "<",
            UNEVEN_ROWS,
            "1",
            False,
            Text(
                f"Rows per plot differ {ratio:.1f}-fold between classes of {factor.column} ({mean.idxmax()} most, "
                f"{mean.idxmin()} least). Each plot counts once, but its mean is less sure where it has fewer rows.",
                f"{factor.column} 各类别每个样地的数据行数相差 {ratio:.1f} 倍"
                f"（{mean.idxmax()} 最多，{mean.idxmin()} 最少）。每个样地只计一次，但行数少的样地平均值更不可靠。",
            ),
            "own_choice",
        )
    ]


def _uneven_effort(effort: pd.Series, labels: pd.Series, factor: Factor) -> list[CheckRow]:
    known = effort.loc[labels.index]
    known = known[known > 0]
    if len(known) < 2:
        return []
    ratio = float(known.max() / known.min())
    mean = known.groupby(labels.loc[known.index]).median()
    between = float(mean.max() / mean.min())
    if ratio < UNEVEN_EFFORT and between < UNEVEN_ROWS:
        return []
    return [
        CheckRow(
            "unequal_effort",
            str(effort.name),
            ratio,
            "<",
            UNEVEN_EFFORT,
            "1",
            False,
            Text(
                f"{effort.name} differs {ratio:.0f}-fold between samples and {between:.1f}-fold between the medians of "
                f"the classes of {factor.column}. Observed richness follows it; compare rarefied values.",
                f"{effort.name} 在样品间相差 {ratio:.0f} 倍，{factor.column} 各类别中位数间相差 {between:.1f} 倍。"
                "观测到的丰富度随之变化；应比较稀释（抽平）后的数值。",
            ),
            "weiss2017",
        )
    ]


def inferred_units(rows: int, units: int) -> CheckRow:
    """Units were told apart by a measurement that rows share, no column names them."""
    return CheckRow(
        "inferred_units",
        "plot",
        float(units),
        ">",
        0.0,
        "1",
        None,
        Text(
            f"No plot or core column: the {rows} rows were taken as {units} plots, because rows share some measured "
            "values to the last digit. Add a plot or core column to make this certain.",
            f"数据中没有样地或土芯编号列：由于部分测定值在若干行中完全相同，{rows} 行被归为 {units} 个样地。"
            "请补充样地或土芯编号列以确认。",
        ),
        "own_choice",
    )


def not_adjusted(factor: str, other: str) -> CheckRow:
    """Two factors do not cross, so the effect of one includes that of the other."""
    return CheckRow(
        "not_adjusted",
        f"{factor}: {other}",
        0.0,
        ">",
        0.0,
        "1",
        False,
        Text(
            f"Classes of {factor} and {other} do not occur together often enough to tell their effects apart: each "
            "class of one would have to be found with at least two classes of the other. The effects given for "
            f"{factor} include those of {other}.",
            f"{factor} 与 {other} 的类别没有充分交叉（一个因子的每个类别至少应与另一个因子的两个类别同时出现），"
            f"无法区分两者的效应；所给 {factor} 的效应包含 {other} 的影响。",
        ),
        "own_choice",
    )
