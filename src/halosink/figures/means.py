"""Class means of one quantity with their intervals, over the single units they rest on."""

from __future__ import annotations

import math

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import canvas, numbers, rows, words
from halosink.figures.canvas import Figure

SPAN = 50.0  # own choice: largest over smallest, from which on a plain axis hides the smallest
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
    every = [v for r in drawn for v in (r.mid, r.low, r.high, *r.points)]
    log = _wide([v for r in drawn for v in (r.mid, r.low, r.high)])
    if log:
        low, high = (math.exp(v) for v in canvas.axis_ends([math.log(v) for v in every if v > 0]))
    else:
        low, high = canvas.axis_ends(every)
    title = words.titled(str(first["quantity"]), language, first.get("unit"))
    said = {"quantity": words.inside(str(first["quantity"]), language), "percent": _whole(confidence)}
    key = "means.caption" if means["low"].notna().any() else "means.caption_bare"
    caption = words.say(key, language, level=words.word("level", first.get("level"), language), **said)
    known = vocabulary.fields().get(str(first["quantity"]))
    if known and known.minimum is not None and known.minimum >= 0 and (means["low"] < 0).any():
        caption += words.say("means.below_zero", language)
    if log:
        caption += words.say("means.log", language)
    if any(r.points for r in drawn):
        caption += words.say("means.points", language)
    svg = rows.draw(
        drawn,
        rows.Axis(title, low, high, log, _ticks(low, high) if log else (), 0.0 if low < 0 < high else None),
        f"means-{first['quantity']}-{first['table']}-{first['factor']}",
        words.say("means.alt" if means["low"].notna().any() else "means.alt_bare", language, **said)
        + "; ".join(f"{r.label} {r.note}" for r in drawn),
        words.say("means.note", language, **said) if means["low"].notna().any() else "",
    )
    return Figure(svg, caption, means)


def _wide(values: list[float]) -> bool:
    """Whether positive means and intervals span so much that the small ones would be lost on a plain axis."""
    known = [v for v in values if v == v]
    return bool(known) and min(known) > 0 and max(known) / min(known) > SPAN


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Powers of ten, in thirds where there are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1.0, 3.0) if len(powers) <= 4 else (1.0,)
    places = [s * 10.0**p for p in powers for s in steps]
    return tuple((p, f"{p:.6g}") for p in places if low <= p <= high)


def _single(points: pd.DataFrame | None, name: object) -> tuple[float, ...]:
    if points is None or points.empty:
        return ()
    return tuple(points.loc[points["class"] == name, "value"].dropna().astype(float))


def _whole(confidence: float) -> str:
    return f"{confidence * 100:g}"
