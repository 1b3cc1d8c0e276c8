"""Where carbon goes in a year: boxes as tall as what passes through them, ribbons as wide as what they carry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import Floats, Sheet
from halosink.figures.model_sheet import pool, say

PLACES: Mapping[str, int] = {
    "fixed": 0, "brought": 0, "shoot": 1, "root": 1, "litter": 2, "aggregate": 2, "pom": 3, "biochar_labile": 3,
    "biochar": 3, "maom": 3, "doc": 4, "microbes": 5, "breath": 6, "below": 6, "taken": 6,
}  # fmt: skip
"""Column of each stock; what comes from the air is `fixed`, what goes to it `breath`."""
COLOURS = {
    "fixed": "#9ec9e2", "brought": "#e69f00", "shoot": "#009e73", "root": "#009e73", "litter": "#b5a642",
    "pom": "#d8a25e", "aggregate": "#b07a4a", "maom": "#6b4a2f", "doc": "#56b4e9", "microbes": "#6a3d9a",
    "breath": "#8a9499", "below": "#0072b2", "taken": "#d55e00",
}  # fmt: skip
BOX, TALL, TOP, ROOM = 13.0, 270.0, 40.0, 44.0
LOW = 0.95
"""Microbes stand low, so that what dissolved carbon gives to the air passes above them."""
LEAST = 0.004
"""Flows below this share of the largest box are left out of the drawing. Own choice; the table has them."""


def draw(frame: pd.DataFrame, place: str, language: Language) -> Figure:
    """frame: process, source, target, median [g C m-2 year-1] of one class, of organic carbon; exchange both ways is
    drawn as its difference."""
    net = _net(frame)
    through = {n: max(sum(v for (s, _), v in net.items() if s == n), sum(v for (_, t), v in net.items() if t == n))
               for n in PLACES}  # fmt: skip
    most = max([*through.values(), 1e-9])
    net = {k: v for k, v in net.items() if v >= LEAST * most}
    names = [n for n in PLACES if any(n in k for k in net)]
    columns = {c: [n for n in names if PLACES[n] == c] for c in range(7)}
    fullest = max(sum(through[n] for n in own) for own in columns.values())
    scale = (TALL - 2 * ROOM) / fullest if fullest else 1.0
    step = (canvas.WIDTH - 150.0) / 6
    boxes: dict[str, tuple[float, float, float]] = {}
    for column, own in columns.items():
        tall = sum(through[n] * scale for n in own) + ROOM * max(len(own) - 1, 0)
        y = TOP + max((TALL - tall) * (LOW if column == PLACES["microbes"] else 0.5), 0.0)
        for n in own:
            boxes[n] = (44 + column * step, y, max(through[n] * scale, 2.0))
            y += boxes[n][2] + ROOM
    foot = max(y + h for _, y, h in boxes.values()) if boxes else TOP
    back = [k for k in net if PLACES[k[0]] >= PLACES[k[1]]]
    sheet = Sheet(foot + 26 + sum(net[k] * scale + 8 for k in back) + 14)
    out = {n: boxes[n][1] for n in names}
    into = dict(out)
    under = foot + 24
    order = sorted(net, key=lambda k: (boxes[k[0]][0], boxes[k[1]][1]))
    for key in sorted(order, key=lambda k: k in back):
        source, target = key
        wide = net[key] * scale
        (x, _, _), (x2, _, _) = boxes[source], boxes[target]
        a, b = out[source], into[target]
        out[source], into[target] = a + wide, b + wide
        colour = COLOURS.get(source, canvas.GREY)
        if key in back:
            _around(sheet, x + BOX, a + wide / 2, x2, b + wide / 2, under + wide / 2, wide, colour)
            under += wide + 8
        else:
            _ribbon(sheet, x + BOX, x2, a, b, wide, colour)
    for n, (x, y, h) in boxes.items():
        sheet.box(x, y, x + BOX, y + h, COLOURS.get(n, canvas.INK))
        amount = f"{through[n]:.0f}" if through[n] >= 10 else f"{through[n]:.1f}"
        label = canvas.wrap(pool(n, language), step - 8, 11, lines=2).split("\n")
        for i, part in enumerate(label):
            sheet.text(part, x + BOX / 2, y - 18 - 12 * (len(label) - 1 - i), "center", 11, canvas.INK)
        sheet.text(amount, x + BOX / 2, y - 6, "center", 10)
    told = "; ".join(f"{pool(s, language)} → {pool(t, language)} {v:.3g}" for (s, t), v in net.items())
    data = pd.DataFrame([{"source": s, "target": t, "value": v} for (s, t), v in net.items()])
    svg = sheet.draw(say("flows.alt", language, place=place) + told)
    return Figure(svg, say("flows.caption", language, place=place), data)


def _net(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    sums: dict[tuple[str, str], float] = {}
    for _, r in frame[frame["process"] != "carbonate"].iterrows():
        source = "fixed" if r["source"] == "air" else str(r["source"])
        target = "breath" if r["target"] == "air" else str(r["target"])
        if source in PLACES and target in PLACES:
            sums[source, target] = sums.get((source, target), 0.0) + float(r["median"])
    found = {}
    for (source, target), value in sums.items():
        left = value - sums.get((target, source), 0.0)
        if left > 0:
            found[source, target] = left
    return found


def _smooth(a: float, b: float, points: int = 25) -> Floats:
    t = np.linspace(0, 1, points)
    return np.asarray(a + (b - a) * (3 * t**2 - 2 * t**3))


def _ribbon(sheet: Sheet, x: float, x2: float, y: float, y2: float, wide: float, colour: str) -> None:
    across, top = np.linspace(x, x2, 25), _smooth(y, y2)
    sheet.area(across, top, top + wide, colour, 0.45)


def _around(sheet: Sheet, x: float, y: float, x2: float, y2: float, under: float, wide: float, colour: str) -> None:
    """Backward: out to the right, below all boxes, and in again from the left."""
    turn = 10.0 + wide / 2
    path = [(x, y), (x + turn, y), (x + turn, under), (x2 - turn, under), (x2 - turn, y2), (x2, y2)]
    for (xa, ya), (xb, yb) in zip(path, path[1:], strict=False):
        half = wide / 2
        if ya == yb:
            left, right = min(xa, xb) - half * (xa != x), max(xa, xb) + half * (xb != x2)
            left = max(left, min(xa, xb)) if xa == x else left
            sheet.area([left, right], [ya - half] * 2, [ya + half] * 2, colour, 0.45)
        else:
            upper, lower = min(ya, yb) + half, max(ya, yb) - half
            sheet.area([xa - half, xa + half], [upper] * 2, [lower] * 2, colour, 0.45)
