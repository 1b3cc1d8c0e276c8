"""Changes of soil carbon as rows with intervals: interventions against the land as it is, and what salt does."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, rows
from halosink.figures.canvas import Figure, axis_ends
from halosink.figures.greenhouse import rounded
from halosink.figures.model_sheet import say


def interventions(frame: pd.DataFrame, unit: str, years: int, percent: str, language: Language) -> Figure:
    """frame: class, label, low, median, high, gain (share of draws that gain); rings: the interval holds zero."""
    drawn = []
    for place, part in frame.groupby("class", sort=False):
        if frame["class"].nunique() > 1:
            drawn.append(rows.Row(str(place), heading=True))
        for _, r in part.iterrows():
            share = say("rows.gain", language, share=numbers.percent(100 * r["gain"], language))
            note = _said(r, language) + say("rows.comma", language) + share
            if r["low"] == 0 == r["high"]:
                note = say("rows.none", language)
            apart = r["low"] > 0 or r["high"] < 0
            drawn.append(
                rows.Row(str(r["label"]), r["median"], r["low"], r["high"], note, "solid" if apart else "open")
            )
    said = {"years": str(years), "percent": percent}
    axis = rows.Axis(say("rows.axis", language, unit=unit), *_ends(frame), line=0.0)
    alt = say("rows.alt", language, **said) + "; ".join(f"{r.label} {r.note}" for r in drawn if not r.heading)
    svg = rows.draw(drawn, axis, "model-interventions", alt, say("rows.note", language, **said))
    return Figure(svg, say("rows.caption", language, **said), frame.reset_index(drop=True))


def split(frame: pd.DataFrame, unit: str, percent: str, language: Language) -> Figure:
    """frame: class, part (less_input, slower_decay, whole), low, median, high."""
    drawn = []
    for place, part in frame.groupby("class", sort=False):
        if frame["class"].nunique() > 1:
            drawn.append(rows.Row(str(place), heading=True))
        for name in ("less_input", "slower_decay", "whole"):
            for _, r in part[part["part"] == name].iterrows():
                style: rows.Style = "square" if name == "whole" else "solid"
                label = say(f"split.{name}", language)
                drawn.append(rows.Row(label, r["median"], r["low"], r["high"], _said(r, language), style))
    axis = rows.Axis(say("rows.axis", language, unit=unit), *_ends(frame), line=0.0)
    alt = say("split.alt", language) + "; ".join(f"{r.label} {r.note}" for r in drawn if not r.heading)
    svg = rows.draw(drawn, axis, "model-split", alt, say("split.note", language, percent=percent))
    return Figure(svg, say("split.caption", language, percent=percent), frame.reset_index(drop=True))


def _ends(frame: pd.DataFrame) -> tuple[float, float]:
    return axis_ends(frame[["low", "median", "high"]].to_numpy(), (0.0,))


def _said(row: pd.Series, language: Language) -> str:
    return numbers.interval(*rounded(*(float(row[c]) for c in ("median", "low", "high"))), language, signed=True)


__all__: Sequence[str] = ("interventions", "split")
