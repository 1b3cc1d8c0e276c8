"""A drawing on which maps stand: cells, outlines, legends, scale bar and north arrow, all in px."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Language
from halosink.figures import canvas, numbers
from halosink.figures.eddy_image import address
from halosink.figures.eddy_sheet import Sheet, ticks
from halosink.figures.map_picture import Picture
from halosink.figures.map_words import capital, say

TITLE, GAP, TALLEST = 22.0, 24.0, 430.0
ROWS = 16.0
TURNED = 1.0  # own choice: a reader sees no turn of less than a degree
"""Convergence [degree] beyond which true north is told."""


class Place(NamedTuple):
    """Where a picture lies on the sheet, in px."""

    left: float
    top: float
    wide: float
    tall: float
    picture: Picture

    @property
    def foot(self) -> float:
        return self.top + self.tall

    def x(self, metres: Any) -> NDArray[np.float64]:
        p = self.picture
        return np.asarray(self.left + (np.asarray(metres, float) - p.left) / p.width * self.wide)

    def y(self, metres: Any) -> NDArray[np.float64]:
        p = self.picture
        return np.asarray(self.top + (p.top - np.asarray(metres, float)) / p.height * self.tall)


class MapSheet(Sheet):
    """A sheet with words that stay readable above cells."""

    def over(self, t: str, x: float, y: float, size: int = 11) -> None:
        """Dark words with a white rim, centred."""
        self._texts.append(
            f'<text x="{x:.1f}" y="{y + 0.35 * size:.1f}" font-size="{size}px" fill="{canvas.INK}" stroke="#ffffff" '
            f'stroke-width="3" stroke-linejoin="round" paint-order="stroke" text-anchor="middle" '
            f'font-weight="bold">{escape(t)}</text>'
        )


def size(picture: Picture, wide: float, tall: float = TALLEST) -> tuple[float, float]:
    """Width and height in px of a picture inside that room, with its own proportions."""
    scale = min(wide / picture.width, tall / picture.height)
    return picture.width * scale, picture.height * scale


def row(picture: Picture, count: int, top: float, sheet_wide: float = canvas.WIDTH) -> list[Place]:
    """`count` places of equal size side by side; columns keep their width however narrow the picture."""
    room = (sheet_wide - GAP * (count - 1)) / count
    wide, tall = size(picture, room)
    return [Place(i * (room + GAP), top, wide, tall, picture) for i in range(count)]


def room(count: int, sheet_wide: float = canvas.WIDTH) -> float:
    """Width of one of `count` columns."""
    return (sheet_wide - GAP * (count - 1)) / count


def lattice(inside: NDArray[np.bool_], place: Place, every: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y [px] of a staggered lattice, where the cell beneath is inside."""
    rows, columns = inside.shape
    found_x, found_y = [np.zeros(0)], [np.zeros(0)]
    for i, y in enumerate(np.arange(every / 2, place.tall, every)):
        x = np.arange(every / 2 + (i % 2) * every / 2, place.wide, every)
        line = min(int(y / place.tall * rows), rows - 1)
        own = x[inside[line, np.minimum((x / place.wide * columns).astype(int), columns - 1)]]
        found_x.append(place.left + own)
        found_y.append(np.full(len(own), place.top + y))
    return np.concatenate(found_x), np.concatenate(found_y)


def signs(sheet: Sheet, place: Place, up: NDArray[np.bool_], down: NDArray[np.bool_], every: float) -> None:
    """Small plus signs above cells of `up`, minus signs above those of `down`: a grey copy has them too."""
    for colour, thick, half in (("#ffffff", 2.6, 3.4), (canvas.INK, 1.25, 2.8)):
        for cells, upright in ((up, True), (down, False)):
            for x, y in zip(*lattice(cells, place, every), strict=True):
                sheet.line([x - half, x + half], [y, y], colour, thick)
                if upright:
                    sheet.line([x, x], [y - half, y + half], colour, thick)


