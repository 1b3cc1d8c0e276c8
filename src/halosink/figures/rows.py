"""A drawing of labelled rows, each an estimate with its interval; the base of most figures here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from halosink.figures import canvas

ROW = 22.0
Style = Literal["solid", "open", "square", "truth"]
STYLES: tuple[Style, ...] = ("solid", "open", "square", "truth")


@dataclass(frozen=True, slots=True)
class Row:
    """`points` are single values behind the estimate. A heading has a label only. NaN leaves a thing out."""

    label: str
    mid: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    note: str = ""
    style: Style = "solid"
    heading: bool = False
    points: tuple[float, ...] = ()
    truth: float = float("nan")


@dataclass(frozen=True, slots=True)
class Axis:
    """The horizontal axis; `ticks` are (place, label) pairs where the plain numbers will not do."""

    title: str
    low: float
    high: float
    log: bool = False
    ticks: tuple[tuple[float, str], ...] = ()
    line: float | None = None


def draw(rows: Sequence[Row], axis: Axis, name: str, alt: str, note_title: str = "") -> str:
    """The rows from top to bottom over one axis, labels left and notes right. Intervals that leave it end in arrows."""
    import altair as alt_
    import pandas as pd

    labels = [canvas.wrap(r.label, 250, lines=2) for r in rows]
    heights = [ROW + (13 if "\n" in text else 0) + (8 if r.points else 0) for text, r in zip(labels, rows, strict=True)]
    left = min(270.0, max([canvas.text_width(t) for t in labels] + [60.0]) + 14)
    right = max([canvas.text_width(r.note, 11) for r in rows] + [canvas.text_width(note_title, 11), 12.0]) + 16
    top = 24.0 if note_title else 8.0
    total = sum(heights)
    middles = [sum(heights[:i]) + h / 2 for i, h in enumerate(heights)]
    plot = canvas.WIDTH - left - right

    scale = alt_.Scale(
        domain=[axis.low, axis.high], type="log" if axis.log else "linear", nice=False, zero=False, clamp=True
    )
    names = dict(axis.ticks)
    guide: dict[str, Any] = {"orient": "bottom", "grid": True, "domain": False, "tickCount": 6, "title": axis.title}
    if names:
        guide |= {"values": list(names), "tickCount": len(names), "labelExpr": _label_expression(names)}
    x = alt_.X("x:Q", scale=scale, axis=alt_.Axis(**guide))
    y = alt_.Y("y:Q", scale=alt_.Scale(domain=[total, 0], nice=False, zero=False), axis=None)

    def inside(value: float) -> float:
        return min(max(value, axis.low), axis.high)

    layers: list[Any] = []

    def layer(records: list[dict[str, Any]], mark: Any) -> None:
        if records:
            layers.append(mark(alt_.Chart(pd.DataFrame(records))))

    pairs = list(zip(rows, middles, labels, strict=True))
    layer(
        [{"x": axis.low, "y": 0.0}, {"x": axis.high, "y": total}],
        lambda c: c.mark_point(opacity=0).encode(x=x, y=y),
    )
    if axis.line is not None:
        layer(
            [{"x": axis.line}],
            lambda c: c.mark_rule(color=canvas.SOFT, strokeDash=[4, 3]).encode(x=x),
        )
    layer(
        [
            {"x": inside(v), "y": m + _spread(k)}
            for r, m, _ in pairs
            for k, v in enumerate(sorted(p for p in r.points if p == p))
        ],
        lambda c: c.mark_circle(size=22, color=canvas.BLUE, opacity=0.4).encode(x=x, y=y),
    )
    spans = [
        {"x": inside(r.low), "x2": inside(r.high), "y": m} for r, m, _ in pairs if r.low == r.low and r.high == r.high
    ]
    layer(spans, lambda c: c.mark_rule(color=canvas.INK, strokeWidth=1.6).encode(x=x, x2="x2:Q", y=y))
    ends = [
        {"x": edge, "y": m, "s": sign}
        for r, m, _ in pairs
        for edge, sign, out in ((axis.low, "◂", r.low < axis.low), (axis.high, "▸", r.high > axis.high))
        if out
    ]
    layer(ends, lambda c: c.mark_text(color=canvas.INK, fontSize=13, dy=0.5).encode(x=x, y=y, text="s:N"))
    for style in STYLES:
        shown = [
            {"x": r.mid, "y": m}
            for r, m, _ in pairs
            if r.style == style and axis.low <= r.mid <= axis.high and not r.heading
        ]
        layer(shown, lambda c, style=style: c.mark_point(**_MARKS[style]).encode(x=x, y=y))
    truths = [{"x": inside(r.truth), "y": m} for r, m, _ in pairs if r.truth == r.truth]
    layer(truths, lambda c: c.mark_point(**_MARKS["truth"]).encode(x=x, y=y))
    for heading in (True, False):
        texts = [{"y": m - 6.5 * t.count("\n"), "t": t} for r, m, t in pairs if r.heading is heading]
        layer(
            texts,
            lambda c, heading=heading: c.mark_text(
                align="left" if heading else "right",
                x=-left + 2 if heading else -10,
                fontWeight="bold" if heading else "normal",
                baseline="middle",
                lineBreak="\n",
                lineHeight=13,
            ).encode(y=y, text="t:N"),
        )
    notes = [{"y": m, "t": r.note} for r, m, _ in pairs if r.note]
    layer(
        notes,
        lambda c: c.mark_text(align="left", x=plot + 12, fontSize=11, color=canvas.SOFT, lineBreak="\n").encode(
            y=y, text="t:N"
        ),
    )
    if note_title:
        layer(
            [{"t": note_title}],
            lambda c: c.mark_text(align="left", x=plot + 12, y=-12, fontSize=11, color=canvas.SOFT).encode(text="t:N"),
        )
    return canvas.draw(alt_.layer(*layers), name, alt, canvas.WIDTH, total + top + 46, (left, right, top, 46.0))


_MARKS: dict[str, dict[str, Any]] = {
    "solid": {"shape": "circle", "filled": True, "size": 70, "color": canvas.BLUE, "opacity": 1},
    "open": {
        "shape": "circle",
        "filled": True,
        "size": 62,
        "fill": "white",
        "stroke": canvas.BLUE,
        "strokeWidth": 1.8,
        "opacity": 1,
    },
    "square": {"shape": "square", "filled": True, "size": 70, "color": canvas.VERMILION, "opacity": 1},
    "truth": {"shape": "diamond", "filled": True, "size": 60, "color": canvas.VERMILION, "opacity": 1},
}


def _spread(position: int) -> float:
    return (-6.0, 2.5, -2.5, 6.0, 0.0)[position % 5]


def _label_expression(names: dict[float, str]) -> str:
    import json

    tests = [
        f"abs(datum.value - {place!r}) < {abs(place) * 1e-9 + 1e-12!r} ? {json.dumps(text)} :"
        for place, text in names.items()
    ]
    return " ".join(tests) + " ''"
