"""Gaps too long to be filled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower


def judge(tower: Tower) -> Iterator[Finding]:
    """The longest gap of each flux: of the run's own gaps where they are known, else of what the filters leave."""
    limit = tower.options.longest_gap
    for field in tower.fluxes:
        found = _of_run(tower, field)
        if found is None:
            kept = tower.kept(field)
            found = [] if kept is None else _gaps(np.isfinite(kept[0]))
        day = tower.steps.seconds / 86_400
        longest = max((n for _, n in found), default=0)
        beyond = [(f, n) for f, n in found if n * day > limit]
        start = tower.steps.start
        spans = "; ".join(f"{str(start[f])[:10]} / {str(start[min(f + n, len(start)) - 1])[:10]}" for f, n in beyond)
        hit = np.zeros(len(tower.steps), bool)
        for f, n in beyond:
            hit[f : f + n] = True
        said = {"count": len(beyond), "days": f"{longest * day:.0f}", "limit": f"{limit:g}", "spans": spans}
        yield Finding(not beyond, longest * day, "<=", limit, "d", field, "W-EDDY-LONG-GAP", field, hit, said)


def _of_run(tower: Tower, field: str) -> list[tuple[int, int]] | None:
    """First step and length of the gaps that the run lists of a flux, after its u* filter."""
    if tower.gaps is None or not {"field", "start", "steps"} <= set(tower.gaps.columns):
        return None
    mine = tower.gaps[tower.gaps["field"] == field]
    first = np.searchsorted(tower.steps.start, mine["start"].to_numpy().astype("datetime64[s]"))
    return [(int(f), int(n)) for f, n in zip(first, mine["steps"], strict=True)]


def _gaps(known: np.ndarray) -> list[tuple[int, int]]:
    """First step and length of each run of missing values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ~known, [False])).astype(int)))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


CHECK = Check(
    name="eddy_long_gaps",
    label=Text("Long gaps", "长缺测"),
    about=Text(
        "Longer gaps than `longest_gap` are left empty, with their reason, because nothing in the table says what "
        "happened in them. A year that holds one has no complete sum.",
        "超过 `longest_gap` 的缺测不予插补，并注明原因，因为表中没有任何信息说明其间发生了什么。"
        "含有这种缺测的年份没有完整的年总量。",
    ),
    needs=Text("A flux is needed.", "需要通量。"),
    source="own_choice",
    thresholds={
        "days": own(
            60.0,
            "d",
            "Season and plants change within two months (the setting longest_gap).",
            "两个月内季节与植被已变化（设置项 longest_gap）。",
        )
    },
    judge=judge,
)
