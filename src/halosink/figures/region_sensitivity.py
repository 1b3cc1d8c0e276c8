"""How the area of each category of sinks changes when one choice is moved."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, rows
from halosink.figures.canvas import Figure, axis_ends
from halosink.figures.map_words import named, option, say

MOST = 12
"""Choices drawn per category, those that move it most; the table has all. Own choice: more fill a page."""


def draw(frame: pd.DataFrame, language: Language) -> Figure:
    """frame: what, option, category, area_km2, change_km2 of one or several categories."""
    frame = frame[frame["change_km2"].notna()]
    drawn, kept = [], []
    for category, part in frame.groupby("category", sort=True):
        drawn.append(rows.Row(named("category", str(category), language), heading=True))
        size = part["change_km2"].abs()
        part = part.loc[size.sort_values(ascending=False, kind="stable").index[:MOST]]
        kept.append(part)
        for _, r in part.iterrows():
            change, area = float(r["change_km2"]), float(r["area_km2"])
            before = area - change
            share = numbers.percent(100 * change / before, language, 0, signed=True) if before > 0 else ""
            digits = 0 if abs(change) >= 10 else 1
            shown = numbers.number(change, language, digits, signed=True)
            drawn.append(rows.Row(option(r["what"], r["option"], language), change,
                                  note=numbers.bracket(shown, share, language),
                                  style="solid" if change else "open"))  # fmt: skip
    axis = rows.Axis(say("sensitivity.axis", language), *axis_ends(frame["change_km2"], (0.0,), 0.08), line=0.0)
    alt = say("sensitivity.alt", language) + "; ".join(f"{r.label} {r.note}" for r in drawn)
    svg = rows.draw(drawn, axis, "region-sensitivity", alt, say("sensitivity.note", language))
    return Figure(svg, say("sensitivity.caption", language), pd.concat(kept, ignore_index=True))
