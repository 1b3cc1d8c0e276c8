"""The running sum of each year with its band."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_series import years
from halosink.figures.eddy_sheet import Panel, Sheet, say, sentence, spread
from halosink.vocabulary.substances import ATOMIC_WEIGHTS

LEFT, TOP, TALL = 52.0, 26.0, 190.0
COLOURS = {"nee": canvas.BLUE, "ch4_flux": "#8f2d00"}


def draw(daily: pd.DataFrame, field: str, unit: str, place: str, percent: str, language: Language) -> Figure:
    """daily: day, sum (running sum since New Year, in `unit`), low, high; every year starts anew."""
    frame = daily.reset_index(drop=True)
    at = frame["day"].to_numpy().astype("datetime64[D]").astype(np.int64).astype(float) + 1
    sheet = Sheet(TOP + TALL + 34)
    low, high = spread(frame[["sum", "low", "high"]].to_numpy(), (0.0,))
    panel = Panel(LEFT, TOP, canvas.WIDTH - LEFT - 70, TALL, at.min() - 1, at.max(), low, high)
    sheet.axes(panel, language, [], title=unit)
    for shown_at, shown in years(frame["day"], language):
        x = float(panel.x(shown_at))
        if panel.left <= x <= panel.left + panel.wide:
            sheet.rule(x, TOP + TALL, x, TOP + TALL + 4, canvas.GREY)
            sheet.text(shown, x, TOP + TALL + 13, "center", 10)
    colour = COLOURS.get(field, canvas.BLUE)
    groups = list(frame.groupby(frame["day"].dt.year))
    for _, part in groups:
        keep = part.index.to_numpy()[:: max(1, len(groups) // 2)]
        keep = np.union1d(keep, part.index[-1:])
        one = frame.loc[keep]
        places = panel.x(at[keep])
        sheet.area(places, panel.y(one["low"]), panel.y(one["high"]), colour, 0.22)
        sheet.line(places, panel.y(one["sum"]), colour, 1.6)
        last = one.iloc[-1]
        if np.isfinite(last["sum"]) and len(groups) <= 4:
            shown = numbers.number(float(last["sum"]), language, 0 if abs(last["sum"]) >= 100 else 1)
            sheet.text(shown, float(places[-1]) + 5, float(panel.y(last["sum"])), "left", 11, canvas.INK)
    said = {"quantity": say(f"name.{field}", language), "place": place, "percent": percent, "unit": unit}
    svg = sheet.draw(sentence("cumulative.alt", language, **said))
    return Figure(svg, sentence("cumulative.caption", language, **said), frame)


def carbon(field: str) -> float:
    """g of carbon per unit of the flux and second."""
    return {"nee": 1e-6, "ch4_flux": 1e-9}[field] * float(ATOMIC_WEIGHTS["C"])
