"""Range: a value outside what is plausible for its field on real land."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Hits


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """Below the field's minimum or above its maximum (both plausible themselves); infinite values too."""
    low = channel.field.minimum if channel.field.minimum is not None else -np.finfo(float).max
    high = channel.field.maximum if channel.field.maximum is not None else np.finfo(float).max
    return (channel.values < low) | (channel.values > high)


def example() -> tuple[Channel, tuple[int, ...]]:
    return Channel(vocabulary.field("soil_ec_bulk"), np.array([2.1, 390.384, np.nan, -0.5, 20.0])), (1, 3)


CHECK = Check(
    name="range",
    bit=0,
    label=Text("Outside plausible range", "超出合理取值范围"),
    about=Text(
        "The value lies outside the plausible range of its field. The range of each field and its source stand in the "
        "vocabulary; it is wide on purpose, so that extreme but real saline soils pass.",
        "数值超出该字段的合理取值范围。各字段的范围及来源见词汇表；范围有意设得较宽，真实存在的极端盐碱土不会被误判。",
    ),
    source="campbell2013quality",
    parameters={},
    series=False,
    excludes=True,
    flag=flag,
    example=example,
    allowed=0.0,
)
