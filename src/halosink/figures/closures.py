"""Concentrations of single closures with the lines fitted to them, best and worst side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure

COLUMNS = 3
BETWEEN, HEAD, FOOT, LEFT = 18.0, 42.0, 26.0, 44.0
TALL = 118.0
MARKS = {"reading": canvas.GREY, "excluded": canvas.PALE}
LINES = {"linear": canvas.BLUE, "hutchinson_mosier": canvas.VERMILION}


class Panel(NamedTuple):
    """One closure and gas: two lines of heading, rows of kind, elapsed_time [s], value, and the kind of line chosen."""

    title: str
    said: str
    curves: pd.DataFrame
    chosen: str = ""


def draw(panels: list[Panel], name: str, caption: str, language: Language) -> Figure:
    """Panels in rows of three; each has axes of its own, whose ends are written beside it.

    Grey dots are readings of the window, pale rings readings outside it; blue is the straight line, red the curve,
    the one not chosen dotted.
    """
    import altair as alt

    rows = -(-len(panels) // COLUMNS)
    across = (canvas.WIDTH - (COLUMNS - 1) * BETWEEN) / COLUMNS
    height = rows * (HEAD + TALL + FOOT)
    places = [((i % COLUMNS) * (across + BETWEEN), (i // COLUMNS) * (HEAD + TALL + FOOT)) for i in range(len(panels))]
    drawn = [_placed(p, x, y, across, language) for p, (x, y) in zip(panels, places, strict=True)]
    dots = pd.concat([d[0] for d in drawn], ignore_index=True)
    texts = pd.DataFrame([t for d in drawn for t in d[1]])
    frames = pd.DataFrame([{"x": x + LEFT, "x2": x + across, "y": y + HEAD, "y2": y + HEAD + TALL} for x, y in places])
    across_, down = alt.Scale(domain=[0, canvas.WIDTH], nice=False), alt.Scale(domain=[height, 0], nice=False)
    x = alt.X("x:Q", scale=across_, axis=None)
    y = alt.Y("y:Q", scale=down, axis=None)
    layers: list[Any] = [
        alt.Chart(frames).mark_rect(fill="none", stroke=canvas.GRID).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    ]
    for kind, colour in MARKS.items():
        part = dots[dots["kind"] == kind]
        if len(part):
            layers.append(
                alt.Chart(part[["x", "y"]]).mark_point(size=9, filled=kind == "reading", color=colour).encode(x=x, y=y)
            )
    for chosen in (False, True):
        for kind, colour in LINES.items():
            part = dots[(dots["kind"] == kind) & (dots["chosen"] == chosen)]
            if len(part):
                style: dict[str, Any] = {"strokeWidth": 1.8} if chosen else {"strokeWidth": 1, "strokeDash": [2, 3]}
                line = alt.Chart(part[["x", "y", "panel"]]).mark_line(color=colour, **style)
                layers.append(line.encode(x=x, y=y, detail="panel:N", order="x:Q"))
    for look, part in texts.groupby(["align", "fontSize", "color"], sort=False):
        style = dict(zip(("align", "fontSize", "color"), look, strict=True))
        marks = alt.Chart(part[["x", "y", "t"]]).mark_text(baseline="middle", **style)
        layers.append(marks.encode(x=x, y=y, text="t:N"))
    alt_text = words.say("closures.alt", language, count=len(panels), titles="; ".join(p.title for p in panels))
    svg = canvas.draw(alt.layer(*layers), name, alt_text, canvas.WIDTH, height, (0.0, 0.0, 0.0, 0.0))
    data = pd.concat([p.curves.assign(panel=p.title) for p in panels], ignore_index=True)
    return Figure(svg, caption, data)


def _placed(panel: Panel, x: float, y: float, across: float, language: Language) -> tuple[pd.DataFrame, list[Any]]:
    """The panel's marks in px of the whole figure, and its texts."""
    found = panel.curves.dropna(subset=["elapsed_time", "value"])
    inside = found[found["kind"] != "excluded"]
    t0, t1 = canvas.axis_ends(found["elapsed_time"], room=0.03)
    low, high = canvas.axis_ends(inside["value"] if len(inside) else found["value"], room=0.12)
    left, top, wide = x + LEFT, y + HEAD, across - LEFT
    marks = pd.DataFrame({
        "kind": found["kind"],
        "x": left + (found["elapsed_time"] - t0) / (t1 - t0) * wide,
        "y": top + (high - found["value"].clip(low, high)) / (high - low) * TALL,
        "panel": f"{x:g}-{y:g}",
        "chosen": found["kind"] == panel.chosen,
    })  # fmt: skip
    ends = found["elapsed_time"].min(), found["elapsed_time"].max()
    places = numbers.decimals((high - low) / 20)
    texts = [
        _text(canvas.wrap(panel.title, across, lines=1), x, y + 12, "left", canvas.SIZE, canvas.INK),
        _text(canvas.wrap(panel.said, across, 11, lines=1), x, y + 30, "left", 11, canvas.SOFT),
        _text(numbers.number(high, language, places), left - 4, top + 6, "right", 10, canvas.SOFT),
        _text(numbers.number(low, language, places), left - 4, top + TALL - 6, "right", 10, canvas.SOFT),
        _text(numbers.number(ends[0], language, 0), left, top + TALL + 9, "left", 10, canvas.SOFT),
        _text(f"{numbers.number(ends[1], language, 0)}\u00a0s", x + across, top + TALL + 9, "right", 10, canvas.SOFT),
    ]
    return marks, texts


def _text(t: str, x: float, y: float, align: str, size: int, colour: str) -> dict[str, Any]:
    return {"t": t, "x": x, "y": y, "align": align, "fontSize": size, "color": colour}
