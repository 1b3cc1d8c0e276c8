"""Maps of classes: land use, importance and categories of sinks with their patches, and the confidence beside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Language
from halosink.figures import canvas, map_colours, map_sheet, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import classes
from halosink.figures.map_outlines import edges, middle
from halosink.figures.map_picture import Picture
from halosink.figures.map_words import land, named, say

CONFIDENCE = np.array([0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
"""Classes of the share of draws; own choice: below a half another class is likelier."""
NUMBERED = 12  # own choice: more numbers than that cover a small map
APART = 16.0
"""Least distance of two numbers, px."""


def land_use(picture: Picture, rings: pd.DataFrame | None, language: Language) -> Figure:
    """CNLUCC codes; the legend begins with the largest and tells the share of each."""
    codes, count = np.unique(_whole(picture), return_counts=True)
    count, codes = count[codes > 0], codes[codes > 0]
    order = np.argsort(-count, kind="stable")
    codes, share = codes[order], count[order] / max(count.sum(), 1)
    colours = [map_colours.land(int(c)) for c in codes]
    place = map_sheet.Place(0, 8, *map_sheet.size(picture, 520), picture)
    sheet = map_sheet.MapSheet(0)
    cells = np.full(picture.shape, -1)
    whole = _whole(picture)
    for i, code in enumerate(codes):
        cells[whole == code] = i
    map_sheet.raster(sheet, place, cells, colours)
    map_sheet.outline(sheet, place, rings)
    shown = [(f"{land(c, language)} {_share(s, language)}", colour)
             for c, s, colour in zip(codes, share, colours, strict=True)]  # fmt: skip
    left = place.left + place.wide + 20
    high = map_sheet.boxes(sheet, shown, left, 10, canvas.WIDTH - left)
    foot = max(place.foot, 10 + high)
    foot += map_sheet.furniture(sheet, place, foot + 4, language)
    sheet.height = foot + 8
    data = pd.DataFrame({"land_use": codes, "share": share})
    alt = say("land_use.alt", language) + say("map.comma", language).join(w for w, _ in shown[:6])
    return Figure(sheet.draw(alt), say("land_use.caption", language), data)


def importance(
    picture: Picture, confidence: Picture | None, rings: pd.DataFrame | None, language: Language
) -> Figure:  # fmt: skip
    """Classes 1 to 5 and the share of draws in which a cell has its class."""
    words = [named("class", str(i), language) for i in range(1, 6)]
    return _pair(picture, map_colours.IMPORTANCE, words, say("importance.map", language), confidence, rings,
                 say("importance.alt", language), "importance", language, None, None)  # fmt: skip


def categories(
    picture: Picture, patch: Picture | None, confidence: Picture | None, patches: pd.DataFrame | None,
    rings: pd.DataFrame | None, language: Language,
) -> Figure:  # fmt: skip
    """Categories 1 to 4 with the patches outlined, the largest with their numbers, and the confidence beside."""
    words = [named("category", str(i), language) for i in range(1, 5)]
    return _pair(picture, map_colours.CATEGORIES, words, say("sinks.map", language), confidence, rings,
                 say("sinks.alt", language), "sinks", language, patch, patches)  # fmt: skip


def _pair(
    picture: Picture, colours: Sequence[str], words: Sequence[str], title: str, confidence: Picture | None,
    rings: pd.DataFrame | None, alt: str, area: str, language: Language, patch: Picture | None,
    patches: pd.DataFrame | None,
) -> Figure:  # fmt: skip
    places = map_sheet.row(picture, 2, map_sheet.TITLE)
    wide = map_sheet.room(2)
    sheet = map_sheet.MapSheet(0)
    whole = _whole(picture)
    map_sheet.heading(sheet, title, places[0], wide)
    map_sheet.raster(sheet, places[0], np.where((whole >= 1) & (whole <= len(colours)), whole - 1, -1), colours)
    if patch is not None:
        ids = _whole(patch)
        edges(sheet, places[0], ids)
        for number, x, y in numbered(ids, places[0], patches):
            sheet.over(str(number), x, y)
    map_sheet.outline(sheet, places[0], rings)
    present = [i for i in range(len(colours)) if (whole == i + 1).any()]
    shown = [(words[i], colours[i]) for i in present]
    foot = places[0].foot + 8
    foot += map_sheet.boxes(sheet, shown, 0, foot, wide, 2 if len(shown) > 3 else 1)
    if confidence is not None:
        map_sheet.heading(sheet, say("map.confidence", language), places[1], wide)
        ramp = map_colours.ramp("doubt", len(CONFIDENCE) - 1)[::-1]
        map_sheet.raster(sheet, places[1], classes(confidence.values.astype(float), CONFIDENCE), ramp)
        map_sheet.outline(sheet, places[1], rings)
        y = places[1].foot + 10
        foot = max(foot, y + map_sheet.scale(sheet, CONFIDENCE, ramp, places[1].left, y, wide, language,
                                             say("map.share_of_draws", language)))  # fmt: skip
    foot += map_sheet.furniture(sheet, places[0], foot + 4, language)
    sheet.height = foot + 8
    data = pd.DataFrame({"class": [i + 1 for i in present], "cells": [int((whole == i + 1).sum()) for i in present]})
    end = "_beside" if confidence is not None else ""
    return Figure(sheet.draw(alt), say(f"{area}.caption{end}", language), data)


def numbered(
    ids: NDArray[np.int64], place: map_sheet.Place, patches: pd.DataFrame | None
) -> list[tuple[int, float, float]]:
    """The largest patches that leave room for their numbers: number, x, y [px]."""
    if patches is not None and {"patch", "area_km2"} <= set(patches):
        order = patches.sort_values(["area_km2", "patch"], ascending=[False, True])["patch"].astype(int).tolist()
    else:
        found, count = np.unique(ids[ids > 0], return_counts=True)
        order = found[np.lexsort((found, -count))].tolist()
    step = place.wide / ids.shape[1], place.tall / ids.shape[0]
    taken: list[tuple[int, float, float]] = []
    for number in order[:NUMBERED]:
        found_at = middle(ids == number)
        if found_at is None:
            continue
        x, y = place.left + (found_at[1] + 0.5) * step[0], place.top + (found_at[0] + 0.5) * step[1]
        if all(np.hypot(x - a, y - b) >= APART for _, a, b in taken):
            taken.append((number, x, y))
    return taken


def _whole(picture: Picture) -> NDArray[np.int64]:
    return np.asarray(np.nan_to_num(picture.values.astype(float)).round(), np.int64)


def _share(share: float, language: Language) -> str:
    shown = 100 * float(share)
    return "< " + numbers.percent(0.1, language, 1) if shown < 0.05 else numbers.percent(shown, language, 1)
