"""What must be known before one result is believed, as check rows in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from halosink.contracts import CheckRow, Text
from halosink.drivers.design import Design
from halosink.drivers.naming import capital, level, named

FEW_PLACES = 3
"""Independent places per class below which an interval hardly informs. Own choice: two leave one degree of freedom
per class, whose t quantile is 12.7."""


def shared_measurement(quantity: str, at: str, rows: int, measurements: int, design: Design) -> CheckRow:
    """Several rows carry one measurement; it was counted once."""
    name, what = level(at, design), named(quantity)
    return CheckRow(
        "shared_measurement",
        quantity,
        float(rows),
        "<=",
        float(measurements),
        "1",
        False,
        Text(
            f"The {rows} rows of {what.en} hold {measurements} measurements: all rows of one {name.en} share the same "
            f"value (layers, for example). Each was counted once per {name.en}; counting rows would make intervals "
            "too narrow.",
            f"{what.zh}的 {rows} 行数据实际只有 {measurements} 次测定：同一{name.zh}的各行（如不同土层）"
            f"数值完全相同。已按每个{name.zh}一次计算；若按行计算属于假重复，区间会过窄。",
        ),
        "hurlbert1984",
    )


def few_units(
    factor: str, at: str, places: Mapping[str, int], needed: Sequence[float], power: float, design: Design
) -> CheckRow | None:
    """Classes with fewer than three independent places; None when all have enough.

    needed: over quantities, the places per class with which a change of 20 % would be found (see
    response_ratio.places_to_detect), NaN where it is not known.
    """
    few = {k: v for k, v in places.items() if v < FEW_PLACES}
    if not few:
        return None
    name, what = level(at, design), named(factor)
    alone = any(v < 2 for v in few.values())
    en = f"{capital(what.en)}: fewer than {FEW_PLACES} independent {name.en}s in "
    en += ", ".join(f"{k} ({v})" for k, v in few.items()) + "."
    zh = (
        f"{what.zh}：以下类别的独立{name.zh}不足 {FEW_PLACES} 个："
        + "，".join(f"{k}（{v}）" for k, v in few.items())
        + "。"
    )
    if alone:
        en += " One is no replication: no interval is given there."
        zh += "只有 1 个即没有重复，不给出区间。"
    en += " Where there is an interval, its width rests on the scatter of all classes together."
    zh += "其余区间的宽度依赖于所有类别合并估计的变异。"
    known = sorted(n for n in needed if not np.isnan(n))
    if known:
        middle, least = (_many(n) for n in (known[len(known) // 2], known[0]))
        en += (
            f" At the scatter found, a change of 20 % would be seen with {power:.0%} power from about {middle} "
            f"{name.en}s per class (for half of the comparisons; {least} for the steadiest)."
        )
        zh += (
            f"按现有变异，若要以 {power:.0%} 的检验功效检出 20% 的变化，"
            f"半数比较中每个类别约需 {middle} 个{name.zh}（变异最小者需 {least} 个）。"
        )
    return CheckRow(
        "few_units",
        factor,
        float(min(places.values())),
        ">=",
        float(FEW_PLACES),
        "1",
        False,
        Text(en, zh),
        "own_choice",
    )


def _many(places: float) -> str:
    return f"{places:.0f}" if np.isfinite(places) else "> 1000"


def no_interactions(
    factor: str, others: tuple[str, ...], at: str, alone: int, combinations: int, design: Design
) -> CheckRow:
    """Combinations of classes got no means of their own."""
    name, what = level(at, design), named(factor)
    with_en = " and ".join(named(o).en for o in others)
    with_zh = "与".join(named(o).zh for o in others)
    return CheckRow(
        "no_interactions",
        ": ".join((factor, *others)),
        float(combinations - alone),
        ">",
        combinations / 2,
        "1",
        None,
        Text(
            f"{alone} of {combinations} combinations of {what.en} with {with_en} are found at fewer than two "
            f"{name.en}s, too few to tell whether the effect of one depends on the other. It was taken not to: the "
            f"same ratio (or difference) of {what.en} in every class of {with_en}.",
            f"{what.zh}与{with_zh}的 {combinations} 种组合中，有 {alone} 种的{name.zh}不足 2 个，"
            f"无法判断一个因子的效应是否取决于另一个因子。分析时假定二者无交互作用："
            f"在{with_zh}的各类别中，{what.zh}的响应比（或差值）相同。",
        ),
        "own_choice",
    )


def one_site_carries(quantity: str, unit: str, row: Mapping[str, Any], design: Design) -> CheckRow | None:
    """The verdict changes when one site is left out; None when it does not. row: of a ratio or of a slope."""
    if not row["loso_flips"]:
        return None
    if "gradient" in row:
        subject, what, measure = str(row["gradient"]), named(row["gradient"]), slope_unit(unit, row)
    else:
        subject = f"{row['class']} / {row['reference']}"
        what, measure = Text(subject, subject), Text(_spaced(unit), _spaced(unit))
    low, high, site = row["loso_low"], row["loso_high"], row["loso_site"]
    if np.isfinite(row.get("log_ratio", np.nan)):
        low, high = (f"{100 * np.expm1(v):+.0f}" for v in (low, high))
        measure = Text(" %", "%")
    else:
        low, high = (f"{v:.3g}" for v in (low, high))
    place, name = level("region" if row.get("level") == "region" else "site", design), named(quantity)
    span = Text(
        f"leaving out one {place.en} at a time gives {low} to {high}{measure.en}",
        f"逐一剔除{place.zh}时估计值为 {low} 至 {high}{measure.zh}",
    )
    if row["separable"]:
        comment = Text(
            f"{capital(name.en)}, {what.en}: the effect is not separable from zero without {site} ({span.en}). "
            "Do not generalise it.",
            f"{name.zh}，{what.zh}：去掉{place.zh} {site} 后，效应无法与零区分（{span.zh}）。不宜推广。",
        )
    else:
        comment = Text(
            f"{capital(name.en)}, {what.en}: no separable effect with all {place.en}s, but one appears without {site} "
            f"({span.en}). One {place.en} decides: claim neither an effect nor its absence.",
            f"{name.zh}，{what.zh}：使用全部{place.zh}时效应无法与零区分，但去掉{place.zh} {site} 后可以区分"
            f"（{span.zh}）。结论取决于单个{place.zh}，既不宜断言有效应，也不宜断言无效应。",
        )
    return CheckRow("one_site_carries", f"{quantity}: {subject}", 1.0, "==", 0.0, "1", False, comment, "own_choice")


def slopes_differ(quantity: str, unit: str, row: Mapping[str, Any], alpha: float, design: Design) -> CheckRow | None:
    """The slope among sites is another than within them; None where they cannot be told apart."""
    if not row["slopes_differ"]:
        return None
    place, name, along = level("site", design), named(quantity), named(row["gradient"])
    among, within, p = row["among_site_slope"], row["within_site_slope"], row["slopes_differ_p"]
    measure = slope_unit(unit, row)
    chosen_en = row["slope_of"].replace("sites", f"{place.en}s")
    chosen_zh = f"{place.zh}间" if row["slope_of"] == "among sites" else f"{place.zh}内"
    return CheckRow(
        "slopes_differ",
        f"{quantity}: {row['gradient']}",
        p,
        ">=",
        alpha,
        "1",
        False,
        Text(
            f"{capital(name.en)} along {along.en}: the slope is {among:.3g}{measure.en} among {place.en}s and "
            f"{within:.3g} within them, and the two differ (p = {p:.2g}). What makes {place.en}s differ is not what "
            f"makes places within a {place.en} differ; no single slope stands for both. The slope shown is the one "
            f"{chosen_en}.",
            f"{name.zh}随{along.zh}的变化：{place.zh}间斜率为 {among:.3g}{measure.zh}，"
            f"{place.zh}内斜率为 {within:.3g}，二者不同（p = {p:.2g}）。"
            f"造成{place.zh}间差异的原因与{place.zh}内不同，不能用同一斜率概括；"
            f"所示为{chosen_zh}斜率。",
        ),
        "vandepol_wright2009",
    )


def slope_unit(unit: str, row: Mapping[str, Any]) -> Text:
    """The unit of a slope, after a number."""
    transform = str(row["transform"])
    own = " log10" if "log10(quantity)" in transform else _spaced(unit)
    if "log10(gradient)" in transform:
        return Text(f"{own} per tenfold", f"{own}（每 10 倍）")
    per = row["gradient_unit"]
    return Text(f"{own} per {per}", f"{own}（每 {per}）") if per and per != "1" else Text(own, own)


def _spaced(unit: str) -> str:
    return f" {unit}" if unit and unit != "1" else ""


def no_logarithm(quantity: str, gradient: str, dropped: int, units: int) -> CheckRow:
    """Units left out of a slope because a value at or below zero has no logarithm."""
    name, along = named(quantity), named(gradient)
    return CheckRow(
        "no_logarithm",
        f"{quantity}: {gradient}",
        float(dropped),
        "==",
        0.0,
        "1",
        False,
        Text(
            f"{capital(name.en)} along {along.en}: {dropped} of {units} units have no logarithm (zero or below) and "
            "are not in the slope.",
            f"{name.zh}随{along.zh}的变化：{units} 个独立单元中有 {dropped} 个数值不大于零、无法取对数，"
            "未参与斜率估计。",
        ),
        "own_choice",
    )


def not_computed(quantity: str, what: str, reason: str) -> CheckRow:
    """A quantity for which no interval could be computed, and why."""
    text, name, other = _REASONS.get(reason, Text(reason, reason)), named(quantity), named(what)
    return CheckRow(
        "not_computed",
        f"{quantity}: {what}",
        float("nan"),
        ">",
        float("nan"),
        "1",
        None,
        Text(f"{capital(name.en)}, {other.en}: not computed. {text.en}", f"{name.zh}，{other.zh}：未计算。{text.zh}"),
        "own_choice",
    )


_REASONS = {
    "replication": Text(
        "No class has a second independent place, so there is no scatter to judge by; only means are shown.",
        "没有任何类别具有第二个独立重复，无法估计变异；只给出平均值。",
    ),
    "one_class": Text("Only one class has values.", "只有一个类别有数据。"),
    "reference": Text("The reference class has no values.", "对照类别没有数据。"),
    "no_scatter": Text(
        "Within a class the values, or the means of its places, do not differ at all (or lie exactly on a line), so "
        "there is no scatter to judge by.",
        "同一类别内的数值或各地点均值完全相同（或恰好落在一条直线上），无法估计变异。",
    ),
    "few": Text("Fewer than four independent places, or no spread.", "独立单元少于 4 个，或梯度没有变化。"),
    "constant": Text("It does not vary: all values are equal.", "没有变化：所有数值相同。"),
    "not_numeric": Text("The column holds no numbers.", "该列没有数值。"),
}
