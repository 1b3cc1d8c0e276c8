"""Where the measured flux comes from: contours of the footprint around the tower, fetch and wind rose."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_image import address
from halosink.figures.eddy_sheet import Panel, Sheet, say, sentence, ticks

LEFT, TOP, SIDE = 60.0, 20.0, 400.0
SHADES = ("#06294a", "#0f4573", "#1f6296", "#3a80b1", "#5f9dc6", "#88b9d7", "#b0d1e6", "#d3e5f1", "#ecf4f9")
SECTORS = 16


def draw(grid: pd.DataFrame, wind: pd.Series, fetch: float, place: str, language: Language) -> Figure:
    """grid: x [m east], y [m north], level (least share of the source, 0.1 to 0.9, whose contour holds the cell).

    wind: directions [degree] of the steps; fetch [m]: radius of the ring, NaN for none.
    """
    inside = grid[grid["level"].notna() & (grid["level"] < 0.95)]
    reach = float(max(inside[["x", "y"]].abs().to_numpy().max(), 1.0)) if len(inside) else 100.0
    reach = max(reach, fetch if fetch == fetch and fetch < 3 * reach else 0.0) * 1.08
    sheet = Sheet(TOP + SIDE + 44)
    panel = Panel(LEFT, TOP, SIDE, SIDE, -reach, reach, -reach, reach)
    _cells(sheet, panel, inside)
    sheet.axes(panel, language, wanted=6, grid=False, under=say("footprint.across", language))
    sheet.rule(LEFT, TOP, LEFT, TOP + SIDE, canvas.GREY)
    turn = np.linspace(0, 2 * np.pi, 121)
    if fetch == fetch and fetch <= reach:
        x, y = panel.x(fetch * np.sin(turn)), panel.y(fetch * np.cos(turn))
        sheet.line(x, y, canvas.VERMILION, 1.8, True)
    for radius in ticks(0, reach, 3)[1:]:
        if radius <= reach:
            x, y = panel.x(radius * np.sin(turn)), panel.y(radius * np.cos(turn))
            sheet.line(x, y, canvas.GREY, 0.5)
    centre = float(panel.x(0)), float(panel.y(0))
    sheet.line([centre[0] - 6, centre[0] + 6], [centre[1]] * 2, canvas.INK, 2)
    sheet.line([centre[0]] * 2, [centre[1] - 6, centre[1] + 6], canvas.INK, 2)
    left = LEFT + SIDE + 40
    sheet.text(say("footprint.north", language), LEFT + SIDE / 2, TOP - 10, "center", 11, canvas.INK)
    sheet.text(say("footprint.share", language), left, TOP + 8, "left", 12, canvas.INK)
    for i, colour in enumerate(SHADES):
        sheet.box(left + 22 * i, TOP + 22, left + 22 * (i + 1), TOP + 34, colour)
        sheet.text(f"{10 * (i + 1)}", left + 22 * (i + 1), TOP + 43, "center", 9)
    key = [(say("footprint.tower", language), canvas.INK, "line")]
    if fetch == fetch:
        shown = say("footprint.fetch" if fetch <= reach else "footprint.beyond", language,
                    fetch=numbers.number(fetch, language, 0))  # fmt: skip
        key.append((shown, canvas.VERMILION, "dash"))
    down = TOP + 60
    for one in key:
        sheet.key([one], down, left)
        down += 20
    _rose(sheet, wind, left + 110, TOP + 270, 92, language)
    said = {"place": place}
    svg = sheet.draw(sentence("footprint.alt", language, **said))
    return Figure(svg, sentence("footprint.caption", language, **said), inside)


def _cells(sheet: Sheet, panel: Panel, inside: pd.DataFrame) -> None:
    """The cells within the outermost contour as one picture."""
    if inside.empty:
        return
    xs, ys = np.sort(inside["x"].unique()), np.sort(inside["y"].unique())
    gaps = np.concatenate([np.diff(xs), np.diff(ys)])
    step = float(np.min(gaps[gaps > 0])) if (gaps > 0).any() else 1.0
    wide, high = (int(round((v[-1] - v[0]) / step)) + 1 for v in (xs, ys))
    cells = np.full((high, wide), -1)
    column = np.round((inside["x"].to_numpy() - xs[0]) / step).astype(int)
    row = np.round((ys[-1] - inside["y"].to_numpy()) / step).astype(int)
    shade = np.clip(np.round(inside["level"].to_numpy() * 10).astype(int) - 1, 0, len(SHADES) - 1)
    cells[row, column] = shade
    left, right = panel.x([xs[0] - step / 2, xs[-1] + step / 2])
    top, foot = panel.y([ys[-1] + step / 2, ys[0] - step / 2])
    sheet.image(address(cells, SHADES), float(left), float(top), float(right - left), float(foot - top))


def _rose(sheet: Sheet, wind: pd.Series, x: float, y: float, radius: float, language: Language) -> None:
    """How often the wind came from each of 16 directions; the outer ring is the most frequent one."""
    found = wind.to_numpy(float)
    found = found[np.isfinite(found)] % 360
    sheet.text(say("footprint.rose" if len(found) else "footprint.no_wind", language), x, y - radius - 34, "center", 12,
               canvas.INK)  # fmt: skip
    if not len(found):
        return
    wide = 360 / SECTORS
    counts = np.bincount((np.round(found / wide).astype(int)) % SECTORS, minlength=SECTORS)
    share = counts / counts.sum()
    most = float(share.max())
    turn = np.linspace(0, 2 * np.pi, 91)
    for part in (0.5, 1.0):
        sheet.line(x + part * radius * np.sin(turn), y - part * radius * np.cos(turn), canvas.GRID, 1)
    for k, value in enumerate(share):
        angles = np.deg2rad(k * wide + np.linspace(-0.42, 0.42, 7) * wide)
        reach = radius * value / most
        outline_x = np.concatenate([[x], x + reach * np.sin(angles), [x]])
        outline_y = np.concatenate([[y], y - reach * np.cos(angles), [y]])
        sheet.line(outline_x, outline_y, canvas.BLUE, 1.6)
    for angle, letter in zip((0, 90, 180, 270), say("footprint.letters", language).split("|"), strict=True):
        turn_ = np.deg2rad(angle)
        sheet.text(letter, x + (radius + 12) * np.sin(turn_), y - (radius + 12) * np.cos(turn_), "center", 11)
    sheet.text(say("footprint.most", language, share=numbers.percent(100 * most, language, 0)), x, y + radius + 32,
               "center", 11)  # fmt: skip
