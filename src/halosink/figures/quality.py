"""Which share of each measured column is missing or flagged, and by which check."""

from __future__ import annotations

from typing import Any

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure

MOST = 32  # own choice: rows that fit a printed page; the table holds all of them
CELL = 22.0
NOT_MEASURED = ("place", "design", "time", "provenance")


def draw(overview: pd.DataFrame, language: Language) -> Figure:
    """`overview`: quality/overview. Sensors of one table and field are taken together; the worst columns come first."""
    import altair as alt

    checks = check_columns(overview)
    data = shares(overview, checks)
    used = [c for c in checks if data[c].max() > 0]
    columns = ["missing", "flagged", *used]
    shown = data.head(MOST)
    labels = [
        canvas.wrap(f"{words.quantity(f, language)} · {t}", 250, lines=2)
        for t, f in zip(shown["table"], shown["field"], strict=True)
    ]
    left = min(264.0, max(canvas.text_width(t, 11) for t in labels) + 14)
    wide = min(84.0, max(56.0, (canvas.WIDTH - left - 8) / len(columns)))
    heads = [canvas.wrap(head(c, language), wide - 3, 10, lines=6) for c in columns]
    head_room = 12.0 * max(h.count("\n") + 1 for h in heads) + 6
    tiles = [
        {
            "x": i * wide,
            "x2": (i + 1) * wide - 2,
            "y": r * CELL,
            "y2": (r + 1) * CELL - 2,
            "v": float(row[c]) ** 0.5,
            "t": _cell(float(row[c]), language),
            "c": (i + 0.5) * wide - 1,
            "m": (r + 0.5) * CELL - 1,
            "dark": float(row[c]) > 45,
        }
        for r, (_, row) in enumerate(shown.iterrows())
        for i, c in enumerate(columns)
    ]
    height = CELL * len(shown)
    frame = pd.DataFrame(tiles)
    plain: dict[str, Any] = {"axis": None}
    x_scale = alt.Scale(domain=[0, wide * len(columns)], nice=False, zero=False)
    y_scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
    color = alt.Color("v:Q", legend=None, scale=alt.Scale(domain=[0, 10], range=["#f3f6f7", "#0b4f78"]))
    base = alt.Chart(frame)
    text = base.encode(x=alt.X("c:Q", scale=x_scale, **plain), y=alt.Y("m:Q", scale=y_scale, **plain), text="t:N")
    layers = [
        base.mark_rect().encode(
            x=alt.X("x:Q", scale=x_scale, **plain),
            x2="x2:Q",
            y=alt.Y("y:Q", scale=y_scale, **plain),
            y2="y2:Q",
            color=color,
        ),
        text.transform_filter("datum.dark").mark_text(fontSize=10, color="white"),
        text.transform_filter("!datum.dark").mark_text(fontSize=10),
        alt.Chart(
            pd.DataFrame({"t": labels, "m": [(r + 0.5) * CELL - 1 - 5.5 * t.count("\n") for r, t in enumerate(labels)]})
        )
        .mark_text(align="right", x=-8, fontSize=11, lineHeight=11)
        .encode(y=alt.Y("m:Q", scale=y_scale, **plain), text="t:N"),
        *(
            alt.Chart(pd.DataFrame({"t": [h], "c": [(i + 0.5) * wide - 1]}))
            .mark_text(fontSize=10, color=canvas.SOFT, baseline="bottom", lineHeight=12, dy=-12.0 * h.count("\n"))
            .encode(x=alt.X("c:Q", scale=x_scale, **plain), y=alt.value(-4), text="t:N")
            for i, h in enumerate(heads)
        ),
    ]
    total = left + wide * len(columns) + 8
    svg = canvas.draw(
        alt.layer(*layers),
        "quality",
        words.say("quality.alt", language, count=len(data)),
        total,
        height + head_room + 6,
        (left, 8.0, head_room, 6.0),
    )
    caption = words.say("quality.caption", language)
    if len(data) > MOST:
        caption += words.say("quality.more", language, shown=MOST, count=len(data))
    return Figure(svg, caption, data)


def unmeasured() -> set[str]:
    """Fields that say where, when or in which layout something was measured."""
    return {n for n, f in vocabulary.fields().items() if f.group in NOT_MEASURED} | {"record_number"}


def measured(overview: pd.DataFrame) -> pd.DataFrame:
    """The rows of measured quantities."""
    return overview[~overview["field"].isin(unmeasured())]


def check_columns(overview: pd.DataFrame) -> list[str]:
    """The columns that count the hits of one check each."""
    from halosink.quality import registry

    return [name for name in registry.checks() if name in overview]


def shares(overview: pd.DataFrame, checks: list[str]) -> pd.DataFrame:
    """Percent of the rows, per table and field; most flagged first."""
    counted = ["rows", "missing", "flagged", *checks]
    total = overview.groupby(["table", "field"], sort=False, dropna=False)[counted].sum().reset_index()
    for name in counted[1:]:
        total[name] = 100 * total[name] / total["rows"].where(total["rows"] > 0)
    total[counted[1:]] = total[counted[1:]].fillna(0.0)
    return total.sort_values(["flagged", "missing"], ascending=False, kind="stable").reset_index(drop=True)


def head(name: str, language: Language) -> str:
    """What a column of the overview is called: a check by its own label."""
    from halosink.quality import registry

    found = registry.checks().get(name)
    return found.label.to(language) if found else words.word("overview", name, language)


def _cell(value: float, language: Language) -> str:
    if value == 0:
        return "·"
    return "<0.1" if value < 0.1 else numbers.number(value, language, 1 if value < 10 else 0)
