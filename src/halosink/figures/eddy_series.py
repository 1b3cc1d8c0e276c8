"""Daily means with a strip that says how much of each day was measured, filled or stayed empty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, words
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import EMPTY, SOURCES, Panel, Sheet, say, sentence, spread

BINS = 366  # own choice: one bin per two pixels; several days go into one where there are more
LEFT, TOP, TALL, STRIP = 52.0, 26.0, 170.0, 34.0
HALF = 0.5  # own choice: a day is called measured where at least half of its steps were


def draw(daily: pd.DataFrame, field: str, place: str, language: Language) -> Figure:
    """daily: day (datetime64), value (mean of the complete steps, NaN for none), measured, mds, forest, empty (shares).

    Filled dots: days of which at least half was measured; rings: days that are mostly filled.
    """
    binned, length = _binned(daily)
    days = binned["at"].to_numpy(float)
    sheet = Sheet(TOP + TALL + STRIP + 66)
    low, high = spread(binned["value"], (0.0,))
    wide = canvas.WIDTH - LEFT - 8
    ends = (float(days.min()), float(days.max()) + length)
    panel = Panel(LEFT, TOP, wide, TALL, *ends, low, high)
    across = years(daily["day"], language)
    sheet.axes(panel, language, [], title=words.unit(field))
    middle = days + length / 2
    value, mostly = binned["value"].to_numpy(float), binned["measured"].to_numpy(float) >= HALF
    x, y = panel.x(middle), panel.y(value)
    sheet.line(x, y, canvas.GREY, 0.8)
    sheet.points(x[mostly], y[mostly], SOURCES["measured"], 4.2)
    sheet.points(x[~mostly], y[~mostly], SOURCES["mds"], 4.2, True)
    strip = Panel(LEFT, TOP + TALL + 12, wide, STRIP, *ends, 0, 1)
    base = np.zeros(len(binned) + 1)
    edge = strip.x(np.append(days, days[-1] + length))
    for name, colour in SOURCES.items():
        share = binned[name].fillna(0).to_numpy(float)
        top = base + np.append(share, share[-1])
        if share.any():
            sheet.area(edge, strip.y(base), strip.y(top), colour, 1.0, step=True)
        base = top
    foot = strip.top + STRIP
    for at, shown in across:
        x_ = float(strip.x(at))
        if LEFT <= x_ <= LEFT + wide:
            sheet.rule(x_, foot, x_, foot + 4, canvas.GREY)
            sheet.text(shown, x_, foot + 13, "center", 10)
    sheet.key(_key(binned, language), foot + 26, LEFT)
    said = {"quantity": say(f"name.{field}", language), "place": place}
    svg = sheet.draw(sentence("series.alt", language, **said))
    caption = sentence("series.caption", language, **said)
    if length > 1:
        caption += say("series.binned", language, days=f"{length:g}")
    return Figure(svg, caption, binned)


def years(days: pd.Series, language: Language) -> list[tuple[float, str]]:
    """Places on an axis of days since 1970 and their words: months of one or two years, else years."""
    first, last = pd.Timestamp(days.min()), pd.Timestamp(days.max())
    length = (last - first).days
    if length <= 62:
        wanted = pd.date_range(first.normalize(), last, freq=f"{max(1, length // 7)}D")
        shape = "%m-%d"
    elif length <= 800:
        wanted = pd.date_range(first.replace(day=1), last, freq="MS" if length <= 400 else "2MS")
        shape = "%Y-%m"
        wanted = wanted[:: 2 if length > 300 else 1]
    else:
        wanted = pd.date_range(f"{first.year}-01-01", last, freq="YS")
        wanted = wanted[:: -(-len(wanted) // 12)]
        shape = "%Y"
    epoch = pd.Timestamp("1970-01-01")
    return [((t - epoch).days, f"{t:{shape}}") for t in wanted]


def _binned(daily: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Rows of `at` (days since 1970) with the means of each bin, and the length of a bin in days."""
    at = daily["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    length = max(1, -(-int(at.max() - at.min() + 1) // BINS))
    frame = daily[["value", *SOURCES]].assign(at=at.min() + (at - at.min()) // length * length)
    return frame.groupby("at", as_index=False).mean(), float(length)


def _key(binned: pd.DataFrame, language: Language) -> list[tuple[str, str, str]]:
    shown = [(say(f"source.{n}", language), c, "box") for n, c in SOURCES.items() if binned[n].fillna(0).any()]
    if EMPTY not in {c for _, c, _ in shown}:
        shown.append((say("source.empty", language), EMPTY, "box"))
    return shown
