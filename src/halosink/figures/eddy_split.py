"""What makes a sum uncertain: shares of its variance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import Panel, Sheet, say, sentence

PARTS = {"threshold": "#8f2d00", "random": "#9ec9e2", "filling": "#e69f00"}
ROW, BAR, TOP = 26.0, 16.0, 28.0


class Split(NamedTuple):
    """Standard deviations that three sources give to one sum; missing ones count for nothing."""

    label: str
    threshold: float
    random: float
    filling: float
    unit: str


def draw(splits: Sequence[Split], place: str, language: Language) -> Figure:
    """One bar per sum, whose pieces are shares of the variance, beside the standard deviation of all parts."""
    texts = [canvas.wrap(s.label, 250, lines=1) for s in splits]
    left = min(270.0, max(canvas.text_width(t) for t in texts) + 16)
    notes, totals = [], []
    for s in splits:
        variance = np.array([getattr(s, p) for p in PARTS], float)
        variance = np.where(np.isfinite(variance), variance, 0.0) ** 2
        totals.append(variance)
        total = float(np.sqrt(variance.sum()))
        notes.append(f"{numbers.plain(float(f'{total:.2g}'))}\u00a0{s.unit}")
    right = max(canvas.text_width(n, 11) for n in (*notes, say("split.sd", language))) + 20
    sheet = Sheet(TOP + ROW * len(splits) + 40)
    panel = Panel(left, TOP, canvas.WIDTH - left - right, ROW * len(splits), 0, 100, 0, 1)
    for i, (variance, text, note) in enumerate(zip(totals, texts, notes, strict=True)):
        y, start = TOP + ROW * i + ROW / 2, 0.0
        sheet.text(text, left - 8, y, "right", 12, canvas.INK)
        sheet.text(note, canvas.WIDTH - right + 10, y, "left", 11)
        for (part, colour), value in zip(PARTS.items(), variance, strict=True):
            share = 100 * value / variance.sum() if variance.sum() > 0 else 0.0
            if share > 0:
                a, b = (float(v) for v in panel.x([start, start + share]))
                sheet.box(a, y - BAR / 2, b, y + BAR / 2, colour)
                shown = f"{share:.0f}"
                if b - a > 26:
                    ink = "white" if part == "threshold" else canvas.INK
                    sheet.text(shown, (a + b) / 2, y, "center", 11, ink)
            start += share
    foot = TOP + ROW * len(splits)
    for place_ in (0, 20, 40, 60, 80, 100):
        x = float(panel.x(place_))
        sheet.rule(x, foot, x, foot + 4, canvas.GREY)
        sheet.text(f"{place_}", x, foot + 12, "center", 10)
    sheet.text(say("split.axis", language), left + panel.wide / 2, foot + 29, "center", 11, canvas.INK)
    sheet.text(say("split.sd", language), canvas.WIDTH - right + 10, TOP - 14, "left", 11)
    sheet.key([(say(f"split.{p}", language), c, "box") for p, c in PARTS.items()], 2)
    said = {"place": place}
    told = "; ".join(f"{s.label} {n}" for s, n in zip(splits, notes, strict=True))
    svg = sheet.draw(sentence("split.alt", language, **said) + told)
    return Figure(svg, sentence("split.caption", language, **said), pd.DataFrame([s._asdict() for s in splits]))
