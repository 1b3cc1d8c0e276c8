"""A drawing in px on which panels with axes of their own stand; the base of the figures of eddy covariance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import canvas, numbers, words

MEASURED, MDS, FOREST, EMPTY = canvas.BLUE, "#e69f00", "#6a3d9a", "#d9dee0"
SOURCES = {"measured": MEASURED, "mds": MDS, "forest": FOREST, "empty": EMPTY}
"""Colours that differ in lightness as well as in hue, after Okabe and Ito."""
GREEN = "#009e73"
SMALL = 11
LINE = 20.0
"""Height of one line of a key."""

Floats = NDArray[np.float64]


def say(key: str, language: Language, **values: Any) -> str:
    """A sentence of eddy_report.toml."""
    said = words.gases(vocabulary.say(f"eddy_report.{key}", language, **values))
    return words.spaced(said).replace("） ", "）") if language == "zh" else words.singular(said)


def sentence(key: str, language: Language, **values: Any) -> str:
    """The same with a capital where it begins with a letter."""
    said = say(key, language, **values)
    return said[:1].upper() + said[1:]


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round places between two ends, about as many as wanted."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    raw = (high - low) / wanted
    base = 10.0 ** math.floor(math.log10(raw))
    step = next(base * m for m in (1, 2, 5, 10) if base * m >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def labels(places: Sequence[float], language: Language) -> list[str]:
    """The places with the digits that tell them apart."""
    step = min((b - a for a, b in zip(places, places[1:], strict=False)), default=abs(places[0]) if places else 1.0)
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return [numbers.number(v, language, min(6, digits)) for v in places]


class Panel(NamedTuple):
    """A plotted area: its edges in px and the values at them."""

    left: float
    top: float
    wide: float
    tall: float
    low: float
    high: float
    bottom: float
    upper: float

    def x(self, values: Any) -> Floats:
        return np.asarray(self.left + (np.asarray(values, float) - self.low) / (self.high - self.low) * self.wide)

    def y(self, values: Any) -> Floats:
        share = (np.asarray(values, float) - self.bottom) / (self.upper - self.bottom)
        return np.asarray(self.top + (1 - share) * self.tall)


class Sheet:
    """Marks collected in px, drawn in the order images, areas, lines, points, texts.

    Written straight as SVG: marks of one look are one path, so that a year of half-hours stays light on a page.
    """

    def __init__(self, height: float, width: float = canvas.WIDTH) -> None:
        self.width, self.height = width, height
        self._images: list[str] = []
        self._areas: dict[tuple[str, float], list[str]] = {}
        self._lines: dict[tuple[str, float, bool], list[str]] = {}
        self._points: dict[tuple[str, float, bool], list[str]] = {}
        self._texts: list[str] = []

    def line(self, x: Any, y: Any, colour: str, thick: float = 1.6, dash: bool = False) -> None:
        """A line that breaks where a value is missing."""
        for part in _runs(np.asarray(x, float), np.asarray(y, float)):
            self._lines.setdefault((colour, thick, dash), []).append("M" + _joined(*part))

    def area(self, x: Any, low: Any, high: Any, colour: str, opacity: float = 0.25, step: bool = False) -> None:
        """A band between two lines, broken where one is missing; `step`: each value holds up to the next place."""
        for across, foot, top in _runs(np.asarray(x, float), np.asarray(low, float), np.asarray(high, float)):
            if step:
                across = np.repeat(across, 2)[1:]
                foot, top = np.repeat(foot, 2)[:-1], np.repeat(top, 2)[:-1]
            outline = _joined(np.concatenate([across, across[::-1]]), np.concatenate([foot, top[::-1]]))
            self._areas.setdefault((colour, opacity), []).append("M" + outline + "Z")

    def rule(
        self, x: float, y: float, x2: float, y2: float, colour: str = canvas.GRID, thick: float = 1, dash: bool = False
    ) -> None:
        self.line([x, x2], [y, y2], colour, thick, dash)

    def box(self, x: float, y: float, x2: float, y2: float, colour: str) -> None:
        """A filled rectangle."""
        self.area([x, x2], [y, y], [y2, y2], colour, 1.0)

    def points(self, x: Any, y: Any, colour: str, size: float = 4.5, ring: bool = False) -> None:
        """Dots or rings of a diameter [px]; missing ones are left out."""
        across, down = np.asarray(x, float), np.asarray(y, float)
        known = np.isfinite(across) & np.isfinite(down)
        found = [f"M{_short(a)} {_short(b)}h0" for a, b in zip(across[known], down[known], strict=True)]
        self._points.setdefault((colour, size, ring), []).extend(found)

    def text(
        self,
        t: str,
        x: float,
        y: float,
        align: Literal["left", "center", "right"] = "left",
        size: int = SMALL,
        colour: str = canvas.SOFT,
        bold: bool = False,
    ) -> None:
        if t:
            anchor = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}[align]
            weight = ' font-weight="bold"' if bold else ""
            place = f'x="{_short(x)}" y="{_short(y + 0.3 * size)}" font-size="{size}px" fill="{colour}"'
            self._texts.append(f"<text {place}{anchor}{weight}>{escape(t)}</text>")

    def image(self, address: str, x: float, y: float, wide: float, tall: float) -> None:
        """A picture of cells, drawn without smoothing."""
        self._images.append(
            f'<image href="{address}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" '
            'preserveAspectRatio="none" style="image-rendering:pixelated"/>'
        )

    def axes(
        self,
        panel: Panel,
        language: Language,
        across: Sequence[tuple[float, str]] | None = None,
        wanted: int = 4,
        grid: bool = True,
        title: str = "",
        under: str = "",
    ) -> None:
        """Gridlines with their numbers; `across`: places and words of the horizontal axis, round numbers if None."""
        right, foot = panel.left + panel.wide, panel.top + panel.tall
        places = ticks(panel.bottom, panel.upper, wanted)
        for place, shown in zip(places, labels(places, language), strict=True):
            y = float(panel.y(place))
            if grid:
                self.rule(panel.left, y, right, y, canvas.GREY if place == 0 else canvas.GRID)
            self.text(shown, panel.left - 6, y, "right", 10)
        if across is None:
            found = ticks(panel.low, panel.high, max(2, int(panel.wide / 70)))
            across = list(zip(found, labels(found, language), strict=True))
        for place, shown in across:
            x = float(panel.x(place))
            self.rule(x, foot, x, foot + 4, canvas.GREY)
            self.text(shown, x, foot + 13, "center", 10)
        self.rule(panel.left, foot, right, foot, canvas.GREY)
        self.text(title, max(2.0, panel.left - 44), panel.top - 13, "left", SMALL, canvas.INK)
        self.text(under, panel.left + panel.wide / 2, foot + 30, "center", SMALL, canvas.INK)

    def key(self, shown: Sequence[tuple[str, str, str]], y: float, left: float = 2.0) -> float:
        """Words beside their marks, in lines from y down; mark: box, line, dash, dot, ring, band. Height it took."""
        place, line = left, 0
        for word, colour, mark in shown:
            wide = canvas.text_width(word, SMALL) + 40
            if place + wide > self.width and place > left:
                place, line = left, line + 1
            middle = y + LINE * line + 9
            if mark == "box":
                self.box(place, middle - 5, place + 16, middle + 5, colour)
            elif mark == "band":
                self.area([place, place + 16], [middle - 5] * 2, [middle + 5] * 2, colour, 0.3)
            elif mark in ("line", "dash"):
                self.line([place, place + 18], [middle, middle], colour, 2, mark == "dash")
            else:
                self.points([place + 8], [middle], colour, 6.5, mark == "ring")
            self.text(word, place + 23, middle, "left", SMALL, canvas.INK)
            place += wide
        return LINE * (line + 1)

    def draw(self, alt: str) -> str:
        """The sheet as SVG text; `alt` is read aloud."""
        parts = [*self._images]
        for (colour, opacity), paths in self._areas.items():
            parts.append(f'<path d="{"".join(paths)}" fill="{colour}" fill-opacity="{opacity:g}"/>')
        for (colour, thick, dash), paths in self._lines.items():
            broken = ' stroke-dasharray="4 3"' if dash else ""
            parts.append(f'<path d="{"".join(paths)}" fill="none" stroke="{colour}" stroke-width="{thick:g}"{broken}/>')
        for (colour, size, ring), paths in self._points.items():
            layers = ((colour, size + 0.6), ("#ffffff", size - 1.4)) if ring else ((colour, size),)
            parts += [
                f'<path d="{"".join(paths)}" stroke="{c}" stroke-width="{w:g}" stroke-linecap="round"/>'
                for c, w in layers
            ]
        wide, high = f"{self.width:g}", f"{self.height:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(alt)} '
            f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
            f'style="max-width:{1.15 * self.width:.0f}px;min-width:{min(540.0, self.width):.0f}px" '
            f'font-family="{canvas.FONT}"><title>{escape(alt)}</title>{"".join(parts)}{"".join(self._texts)}</svg>'
        )


def spread(values: Any, include: tuple[float, ...] = (), room: float = 0.05) -> tuple[float, float]:
    """Ends of an axis; an infinite or missing value counts for nothing."""
    return canvas.axis_ends(values, include, room)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _joined(x: Floats, y: Floats) -> str:
    return "L".join(f"{_short(a)} {_short(b)}" for a, b in zip(x, y, strict=True))


def _runs(x: Floats, *ys: Floats) -> list[tuple[Floats, ...]]:
    """Stretches without a missing value."""
    known = np.isfinite(x)
    for y in ys:
        known = known & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [tuple(v[a:b] for v in (x, *ys)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
