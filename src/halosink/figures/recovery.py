"""What was recovered of the known truth of a synthetic study."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, rows, words
from halosink.figures.canvas import Figure

REACH = 3.0  # own choice: half intervals; further out an estimate is marked at the edge


def draw(recovery: pd.DataFrame, language: Language, confidence: float = 0.95) -> Figure:
    """`recovery`: quantity, label_en, label_zh, truth, estimate, low, high, inside. All rows share one scale:

    the distance from the truth in half widths of the interval, so an interval that holds the truth crosses 0.
    """
    half = (recovery["high"] - recovery["low"]) / 2
    shown = recovery[half > 0]
    half = half[half > 0]
    drawn: list[rows.Row] = []
    last = None
    for (_, row), h in zip(shown.iterrows(), half, strict=True):
        if row["quantity"] != last:
            last = row["quantity"]
            drawn.append(rows.Row(words.quantity(str(last), language), heading=True))
        mid, low, high = ((float(row[k]) - float(row["truth"])) / float(h) for k in ("estimate", "low", "high"))
        kind = words.word("estimate", row.get("kind"), language)
        drawn.append(
            rows.Row(
                label=" · ".join(p for p in (words.labelled(row, "label", language), kind) if p),
                mid=mid,
                low=low,
                high=high,
                style="solid" if bool(row["inside"]) else "square",
            )
        )
    # own choice: at least 2.2 half intervals, so that a row of good estimates does not fill the sheet
    reach = min(REACH, max(2.2, canvas.axis_ends([v for r in drawn for v in (r.low, r.high)])[1]))
    said = {"inside": int(shown["inside"].sum()), "count": len(shown), "percent": f"{confidence * 100:g}"}
    svg = rows.draw(
        drawn,
        rows.Axis(words.say("recovery.axis", language), -reach, reach, line=0.0),
        "recovery",
        words.say("recovery.alt", language, **said),
    )
    return Figure(svg, words.say("recovery.caption", language, **said), shown)
