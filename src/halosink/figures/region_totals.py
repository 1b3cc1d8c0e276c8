"""Carbon of the whole region as rows with intervals, quantities of one unit on one axis."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, rows
from halosink.figures.canvas import Figure, axis_ends
from halosink.figures.greenhouse import rounded
from halosink.figures.map_words import quantity, say, scaled, unit


def draw(frame: pd.DataFrame, percent: str, language: Language) -> Figure:
    """frame: quantity, unit (the same in all rows), value, low, high; rings: the interval holds zero."""
    frame = scaled(frame.reset_index(drop=True), language)
    drawn = []
    for _, r in frame.iterrows():
        apart = not r["low"] <= 0 <= r["high"]
        note = numbers.interval(*rounded(r["value"], r["low"], r["high"]), language)
        drawn.append(rows.Row(quantity(r["quantity"], language), r["value"], r["low"], r["high"], note,
                              "solid" if apart else "open"))  # fmt: skip
    ends = axis_ends(frame[["value", "low", "high"]].to_numpy(float), (0.0,))
    shown = unit(frame["unit"].iloc[0])
    axis = rows.Axis(say("totals.axis", language, unit=shown), *ends, line=0.0)
    alt = say("totals.alt", language) + "; ".join(f"{r.label} {r.note}" for r in drawn)
    svg = rows.draw(drawn, axis, f"region-totals-{shown}", alt, say("totals.note", language, percent=percent))
    return Figure(svg, say("totals.caption", language, percent=percent), frame)
