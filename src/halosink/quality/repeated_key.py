"""Repeated key: two rows of a table without time that claim to be the same sample."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import Channel, Check, Hits


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """All rows but the first with the same key."""
    hits = channel.none()
    if channel.clock is None and channel.key is not None:
        order = np.argsort(channel.key, kind="stable")
        hits[order[1:]] = channel.key[order[1:]] == channel.key[order[:-1]]
    return hits


def example() -> tuple[Channel, tuple[int, ...]]:
    return Channel(vocabulary.field("depth_top"), np.zeros(4), key=np.array([1, 2, 1, 3])), (2,)


CHECK = Check(
    name="repeated_key",
    bit=10,
    label=Text("Repeated row", "行重复"),
    about=Text(
        "Another row has the same plot, sample and depth: it was entered twice, or replicates are not told apart. The "
        "values are kept; add the column that tells them apart, such as replicate or date.",
        "另有一行的小区、样品和深度完全相同：重复录入，或未区分平行样。数值保留；"
        "请增加能区分它们的列，如 replicate 或 date。",
    ),
    source="own_choice",
    parameters={},
    series=False,
    excludes=False,
    flag=flag,
    example=example,
    records=True,
    allowed=0.0,
)
