"""Series with gaps and fills told apart, the longest gap, running sums, fingerprints and the course of the day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import eddy_cumulative, eddy_diel, eddy_fingerprint, eddy_gap, eddy_series, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import say, sentence
from halosink.report.contents import Contents
from halosink.report.eddy_answer import known, sums
from halosink.report.eddy_shared import (
    FLUXES,
    Part,
    by_tower,
    days,
    half_hours,
    has,
    listed,
    name,
    percent,
    place,
    seconds,
    share,
    sources,
    unit,
)

AROUND = (3.0, 8.0)  # own choice: days shown before and after a gap, at least and at most
ZOOM = 45.0  # own choice: of a longer gap the first 45 days are shown, more half-hours cannot be told apart
CUMULATED = ("nee", "ch4_flux")


def series(contents: Contents, language: Language) -> Part | None:
    """Daily means of each flux, the longest filled gap of the first, and running sums."""
    frame = half_hours(contents)
    if frame is None:
        return None
    lines: list[str] = []
    figures: list[Figure] = []
    folded: list[Figure] = []
    for tower, part in by_tower(frame):
        part = part.sort_values("time", kind="stable")
        where = place(tower, contents, language)
        for field in (f for f in FLUXES if has(part, f)):
            daily = days(part, field)
            if not where or field == "nee":
                lines.append(_line(daily, part, field, where, language))
            drawn = [eddy_series.draw(daily, field, where, language)]
            drawn += _zoom(part, field, where, contents, language)
            drawn += _running(part, field, tower, contents, language)
            (folded if figures and field != "nee" else figures).extend(drawn)
    if not figures:
        return Part(say("series.title", language), [sentence("series.none", language)])
    return Part(say("series.title", language), lines, figures, [], folded, say("series.more", language))


def fingerprints(contents: Contents, language: Language) -> Part | None:
    """One figure per flux and year; the first flux of the last year is shown, the others are to be opened."""
    frame = half_hours(contents)
    if frame is None:
        return None
    figures: list[Figure] = []
    folded: list[Figure] = []
    for tower, part in by_tower(frame):
        where = place(tower, contents, language)
        fields = [f for f in FLUXES if has(part, f)]
        for field in fields:
            named = part.assign(measured=_column(part, field), filled=_filled(part, field))
            found = [int(y) for y in part["time"].dt.year.unique()]
            counts = named["filled"].notna().groupby(part["time"].dt.year).sum()
            drawn = {
                y: eddy_fingerprint.draw(named[part["time"].dt.year == y], field, y, where, language)
                for y in sorted(found, reverse=True) if counts[y] > 0
            }  # fmt: skip
            for i, one in enumerate(drawn.values()):
                (figures if i == 0 and field == fields[0] else folded).append(one)
    if not figures:
        return None
    lines = [sentence("fingerprint.lead", language)]
    return Part(say("fingerprint.title", language), lines, figures, [], folded, say("fingerprint.more", language))


def diel(contents: Contents, language: Language) -> Part | None:
    """The course of the day by month, net and split."""
    frame = half_hours(contents)
    if frame is None:
        return None
    figures: list[Figure] = []
    folded: list[Figure] = []
    for tower, part in by_tower(frame):
        where = place(tower, contents, language)
        for field in (f for f in FLUXES if has(part, f)):
            both = pd.DataFrame({"filled": _filled(part, field), "measured": _column(part, field)})
            course = eddy_diel.course(part["time"], both, "filled")
            drawn = eddy_diel.draw(course, ["filled", "measured"], field, where, language, "filled")
            (folded if figures and field != "nee" else figures).append(drawn)
            parts = [
                c for c in ("gpp_night", "gpp_day", "reco_night", "reco_day") if c in part and part[c].notna().any()
            ]
            if field == "nee" and parts:
                course = eddy_diel.course(part["time"], part[parts])
                figures.append(eddy_diel.draw(course, parts, field, where, language))
    if not figures:
        return None
    lines = [sentence("diel.lead", language)]
    return Part(say("diel.title", language), lines, figures, [], folded, say("diel.more", language))


def _column(part: pd.DataFrame, field: str) -> pd.Series:
    """What was measured and kept."""
    if field not in part:
        return pd.Series(np.nan, index=part.index)
    if f"{field}_kept" not in part:
        return part[field]
    return part[field].where(part[f"{field}_kept"].astype("string").fillna("") == "")


def _filled(part: pd.DataFrame, field: str) -> pd.Series:
    return part[f"{field}_filled"] if f"{field}_filled" in part else _column(part, field)


def _line(daily: pd.DataFrame, part: pd.DataFrame, field: str, where: str, language: Language) -> str:
    source = sources(part, field)
    shares = {s: float((source == s).mean()) for s in ("measured", "mds", "forest", "empty")}
    parts = [say(f"series.part_{s}", language, share=share(v, language)) for s, v in shares.items() if v > 0]
    said = {
        "parts": listed(parts, language),
        "where": where,
        "name": name(field, language),
        "steps": numbers.count(len(part), language),
    }
    return sentence(
        "series.line", language, **said, first=f"{daily['day'].min():%Y-%m-%d}", last=f"{daily['day'].max():%Y-%m-%d}"
    )


def _zoom(part: pd.DataFrame, field: str, where: str, contents: Contents, language: Language) -> list[Figure]:
    """The longest gap that was filled."""
    if f"{field}_source" not in part or f"{field}_filled" not in part:
        return []
    source = sources(part, field).to_numpy()
    hit = np.isin(source, ["mds", "forest"])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hit.astype(int), [0]])))
    if not len(edges):
        return []
    lengths = edges[1::2] - edges[::2]
    longest = int(np.argmax(lengths))
    times = part["time"].reset_index(drop=True)
    step = pd.Timedelta(seconds=seconds(times))
    start, end = times[edges[2 * longest]], times[edges[2 * longest + 1] - 1] + step
    around = pd.Timedelta(days=float(np.clip((end - start).total_seconds() / 86_400 * 0.3, *AROUND)))
    last = min(end + around, start + pd.Timedelta(days=ZOOM) + around)
    inside = ((part["time"] >= start - around) & (part["time"] < last)).to_numpy()
    sd = part[f"{field}_sd"] if f"{field}_sd" in part else pd.Series(np.nan, index=part.index)
    window = pd.DataFrame({
        "time": part["time"], "measured": _column(part, field), "filled": _filled(part, field),
        "source": source, "sd": sd,
    })[inside].reset_index(drop=True)  # fmt: skip
    if len(window) < 2 or not window["filled"].notna().any():
        return []
    factor = _normal(contents.settings.analysis.confidence)
    return [eddy_gap.draw(window, field, start, end, where, percent(contents), factor, language)]


def _normal(confidence: float) -> float:
    """Half width of an interval of the normal distribution in standard deviations."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _running(part: pd.DataFrame, field: str, tower: str, contents: Contents, language: Language) -> list[Figure]:
    """Running sums of the years that are complete; they end at the numbers of the table.

    The spread on the way grows with what it comes from: random error with the root of its summed squares, threshold
    and filling with the share of steps that were filled so far. Own choice: the draws are kept for whole years only.
    """
    frame = sums(contents)
    if frame is None or field not in CUMULATED or f"{field}_filled" not in part:
        return []
    rows = known(frame[frame["tower"].astype(str) == tower], field)
    factor = eddy_cumulative.carbon(field) * seconds(part["time"])
    source = sources(part, field)
    sd = part[f"{field}_sd"] if f"{field}_sd" in part else pd.Series(np.nan, index=part.index)
    steps = pd.DataFrame({
        "day": part["time"].dt.floor("D"), "sum": part[f"{field}_filled"] * factor,
        "random": (sd.where(source == "measured").fillna(0)) ** 2,
        "fills": source.isin(["mds", "forest"]).astype(float), "empty": part[f"{field}_filled"].isna(),
    })  # fmt: skip
    found = []
    for _, row in rows.iterrows():
        own = steps[part["time"].dt.year == int(row["year"])]
        if own.empty or own["empty"].any():
            continue
        daily = own.groupby("day")[["sum", "random", "fills"]].sum().cumsum().reset_index()
        found.append(_banded(daily, row))
    if not found:
        return []
    where = place(tower, contents, language)
    shown = unit(field, rows["unit"].iloc[0] if "unit" in rows else "")
    return [eddy_cumulative.draw(pd.concat(found), field, shown, where, percent(contents), language)]


def _banded(daily: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """daily: day, and running sums of the flux, of the squared random errors and of the filled steps."""
    way = np.arange(1, len(daily) + 1) / len(daily)
    gone = {c: daily[c] / daily[c].iloc[-1] if daily[c].iloc[-1] > 0 else pd.Series(way) for c in ("random", "fills")}
    part = {p: float(v) if (v := row.get(f"sd_{p}")) == v and v is not None else 0.0
            for p in ("threshold", "random", "filling")}  # fmt: skip
    variance = (
        part["random"] ** 2 * gone["random"] + (part["threshold"] ** 2 + part["filling"] ** 2) * gone["fills"] ** 2
    )
    spread = np.sqrt(variance / variance.iloc[-1]) if variance.iloc[-1] > 0 else pd.Series(way)
    middle = daily["sum"] + (float(row["value"]) - daily["sum"].iloc[-1]) * way
    return pd.DataFrame({
        "day": daily["day"], "sum": middle, "low": middle - (float(row["value"]) - float(row["low"])) * spread,
        "high": middle + (float(row["high"]) - float(row["value"])) * spread,
    })  # fmt: skip
