"""One series over time with its flagged values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure
from halosink.figures.quality import head

BINS = 350  # own choice: one bin per two pixels of the plot
HEIGHT = 190


def draw(
    time: pd.Series,
    values: pd.Series,
    hits: Mapping[str, NDArray[np.bool_]],
    quantity: str,
    sensor: str,
    language: Language,
) -> Figure:
    """`hits`: check name -> which records it flagged. Each bin of time shows its lowest and highest unflagged value.

    The vertical axis holds the unflagged values; flagged ones beyond it stand at the edge.
    """
    import altair as alt

    ok = time.notna().to_numpy() & values.notna().to_numpy(bool)
    when: NDArray[np.int64] = np.asarray(time[ok].astype("datetime64[s]").astype("int64"), dtype=np.int64)
    number = values[ok].to_numpy(float)
    flagged = np.zeros(ok.size, bool)
    for hit in hits.values():
        flagged |= hit
    flagged = flagged[ok]
    low, high = canvas.axis_ends(number[~flagged] if (~flagged).any() else number, room=0.08)
    good = envelope(when[~flagged], number[~flagged], (int(when.min()), int(when.max())))
    bad = envelope(when[flagged], number[flagged], (int(when.min()), int(when.max())), BINS // 3)
    marks = pd.concat(
        [bad[["t", "low"]].rename(columns={"low": "y"}), bad[["t", "high"]].rename(columns={"high": "y"})]
    )
    marks = marks.drop_duplicates().sort_values(["t", "y"])
    beyond = (marks["y"] < low) | (marks["y"] > high)
    marks["y"] = marks["y"].clip(low, high)
    x = alt.X(
        "t:T",
        scale=alt.Scale(type="utc", domain=[_moment(when.min()), _moment(when.max())], nice=False),
        axis=alt.Axis(title=None, grid=False, tickCount=7, format="%Y-%m-%d", labelOverlap=True),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(title=None, tickCount=5, domain=False),
    )
    layers: list[Any] = []
    if len(good):
        same = good.rename(columns={"low": "y", "high": "y2"})
        layers.append(
            _times(alt, same)
            .mark_rule(color=canvas.BLUE, strokeWidth=1.6, strokeCap="round")
            .encode(x=x, y=y, y2="y2:Q")
        )
    for shape, part in (("cross", marks[~beyond]), ("triangle-up", marks[beyond])):
        if len(part):
            layers.append(
                _times(alt, part)
                .mark_point(shape=shape, filled=True, size=26, color=canvas.VERMILION, opacity=0.9)
                .encode(x=x, y=y)
            )
    title = words.titled(quantity, language) + (f" · {sensor}" if sensor else "")
    layers.append(alt.Chart(pd.DataFrame([{"t": title}])).mark_text(align="left", x=-58, y=-14).encode(text="t:N"))
    names = [f"{head(n, language)} {numbers.count(int(h[ok].sum()), language)}" for n, h in hits.items() if h[ok].any()]
    said = {
        "title": title,
        "records": numbers.count(int(ok.sum()), language),
        "flagged": numbers.count(int(flagged.sum()), language),
        "checks": ("; " if language == "en" else "；").join(names) or words.say("series.none", language),
    }
    caption = words.say("series.caption", language, **said)
    if beyond.any():
        top = numbers.number(float(number[flagged].max()), language)
        bottom = numbers.number(float(number[flagged].min()), language)
        caption += words.say("series.beyond", language, low=bottom, high=top, unit=words.unit(quantity))
    svg = canvas.draw(
        alt.layer(*layers),
        f"series-{quantity}-{sensor}",
        words.say("series.alt", language, **said),
        canvas.WIDTH,
        HEIGHT,
        (62.0, 24.0, 28.0, 26.0),
    )
    return Figure(svg, caption, good)


def envelope(
    when: NDArray[np.int64], number: NDArray[np.float64], ends: tuple[int, int], bins: int = BINS
) -> pd.DataFrame:
    """Lowest and highest value in each of `bins` equal spans of time: t (seconds, middle of the bin), low, high.

    No value lies outside the envelope, and both of its edges are recorded values.
    """
    if not len(when):
        return pd.DataFrame({"t": [], "low": [], "high": []})
    width = max(1, -(-(ends[1] - ends[0] + 1) // bins))
    frame = pd.DataFrame({"bin": (when - ends[0]) // width, "v": number})
    found = frame.groupby("bin", sort=True)["v"].agg(low="min", high="max").reset_index()
    found["t"] = ends[0] + found["bin"] * width + width // 2
    return found[["t", "low", "high"]]


def _times(alt: Any, frame: pd.DataFrame) -> Any:
    return alt.Chart(frame.assign(t=pd.to_datetime(frame["t"], unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")))


def _moment(seconds: int) -> str:
    return pd.Timestamp(int(seconds), unit="s").strftime("%Y-%m-%dT%H:%M:%SZ")
