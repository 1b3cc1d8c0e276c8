"""Soil carbon as rows with intervals: indices of stability beside their control, and stocks of profiles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, rows, words
from halosink.figures.canvas import Figure

POINTS = 120  # own choice: more single values than this in one row only make a smear
REACH = 3.0  # own choice: an interval may run that far beyond the middle estimates, in widths of them, before it is cut


def differences(
    indices: Sequence[tuple[str, pd.DataFrame]], name: str, what: str, percent: str, language: Language
) -> Figure:
    """indices: name and rows with label, direction, d, d_low, d_high (difference in percent of the control)."""
    drawn = []
    for index, frame in indices:
        drawn.append(rows.Row(index, heading=True))
        for _, r in frame.iterrows():
            note = numbers.interval(r["d"], r["d_low"], r["d_high"], language, signed=True)
            apart = r["d_low"] > 0 or r["d_high"] < 0
            drawn.append(rows.Row(str(r["label"]), r["d"], r["d_low"], r["d_high"], note, "solid" if apart else "open"))
    low, high = _ends(drawn, (0.0,))
    said = {"what": what, "percent": percent}
    alt = words.say("soil_stability.alt", language, **said) + "; ".join(
        f"{r.label} {r.note}" for r in drawn if not r.heading
    )
    axis = rows.Axis(words.say("soil_stability.axis", language), low, high, line=0.0)
    svg = rows.draw(drawn, axis, name, alt, words.say("soil_stability.note", language, **said))
    data = pd.concat([f for _, f in indices], ignore_index=True)
    return Figure(svg, words.say("soil_stability.caption", language, **said), data)


def difference_groups(
    indices: Sequence[tuple[str, pd.DataFrame]], name: str, what: str, percent: str, language: Language
) -> Figure:
    """The same where groups of samples are many: a row per class (column `group`) with their median, no interval."""
    drawn = []
    for index, frame in indices:
        drawn.append(rows.Row(index, heading=True))
        for group, part in frame.groupby("group", sort=False):
            points = tuple(part["d"].astype(float))
            middle = float(part["d"].median())
            count = numbers.count(len(points), language)
            note = numbers.bracket(
                numbers.number(float(f"{middle:.2g}"), language, None, signed=True), f"n = {count}", language
            )
            drawn.append(rows.Row(str(group), middle, note=note, points=points if len(points) <= POINTS else ()))
    low, high = _ends(drawn, (0.0,))
    alt = words.say("soil_stability.alt_groups", language, what=what)
    alt += "; ".join(f"{r.label} {r.note}" for r in drawn if not r.heading)
    axis = rows.Axis(words.say("soil_stability.axis", language), low, high, line=0.0)
    svg = rows.draw(drawn, axis, name, alt, words.say("soil_stability.note_groups", language))
    data = pd.concat([f for _, f in indices], ignore_index=True)
    return Figure(svg, words.say("soil_stability.caption_groups", language, what=what), data)


def stocks(frame: pd.DataFrame, name: str, what: str, depth: str, percent: str, language: Language) -> Figure:
    """frame: group, label, fixed, low, high (t ha-1, of the draws) and mass (stock at equal mass), by group."""
    drawn = []
    for group, part in frame.groupby("group", sort=False):
        if frame["group"].nunique() > 1:
            drawn.append(rows.Row(str(group), heading=True))
        for _, r in part.iterrows():
            note = numbers.interval(r["fixed"], r["low"], r["high"], language) if r["fixed"] == r["fixed"] else ""
            drawn.append(rows.Row(str(r["label"]), r["fixed"], r["low"], r["high"], note, truth=r["mass"]))
    return _stocks(drawn, frame, name, "profiles", {"what": what, "depth": depth, "percent": percent}, language)


def stock_groups(frame: pd.DataFrame, name: str, what: str, depth: str, percent: str, language: Language) -> Figure:
    """The same where profiles are many: a row per group, each profile a pale dot, their mean a circle."""
    drawn = []
    for group, part in frame.groupby("group", sort=False):
        points = part["fixed"].dropna().astype(float)
        if len(points):
            note = f"{numbers.number(points.mean(), language)} (n = {numbers.count(len(points), language)})"
            mass = float(part["mass"].mean())
            drawn.append(
                rows.Row(
                    str(group),
                    float(points.mean()),
                    note=note,
                    points=tuple(points) if len(points) <= POINTS else (),
                    truth=mass,
                )
            )
    return _stocks(drawn, frame, name, "groups", {"what": what, "depth": depth, "percent": percent}, language)


def burial(models: Sequence[tuple[str, pd.DataFrame]], name: str, language: Language) -> Figure:
    """models: name and cores with group and carbon_burial_rate (g C m-2 yr-1); a row per group under each model."""
    drawn = []
    for model, frame in models:
        drawn.append(rows.Row(model, heading=True))
        for group, part in frame.groupby("group", sort=False):
            points = tuple(part["carbon_burial_rate"].astype(float))
            middle = float(part["carbon_burial_rate"].mean())
            said = numbers.number(float(f"{middle:.3g}"), language)
            note = numbers.bracket(said, f"n = {numbers.count(len(points), language)}", language)
            drawn.append(rows.Row(str(group), middle, note=note, points=points if len(points) <= POINTS else ()))
    low, high = _ends(drawn, (0.0,))
    alt = words.say("soil_stocks.burial_alt", language)
    alt += "; ".join(f"{r.label} {r.note}" for r in drawn if not r.heading)
    axis = rows.Axis(words.say("soil_stocks.burial_axis", language), low, high, line=0.0)
    svg = rows.draw(drawn, axis, name, alt, words.say("soil_stocks.burial_note", language))
    data = pd.concat([f.assign(dating=m) for m, f in models], ignore_index=True)
    return Figure(svg, words.say("soil_stocks.burial_caption", language), data)


def _stocks(
    drawn: Sequence[rows.Row], frame: pd.DataFrame, name: str, kind: str, said: dict[str, str], language: Language
) -> Figure:
    low, high = _ends(drawn, ())
    low = max(low, 0.0) if frame["fixed"].min() >= 0 else low
    alt = words.say("soil_stocks.alt", language, **said) + "; ".join(
        f"{r.label} {r.note}" for r in drawn if not r.heading
    )
    axis = rows.Axis(words.say("soil_stocks.axis", language, **said), low, high)
    title = words.say(f"soil_stocks.note_{kind}", language, **said)
    svg = rows.draw(drawn, axis, name, alt, title)
    caption = words.say(f"soil_stocks.caption_{kind}", language, **said)
    if frame["mass"].notna().any():
        caption += words.say("soil_stocks.diamond", language)
    return Figure(svg, caption, frame)


def _ends(drawn: Sequence[rows.Row], include: tuple[float, ...]) -> tuple[float, float]:
    """The axis: all middle estimates and single values, and the intervals as far as they do not hide those."""
    middles = [v for r in drawn for v in (r.mid, r.truth, *r.points) if math.isfinite(v)] + list(include)
    low, high = (min(middles), max(middles)) if middles else (0.0, 1.0)
    wide = (high - low) or abs(high) or 1.0
    ends = [v for r in drawn for v in (r.low, r.high) if math.isfinite(v)]
    low = max(min([low, *ends]), low - REACH * wide)
    high = min(max([high, *ends]), high + REACH * wide)
    return canvas.axis_ends([low, high])
