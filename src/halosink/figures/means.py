"""Class means of one quantity with their intervals, over the single units they rest on."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, rows, words
from halosink.figures.canvas import Figure

POINTS = 60  # own choice: more single values than this in one row only make a smear


def draw(means: pd.DataFrame, points: pd.DataFrame | None, language: Language, confidence: float = 0.95) -> Figure:
    """`means`: rows of effects/class_means of one quantity, table and factor. `points`: its unit values, or None."""
    first = means.iloc[0]
    drawn = []
    for _, row in means.iterrows():
        single = _single(points, row["class"])
        drawn.append(
            rows.Row(
                label=str(row["class"]),
                mid=float(row["mean"]),
                low=float(row["low"]),
                high=float(row["high"]),
                note=numbers.interval(row["mean"], row["low"], row["high"], language),
                points=single if len(single) <= POINTS else (),
            )
        )
    low, high = canvas.axis_ends([v for r in drawn for v in (r.mid, r.low, r.high, *r.points)])
    title = words.titled(str(first["quantity"]), language, first.get("unit"))
    said = {"quantity": words.quantity(str(first["quantity"]), language), "percent": _whole(confidence)}
    caption = words.say("means.caption", language, level=words.word("level", first.get("level"), language), **said)
    if any(r.points for r in drawn):
        caption += words.say("means.points", language)
    svg = rows.draw(
        drawn,
        rows.Axis(title, low, high, line=0.0 if low < 0 < high else None),
        f"means-{first['quantity']}-{first['table']}-{first['factor']}",
        words.say("means.alt", language, **said) + "; ".join(f"{r.label} {r.note}" for r in drawn),
        words.say("means.note", language, **said),
    )
    return Figure(svg, caption, means)


def _single(points: pd.DataFrame | None, name: object) -> tuple[float, ...]:
    if points is None or points.empty:
        return ()
    return tuple(points.loc[points["class"] == name, "value"].dropna().astype(float))


def _whole(confidence: float) -> str:
    return f"{confidence * 100:g}"
