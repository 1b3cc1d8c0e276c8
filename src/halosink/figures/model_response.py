"""Course of a quantity under each intervention beside the land as it is, bands of what the draws allow."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import Panel, Sheet
from halosink.figures.model_sheet import BEFORE, CHOSEN, say

COLUMNS, TALL, HEAD, FOOT = 3, 118.0, 32.0, 30.0
LEFT, GAP = 50.0, 52.0


def draw(
    frame: pd.DataFrame, quantity: str, title: str, unit: str, place: str, percent: str, language: Language
) -> Figure:
    """frame: scenario, label, year, low, median, high of one class and quantity; a panel for each but "as_is"."""
    before = frame[frame["scenario"] == "as_is"].sort_values("year")
    names = [s for s in dict.fromkeys(frame["scenario"]) if s != "as_is"] or ["as_is"]
    lines = -(-len(names) // COLUMNS)
    columns = min(COLUMNS, len(names))
    wide = (canvas.WIDTH - LEFT - 10 - GAP * (columns - 1)) / columns
    sheet = Sheet(22 + lines * (HEAD + TALL + FOOT) + 24)
    sheet.text(f"{title} [{unit}]" if unit else title, 2, 10, "left", 12, canvas.INK)
    low, high = canvas.axis_ends(frame[["low", "high"]].to_numpy(), (0.0,) if quantity in ("ec", "esp") else ())
    years = (0.0, float(frame["year"].max()))
    for at, name in enumerate(names):
        row, column = divmod(at, columns)
        top = 22 + row * (HEAD + TALL + FOOT) + HEAD
        panel = Panel(LEFT + column * (wide + GAP), top, wide, TALL, *years, low, high)
        own = frame[frame["scenario"] == name].sort_values("year")
        label = canvas.wrap(str(own["label"].iloc[0]), wide, 12, lines=2).split("\n")
        for i, text in enumerate(label):
            sheet.text(text, panel.left, top - 8 - 14 * (len(label) - 1 - i), "left", 12, canvas.INK, bold=True)
        sheet.axes(panel, language)
        for part, colour, dash in ((before, BEFORE, True), (own, CHOSEN, False)):
            x = panel.x(part["year"])
            sheet.area(x, panel.y(part["low"]), panel.y(part["high"]), colour, 0.22)
            sheet.line(x, panel.y(part["median"]), colour, 2.0, dash)
    foot = 22 + lines * (HEAD + TALL + FOOT)
    shown = [(say("response.as_is", language), BEFORE, "dash")]
    if names != ["as_is"]:
        shown.append((say("response.with", language), CHOSEN, "line"))
    sheet.key([*shown, (say("response.band", language, percent=percent), CHOSEN, "band")], foot, LEFT)
    said = {"quantity": title, "place": place, "percent": percent}
    last = frame[frame["year"] == frame["year"].max()]
    told = "; ".join(f"{r['label']} {_short(r['median'])} ({_short(r['low'])} – {_short(r['high'])})"
                     for _, r in last.iterrows())  # fmt: skip
    return Figure(sheet.draw(say("response.alt", language, **said) + told), say("response.caption", language, **said),
                  frame.reset_index(drop=True))  # fmt: skip


def _short(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) and abs(value) < 1000 else f"{value:.0f}"
