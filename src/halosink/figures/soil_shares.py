"""Shares of soil samples in each class, one stacked bar per group, with the number of samples in each piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure

ROW, BAR, KEY = 30.0, 20.0, 20.0
COMBINED = {"normal": "#cfe3ee", "saline": canvas.BLUE, "sodic": "#f0c04d", "saline_sodic": "#8f2d00"}
"""Colours of the four classes that differ in lightness as well as in hue, after Okabe and Ito."""
RISING = ("#e3eef4", "#b3d3e4", "#78b0d0", "#3f87b3", "#0b5c8c", "#06324d")
NONE = "#ffffff"
ONCE = ("wetland_class",)
"""Classes of measurements, not of layers."""
DARK = {canvas.BLUE, "#8f2d00", "#3f87b3", "#0b5c8c", "#06324d"}


def draw(
    rows: Sequence[tuple[str, Sequence[int]]],
    classes: Sequence[str],
    keys: Sequence[str],
    name: str,
    what: str,
    language: Language,
) -> Figure:
    """rows: group and number of samples in each of `classes`, the last of which is having none; keys: their codes."""
    import altair as alt

    colours = [*_colours(keys), NONE]
    labels = [canvas.wrap(label, 220, lines=2) for label, _ in rows]
    left = min(240.0, max(canvas.text_width(t) for t in labels) + 16)
    right = 64.0
    plot = canvas.WIDTH - left - right
    pieces, notes = [], []
    for r, (_, counts) in enumerate(rows):
        total, start = sum(counts), 0.0
        notes.append({"t": f"n = {numbers.count(total, language)}", "y": (r + 0.5) * ROW})
        for k, n in enumerate(counts):
            if not n:
                continue
            wide = n / total
            shown = numbers.count(n, language)
            pieces.append({
                "x": 100 * start, "x2": 100 * (start + wide), "y": r * ROW + (ROW - BAR) / 2,
                "y2": r * ROW + (ROW + BAR) / 2, "c": colours[k], "m": 100 * (start + wide / 2), "h": (r + 0.5) * ROW,
                "t": shown if canvas.text_width(shown, 11) + 4 < wide * plot else "", "dark": colours[k] in DARK,
            })  # fmt: skip
            start += wide
    used = [k for k in range(len(classes)) if any(counts[k] for _, counts in rows)]
    layers, lines = _key([(classes[k], colours[k]) for k in used], left)
    top = KEY * lines + 6
    height = ROW * len(rows)
    base = alt.Chart(pd.DataFrame(pieces))
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=_axis(name, language))
    scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
    y = alt.Y("y:Q", scale=scale, axis=None)
    colour = alt.Color("c:N", scale=None, legend=None)
    bars = base.mark_rect(stroke=canvas.SOFT, strokeWidth=0.7).encode(x=x, x2="x2:Q", y=y, y2="y2:Q", color=colour)
    drawn: list[Any] = [bars]
    for dark in (True, False):
        part = base.transform_filter("datum.dark" if dark else "!datum.dark")
        ink = "white" if dark else canvas.INK
        text = part.mark_text(fontSize=11, color=ink, baseline="middle")
        drawn.append(text.encode(x=alt.X("m:Q"), y=alt.Y("h:Q", scale=scale, axis=None), text="t:N"))
    sides = pd.DataFrame([{"t": t, "y": (r + 0.5) * ROW - 6.5 * t.count("\n")} for r, t in enumerate(labels)])
    drawn.append(
        alt.Chart(sides).mark_text(align="right", x=-10, baseline="middle", lineHeight=13).encode(y=y, text="t:N")
    )
    counts_ = alt.Chart(pd.DataFrame(notes))
    drawn.append(
        counts_.mark_text(align="left", x=plot + 8, fontSize=11, color=canvas.SOFT, baseline="middle").encode(
            y=y, text="t:N"
        )
    )
    for layer in layers:
        drawn.append(layer(-top))
    told = "; ".join(
        f"{label}: " + ", ".join(f"{c} {n}" for c, n in zip(classes, counts, strict=True) if n)
        for label, counts in rows
    )
    said = {"kind": words.say(f"soil_shares.{name}", language), "what": what}
    alt_text = words.say("soil_shares.alt", language, **said) + told
    svg = canvas.draw(
        alt.layer(*drawn), f"soil-{name}", alt_text, canvas.WIDTH, height + top + 46, (left, right, top, 46.0)
    )
    data = pd.DataFrame([dict(zip(classes, counts, strict=True)) for _, counts in rows], index=[g for g, _ in rows])
    once = name in ONCE
    caption = words.say("soil_shares.caption_once" if once else "soil_shares.caption", language, **said)
    if any(counts[-1] for _, counts in rows):
        caption += words.say("soil_shares.white", language)
    return Figure(svg, caption if once else caption + words.say("soil_shares.alike", language), data)


def _colours(keys: Sequence[str]) -> list[str]:
    if set(keys) <= set(COMBINED):
        return [COMBINED[k] for k in keys]
    steps = len(RISING) - 1
    return [RISING[round(i * steps / max(len(keys) - 1, 1))] for i in range(len(keys))]


def _axis(name: str, language: Language) -> Any:
    import altair as alt

    title = words.say("soil_shares.axis_once" if name in ONCE else "soil_shares.axis", language)
    return alt.Axis(title=title, domain=False, values=list(range(0, 101, 20)))


def _key(shown: Sequence[tuple[str, str]], left: float) -> tuple[list[Any], int]:
    """Functions that draw each class beside its colour, given the upper edge; and the number of lines they take."""
    import altair as alt

    layers: list[Any] = []
    place, line = -left + 2.0, 0
    for label, colour in shown:
        wide = canvas.text_width(label) + 40
        if place + wide > canvas.WIDTH - left and place > -left + 2:
            place, line = -left + 2.0, line + 1

        def one(top: float, label: str = label, colour: str = colour, at: float = place, down: int = line) -> Any:
            y = top + KEY * down + 10
            chart = alt.Chart(pd.DataFrame([{"t": label}]))
            box: dict[str, Any] = {"shape": "square", "size": 150, "fill": colour, "stroke": canvas.SOFT, "opacity": 1}
            mark = chart.mark_point(**box, x=at + 8, y=y).encode()
            return alt.layer(mark, chart.mark_text(align="left", x=at + 22, y=y, baseline="middle").encode(text="t:N"))

        layers.append(one)
        place += wide
    return layers, line + 1
