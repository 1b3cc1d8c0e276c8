"""Soil carbon in several models from one start, relative to it."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import Panel, Sheet
from halosink.figures.model_sheet import LINES, say

TALL, HEAD, FOOT, LEFT, GAP = 150.0, 30.0, 34.0, 46.0, 56.0
COLUMNS = 2


def draw(frame: pd.DataFrame, percent: str, language: Language) -> Figure:
    """frame: class, core, label, year, soc, low, high; a panel for each class, the monthly tier with its band."""
    classes, names = list(dict.fromkeys(frame["class"])), list(dict.fromkeys(frame["core"]))
    columns = min(COLUMNS, len(classes))
    wide = (canvas.WIDTH - LEFT - 12 - GAP * (columns - 1)) / columns
    rows = -(-len(classes) // columns)
    first = frame[frame["year"] == 0].set_index(["class", "core"])["soc"]
    base = first.reindex(pd.MultiIndex.from_frame(frame[["class", "core"]])).to_numpy()
    shown = frame.assign(**{c: 100 * (frame[c] / base - 1) for c in ("soc", "low", "high")})
    low, high = canvas.axis_ends(shown[["soc", "low", "high"]].to_numpy(), (0.0,))
    years = (0.0, float(frame["year"].max()))
    keys = [(str(frame.loc[frame["core"] == n, "label"].iloc[0]), LINES[i % len(LINES)], "line" if i < 4 else "dash")
            for i, n in enumerate(names)]  # fmt: skip
    sheet = Sheet(22 + rows * (HEAD + TALL + FOOT) + 66)
    sheet.text(say("cores.axis", language), 2, 10, "left", 12, canvas.INK)
    for at, place in enumerate(classes):
        row, column = divmod(at, columns)
        top = 22 + row * (HEAD + TALL + FOOT) + HEAD
        panel = Panel(LEFT + column * (wide + GAP), top, wide, TALL, *years, low, high)
        sheet.text(place if place != "-" else "", panel.left, top - 9, "left", 12, canvas.INK, bold=True)
        sheet.axes(panel, language, under=say("cores.years", language) if row == rows - 1 else "")
        for i, name in enumerate(names):
            own = shown[(shown["class"] == place) & (shown["core"] == name)].sort_values("year")
            x = panel.x(own["year"])
            if own["low"].notna().any():
                sheet.area(x, panel.y(own["low"]), panel.y(own["high"]), LINES[i % len(LINES)], 0.15)
            sheet.line(x, panel.y(own["soc"]), LINES[i % len(LINES)], 2.4 if name == "monthly" else 1.8, i >= 4)
    sheet.key(keys, 22 + rows * (HEAD + TALL + FOOT) + 12, LEFT)
    last = shown[shown["year"] == years[1]]
    told = "; ".join(f"{r['class']} {r['label']} {r['soc']:+.0f} %" for _, r in last.iterrows())
    svg = sheet.draw(say("cores.alt", language) + told)
    return Figure(svg, say("cores.caption", language, percent=percent), shown.reset_index(drop=True))
