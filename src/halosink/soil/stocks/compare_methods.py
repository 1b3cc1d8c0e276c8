"""The change at equal mass beside the change at fixed depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from halosink.problems import Problem
from halosink.soil.stocks.change import change_table
from halosink.soil.stocks.table import carbon_stocks


def change_by_depth_and_mass(
    frame: pd.DataFrame, depths: Sequence[float], *, when: str, before: object, after: object, unit: str = "plot",
    block: str | None = None, paired: bool | None = None, **options: Any,
) -> tuple[pd.DataFrame, list[Problem]]:  # fmt: skip
    """Change of organic carbon stocks at each depth, by both methods side by side.

    The reference masses are those of the profiles at the date `before` (ellert1995). options: of carbon_stocks.
    Result: change_table with the columns `method`, and `from_density` [t ha-1] = change at fixed depth less change at
    equal mass: what only came of more or less soil in the same depth. Source: vonhaden2020.
    """
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    reference: Mapping[str, Any] = {when: before}
    for method in ("fixed_depth", "equal_mass"):
        made, problems = carbon_stocks(frame, depths, method=method, reference=reference, keep_draws=True, **options)
        table = change_table(
            made.table, made.draws, when=when, before=before, after=after, unit=unit, block=block, paired=paired,
            seed=int(options.get("seed", 0)),
        )  # fmt: skip
        table.insert(0, "method", method)
        parts.append(table)
    out = pd.concat(parts, ignore_index=True)
    if "estimate" in out:
        wide = out.pivot(index="depth_bottom", columns="method", values="estimate")
        out["from_density"] = out["depth_bottom"].map(wide["fixed_depth"] - wide["equal_mass"])
    return out, problems
