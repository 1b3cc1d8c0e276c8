"""Response ratios of many quantities on one axis of percent change."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import doubts, numbers, rows, words
from halosink.figures.canvas import Figure

TICKS = (-99, -98, -95, -90, -80, -70, -50, -30, -20, -10, -5, -2, 0, 2, 5, 10, 20, 50, 100, 200, 300)  # percent
MULTIPLES = (1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1e3, 1e4)
REACH = 1.5  # own choice: ln units an interval may run beyond the outermost estimate before it is cut with an arrow


def draw(ratios: pd.DataFrame, language: Language, confidence: float = 0.95, name: str = "effects") -> Figure:
    """`ratios`: rows of effects/response_ratios in the order to show; those without a ratio are left out."""
    shown = ratios[ratios["log_ratio"].notna()]
    fold = numbers.many_fold(*shown["log_ratio"], *shown["high"])
    drawn: list[rows.Row] = []
    last: tuple[str, str] = ("", "")
    several = shown.groupby("quantity")["table"].nunique()
    for _, row in shown.iterrows():
        if (row["quantity"], row["table"]) != last:
            last = (row["quantity"], row["table"])
            place = f" · {words.origin(last[1], language)}" if several[last[0]] > 1 else ""
            drawn.append(rows.Row(words.quantity(last[0], language) + place, heading=True))
        drawn.append(
            rows.Row(
                label=words.say("effects.row", language, cls=row["class"], reference=row["reference"]),
                mid=_times(row["log_ratio"]),
                low=_times(row["low"]),
                high=_times(row["high"]),
                note=percent_note(row, language, fold),
                style=style(row),
            )
        )
    svg = rows.draw(
        drawn,
        ratio_axis(shown, words.say("effects.times" if fold else "effects.axis", language), fold),
        name,
        words.say("effects.alt", language, count=len(shown)),
        words.say("effects.note", language, percent=f"{confidence * 100:g}"),
    )
    caption = words.say("effects.caption", language, percent=f"{confidence * 100:g}")
    if fold:
        caption += words.say("effects.fold", language)
    return Figure(svg, caption, shown)


def _times(log_ratio: float) -> float:
    """An interval that rests on a fraction of a degree of freedom goes beyond what a number can hold."""
    return math.exp(min(max(log_ratio, -700.0), 700.0)) if log_ratio == log_ratio else math.nan


def style(row: pd.Series) -> rows.Style:
    """Solid: separable; open: not; square: separable, but place, a single site or chance may be the reason."""
    if not bool(row.get("separable")):
        return "open"
    return "square" if doubts.reasons(row) else "solid"


def percent_note(row: pd.Series, language: Language, fold: bool | None = None) -> str:
    """`+12 % (−3 to +29)`, or `×21 (0.80 to 560)`"""
    mid, low, high = (float(row[k]) for k in ("log_ratio", "low", "high"))
    fold = row.get("fold") if fold is None else fold
    return numbers.relative(mid, low, high, language, fold)


def ratio_axis(frame: pd.DataFrame, title: str, fold: bool = False) -> rows.Axis:
    """A log axis of ratios, labelled in percent or as multiples, that holds all estimates and most of each interval."""
    mids = [float(v) for v in frame["log_ratio"]] + [0.0]
    low = max(min([*frame["low"].dropna(), *mids]), min(mids) - REACH) - 0.05
    high = min(max([*frame["high"].dropna(), *mids]), max(mids) + REACH) + 0.05
    least = (high - low) / 9  # room for the labels
    places = [math.log(m) for m in MULTIPLES] if fold else [math.log1p(t / 100) for t in TICKS]
    kept = [0.0]
    for sign in (1, -1):
        for place in sorted((p for p in places if p * sign > 0), key=abs):
            if low <= place <= high and abs(place - kept[-1 if sign > 0 else 0]) >= least:
                kept = [*kept, place] if sign > 0 else [place, *kept]
    ticks = tuple((math.exp(p), f"×{math.exp(p):.6g}" if fold else _percent(p)) for p in kept)
    return rows.Axis(title, math.exp(low), math.exp(high), log=True, ticks=ticks, line=1.0)


def _percent(place: float) -> str:
    value = round(100 * math.expm1(place))
    return "0" if not value else f"{'+' if value > 0 else numbers.MINUS}{abs(value)}"
