"""What each gas adds to a sum in CO2-equivalents, one bar per class or place, with the interval of the sum."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure

GASES = {"co2": (canvas.BLUE, 13.0), "ch4": ("#e69f00", 8.0), "n2o": (canvas.INK, 4.0)}
"""Colour and thickness: gases differ in lightness and in thickness too, so that a grey print tells them apart."""
ROW, HEADING, KEY = 34.0, 22.0, 26.0
REACH = 1.0  # own choice: an interval may run that far beyond the bars, in widths of the bars, before it is cut


def draw(balance: pd.DataFrame, name: str, unit: str, percent: str, what: str, language: Language) -> Figure:
    """balance: label, metric, gas, co2e, low, high, missing, several rows of gases and one "sum" per label and metric.

    Rows stand in the order of the frame, each metric under a heading of its own, all on one axis. Contributions above
    zero are stacked to the right, those below zero to the left; the diamond beneath is the sum with its interval.
    """
    import altair as alt

    segments, sums, texts = _placed(balance, language)
    bars = [0.0, *(v for s in segments for v in (s["x"], s["x2"])), *(s["x"] for s in sums)]
    low, high = min(bars), max(bars)
    wide = (high - low) or 1.0
    ends = [v for s in sums for v in (s["low"], s["high"]) if v == v]
    low, high = max(min([low, *ends]), low - REACH * wide), min(max([high, *ends]), high + REACH * wide)
    low, high = low - 0.02 * wide, high + 0.02 * wide
    total = max(t["y"] for t in texts) + ROW / 2
    left = min(270.0, max(canvas.text_width(t["t"]) for t in texts) + 22)
    title = words.say("balance.note", language, percent=percent)
    right = max(canvas.text_width(t, 11) for t in (title, *(s["note"] for s in sums))) + 18
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False, clamp=True),
        axis=alt.Axis(title=unit, tickCount=6, domain=False),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[total, 0], nice=False, zero=False), axis=None)
    layers: list[Any] = [alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=canvas.GREY).encode(x=x)]
    for gas, (colour, thick) in GASES.items():
        part = [s for s in segments if s["gas"] == gas]
        if part:
            mark = alt.Chart(pd.DataFrame(part)).mark_rule(color=colour, strokeWidth=thick)
            layers.append(mark.encode(x=x, x2="x2:Q", y=y))
    known = pd.DataFrame([s for s in sums if s["low"] == s["low"]])
    if len(known):
        spans = known.assign(x=known["low"].clip(low, high), x2=known["high"].clip(low, high))
        layers.append(alt.Chart(spans).mark_rule(color=canvas.INK, strokeWidth=1.4).encode(x=x, x2="x2:Q", y=y))
        for out, edge, sign in ((known["low"] < low, low, "◂"), (known["high"] > high, high, "▸")):
            if out.any():
                arrows = alt.Chart(known[out].assign(x=edge, t=sign))
                layers.append(arrows.mark_text(color=canvas.INK, fontSize=13, dy=0.5).encode(x=x, y=y, text="t:N"))
    diamond: dict[str, Any] = {"shape": "diamond", "size": 60, "fill": "white", "stroke": canvas.INK, "opacity": 1}
    layers.append(alt.Chart(pd.DataFrame(sums)).mark_point(**diamond).encode(x=x, y=y))
    notes = alt.Chart(pd.DataFrame(sums)).mark_text(
        align="left", x=canvas.WIDTH - left - right + 12, dy=-7, fontSize=11, color=canvas.SOFT
    )
    layers.append(notes.encode(y=y, text="note:N"))
    for heading in (True, False):
        part = [t for t in texts if t["heading"] is heading]
        style: dict[str, Any] = {"align": "left", "x": -left + 2} if heading else {"align": "right", "x": -10}
        mark = alt.Chart(pd.DataFrame(part)).mark_text(
            fontWeight="bold" if heading else "normal", baseline="middle", lineHeight=13, **style
        )
        layers.append(mark.encode(y=y, text="t:N"))
    layers += _key(balance, left, language)
    head = alt.Chart(pd.DataFrame([{"t": title}])).mark_text(
        align="left", x=canvas.WIDTH - left - right + 12, y=-KEY + 11, fontSize=11, color=canvas.SOFT
    )
    layers.append(head.encode(text="t:N"))
    said = {"what": what, "percent": percent}
    alt_text = words.say("balance.alt", language, **said) + "; ".join(f"{s['label']} {s['note']}" for s in sums)
    svg = canvas.draw(alt.layer(*layers), name, alt_text, canvas.WIDTH, total + KEY + 46, (left, right, KEY, 46.0))
    return Figure(svg, words.say("balance.caption", language, **said), balance)


def rounded(mid: float, low: float, high: float) -> tuple[float, float, float]:
    """Without the digits left of the point that the narrower side of the interval does not carry."""
    sides = [abs(v - mid) for v in (low, high) if abs(v - mid) > 0]
    step = 10.0 ** max(0, math.floor(math.log10(min(sides))) - 1) if sides else 1.0
    if step <= 1:
        return mid, low, high
    return round(mid / step) * step, round(low / step) * step, round(high / step) * step


def _placed(balance: pd.DataFrame, language: Language) -> tuple[list[Any], list[Any], list[Any]]:
    """Segments, sums and texts with their y in px and their x in the unit."""
    segments, sums, texts = [], [], []
    y = 0.0
    for metric, one in balance.groupby("metric", sort=False):
        texts.append({"t": words.gases(str(metric)), "y": y + HEADING / 2, "heading": True})
        y += HEADING
        for label, part in one.groupby("label", sort=False):
            ends = {True: 0.0, False: 0.0}
            for gas in GASES:
                value = float(part.loc[part["gas"] == gas, "co2e"].sum())
                if value:
                    start = ends[value > 0]
                    ends[value > 0] = start + value
                    segments.append({"gas": gas, "x": start, "x2": start + value, "y": y + 11})
            whole = part[part["gas"] == "sum"].iloc[0]
            mid, low, high = (float(whole[c]) for c in ("co2e", "low", "high"))
            note = numbers.interval(*rounded(mid, low, high), language)
            sums.append({"x": mid, "low": low, "high": high, "y": y + 25, "label": label, "note": note})
            name = canvas.wrap(str(label), 250, lines=2)
            texts.append({"t": name, "y": y + ROW / 2 - 6.5 * name.count("\n"), "heading": False})
            y += ROW
    return segments, sums, texts


def _key(balance: pd.DataFrame, left: float, language: Language) -> list[Any]:
    """The gases that were measured, each beside its own mark."""
    import altair as alt

    layers: list[Any] = []
    place = -left + 2
    for gas, (colour, thick) in GASES.items():
        if not balance.loc[balance["gas"] == gas, "co2e"].notna().any():
            continue
        shown = words.gases(gas.upper())
        one = alt.Chart(pd.DataFrame([{"t": shown}]))
        line = one.mark_rule(color=colour, strokeWidth=thick).encode(
            x=alt.value(place), x2=alt.value(place + 20), y=alt.value(-KEY + 11)
        )
        layers += [line, one.mark_text(align="left", x=place + 26, y=-KEY + 11).encode(text="t:N")]
        place += canvas.text_width(shown) + 44
    shown = words.say("balance.sum", language)
    one = alt.Chart(pd.DataFrame([{"t": shown}]))
    mark: dict[str, Any] = {"shape": "diamond", "size": 60, "fill": "white", "stroke": canvas.INK, "opacity": 1}
    layers.append(one.mark_point(**mark, x=place + 8, y=-KEY + 11).encode())
    layers.append(one.mark_text(align="left", x=place + 20, y=-KEY + 11).encode(text="t:N"))
    return layers
