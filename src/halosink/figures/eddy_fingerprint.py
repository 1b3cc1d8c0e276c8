"""Day of the year against hour of the day, what was measured beside what is complete after filling."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import DIVERGING, RISING, address, classes
from halosink.figures.eddy_sheet import Panel, Sheet, labels, say, sentence, ticks

TOP, TALL, LEFT, BETWEEN = 34.0, 366.0, 46.0, 40.0
CELLS = 48  # own choice: finer steps are averaged to half-hours, more rows are not seen
SHARE = 98.0  # own choice: the colours end where the outermost 2 % begin, so that a few values do not take them all
NOTHING = "#c9ced1"


def draw(frame: pd.DataFrame, field: str, year: int, place: str, language: Language) -> Figure:
    """frame: time (start of each step), measured, filled, of one year. Grey is what is missing.

    Both panels share their colours, whose ends are the 98 % point of the absolute values.
    """
    measured, filled = _cells(frame, "measured", year), _cells(frame, "filled", year)
    low, high, diverging = _ends(np.concatenate([measured.ravel(), filled.ravel()]))
    colours = DIVERGING if diverging else RISING
    edges = np.linspace(low, high, len(colours) + 1)
    sheet = Sheet(TOP + TALL + 84)
    wide = (canvas.WIDTH - 2 * LEFT - BETWEEN) / 2
    first = np.datetime64(f"{year}-01-01", "D")
    months = [(np.datetime64(f"{year}-{m:02d}-01", "D") - first).astype(int) for m in range(1, 13)]
    for i, (name, cells) in enumerate((("measured", measured), ("filled", filled))):
        left = LEFT + i * (wide + BETWEEN + LEFT / 2)
        days = float(cells.shape[0])
        panel = Panel(left, TOP, wide - LEFT / 2, TALL, 0, 24, days, 0)
        sheet.image(address(classes(cells, edges), colours, NOTHING), left, TOP, panel.wide, TALL)
        for hour in (0, 6, 12, 18, 24):
            x = float(panel.x(hour))
            sheet.rule(x, TOP + TALL, x, TOP + TALL + 4, canvas.GREY)
            sheet.text(f"{hour}", x, TOP + TALL + 13, "center", 10)
        for number, day in enumerate(months, 1):
            y = float(panel.y(day))
            sheet.rule(left - 4, y, left, y, canvas.GREY)
            middle = float(panel.y(day + 15))
            sheet.text(month(number, language), left - 8, middle, "right", 10)
        share = float(np.isfinite(cells).mean()) if cells.size else 0.0
        shown = numbers.percent(100 * share, language, 0)
        sheet.text(say(f"fingerprint.{name}", language, share=shown), left, TOP - 14, "left", canvas.SIZE, canvas.INK)
        sheet.text(say("fingerprint.hour", language), left + panel.wide / 2, TOP + TALL + 30, "center")
    _key(sheet, edges, colours, TOP + TALL + 48, field, language)
    said = {"quantity": say(f"name.{field}", language), "year": year, "place": place}
    svg = sheet.draw(sentence("fingerprint.alt", language, **said))
    data = pd.DataFrame({"edge": edges})
    sign = say("fingerprint.sign" if diverging else "fingerprint.rising", language)
    return Figure(svg, sentence("fingerprint.caption", language, **said) + sign, data)


def _cells(frame: pd.DataFrame, column: str, year: int) -> NDArray[np.float64]:
    """(days of the year, steps of a day), averages where several steps fall into a cell."""
    times = frame["time"].to_numpy().astype("datetime64[s]")
    first = np.datetime64(f"{year}-01-01", "s")
    seconds = (times - first).astype(np.int64)
    step = int(np.median(np.diff(times).astype(np.int64))) if len(times) > 1 else 1800
    per_day = min(CELLS, max(1, 86_400 // max(step, 1)))
    days = int((np.datetime64(f"{year + 1}-01-01", "D") - np.datetime64(f"{year}-01-01", "D")).astype(int))
    values = frame[column].to_numpy(float)
    inside = (seconds >= 0) & (seconds < days * 86_400) & np.isfinite(values)
    place = seconds[inside] * per_day // 86_400
    count = np.bincount(place, minlength=days * per_day)
    total = np.bincount(place, weights=values[inside], minlength=days * per_day)
    cells = np.full(days * per_day, np.nan)
    np.divide(total, count, out=cells, where=count > 0)
    return cells.reshape(days, per_day)


def _ends(values: NDArray[np.float64]) -> tuple[float, float, bool]:
    """Round ends of the colours, and whether they go both ways from zero."""
    known = values[np.isfinite(values)]
    if not len(known):
        return -1.0, 1.0, True
    size = float(np.percentile(np.abs(known), SHARE)) or 1.0
    size = float(f"{size:.1g}") if float(f"{size:.1g}") >= size else float(f"{size:.2g}")
    if float(np.percentile(known, 5)) >= -0.05 * size:  # own choice: noise around zero is no second direction
        return 0.0, size, False
    return -size, size, True


def _key(
    sheet: Sheet, edges: NDArray[np.float64], colours: tuple[str, ...], y: float, field: str, language: Language
) -> None:
    wide, left = 26.0, LEFT + 4
    for i, colour in enumerate(colours):
        sheet.box(left + i * wide, y, left + (i + 1) * wide, y + 12, colour)
    places = ticks(float(edges[0]), float(edges[-1]), 6)
    scale = wide * len(colours) / float(edges[-1] - edges[0])
    for place, shown in zip(places, labels(places, language), strict=True):
        sheet.text(shown, left + (place - float(edges[0])) * scale, y + 22, "center", 10)
    end = left + wide * len(colours)
    sheet.text(words.unit(field), end + 12, y + 6, "left")
    none = end + 130
    sheet.box(none, y, none + 16, y + 12, NOTHING)
    sheet.text(say("fingerprint.nothing", language), none + 23, y + 6)


def month(number: int, language: Language) -> str:
    """A short name of a month, 1 to 12."""
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return names[number - 1] if language == "en" else f"{number}月"