def raster(sheet: Sheet, place: Place, cells: NDArray[np.integer], colours: Sequence[str]) -> None:
    """cells: place of the colour of each cell, below zero for none."""
    sheet.image(address(cells, colours), place.left, place.top, place.wide, place.tall)


def outline(sheet: Sheet, place: Place, rings: pd.DataFrame | None) -> None:
    """The boundary; rings: ring, x, y."""
    if rings is None or rings.empty:
        return
    for _, ring in rings.groupby("ring", sort=False):
        x, y = place.x(ring["x"]), place.y(ring["y"])
        moved = np.concatenate([[True], np.hypot(np.diff(np.round(x)), np.diff(np.round(y))) > 0])
        moved[-1] = True
        sheet.line(x[moved], y[moved], canvas.INK, 1.1)


def furniture(sheet: Sheet, place: Place, y: float, language: Language) -> float:
    """North arrow and scale bar at y, and where true north is if the grid is turned; the height it took."""
    x = place.left + 8
    sheet.line([x, x], [y + 28, y + 12], canvas.INK, 1.4)
    sheet.area([x - 5, x, x + 5], [y + 15, y + 13, y + 15], [y + 15, y + 3, y + 15], canvas.INK, 1.0)
    sheet.text(say("map.north", language), x + 10, y + 11, "left", 11, canvas.INK, True)
    per_metre = place.wide / place.picture.width
    length = bar(place.picture.width)
    left, wide = place.left + 46, length * 1000 * per_metre
    for part, colour in ((0.0, canvas.INK), (0.5, "#ffffff")):
        sheet.box(left + part * wide, y + 12, left + (part + 0.5) * wide, y + 17, colour)
    corners = [left, left + wide, left + wide, left, left], [y + 12, y + 12, y + 17, y + 17, y + 12]
    sheet.line(*corners, canvas.INK, 0.8)
    km = say("map.km", language)
    sheet.text("0", left, y + 26, "center", 10)
    sheet.text(f"{length:g}\u00a0{km}", left + wide, y + 26, "center", 10)
    notes = []
    turn = place.picture.convergence
    if abs(turn) > TURNED and math.isfinite(turn):
        side = "west" if turn > 0 else "east"
        notes.append(say(f"map.turned_{side}", language, degrees=numbers.number(abs(turn), language, 1)))
    if place.picture.crs:
        notes.append(say("map.crs", language, crs=place.picture.crs))
    start = left + wide + 46
    lines = canvas.wrap((" " if language == "en" else "").join(notes), canvas.WIDTH - start, 10, 3).split("\n")
    for i, line in enumerate(lines):
        sheet.text(line, start, y + 14 + 13 * i, "left", 10)
    return max(34.0, 14.0 + 13 * len(lines))


def bar(width: float) -> float:
    """Length [km] of a scale bar: 1, 2 or 5 times a power of ten, about a quarter of the width [m] of the map."""
    rough = max(width / 1000 / 4, 1e-6)
    base = 10.0 ** math.floor(math.log10(rough))
    return max(m * base for m in (1, 2, 5) if m * base <= rough * 1.0001)


def steps(values: NDArray[np.floating], wanted: int = 9, middle: bool = False) -> NDArray[np.float64]:
    """Round edges of classes over the central 96 % of the values; `middle`: zero is one of them if it lies between."""
    found = values[np.isfinite(values)].astype(float)
    if not len(found):
        return np.array([0.0, 1.0])
    if (skewed := _decades(found)) is not None:
        return skewed
    low, high = (float(v) for v in np.quantile(found, (0.02, 0.98)))
    if low == high:
        low, high = float(found.min()), float(found.max())
    if low == high:
        pad = abs(low) * 0.1 or 1.0
        return np.array([low - pad, low + pad])
    places = ticks(low, high, wanted)
    step = places[1] - places[0] if len(places) > 1 else high - low
    first = math.floor(low / step + 1e-9) if found.min() < (places[0] if places else low) else round(places[0] / step)
    last = math.ceil(high / step - 1e-9) if found.max() > (places[-1] if places else high) else round(places[-1] / step)
    return np.array([i * step for i in range(first, max(last, first + 1) + 1)])


