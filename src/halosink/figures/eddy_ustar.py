"""Night-time flux in classes of friction velocity, per season, with the threshold and its bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import Panel, Sheet, say, sentence, spread

COLUMNS, LEFT, BETWEEN, HEAD, TALL, FOOT = 2, 46.0, 30.0, 46.0, 150.0, 42.0


class Season(NamedTuple):
    """title; curves: temperature_class, friction_velocity [m s-1], nee, threshold (of the class); the threshold of the
    season with its interval, NaN where there is none, and then why."""

    title: str
    curves: pd.DataFrame
    threshold: float
    low: float
    high: float
    reason: str = ""


def draw(seasons: Sequence[Season], place: str, percent: str, language: Language) -> Figure:
    """One panel per season with common axes; each line is a class of temperature, the cold ones pale."""
    every = pd.concat([s.curves for s in seasons], ignore_index=True)
    ends = [v for s in seasons for v in (s.threshold, s.high) if v == v]
    right = max([*ends, float(every["friction_velocity"].max())], default=1.0) * 1.04
    low, high = spread(every["nee"], (0.0,))
    rows = -(-len(seasons) // COLUMNS)
    sheet = Sheet(16 + rows * (HEAD + TALL + FOOT) + 28)
    wide = (canvas.WIDTH - COLUMNS * LEFT - BETWEEN) / COLUMNS
    sheet.text(say("ustar.nee", language), 2, 8, "left", 11, canvas.INK)
    for i, season in enumerate(seasons):
        left = LEFT + (i % COLUMNS) * (wide + LEFT + BETWEEN)
        top = 16 + (i // COLUMNS) * (HEAD + TALL + FOOT) + HEAD
        panel = Panel(left, top, wide, TALL, 0, right, low, high)
        if season.low == season.low and season.high == season.high:
            x = panel.x([season.low, season.high])
            sheet.area(x, [top, top], [top + TALL] * 2, canvas.VERMILION, 0.16)
        sheet.axes(panel, language, under=say("ustar.axis", language) if i >= len(seasons) - COLUMNS else "")
        classes = sorted(season.curves["temperature_class"].dropna().unique())
        for k, found in enumerate(classes):
            part = season.curves[season.curves["temperature_class"] == found].sort_values("friction_velocity")
            colour = _shade(k, len(classes))
            x, y = panel.x(part["friction_velocity"]), panel.y(part["nee"])
            sheet.line(x, y, colour, 1.1)
            sheet.points(x, y, colour, 3.2)
        if season.threshold == season.threshold:
            x_ = float(panel.x(season.threshold))
            sheet.rule(x_, top, x_, top + TALL, canvas.VERMILION, 1.8)
        said = season.reason
        if season.threshold == season.threshold:
            said = say("ustar.value", language, value=_value(season, language))
        sheet.text(season.title, left, top - 36, "left", 12, canvas.INK)
        for k, part_ in enumerate(canvas.wrap(said, wide, 11, 2).split("\n")):
            sheet.text(part_, left, top - 21 + 13 * k, "left", 11)
    shades = [_shade(0, 2), _shade(1, 2)]
    key = [(say(f"ustar.{n}", language), c, "line") for n, c in zip(("cold", "warm"), shades, strict=True)]
    key += [
        (say("ustar.threshold", language), canvas.VERMILION, "line"),
        (say("ustar.interval", language, percent=percent), canvas.VERMILION, "band"),
    ]
    sheet.key(key, sheet.height - 24, LEFT)
    said_ = {"place": place, "percent": percent, "count": len(seasons)}
    svg = sheet.draw(sentence("ustar.alt", language, **said_))
    return Figure(svg, sentence("ustar.caption", language, **said_), every)


def _value(season: Season, language: Language) -> str:
    if season.low == season.low and season.high == season.high:
        shown = [numbers.number(v, language, 2) for v in (season.threshold, season.low, season.high)]
        return numbers.bracket(shown[0], numbers.joined(shown[1:], language), language)
    return numbers.number(season.threshold, language, 2)


def _shade(place: int, count: int) -> str:
    """From pale blue (cold) to dark (warm)."""
    share = place / max(count - 1, 1)
    pale, dark = (158, 201, 226), (12, 44, 84)
    mixed = (round(a + (b - a) * share) for a, b in zip(pale, dark, strict=True))
    return "#" + "".join(f"{v:02x}" for v in mixed)
