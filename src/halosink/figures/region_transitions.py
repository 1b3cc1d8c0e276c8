"""Land that changed its use: from the left column to the right one, ribbons as wide as their area."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, map_colours, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import Sheet
from halosink.figures.map_words import land, say

BOX, TALL, TOP, ROOM, MARGIN = 14.0, 300.0, 30.0, 12.0, 230.0
LEAST = 0.005
"""Changes below this share of all changed land are left out of the drawing. Own choice; the table has them."""


def draw(frame: pd.DataFrame, language: Language) -> Figure:
    """frame: from_class, to_class (codes of land use or its types), area_km2 of one pair of years; what stayed is
    left out."""
    changed = frame[(frame["from_class"] != frame["to_class"]) & (frame["area_km2"] > 0)]
    total = float(changed["area_km2"].sum())
    changed = changed[changed["area_km2"] >= LEAST * total]
    out = changed.groupby("from_class")["area_km2"].sum().sort_values(ascending=False, kind="stable")
    into = changed.groupby("to_class")["area_km2"].sum().sort_values(ascending=False, kind="stable")
    spare = ROOM * (max(len(out), len(into)) - 1)
    tall = max(TALL, 26.0 * max(len(out), len(into)))
    scale = (tall - spare) / max(float(changed["area_km2"].sum()), 1e-9)
    sheet = Sheet(TOP + tall + 14)
    left, right = MARGIN, canvas.WIDTH - MARGIN
    sheet.text(
        say("transitions.before", language, year=_year(frame, "from_year")), left + BOX, 10, "right", 12, canvas.INK
    )
    sheet.text(
        say("transitions.after", language, year=_year(frame, "to_year")), right - BOX, 10, "left", 12, canvas.INK
    )
    starts, ends = _stack(out, scale, tall), _stack(into, scale, tall)
    here, there = dict(starts), dict(ends)
    order = changed.assign(a=changed["from_class"].map(starts), b=changed["to_class"].map(ends)).sort_values(["a", "b"])
    for _, r in order.iterrows():
        wide = float(r["area_km2"]) * scale
        source, target = r["from_class"], r["to_class"]
        _ribbon(sheet, left + BOX, right - BOX, here[source], there[target], wide, _colour(source))
        here[source] += wide
        there[target] += wide
    columns = ((starts, dict(out), left, "right"), (ends, dict(into), right - BOX, "left"))
    for found, sums, x, side in columns:
        for code, y in found.items():
            km2 = sums[code]
            high = max(km2 * scale, 1.5)
            sheet.box(x, y, x + BOX, y + high, _colour(code))
            area = numbers.number(km2, language, 0 if km2 >= 10 else 1)
            told = say("transitions.amount", language, name=land(code, language), area=area)
            shown = canvas.wrap(told, MARGIN - 12, 11, 2).split("\n")
            for i, line in enumerate(shown):
                down = y + high / 2 + 13 * (i - (len(shown) - 1) / 2)
                if side == "right":
                    sheet.text(line, x - 6, down, "right", 11, canvas.INK)
                else:
                    sheet.text(line, x + BOX + 6, down, "left", 11, canvas.INK)
    alt = say("transitions.alt", language) + "; ".join(
        f"{land(r['from_class'], language)} → {land(r['to_class'], language)} {r['area_km2']:.3g}"
        for _, r in changed.sort_values("area_km2", ascending=False, kind="stable").head(12).iterrows()
    )
    return Figure(sheet.draw(alt), say("transitions.caption", language), changed.reset_index(drop=True))


def _stack(sums: pd.Series, scale: float, tall: float) -> dict[object, float]:
    """Upper edge of each box, the column centred."""
    high = float(sums.sum()) * scale + ROOM * max(len(sums) - 1, 0)
    y = TOP + (tall - high) / 2
    found = {}
    for code, area in sums.items():
        found[code] = y
        y += float(area) * scale + ROOM
    return found


def _ribbon(sheet: Sheet, x: float, x2: float, y: float, y2: float, wide: float, colour: str) -> None:
    t = np.linspace(0, 1, 25)
    top = y + (y2 - y) * (3 * t**2 - 2 * t**3)
    sheet.area(x + (x2 - x) * t, top, top + wide, colour, 0.5)


def _colour(code: object) -> str:
    try:
        return map_colours.land(int(float(str(code))))
    except ValueError:
        return canvas.GREY


def _year(frame: pd.DataFrame, column: str) -> str:
    return str(int(frame[column].iloc[0])) if column in frame and len(frame) else ""
