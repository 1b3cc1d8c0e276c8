"""Response ratios of many quantities on one axis of percent change."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, rows, words
from halosink.figures.canvas import Figure

TICKS = (
    -99,
    -98,
    -95,
    -90,
    -80,
    -70,
    -50,
    -30,
    -20,
    -10,
    -5,
    -2,
    0,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    400,
    900,
    1900,
    4900,
    9900,
)
REACH = 1.5  # own choice: ln units an interval may run beyond the outermost estimate before it is cut with an arrow


def draw(ratios: pd.DataFrame, language: Language, confidence: float = 0.95, name: str = "effects") -> Figure:
    """`ratios`: rows of effects/response_ratios in the order to show; those without a ratio are left out."""
    shown = ratios[ratios["log_ratio"].notna()]
    drawn: list[rows.Row] = []
    last: tuple[str, str] = ("", "")
    several = shown.groupby("quantity")["table"].nunique()
    for _, row in shown.iterrows():
        if (row["quantity"], row["table"]) != last:
            last = (row["quantity"], row["table"])
            place = f" · {last[1]}" if several[last[0]] > 1 else ""
            drawn.append(rows.Row(words.quantity(last[0], language) + place, heading=True))
        drawn.append(
            rows.Row(
                label=words.say("effects.row", language, cls=row["class"], reference=row["reference"]),
                mid=math.exp(row["log_ratio"]),
                low=math.exp(row["low"]),
                high=math.exp(row["high"]),
                note=percent_note(row, language),
                style=style(row),
            )
        )
    svg = rows.draw(
        drawn,
        percent_axis(shown, words.say("effects.axis", language)),
        name,
        words.say("effects.alt", language, count=len(shown)),
        words.say("effects.note", language, percent=f"{confidence * 100:g}"),
    )
    return Figure(svg, words.say("effects.caption", language, percent=f"{confidence * 100:g}"), shown)


def style(row: pd.Series) -> rows.Style:
    """Solid: separable; open: not; square: separable, but place or a single site may be the reason."""
    if not bool(row.get("separable")):
        return "open"
    return "square" if bool(row.get("confounded")) or bool(row.get("loso_flips")) else "solid"


def percent_note(row: pd.Series, language: Language) -> str:
    """`+12 % (−3 to +29)`"""
    middle = numbers.change(float(row["log_ratio"]), language) + numbers.percent_sign(language)
    return numbers.bracket(middle, numbers.changes(float(row["low"]), float(row["high"]), language), language)


def percent_axis(frame: pd.DataFrame, title: str) -> rows.Axis:
    """A log axis of ratios, labelled in percent, that holds all estimates and most of each interval."""
    mids = [float(v) for v in frame["log_ratio"]] + [0.0]
    low = max(min([*frame["low"].dropna(), *mids]), min(mids) - REACH) - 0.05
    high = min(max([*frame["high"].dropna(), *mids]), max(mids) + REACH) + 0.05
    least = (high - low) / 8
    kept = [0.0]
    for sign in (1, -1):
        for tick in sorted((t for t in TICKS if t * sign > 0), key=abs):
            place = math.log1p(tick / 100)
            if low <= place <= high and abs(place - kept[-1 if sign > 0 else 0]) >= least:
                kept = [*kept, place] if sign > 0 else [place, *kept]
    labels = {p: round(100 * math.expm1(p)) for p in kept}
    ticks = tuple(
        (math.exp(p), ("0" if not v else f"{'+' if v > 0 else numbers.MINUS}{abs(v)}")) for p, v in labels.items()
    )
    return rows.Axis(title, math.exp(low), math.exp(high), log=True, ticks=ticks, line=1.0)
