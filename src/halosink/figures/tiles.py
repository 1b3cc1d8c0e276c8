"""A field of coloured tiles with a number in each: rows with labels left, columns with heads above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from halosink.figures import canvas

CELL = 22.0
DARK = 0.67  # own choice: from that shade on white numbers are read more easily than dark ones
SHADES = ("#f3f6f7", "#0b4f78")


class Tile(NamedTuple):
    """`shade` 0 (pale) to 1 (dark); an empty text leaves the tile blank."""

    shade: float
    text: str


def draw(labels: Sequence[str], heads: Sequence[str], tiles: Sequence[Sequence[Tile]], name: str, alt: str) -> str:
    """`tiles`: one sequence per row, as long as `heads`."""
    import altair as alt_
    import pandas as pd

    labels = [canvas.wrap(t, 250, lines=2) for t in labels]
    left = min(264.0, max(canvas.text_width(t, 11) for t in labels) + 14)
    wide = min(84.0, max(56.0, (canvas.WIDTH - left - 8) / len(heads)))
    wrapped = [canvas.wrap(h, wide - 3, 10, lines=6) for h in heads]
    room = 12.0 * max(h.count("\n") + 1 for h in wrapped) + 6
    records = [
        {
            "x": i * wide,
            "x2": (i + 1) * wide - 2,
            "y": r * CELL,
            "y2": (r + 1) * CELL - 2,
            "v": tile.shade,
            "t": tile.text,
            "c": (i + 0.5) * wide - 1,
            "m": (r + 0.5) * CELL - 1,
            "dark": tile.shade > DARK,
        }
        for r, row in enumerate(tiles)
        for i, tile in enumerate(row)
        if tile.text
    ]
    height = CELL * len(labels)
    plain: dict[str, Any] = {"axis": None}
    x_scale = alt_.Scale(domain=[0, wide * len(heads)], nice=False, zero=False)
    y_scale = alt_.Scale(domain=[height, 0], nice=False, zero=False)
    color = alt_.Color("v:Q", legend=None, scale=alt_.Scale(domain=[0, 1], range=list(SHADES)))
    base = alt_.Chart(pd.DataFrame(records))
    text = base.encode(x=alt_.X("c:Q", scale=x_scale, **plain), y=alt_.Y("m:Q", scale=y_scale, **plain), text="t:N")
    sides = [{"t": t, "m": (r + 0.5) * CELL - 1 - 5.5 * t.count("\n")} for r, t in enumerate(labels)]
    layers = [
        base.mark_rect().encode(
            x=alt_.X("x:Q", scale=x_scale, **plain),
            x2="x2:Q",
            y=alt_.Y("y:Q", scale=y_scale, **plain),
            y2="y2:Q",
            color=color,
        ),
        text.transform_filter("datum.dark").mark_text(fontSize=10, color="white"),
        text.transform_filter("!datum.dark").mark_text(fontSize=10),
        alt_.Chart(pd.DataFrame(sides))
        .mark_text(align="right", x=-8, fontSize=11, lineHeight=11)
        .encode(y=alt_.Y("m:Q", scale=y_scale, **plain), text="t:N"),
        *(
            alt_.Chart(pd.DataFrame({"t": [h], "c": [(i + 0.5) * wide - 1]}))
            .mark_text(fontSize=10, color=canvas.SOFT, baseline="bottom", lineHeight=12, dy=-12.0 * h.count("\n"))
            .encode(x=alt_.X("c:Q", scale=x_scale, **plain), y=alt_.value(-4), text="t:N")
            for i, h in enumerate(wrapped)
        ),
    ]
    total = left + wide * len(heads) + 8
    return canvas.draw(alt_.layer(*layers), name, alt, total, height + room + 6, (left, 8.0, room, 6.0))
