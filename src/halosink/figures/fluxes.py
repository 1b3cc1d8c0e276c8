"""The flux of every closure with its interval, in the order of time, doubtful ones told apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure

HEIGHT = 210
MOST = 2500  # own choice: more points than that hide one another; then a sample evenly through time is drawn


def draw(fluxes: pd.DataFrame, field: str, percent: str, language: Language) -> Figure:
    """fluxes: rows of one field that have a flux: flux, low, high, quality, and `time` where it is known.

    Without times the closures stand in their order in the table.
    """
    import altair as alt

    shown = fluxes[fluxes["flux"].notna()]
    timed = "time" in shown and shown["time"].notna().all()
    shown = shown.sort_values("time", kind="stable") if timed else shown
    every = len(shown)
    shown = shown.iloc[:: max(1, -(-every // MOST))]
    points = pd.DataFrame({
        "x": shown["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ") if timed else range(1, len(shown) + 1),
        "flux": shown["flux"], "low": shown["low"], "high": shown["high"],
        "good": (shown["quality"] == "good").to_numpy(),
    })  # fmt: skip
    low, high = canvas.axis_ends(points["flux"], include=(0.0,), room=0.12)
    spread = canvas.axis_ends(points[["low", "high"]], include=(0.0,), room=0.03)
    low, high = max(low - 2 * (high - low), spread[0]), min(high + 2 * (high - low), spread[1])
    beyond = int(((points["low"] < low) | (points["high"] > high)).sum())
    points["low"], points["high"] = points["low"].clip(low, high), points["high"].clip(low, high)
    clock = timed and shown["time"].max() - shown["time"].min() < pd.Timedelta(days=3)
    dates = alt.Axis(
        title=None, grid=False, tickCount=6, labelOverlap=True, format="%m-%d %H:%M" if clock else "%Y-%m-%d"
    )
    x: Any = (
        alt.X("x:T", scale=alt.Scale(type="utc"), axis=dates)
        if timed
        else alt.X("x:Q", axis=alt.Axis(title=words.say("fluxes.order", language), grid=False, tickMinStep=1))
    )
    y = alt.Y(
        "flux:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(title=None, tickCount=5, domain=False)
    )
    zero = alt.Chart(pd.DataFrame({"flux": [0.0]})).mark_rule(color=canvas.GREY).encode(y=y)
    layers: list[Any] = [zero]
    for good, colour in ((True, canvas.BLUE), (False, canvas.VERMILION)):
        part = points[points["good"] == good].drop(columns="good")
        if len(part):
            base = alt.Chart(part)
            layers.append(base.mark_rule(color=colour, opacity=0.35).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"))
            layers.append(base.mark_point(color=colour, filled=good, size=22, opacity=0.9).encode(x=x, y=y))
    title = words.titled(field, language)
    layers.append(alt.Chart(pd.DataFrame([{"t": title}])).mark_text(align="left", x=-58, y=-14).encode(text="t:N"))
    said = {
        "quantity": words.quantity(field, language),
        "count": numbers.count(every, language),
        "doubtful": numbers.count(int((fluxes["flux"].notna() & (fluxes["quality"] != "good")).sum()), language),
        "percent": percent,
    }
    caption = words.say("fluxes.caption", language, **said)
    if len(shown) < every:
        caption += words.say("fluxes.sample", language, drawn=numbers.count(len(shown), language))
    if beyond:
        caption += words.say("fluxes.beyond", language, beyond=numbers.count(beyond, language))
    alt_text = words.say("fluxes.alt", language, **said)
    foot = 28.0 if timed else 44.0
    svg = canvas.draw(alt.layer(*layers), f"fluxes-{field}", alt_text, canvas.WIDTH, HEIGHT, (62.0, 24.0, 28.0, foot))
    return Figure(svg, caption, points)
