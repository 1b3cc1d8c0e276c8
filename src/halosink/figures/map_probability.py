"""How often a cell belongs to each category of sinks: the share of draws, one map per category."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import map_colours, map_sheet
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import classes
from halosink.figures.map_picture import Picture
from halosink.figures.map_words import named, say

EDGES = np.array([0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0])
"""Own choice: never, seldom, in less or more than half of the draws, mostly, always."""


def draw(pictures: Mapping[int, Picture], rings: pd.DataFrame | None, language: Language) -> Figure:
    """pictures: category -> share of draws, 0 to 1."""
    first = next(iter(pictures.values()))
    sheet = map_sheet.MapSheet(0)
    count = max(2, len(pictures))
    wide = map_sheet.room(count)
    places = map_sheet.row(first, count, map_sheet.TITLE)
    colours = map_colours.ramp("up", len(EDGES) - 1)
    for place, (category, picture) in zip(places, pictures.items(), strict=False):
        map_sheet.heading(sheet, named("category", str(category), language), place, wide)
        map_sheet.raster(sheet, place, classes(picture.values.astype(float), EDGES), colours)
        map_sheet.outline(sheet, place, rings)
    foot = places[0].foot + 10
    foot += map_sheet.scale(sheet, EDGES, colours, 0, foot, 320, language, say("map.share_of_draws", language))
    foot += map_sheet.furniture(sheet, places[0], foot + 4, language)
    sheet.height = foot + 8
    data = pd.DataFrame([{"category": c, "mean_share": float(np.nanmean(p.values))} for c, p in pictures.items()
                         if np.isfinite(p.values).any()])  # fmt: skip
    return Figure(sheet.draw(say("probability.alt", language)), say("probability.caption", language), data)
