"""A map of numbers in classes of round width, and beside it how wide its interval is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import map_colours, map_sheet
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import classes
from halosink.figures.map_picture import Picture
from halosink.figures.map_words import named, say, sentence, titled

SIGNED = frozenset({"nep"})
"""Layers whose zero parts sink from source."""
EVERY = 17.0  # own choice: a sign now and then, the colour between them
RAMP = {"resistance": "cost", "cost": "cost"}


def draw(
    layer: str,
    picture: Picture,
    beside: Picture | None,
    rings: pd.DataFrame | None,
    language: Language,
    percent: str = "95",
) -> Figure:
    """The layer, and `beside` the width of its interval in the same unit; rings: ring, x, y of the boundary."""
    if beside is None:
        return several([(layer, picture)], rings, language)
    wide = say("map.width", language, percent=percent)
    svg = _sheet([(layer, _name(layer, language), picture), ("", wide, beside)], rings, language)
    caption = sentence("values.caption_beside", language, layer=_name(layer, language), percent=percent)
    return Figure(svg, caption + _signed([layer], language), _data([layer], [picture]))


def several(shown: Sequence[tuple[str, Picture]], rings: pd.DataFrame | None, language: Language) -> Figure:
    """One layer or two of one extent side by side."""
    svg = _sheet([(layer, _name(layer, language), picture) for layer, picture in shown], rings, language)
    names = [layer for layer, _ in shown]
    listed = say("map.comma", language).join(_name(layer, language) for layer in names)
    caption = sentence("values.caption", language, layer=listed)
    return Figure(svg, caption + _signed(names, language), _data(names, [p for _, p in shown]))


def _sheet(shown: Sequence[tuple[str, str, Picture]], rings: pd.DataFrame | None, language: Language) -> str:
    """Maps with their titles in a row, and below them what tells distance and direction."""
    places = map_sheet.row(shown[0][2], 2, map_sheet.TITLE)
    sheet = map_sheet.MapSheet(0)
    foot = max(
        panel(sheet, place, picture, layer, title, rings, language)
        for place, (layer, title, picture) in zip(places, shown, strict=False)
    )
    foot += map_sheet.furniture(sheet, places[0], foot + 4, language)
    sheet.height = foot + 8
    return sheet.draw(sentence("values.alt", language, layer=say("map.comma", language).join(t for _, t, _ in shown)))


def _name(layer: str, language: Language) -> str:
    if layer.startswith("corrected_"):
        return say("values.corrected", language, layer=named("layer", layer.removeprefix("corrected_"), language))
    return named("layer", layer, language)


def _signed(layers: Sequence[str], language: Language) -> str:
    return say("values.signed", language) if SIGNED & set(layers) else ""


def _data(layers: Sequence[str], pictures: Sequence[Picture]) -> pd.DataFrame:
    cells = [int(np.isfinite(p.values).sum()) for p in pictures]
    return pd.DataFrame({"layer": list(layers), "cells": cells})


def panel(
    sheet: map_sheet.MapSheet, place: map_sheet.Place, picture: Picture, layer: str, title: str,
    rings: pd.DataFrame | None, language: Language,
) -> float:  # fmt: skip
    """One map with its title and its bar; y below it."""
    edges, colours = classed(picture, layer)
    map_sheet.heading(sheet, title, place, map_sheet.room(2))
    map_sheet.raster(sheet, place, classes(picture.values.astype(float), edges), colours)
    if layer in SIGNED:
        below = np.nan_to_num(picture.values) < 0
        map_sheet.signs(sheet, place, np.zeros_like(below), below, EVERY)
    map_sheet.outline(sheet, place, rings)
    found = picture.values[np.isfinite(picture.values)]
    ends = (bool(len(found)) and float(found.min()) < edges[0], bool(len(found)) and float(found.max()) > edges[-1])
    under = titled(title, picture.unit, language)
    return place.foot + 10 + map_sheet.scale(sheet, edges, colours, place.left, place.foot + 10, map_sheet.room(2),
                                             language, under, ends)  # fmt: skip


def classed(picture: Picture, layer: str) -> tuple[np.ndarray, Sequence[str]]:
    """Edges and colours of the classes of a layer; "" for the width of an interval."""
    edges = map_sheet.steps(picture.values)
    count = len(edges) - 1
    if layer in SIGNED or layer.startswith("trend_"):
        below = int((edges[1:] <= 1e-12).sum())
        return edges, map_colours.diverging(below, count - below)
    return edges, map_colours.ramp(RAMP.get(layer, "up") if layer else "doubt", count)
