"""The design of a table as its rows show it: confounding, effort, columns computed from others, shared measurements."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from halosink.contracts import CheckRow, Text
from halosink.drivers.cells import crossed
from halosink.drivers.computed_columns import computed_columns
from halosink.drivers.design import Design, Factor, constant_within
from halosink.drivers.naming import capital, level, listed, named, renamed
from halosink.drivers.sharing import level_of

UNEVEN_ROWS = 2.0
"""Ratio of rows per unit between classes that is called uneven. Own choice."""
UNEVEN_STRATA = 1.5
"""Ratio of depths or dates per unit between classes that is called uneven. Own choice: two against three."""
MOST_STRATA = 12
"""Depths, seasons or dates up to which those that a class lacks are named. Own choice: more are not one campaign."""
UNEVEN_EFFORT = 10.0
"""Ratio of sequencing depths that makes richness incomparable without rarefying: weiss2017 find that it
lowers false discoveries when groups differ about tenfold in mean library size."""


def design_checks(frame: pd.DataFrame, design: Design, keys: pd.DataFrame, quantities: list[str]) -> list[CheckRow]:
    """The checks of a table that do not depend on one quantity."""
    rows: list[CheckRow] = []
    for factor in (f for f in design.factors if f.column in frame):
        known = frame[factor.column].notna()
        labels = frame.loc[known, factor.column].astype(str)
        for name in ("region", "site"):
            if name in keys and constant_within(labels, keys.loc[known, name]):
                rows.append(confounded_class(factor.column, name, _places(labels, keys.loc[known, name]), design))
                break
        for other in (f for f in design.factors if f is not factor and f.column in frame):
            both = frame[[factor.column, other.column]].dropna()
            if not crossed(both[factor.column], both[other.column]):
                rows.append(not_adjusted(factor.column, other.column))
        rows += _uneven_rows(labels, factor, keys.loc[known], design)
        rows += _uneven_strata(frame.loc[known], labels, factor, keys.loc[known], design)
        rows += [r for name in design.effort if name in frame for r in _uneven_effort(frame[name], labels, factor)]
    rows += measurement_levels(frame, keys, quantities, design)
    for f in computed_columns(frame, quantities):
        said = renamed(f.sentence(), [f.column, *f.parts])
        comment = Text(
            f"{capital(said.en)} in {f.rows} rows: this column was computed from others and is no evidence of its own.",
            f"{said.zh}（{f.rows} 行）：该列由其他列计算得到，不能作为独立证据。",
        )
        rows.append(_row("computed_columns", f.column, f.misfit, ">=", 1e-3, comment))
    return rows


def confounded_class(factor: str, place: str, places: dict[str, int], design: Design) -> CheckRow:
    """A class never varies within a site or region."""
    name, what = level(place, design), named(factor)
    counts_en = ", ".join(f"{k}: {v}" for k, v in places.items())
    counts_zh = "，".join(f"{k}：{v}" for k, v in places.items())
    comment = Text(
        f"{capital(what.en)} never varies within a {name.en} ({name.en}s per class: {counts_en}). Its effect cannot be "
        f"told from anything else that differs among {name.en}s; the {name.en} is the unit of the intervals given.",
        f"同一{name.zh}内{what.zh}没有变化（各类别的{name.zh}数：{counts_zh}）。"
        f"该类别的效应无法与{name.zh}间的其他差异区分开；所给区间以{name.zh}为独立单元。",
    )
    return _row("confounded_class", factor, 0.0, ">", 0.0, comment, source="hurlbert1984")


def not_adjusted(factor: str, other: str) -> CheckRow:
    """Two factors do not cross, so the effect of one includes that of the other."""
    one, two = named(factor), named(other)
    comment = Text(
        f"Classes of {one.en} and {two.en} do not occur together often enough to tell their effects apart: each class "
        f"of one would have to be found with at least two classes of the other. The effects given for {one.en} "
        f"include those of {two.en}.",
        f"{one.zh}与{two.zh}的类别没有充分交叉（一个因子的每个类别至少应与另一个因子的两个类别同时出现），"
        f"无法区分两者的效应；所给{one.zh}的效应包含{two.zh}的影响。",
    )
    return _row("not_adjusted", f"{factor}: {other}", 0.0, ">", 0.0, comment)


def measurement_levels(
    frame: pd.DataFrame, keys: pd.DataFrame, quantities: list[str], design: Design
) -> list[CheckRow]:
    """Which quantities share the level at which they were measured, where several rows carry one measurement."""
    groups: dict[str, list[str]] = {}
    for name in (q for q in quantities if frame[q].notna().any()):
        groups.setdefault(level_of(frame, name, keys, design.per) or "", []).append(name)
    rows = []
    for at, names in ((k, v) for k, v in groups.items() if k):
        others = [q for k, v in groups.items() if k != at for q in v]
        if len(names) + len(others) < 2:
            continue
        place, here, there = level(at, design), listed(names), listed(others)
        count = int(keys.loc[frame[names].notna().any(axis=1), at].nunique())
        text_en = f"Measured once per {place.en}: {here.en}."
        text_zh = f"以下指标每个{place.zh}只测定一次：{here.zh}。"
        if len(names) > 1:
            text_en += f" Any relation between two of them rests on {count} {place.en}s, not on {len(frame)} rows."
            text_zh += f"其中任意两者的关系以 {count} 个{place.zh}为依据，而非 {len(frame)} 行数据。"
        if others:
            text_en += f" To relate them to {there.en}, average those per {place.en} first."
            text_zh += f"若要与{there.zh}相联系，应先将后者按{place.zh}取平均。"
        comment = Text(text_en, text_zh)
        rows.append(_row("measurement_levels", ", ".join(names), float(len(frame)), "<=", float(count), comment, None))
    return rows


def _row(
    check: str,
    subject: str,
    value: float,
    operator: Literal["<", "<=", "==", ">=", ">", "in"],
    threshold: float,
    comment: Text,
    passed: bool | None = False,
    source: str = "own_choice",
) -> CheckRow:
    return CheckRow(check, subject, value, operator, threshold, "1", passed, comment, source)


def _places(labels: pd.Series, key: pd.Series) -> dict[str, int]:
    return {str(k): int(v) for k, v in key.groupby(labels).nunique().items()}


def _unit(keys: pd.DataFrame) -> tuple[str, pd.Series] | None:
    return next(((k, keys[k]) for k in ("unit", "core") if k in keys), None)


def _uneven_rows(labels: pd.Series, factor: Factor, keys: pd.DataFrame, design: Design) -> list[CheckRow]:
    found = _unit(keys)
    if found is None or labels.nunique() < 2:
        return []
    place, what = level(found[0], design), named(factor.column)
    per_unit = labels.groupby(found[1]).size()
    mean = per_unit.groupby(labels.groupby(found[1]).first()).mean()
    ratio = float(mean.max() / mean.min())
    if ratio < UNEVEN_ROWS:
        return []
    most, least = mean.idxmax(), mean.idxmin()
    comment = Text(
        f"Rows per {place.en} differ {ratio:.1f}-fold between classes of {what.en} ({most} most, {least} least). "
        f"Each {place.en} counts once, but its mean is less sure where it has fewer rows.",
        f"{what.zh}各类别每个{place.zh}的数据行数相差 {ratio:.1f} 倍（{most} 最多，{least} 最少）。"
        f"每个{place.zh}只计一次，但行数少的{place.zh}平均值更不可靠。",
    )
    return [_row("unequal_effort", factor.column, ratio, "<", UNEVEN_ROWS, comment)]


def _uneven_strata(
    frame: pd.DataFrame, labels: pd.Series, factor: Factor, keys: pd.DataFrame, design: Design
) -> list[CheckRow]:
    """Depths, seasons and dates that classes do not share, or of which some have more."""
    found = _unit(keys)
    if found is None or labels.nunique() < 2:
        return []
    rows = []
    for name in (s for s in design.strata if s in frame and s != factor.column):
        seen = pd.DataFrame({"unit": found[1], "class": labels, "stratum": frame[name].astype("string")})
        seen = seen.dropna().drop_duplicates()
        if seen["class"].nunique() < 2 or seen["stratum"].nunique() < 2:
            continue
        mean = seen.groupby(["class", "unit"]).size().groupby("class").mean()
        ratio = float(mean.max() / mean.min())
        lacking = Text("", "")
        if seen["stratum"].nunique() <= MOST_STRATA:
            every = set(seen["stratum"])
            lacks = {str(c): sorted(every - set(part)) for c, part in seen["stratum"].groupby(seen["class"])}
            lacking = Text(
                "; ".join(f"{c}: {', '.join(map(str, s))}" for c, s in lacks.items() if s),
                "；".join(f"{c}：{'、'.join(map(str, s))}" for c, s in lacks.items() if s),
            )
        if ratio < UNEVEN_STRATA and not lacking.en:
            continue
        place, what, stratum = level(found[0], design), named(factor.column), named(name)
        comment_en = (
            f"Classes of {what.en} differ {ratio:.1f}-fold in what they have per {place.en} of {stratum.en} "
            f"({mean.idxmax()}: {mean.max():.1f}, {mean.idxmin()}: {mean.min():.1f})."
        )
        comment_zh = (
            f"{what.zh}各类别每个{place.zh}的“{stratum.zh}”数相差 {ratio:.1f} 倍"
            f"（{mean.idxmax()}：{mean.max():.1f}，{mean.idxmin()}：{mean.min():.1f}）。"
        )
        if lacking.en:
            comment_en += f" Not found at all in {lacking.en}."
            comment_zh += f"完全缺失的有 {lacking.zh}。"
        comment = Text(
            comment_en + f" As far as {place.en}s hold several of them, the difference was allowed for as one shift "
            "common to all classes; where classes change differently with it, the comparison is not fair.",
            comment_zh + f"在同一{place.zh}具有其中多个的范围内，分析时按各类别共有的偏移量作了校正；"
            "若各类别随之变化不同，则比较并不公平。",
        )
        rows.append(_row("unequal_effort", f"{factor.column}: {name}", ratio, "<", UNEVEN_STRATA, comment))
    return rows


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
    one, what = named(str(effort.name)), named(factor.column)
    comment = Text(
        f"{capital(one.en)} differs {ratio:.0f}-fold between samples and {between:.1f}-fold between the medians of the "
        f"classes of {what.en}. Observed richness follows it; compare rarefied values.",
        f"{one.zh}在样品间相差 {ratio:.0f} 倍，在{what.zh}各类别中位数间相差 {between:.1f} 倍。"
        "观测到的丰富度随之变化，应比较稀释（抽平）后的数值。",
    )
    return [_row("unequal_effort", str(effort.name), ratio, "<", UNEVEN_EFFORT, comment, source="weiss2017")]
