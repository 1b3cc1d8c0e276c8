"""What a user should know of how a series was filled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from halosink import vocabulary
from halosink.contracts import Text
from halosink.eddy.filling import gaps
from halosink.eddy.filling.conventions import DEFAULT
from halosink.eddy.steps import Steps
from halosink.problems import Problem

# own choice: with less than a quarter measured, more than three values of four are made up from it
LEAST_SHARE = 0.25


def notices(
    table: pd.DataFrame,
    filled: pd.DataFrame,
    field: str,
    *,
    longest_gap: float = 60.0,
    drivers: Sequence[str] = DEFAULT,
    file: str = "",
) -> list[Problem]:
    """Warnings on what fill_gaps(table, field, longest_gap=..., drivers=...) gave: long gaps, empty steps, drivers that
    hold nothing, a forest that could not be grown, few measurements. `file` is where the table came from."""
    if not len(filled):
        return []
    source, reason = filled["source"].astype(str).to_numpy(), filled["reason"].astype(str).to_numpy()
    found: list[tuple[str, dict[str, object]]] = []
    if (reason == "gap_too_long").any():
        every = gaps.table(filled, Steps.of(table["time"].to_numpy()), field)
        long = every[every["reason"] == "gap_too_long"]
        days = long["days"].to_numpy()
        start = np.datetime_as_string(long["start"].to_numpy()[days.argmax()], unit="D")
        values = {"number": len(long), "limit": f"{longest_gap:g}", "days": f"{days.max():.0f}", "start": start}
        found.append(("W-EDDY-GAP-EMPTY", values))
    if nothing := int(np.isin(reason, ("no_data", "no_drivers", "no_alike")).sum()):
        found.append(("W-EDDY-FILL-EMPTY", {"number": nothing}))
    absent = [d for d in drivers if d != field and (d not in table or not table[d].notna().any())]
    if absent and (source == "mds").any():
        labels = [vocabulary.fields()[d].label if d in vocabulary.fields() else Text(d, d) for d in absent]
        names = Text(", ".join(n.en for n in labels), "、".join(n.zh for n in labels))
        found.append(("W-EDDY-FILL-DRIVERS", {"names": names}))
    if instead := int((reason == "no_forest").sum()):
        found.append(("W-EDDY-FILL-NO-FOREST", {"number": instead}))
    share = float((source == "measured").mean())
    if share < LEAST_SHARE:
        found.append(("W-EDDY-FILL-MOST", {"percent": f"{100 * share:.0f}"}))
    return [Problem(code, file=file, column=field, values=values) for code, values in found]
