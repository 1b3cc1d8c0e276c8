"""Turbulent heat against available energy, as density of steps, with the line of closure and its interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import address
from halosink.figures.eddy_sheet import Panel, Sheet, say, sentence

LEFT, TOP, SIDE = 60.0, 16.0, 360.0
CELLS = 60  # own choice: cells of six px
EDGE = 99.5  # own choice: the outermost 0.5 % of the steps do not set the axes
DENSITY = ("#dbe9f2", "#aed2e6", "#74b1d3", "#3f87b3", "#12527f", "#06294a")


class Line(NamedTuple):
    """The line of closure through the steps: slope with its interval, and intercept [W m-2]."""

    slope: float
    low: float
    high: float
    intercept: float


def draw(available: pd.Series, turbulent: pd.Series, line: Line, lines: list[str], place: str,
         percent: str, language: Language) -> Figure:  # fmt: skip
    """available, turbulent [W m-2] of measured steps; `lines` stand to the right of the plot."""
    x, y = available.to_numpy(float), turbulent.to_numpy(float)
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    both = np.concatenate([x, y]) if len(x) else np.array([-100.0, 600.0])
    low, high = (float(np.percentile(both, p)) for p in (100 - EDGE, EDGE))
    low, high = min(low, 0.0) - 0.03 * (high - low), high + 0.03 * (high - low)
    sheet = Sheet(TOP + SIDE + 44)
    panel = Panel(LEFT, TOP, SIDE, SIDE, low, high, low, high)
    cells, _, _ = np.histogram2d(y, x, bins=CELLS, range=[[low, high], [low, high]])
    shades = np.clip(np.floor(np.log2(np.maximum(cells, 1))), 0, len(DENSITY) - 1).astype(np.int64)
    picture = np.where(cells > 0, shades, -1)[::-1]
    sheet.image(address(picture, DENSITY), LEFT, TOP, SIDE, SIDE)
    sheet.axes(panel, language, wanted=6, under=say("energy.across", language))
    sheet.text(say("energy.up", language), LEFT + SIDE + 24, TOP + 8, "left", 11, canvas.INK)
    ends = np.array([low, high])
    sheet.line(panel.x(ends), panel.y(ends), canvas.SOFT, 1.2, True)
    if np.isfinite(line.slope):
        across = np.linspace(low, high, 80)
        centre = float(x.mean()) if len(x) else 0.0
        level = line.intercept + line.slope * centre
        if np.isfinite(line.low) and np.isfinite(line.high):
            sides = [level + s * (across - centre) for s in (line.low, line.high)]
            below, above = (f(sides[0], sides[1]).clip(low, high) for f in (np.minimum, np.maximum))
            sheet.area(panel.x(across), panel.y(below), panel.y(above), canvas.VERMILION, 0.3)
        drawn = line.intercept + line.slope * across
        drawn = np.where((drawn >= low) & (drawn <= high), drawn, np.nan)
        sheet.line(panel.x(across), panel.y(drawn), canvas.VERMILION, 1.8)
    left = LEFT + SIDE + 24
    down = TOP + 44
    for text in lines:
        wrapped = canvas.wrap(text, canvas.WIDTH - left - 6, 12, 3).split("\n")
        for part in wrapped:
            sheet.text(part, left, down, "left", 12, canvas.INK)
            down += 17
        down += 6
    down += 10
    sheet.line([left, left + 18], [down, down], canvas.SOFT, 2, True)
    sheet.text(say("energy.closed", language), left + 24, down, "left", 11, canvas.INK)
    sheet.area([left, left + 18], [down + 15] * 2, [down + 25] * 2, canvas.VERMILION, 0.3)
    sheet.line([left, left + 18], [down + 20, down + 20], canvas.VERMILION, 2)
    sheet.text(sentence("energy.line", language, percent=percent), left + 24, down + 20, "left", 11, canvas.INK)
    for i, colour in enumerate(DENSITY):
        sheet.box(left + 22 * i, down + 42, left + 22 * (i + 1), down + 54, colour)
        sheet.text(f"{2**i}", left + 22 * i, down + 63, "center", 9)
    sheet.text(say("energy.steps", language), left + 22 * len(DENSITY) + 8, down + 48, "left", 11, canvas.INK)
    said = {"place": place, "percent": percent, "count": numbers.count(len(x), language)}
    svg = sheet.draw(sentence("energy.alt", language, **said))
    return Figure(svg, sentence("energy.caption", language, **said), pd.DataFrame({"available": x, "turbulent": y}))
