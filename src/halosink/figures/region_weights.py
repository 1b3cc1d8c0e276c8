"""Weights of the resistance factors with what drawing the cells anew makes of them."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, rows
from halosink.figures.canvas import Figure, axis_ends
from halosink.figures.map_words import named, say


def draw(frame: pd.DataFrame, percent: str, language: Language) -> Figure:
    """frame: factor, weight, low, high, as shares; the heaviest factor first."""
    frame = frame.sort_values("weight", ascending=False, kind="stable").reset_index(drop=True)
    drawn = []
    for _, r in frame.iterrows():
        mid, low, high = (100 * float(r[c]) for c in ("weight", "low", "high"))
        note = numbers.interval(mid, low, high, language) if low == low else numbers.number(mid, language, 1)
        drawn.append(rows.Row(named("factor", r["factor"], language), mid, low, high, note))
    ends = axis_ends(100 * frame[["weight", "low", "high"]].to_numpy(float), (0.0,))
    axis = rows.Axis(say("weights.axis", language), max(ends[0], 0.0), ends[1])
    alt = say("weights.alt", language) + "; ".join(f"{r.label} {r.note}" for r in drawn)
    svg = rows.draw(drawn, axis, "region-weights", alt, say("weights.note", language, percent=percent))
    return Figure(svg, say("weights.caption", language, percent=percent), frame)