SKEW = 8.0
"""How many times the middle of the values above zero the largest may be before classes double. Own choice."""


def _decades(found: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """0, 1, 2, 5, 10, 20 ... for values without negative ones of which a few are far larger than most; else None."""
    above = found[found > 0]
    if found.min() < 0 or not len(above) or found.max() < SKEW * np.median(above):
        return None
    low, high = float(np.quantile(above, 0.02)), float(found.max())
    edges = [m * 10.0**k for k in range(-12, 13) for m in (1, 2, 5)]
    first = max(i for i, edge in enumerate(edges) if edge <= low)
    last = min(i for i, edge in enumerate(edges) if edge >= high)
    kept = edges[max(first, last - 7) : last + 1]
    return np.array([0.0, *kept] if found.min() < kept[0] else kept)


def scale(
    sheet: Sheet, edges: NDArray[np.float64], colours: Sequence[str], x: float, y: float, wide: float,
    language: Language, under: str = "", ends: tuple[bool, bool] = (False, False),
) -> float:  # fmt: skip
    """A bar of classes with their edges below; `ends`: values go on beyond, which the bar shows by points."""
    tip = 10.0
    body = min(wide, 300.0) - 2 * tip
    each = body / len(colours)
    left = x + tip
    for i, colour in enumerate(colours):
        sheet.box(left + i * each, y, left + (i + 1) * each, y + 11, colour)
    right = left + body
    top, foot = y, y + 11
    if ends[0]:
        sheet.area([left - tip, left], [y + 5.5, foot], [y + 5.5, top], colours[0], 1.0)
    if ends[1]:
        sheet.area([right, right + tip], [foot, y + 5.5], [top, y + 5.5], colours[-1], 1.0)
    frame_x = [left, *([left - tip] if ends[0] else []), left, right, *([right + tip] if ends[1] else []), right, left]
    frame_y = [foot, *([y + 5.5] if ends[0] else []), top, top, *([y + 5.5] if ends[1] else []), foot, foot]
    sheet.line(frame_x, frame_y, canvas.GREY, 0.8)
    shown = _edges(edges, language)
    widest = max(canvas.text_width(t, 10) for t in shown) + 6
    every = max(1, math.ceil(widest / each))
    zero = int(np.argmin(np.abs(edges)))
    start = zero % every if abs(edges[zero]) < 1e-12 else 0
    for i in range(start, len(edges), every):
        sheet.rule(left + i * each, foot, left + i * each, foot + 3, canvas.GREY, 0.8)
        sheet.text(shown[i], left + i * each, foot + 10, "center", 10)
    if under:
        sheet.text(under, x, foot + 25, "left", 11, canvas.INK)
    return 48.0 if under else 30.0


def boxes(sheet: Sheet, shown: Sequence[tuple[str, str]], x: float, y: float, wide: float, columns: int = 1) -> float:
    """A legend of classes, word and colour, down the columns; the height it took."""
    high = -(-len(shown) // columns)
    each = wide / columns
    for i, (word, colour) in enumerate(shown):
        left, top = x + (i // high) * each, y + (i % high) * ROWS
        sheet.box(left, top + 2, left + 15, top + 13, colour)
        sheet.line([left, left + 15, left + 15, left, left], [top + 2, top + 2, top + 13, top + 13, top + 2],
                   canvas.GREY, 0.6)  # fmt: skip
        sheet.text(canvas.wrap(word, each - 24, 10, 1), left + 21, top + 7.5, "left", 10, canvas.INK)
    return high * ROWS


def heading(sheet: Sheet, t: str, place: Place, wide: float) -> None:
    """A title above a map."""
    sheet.text(canvas.wrap(capital(t), wide, 12, 1), place.left, place.top - 11, "left", 12, canvas.INK, True)


def _edges(edges: NDArray[np.float64], language: Language) -> list[str]:
    step = float(np.min(np.diff(edges)))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [numbers.number(float(v), language, min(6, digits)) for v in edges]
