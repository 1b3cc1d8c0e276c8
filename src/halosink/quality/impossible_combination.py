"""Impossible combination: two or more fields of one row that cannot all be right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Hits, Parameter, Values
from halosink.quality.combinations import RULES

IN_GRAMS_PER_KILOGRAM = {"g kg-1": 1.0, "mg kg-1": 1e-3, "%": 10.0}


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """Rows in which a rule that involves this field is broken; rows with a missing part are not judged."""
    hits = channel.none()
    name = channel.field.name
    for rule in RULES:
        if name in rule.fields and all(f == name or f in channel.others for f in rule.fields):
            columns = {f: _scaled(f, channel.values if f == name else channel.others[f]) for f in rule.fields}
            hits |= rule.broken(columns, parameters["tolerance"])
    return hits


def _scaled(name: str, values: Values) -> Values:
    factor = IN_GRAMS_PER_KILOGRAM.get(vocabulary.field(name).unit, 1.0)
    return values if factor == 1.0 else values * factor


def example() -> tuple[Channel, tuple[int, ...]]:
    top, bottom = np.array([0.0, 10.0, 20.0]), np.array([10.0, 5.0, np.nan])
    return Channel(vocabulary.field("depth_bottom"), bottom, others={"depth_top": top}), (1,)


CHECK = Check(
    name="impossible_combination",
    bit=8,
    label=Text("Impossible combination", "不可能的组合"),
    about=Text(
        "Two or more values of the same row contradict each other, such as organic carbon above total carbon. All "
        "values involved are flagged and kept, since it is not known which is wrong.",
        "同一行中两个或多个数值相互矛盾，例如有机碳高于全碳。由于无法判断哪个有误，所涉数值均被标记并保留。",
    ),
    source="own_choice",
    parameters={
        "tolerance": Parameter(
            0.1,
            "1",
            "own_choice",
            Text(
                "Relative disagreement explained by measurement error: two laboratory values of 5 to 7 % each.",
                "测量误差可解释的相对差异：两个各含 5%–7% 误差的实验室数值。",
            ),
        )
    },
    series=False,
    excludes=False,
    flag=flag,
    example=example,
    allowed=0.0,
)
