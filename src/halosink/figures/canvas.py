"""What all figures share: the record they return, colours, fonts, text widths and the way to SVG."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    import pandas as pd

FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, Source Han Sans SC, SimSun, sans-serif"
MEASURED = "sans-serif"  # while drawing: no place depends on it, and measuring a CJK font takes three times as long
SIZE = 12
WIDTH = 780
INK, SOFT, GRID = "#1f2a30", "#5b676d", "#dfe4e6"
BLUE, VERMILION, GREY, PALE = "#0072b2", "#d55e00", "#8a9499", "#9ec9e2"


class Figure(NamedTuple):
    """A drawing ready for a page: `svg` markup, plain-text `caption`, and the numbers drawn."""

    svg: str
    caption: str
    data: pd.DataFrame


def text_width(text: str, size: float = SIZE) -> float:
    """Width in px, on the generous side, whichever fonts the reader has: full em for CJK, 0.58 em otherwise."""
    lines = text.split("\n")
    return max(sum(_em(c) for c in line) for line in lines) * size


def wrap(text: str, width: float, size: float = SIZE, lines: int = 3) -> str:
    """The text in lines no wider than `width` px; the last one ends in an ellipsis if it does not fit."""
    done: list[str] = []
    line = ""
    for piece in re.findall(
        r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef-]+-?\s*|-+\s*|\s+", text.strip()
    ):
        while text_width(piece.rstrip(), size) > width:
            fits = next((n for n in range(len(piece), 1, -1) if text_width(line + piece[:n], size) <= width), 0)
            if not fits and line:
                done.append(line.rstrip())
                line = ""
                continue
            fits = fits or 1
            done.append(line + piece[:fits])
            line, piece = "", piece[fits:]
        if text_width((line + piece).rstrip(), size) > width:
            done.append(line.rstrip())
            line = ""
        line += piece
    done.append(line.rstrip())
    done = [d for d in done if d]
    if len(done) > lines:
        done = [*done[: lines - 1], done[lines - 1][:-1] + "…"]
    return "\n".join(done)


def draw(
    chart: Any, name: str, alt: str, width: float, height: float, padding: tuple[float, float, float, float]
) -> str:
    """An Altair chart as SVG text of fixed layout: `padding` is left, right, top, bottom of the plotted area.

    Sizes do not depend on the fonts of this machine. `name` keeps ids apart on a page; `alt` is read aloud.
    """
    import vl_convert

    left, right, top, bottom = padding
    inner = {"width": width - left - right, "height": height - top - bottom}
    spec = chart.properties(**inner).to_dict(validate=False)
    spec |= {
        "autosize": {"type": "none"},
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "background": None,
        "config": _THEME,
    }
    return _finish(vl_convert.vegalite_to_svg(spec), name, alt, width, height)


def axis_ends(values: Any, include: tuple[float, ...] = (), room: float = 0.04) -> tuple[float, float]:
    """Lowest and highest finite value, with some room either side."""
    import numpy as np

    found = np.concatenate([np.asarray(values, dtype=float).ravel(), np.asarray(include, dtype=float)])
    found = found[np.isfinite(found)]
    if not len(found):
        return 0.0, 1.0
    low, high = float(found.min()), float(found.max())
    space = (high - low) * room or abs(high) * 0.1 or 1.0
    return low - space, high + space


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    return (
        0.32 if char in "ilI.,:;'|()[] \u00a0\u202f" else 0.85 if char in "mMWw%" else 0.66 if char.isupper() else 0.57
    )


def _finish(svg: str, name: str, alt: str, width: float, height: float) -> str:
    body = svg[svg.index(">") + 1 :]
    safe = re.sub(r"[^A-Za-z0-9_-]", "-", name)
    ids = sorted(set(re.findall(r'id="([^"]+)"', body)), key=len, reverse=True)
    for found in ids:
        body = body.replace(f'id="{found}"', f'id="{safe}-{found}"').replace(f"url(#{found})", f"url(#{safe}-{found})")
    body = re.sub(r"<[^>]+>", lambda m: _lighter(m[0]), body).replace('<path d=""></path>', "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(alt)} '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'style="max-width:{1.15 * width:.0f}px;min-width:{min(540.0, width):.0f}px" font-family="{FONT}">'
        f"<title>{escape(alt)}</title>{body}"
    )


def _lighter(tag: str) -> str:
    """The tag without what neither eye nor ear needs, its numbers with two decimals."""
    tag = re.sub(
        r' (?:aria-hidden|aria-roledescription|role|pointer-events|class|display|font-family)="[^"]*"', "", tag
    )
    tag = re.sub(r' (?:opacity="1"|font-weight="normal")', "", tag)
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), tag)


_THEME: dict[str, Any] = {
    "font": MEASURED,
    "aria": False,
    "lineBreak": "\n",
    "view": {"stroke": None},
    "text": {"fontSize": SIZE, "color": INK, "font": MEASURED},
    "axis": {
        "labelFontSize": 11,
        "titleFontSize": SIZE,
        "titleFontWeight": "normal",
        "labelColor": SOFT,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": GREY,
        "tickColor": GREY,
        "labelLimit": 0,
        "titleLimit": 0,
        "labelFont": MEASURED,
        "titleFont": MEASURED,
    },
}
