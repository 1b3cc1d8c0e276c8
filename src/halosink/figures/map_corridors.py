"""Corridors: the cheapest links between patches over the resistance of the land."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import map_colours, map_sheet
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import classes
from halosink.figures.map_classes import numbered
from halosink.figures.map_outlines import edges
from halosink.figures.map_picture import Picture
from halosink.figures.map_values import classed
from halosink.figures.map_words import named, say, titled

LINK = "#00a0e0"


def draw(
    resistance: Picture,
    lines: pd.DataFrame,
    patch: Picture | None,
    patches: pd.DataFrame | None,
    rings: pd.DataFrame | None,
    language: Language,
) -> Figure:
    """lines: corridor, x, y [m] in order along each link; patch: ids of patches, drawn pale with their numbers."""
    wide, tall = map_sheet.size(resistance, 640, 520)
    place = map_sheet.Place(0, 8, wide, tall, resistance)
    sheet = map_sheet.MapSheet(0)
    steps, colours = classed(resistance, "resistance")
    cells = classes(resistance.values.astype(float), steps)
    if patch is not None:
        ids = np.nan_to_num(patch.values.astype(float)).round().astype(np.int64)
        cells = np.where(ids > 0, len(colours), cells)
        colours = (*colours, map_colours.CATEGORIES[3])
    map_sheet.raster(sheet, place, cells, colours)
    for _, link in lines.groupby("corridor", sort=False):
        x, y = place.x(link["x"]), place.y(link["y"])
        sheet.line(x, y, "#ffffff", 3.6)
    for _, link in lines.groupby("corridor", sort=False):
        sheet.line(place.x(link["x"]), place.y(link["y"]), LINK, 2.0)
    if patch is not None:
        edges(sheet, place, ids)
        for number, x_, y_ in numbered(ids, place, patches):
            sheet.over(str(number), x_, y_)
    map_sheet.outline(sheet, place, rings)
    foot = place.foot + 10
    name = titled(named("layer", "resistance", language), "1", language)
    found = resistance.values[np.isfinite(resistance.values)]
    ends = (bool(len(found)) and float(found.min()) < steps[0], bool(len(found)) and float(found.max()) > steps[-1])
    bar = colours[: len(steps) - 1]
    high = map_sheet.scale(sheet, steps, bar, 0, foot, 320, language, name, ends)
    sheet.key([(say("corridors.link", language), LINK, "line")], foot, 340)
    if patch is not None:
        map_sheet.boxes(sheet, [(say("corridors.patch", language), map_colours.CATEGORIES[3])], 340, foot + 20, 300)
    foot += high
    foot += map_sheet.furniture(sheet, place, foot + 4, language)
    sheet.height = foot + 8
    count = int(lines["corridor"].nunique())
    alt = say("corridors.alt", language, count=count)
    return Figure(sheet.draw(alt), say("corridors.caption", language), pd.DataFrame({"corridors": [count]}))
