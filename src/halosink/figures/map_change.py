"""Change over the years: slopes with a sign where their interval excludes zero, and land that changed its use."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Language
from halosink.figures import canvas, map_colours, map_sheet, numbers
from halosink.figures.canvas import Figure
from halosink.figures.map_picture import Picture
from halosink.figures.map_values import panel
from halosink.figures.map_words import land, named, say, sentence

EVERY = 12.0  # own choice, px: the colour still shows between the signs
SHOWN = 8


def trend(
    quantity: str,
    slope: Picture,
    clear: NDArray[np.bool_] | None,
    width: Picture | None,
    rings: pd.DataFrame | None,
    language: Language,
    percent: str = "95",
) -> Figure:
    """Slope per year; clear: cells whose interval excludes zero; width: of the interval, drawn beside."""
    places = map_sheet.row(slope, 2, map_sheet.TITLE)
    sheet = map_sheet.MapSheet(0)
    name = named("layer", quantity, language)
    foot = panel(sheet, places[0], slope, f"trend_{quantity}", say("trend.map", language, layer=name), rings, language)
    if clear is not None:
        up, down = clear & (slope.values > 0), clear & (slope.values < 0)
        map_sheet.signs(sheet, places[0], up, down, EVERY)
    if width is not None:
        foot = max(
            foot, panel(sheet, places[1], width, "", say("map.width", language, percent=percent), rings, language)
        )
    foot += map_sheet.furniture(sheet, places[0], foot + 4, language)
    sheet.height = foot + 8
    said = {"layer": name, "percent": percent}
    caption = sentence("trend.caption", language, **said) + (
        say("trend.signs", language, **said) if clear is not None else ""
    )
    share = float("nan") if clear is None else float(clear[np.isfinite(slope.values)].mean())
    data = pd.DataFrame({"quantity": [quantity], "clear_share": [share]})
    return Figure(sheet.draw(say("trend.alt", language, **said)), caption, data)


def transitions(picture: Picture, years: str, rings: pd.DataFrame | None, language: Language) -> Figure:
    """Values: type before x 10 + type after; alike where nothing changed. The largest changes have a colour each."""
    whole = np.nan_to_num(picture.values.astype(float)).round().astype(int)
    known = whole > 0
    changed = known & (whole // 10 != whole % 10)
    codes, count = np.unique(whole[changed], return_counts=True)
    order = np.lexsort((codes, -count))
    codes, count = codes[order], count[order]
    kept = codes[: SHOWN - 1] if len(codes) > SHOWN else codes
    colours = [map_colours.UNCHANGED, *map_colours.TRANSITIONS[: len(kept)], canvas.GREY]
    cells = np.where(known, 0, -1)
    cells[changed] = len(kept) + 1
    for i, code in enumerate(kept, 1):
        cells[whole == code] = i
    total = max(int(known.sum()), 1)
    shown = [
        (say("transition.pair", language, source=land(c // 10, language), target=land(c % 10, language),
             share=numbers.percent(100 * n / total, language, 1)), colours[i])
        for i, (c, n) in enumerate(zip(kept, count, strict=False), 1)
    ]  # fmt: skip
    if len(codes) > len(kept):
        shown.append((say("transition.rest", language), canvas.GREY))
    shown.append((say("transition.same", language), map_colours.UNCHANGED))
    place = map_sheet.Place(0, 8, *map_sheet.size(picture, 520), picture)
    sheet = map_sheet.MapSheet(0)
    map_sheet.raster(sheet, place, cells, colours)
    map_sheet.outline(sheet, place, rings)
    left = place.wide + 20
    high = map_sheet.boxes(sheet, shown, left, 10, canvas.WIDTH - left)
    foot = max(place.foot, 10 + high)
    foot += map_sheet.furniture(sheet, place, foot + 4, language)
    sheet.height = foot + 8
    data = pd.DataFrame({"transition": kept, "share": count[: len(kept)] / total})
    said = {"years": years}
    return Figure(
        sheet.draw(say("transition.alt", language, **said)), say("transition.caption", language, **said), data
    )
