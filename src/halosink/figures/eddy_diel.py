"""The course of the day in each month: middle and range of complete days, with what was measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, words
from halosink.figures.canvas import Figure
from halosink.figures.eddy_fingerprint import month as month_name
from halosink.figures.eddy_sheet import GREEN, MDS, MEASURED, Panel, Sheet, labels, say, sentence, spread, ticks

COLUMNS, LEFT, BETWEEN, HEAD, TALL, FOOT = 4, 44.0, 14.0, 24.0, 92.0, 22.0
RANGE = (0.05, 0.95)  # own choice: single odd half-hours stay out of the picture
LOOKS = {
    "filled": (MEASURED, "line"), "measured": (MDS, "ring"),
    "gpp_night": (GREEN, "line"), "gpp_day": (GREEN, "dash"),
    "reco_night": (canvas.VERMILION, "line"), "reco_day": (canvas.VERMILION, "dash"),
}  # fmt: skip


def draw(
    course: pd.DataFrame, columns: Sequence[str], field: str, place: str, language: Language, band: str = ""
) -> Figure:
    """course: month, hour, and for each of `columns` its median; `band`_low and `band`_high with the range.

    All months share one vertical axis. "measured" stands as rings, the day-time method is dashed.
    """
    shown = [c for c in columns if c in course and course[c].notna().any()]
    edges = [f"{band}_low", f"{band}_high"] if band and f"{band}_low" in course else []
    low, high = spread(course[[*shown, *edges]].to_numpy(float), (0.0,))
    months = sorted(course["month"].unique())
    rows = -(-len(months) // COLUMNS)
    wide = (canvas.WIDTH - LEFT - 6 - (COLUMNS - 1) * BETWEEN) / COLUMNS
    sheet = Sheet(18 + rows * (HEAD + TALL + FOOT) + 28)
    sheet.text(words.unit(field), 2, 9, "left", 11, canvas.INK)
    places = ticks(low, high, 4)
    for i, month in enumerate(months):
        left, top = LEFT + (i % COLUMNS) * (wide + BETWEEN), 18 + (i // COLUMNS) * (HEAD + TALL + FOOT) + HEAD
        panel = Panel(left, top, wide, TALL, 0, 24, low, high)
        part = course[course["month"] == month].sort_values("hour")
        for tick, text in zip(places, labels(places, language), strict=True):
            y = float(panel.y(tick))
            sheet.rule(left, y, left + wide, y, canvas.GREY if tick == 0 else canvas.GRID)
            if i % COLUMNS == 0:
                sheet.text(text, left - 6, y, "right", 10)
        for hour in (0, 6, 12, 18, 24):
            x = float(panel.x(hour))
            sheet.rule(x, top + TALL, x, top + TALL + 3, canvas.GREY)
            sheet.text(f"{hour}", x, top + TALL + 11, "center", 9)
        sheet.text(month_name(int(month), language), left + 2, top - 9, "left", 11, canvas.INK, True)
        hours = panel.x(part["hour"])
        if edges:
            sheet.area(hours, panel.y(part[edges[0]]), panel.y(part[edges[1]]), MEASURED, 0.18)
        for column in shown:
            colour, mark = LOOKS[column]
            values = panel.y(part[column])
            if mark == "ring":
                every = slice(None, None, max(1, len(part) // 24))
                sheet.points(hours[every], values[every], colour, 4, True)
            else:
                sheet.line(hours, values, colour, 1.8, mark == "dash")
    key = [(say(f"diel.{c}", language), *LOOKS[c]) for c in shown]
    if edges:
        key.append((say("diel.band", language), MEASURED, "band"))
    sheet.key(key, sheet.height - 26, LEFT)
    said = {"quantity": say(f"name.{field}", language), "place": place}
    what = "own" if "filled" in columns else "parts"
    return Figure(sheet.draw(sentence(f"diel.alt_{what}", language, **said)),
                  sentence(f"diel.caption_{what}", language, **said), course)  # fmt: skip


def course(times: pd.Series, values: pd.DataFrame, band: str = "") -> pd.DataFrame:
    """Medians of each column per month and hour of the day (middle of the step), with the range of `band`."""
    stamps = times.to_numpy().astype("datetime64[s]")
    step = int(np.median(np.diff(stamps).astype(np.int64))) if len(stamps) > 1 else 1800
    step = max(step, 1800)
    middle = stamps.astype(np.int64) % 86_400 // step * step + step / 2
    keys = [pd.Series(times.dt.month.to_numpy(), name="month"), pd.Series(middle / 3600, name="hour")]
    frame = values.reset_index(drop=True)
    grouped = frame.groupby(keys)
    found = grouped.median()
    if band:
        for end, share in zip(("low", "high"), RANGE, strict=True):
            found[f"{band}_{end}"] = grouped[band].quantile(share)
    return found.reset_index()
