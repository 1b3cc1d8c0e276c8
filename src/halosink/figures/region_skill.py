"""How well a map is corrected by plots: errors at points split at random, by plot and by block, side by side."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, rows
from halosink.figures.canvas import Figure, axis_ends
from halosink.figures.map_words import amount, field, named, say, unit

SPLITS = ("random", "plot", "block")
STYLES: dict[str, rows.Style] = {"random": "open", "plot": "solid", "block": "square"}


def draw(frame: pd.DataFrame, raw_unit: str, language: Language) -> Figure:
    """frame: quantity, method, split, rmse, r2 of one quantity; raw_unit: of rmse, "" where it is not known."""
    drawn = []
    for method, part in frame.groupby("method", sort=False):
        drawn.append(rows.Row(named("method", method, language), heading=True))
        for split in SPLITS:
            for _, r in part[part["split"] == split].iterrows():
                note = say("skill.noted", language, r2=numbers.number(float(r["r2"]), language, 2),
                           rmse=amount(r["rmse"], language))  # fmt: skip
                drawn.append(
                    rows.Row(named("split", split, language), float(r["rmse"]), note=note, style=STYLES[split])
                )
    top = axis_ends(frame["rmse"], (0.0,))[1]
    shown = unit(raw_unit)
    title = numbers.bracket(say("skill.axis", language), shown, language)
    alt = say("skill.alt", language) + "; ".join(f"{r.label} {r.note}" for r in drawn)
    svg = rows.draw(drawn, rows.Axis(title, 0.0, top), "region-skill", alt, say("skill.note", language))
    name = field(frame["quantity"].iloc[0], language) if len(frame) else ""
    return Figure(svg, say("skill.caption", language, quantity=name), frame.reset_index(drop=True))
