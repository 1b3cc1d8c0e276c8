"""The steps around one gap: what was measured, what was put into the gap, and how sure that is."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, words
from halosink.figures.canvas import Figure
from halosink.figures.eddy_series import years
from halosink.figures.eddy_sheet import SOURCES, Panel, Sheet, say, sentence, spread

LEFT, TOP, TALL = 52.0, 26.0, 180.0
DOTS = 900  # own choice: more single values than this are no longer told apart and make the page heavy


def draw(
    frame: pd.DataFrame, field: str, start: pd.Timestamp, end: pd.Timestamp, place: str, percent: str,
    factor: float, language: Language,
) -> Figure:  # fmt: skip
    """frame: time, measured, filled, source, sd of the steps around the gap from start to end.

    The band reaches `factor` standard deviations to either side of what was filled.
    """
    at = frame["time"].to_numpy().astype("datetime64[s]").astype("int64") / 86_400
    mid, sd = frame["filled"].to_numpy(float), frame["sd"].to_numpy(float) * factor
    source = frame["source"].astype(str).to_numpy()
    sheet = Sheet(TOP + TALL + 58)
    held = frame["source"].isin(["mds", "forest"]) & frame["sd"].notna()
    reach = [frame["filled"][held] + sign * factor * frame["sd"][held] for sign in (-1, 1)]
    ends = tuple(float(r.quantile(q)) for r, q in zip(reach, (0.02, 0.98), strict=True) if len(r))
    low, high = spread(pd.concat([frame["measured"], frame["filled"]]), (0.0, *ends), 0.06)
    panel = Panel(LEFT, TOP, canvas.WIDTH - LEFT - 8, TALL, at[0], at[-1], low, high)
    sheet.axes(panel, language, [], title=words.unit(field))
    for shown_at, shown in years(frame["time"], language):
        x = float(panel.x(shown_at))
        if panel.left <= x <= panel.left + panel.wide:
            sheet.rule(x, TOP + TALL, x, TOP + TALL + 4, canvas.GREY)
            sheet.text(shown, x, TOP + TALL + 13, "center", 10)
    for edge in (start, end):
        x = float(panel.x(pd.Timestamp(edge).timestamp() / 86_400))
        if panel.left <= x <= panel.left + panel.wide:
            sheet.rule(x, TOP, x, TOP + TALL, canvas.SOFT, 1, True)
    x_all = panel.x(at)
    key = []
    for name in ("mds", "forest"):
        hit = source == name
        if hit.any():
            y = pd.Series(mid).where(hit)
            lower, upper = (panel.y((y + sign * pd.Series(sd)).clip(low, high)) for sign in (-1, 1))
            sheet.area(x_all, upper, lower, SOURCES[name], 0.22)
            sheet.line(x_all, panel.y(y), SOURCES[name], 1.3)
            sheet.points(x_all, panel.y(y), SOURCES[name], 1.8)
            key.append((say(f"source.{name}", language), SOURCES[name], "line"))
    seen = frame["measured"].notna().to_numpy()
    if int(seen.sum()) <= DOTS:
        sheet.points(x_all[seen], panel.y(frame["measured"].to_numpy(float)[seen]), SOURCES["measured"], 2.6)
    else:
        sheet.line(x_all, panel.y(frame["measured"].to_numpy(float)), SOURCES["measured"], 1)
    key = [(say("source.measured", language), SOURCES["measured"], "dot"), *key]
    sheet.key(key, TOP + TALL + 28, LEFT)
    said = {"quantity": say(f"name.{field}", language), "place": place, "percent": percent}
    said |= {"start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"}
    svg = sheet.draw(sentence("gap.alt", language, **said))
    return Figure(svg, sentence("gap.caption", language, **said), frame)
