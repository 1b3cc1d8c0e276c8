"""What was taken as one independent unit or one measurement, and what could not be allowed for, as check rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from halosink.contracts import CheckRow, Text
from halosink.drivers.design import Design
from halosink.drivers.naming import LEVELS, capital, level, listed, named
from halosink.drivers.places_unnamed import Units
from halosink.drivers.sharing import contradictions, declared_level


def no_plot_column(units: Units, design: Design) -> list[CheckRow]:
    """No column names the plots: what was taken as one, and how sure that is. Empty where each row is one anyway."""
    rows, found = len(units.label), int(units.label.nunique())
    if units.basis == "combinations" and found == rows:
        return []
    column = design.column("unit")
    en = f"No {column} or core column: the {rows} rows were taken as {found} independent units, "
    zh = f"数据中没有小区（{column}）或土芯编号列：{rows} 行被归为 {found} 个独立单元，"
    why = {
        "values": Text(
            "because rows share some measured values to the last digit.", "依据是部分测定值在若干行中完全相同。"
        ),
        "coordinates": Text("one for each pair of coordinates.", "每对坐标为一个。"),
        "labels": Text(
            "one for each sample (or sensor), as if each came from a plot of its own. If several come from one plot, "
            "the intervals are too narrow.",
            "每个样品（或传感器）为一个，即假定各来自不同小区。若有多个来自同一小区，则区间过窄。",
        ),
        "combinations": Text(
            "because rows of one place and class differ in layer or date only.",
            "因为同一地点、同一类别的各行只在土层或日期上不同。",
        ),
        "unknown": Text(
            "one for each class at each site or block, since rows of one class there may be subsamples of one plot. "
            "Without replicate sites or blocks there is no interval.",
            "即每个样地或区组中的每个类别为一个，因为其中同一类别的各行可能只是同一小区的重复取样。"
            "没有样地或区组重复时不给区间。",
        ),
    }[units.basis]
    add = Text(
        f" Add a column `{column}` that says which rows lie in the same plot.",
        f"请增加 `{column}` 列，说明哪些行属于同一小区。",
    )
    passed = False if units.basis == "unknown" else None
    return [
        _row(
            "no_plot_column",
            column,
            float(rows),
            "<=",
            float(found),
            passed,
            Text(en + why.en + add.en, zh + why.zh + add.zh),
        )
    ]


def declared(frame: pd.DataFrame, quantities: Sequence[str], design: Design, keys: pd.DataFrame) -> list[CheckRow]:
    """Declared sharing that the table cannot follow (no such column), or that its values contradict."""
    rows = []
    for quantity in (q for q in quantities if declared_level(q, design.per) and frame[q].notna().any()):
        at = str(declared_level(quantity, design.per))
        what, place = named(quantity), level(at, design)
        if at not in keys:
            comment = Text(
                f"{capital(what.en)} is declared to be measured once per {place.en}, but the table has no column that "
                f"names the {place.en}. Equal values were looked for instead.",
                f"已声明{what.zh}每个{place.zh}只测定一次，但表中没有{place.zh}编号列；改为根据相同的数值识别。",
            )
            rows.append(_row("declared_sharing", quantity, 0.0, ">", 0.0, False, comment))
            continue
        count = int(keys.loc[frame[quantity].notna(), at].nunique())
        wrong = contradictions(frame[quantity], keys[at])
        if wrong:
            comment = Text(
                f"{capital(what.en)} is declared to be measured once per {place.en}, but its values differ within "
                f"{wrong} of {count} {place.en}s. Their mean was taken as the one measurement.",
                f"已声明{what.zh}每个{place.zh}只测定一次，但 {count} 个{place.zh}中有 {wrong} 个内部数值不同；"
                "以其均值作为该次测定值。",
            )
            rows.append(_row("declared_sharing", quantity, float(wrong), "==", 0.0, False, comment))
    return rows


def cannot_differ(quantity: str, factor: str, at: str, design: Design) -> CheckRow:
    """A quantity measured once per place in which several classes lie."""
    what, classes, place = named(quantity), named(factor), level(at, design)
    comment = Text(
        f"{capital(what.en)} was measured once per {place.en}, where several classes of {classes.en} lie: it cannot "
        "differ between them, so no class means are given.",
        f"{what.zh}每个{place.zh}只测定一次，而同一{place.zh}内有{classes.zh}的多个类别："
        "其在类别之间不可能有差异，因此不给出类别均值。",
    )
    return _row("cannot_differ", f"{quantity}: {factor}", 0.0, ">", 0.0, None, comment)


def strata_not_adjusted(factor: str, quantities: Sequence[str], design: Design) -> CheckRow:
    """Layers or dates that classes do not share and that no unit links."""
    what, names, place = named(factor), listed(quantities), _unit(design)
    comment = Text(
        f"Layers or dates of the classes of {what.en} differ for {names.en}, and no {place.en} holds enough of them to "
        "allow for that: a difference between classes includes that between layers or dates.",
        f"对于{names.zh}，{what.zh}各类别的土层或日期不同，而没有{place.zh}同时具有这些土层或日期，无法校正："
        "类别之间的差异包含土层或日期之间的差异。",
    )
    return _row("strata_not_adjusted", factor, float(len(quantities)), "==", 0.0, False, comment)


@dataclass(slots=True)
class Unconfirmed:
    """Quantities whose effect is weaker without a site, and those with the sites without which there is no estimate."""

    weak: list[str] = field(default_factory=list)
    lost: dict[str, list[str]] = field(default_factory=dict)

    def add(self, quantity: str, row: Mapping[str, Any]) -> None:
        """row: what response_ratio.sensitivity found."""
        if row["loso_weak"] and quantity not in self.weak:
            self.weak.append(quantity)
        for site in row["loso_missing"]:
            if quantity not in self.lost.setdefault(site, []):
                self.lost[site].append(quantity)


def unconfirmed(subject: str, found: Unconfirmed, design: Design) -> CheckRow:
    """Separable effects that are not so without one site, though the estimate stays where it was or cannot be made."""
    what = named(subject)
    en, zh = [], []
    if found.weak:
        names = listed(found.weak)
        en.append(
            f"without one of the sites the effect on {names.en} is no longer separable, or cannot be judged, though "
            "the estimate hardly moves"
        )
        zh.append(f"去掉某一个样地后，对{names.zh}的效应不再可区分或无法判断，但估计值几乎不变")
    for site, quantities in found.lost.items():
        names = listed(quantities)
        en.append(f"without {site} the effect on {names.en} is not computable")
        zh.append(f"去掉{site}后，对{names.zh}的效应无法计算")
    comment = Text(
        f"{capital(what.en)}: {'; '.join(en)}. The sites that remain are too few to confirm it.",
        f"{what.zh}：{'；'.join(zh)}。剩余样地过少，不足以确认。",
    )
    count = len({*found.weak, *(q for names in found.lost.values() for q in names)})
    return _row("too_few_to_confirm", subject, float(count), "==", 0.0, None, comment)


def no_ratio(factor: str, quantities: Sequence[str], design: Design) -> CheckRow:
    """A class whose mean is zero has no ratio."""
    what, names = named(factor), listed(quantities)
    comment = Text(
        f"{capital(names.en)}: the mean of a class of {what.en} is zero, so there is no ratio to it or of it; the "
        "difference is given.",
        f"{names.zh}：{what.zh}中某一类别的均值为零，无法计算响应比，改给差值。",
    )
    return _row("no_ratio", factor, float(len(quantities)), "==", 0.0, None, comment)


def _unit(design: Design) -> Text:
    return LEVELS.get(design.column("unit"), LEVELS["plot"])


def _row(
    check: str, subject: str, value: float, operator: str, threshold: float, passed: bool | None, comment: Text
) -> CheckRow:
    return CheckRow(check, subject, value, operator, threshold, "1", passed, comment, "own_choice")  # type: ignore[arg-type]
