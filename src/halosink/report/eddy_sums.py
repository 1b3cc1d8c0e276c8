"""Figures of the sums and of what makes them uncertain."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import eddy_split, eddy_sums
from halosink.figures.canvas import Figure
from halosink.figures.eddy_sheet import say, sentence
from halosink.figures.eddy_split import Split
from halosink.figures.eddy_sums import Sum
from halosink.report.contents import Contents
from halosink.report.eddy_answer import known, sums, whole
from halosink.report.eddy_shared import Part, by_tower, name, percent, place, short, unit

GROUPS = (
    ("nee", ("nee",)),
    ("partition", ("gpp_night", "gpp_day", "reco_night", "reco_day")),
    ("ch4", ("ch4_flux",)),
    ("water", ("evapotranspiration",)),
)
SPLITS = ("nee", "gpp_night", "reco_night", "ch4_flux", "evapotranspiration")
BARS = 24  # own choice: more bars than that fill a page


def annual(contents: Contents, language: Language) -> Part | None:
    """None without sums."""
    frame = sums(contents)
    if frame is None or frame["value"].isna().all():
        return None
    figures: list[Figure] = []
    folded: list[Figure] = []
    for tower, part in by_tower(frame):
        for title, fields in GROUPS:
            found = [(name(f, language), _rows(known(part, f))) for f in fields if len(known(part, f))]
            if found:
                raw = known(part, fields[0] if len(known(part, fields[0])) else fields[-1])
                shown = unit(fields[0], raw["unit"].iloc[0] if "unit" in raw and len(raw) else "")
                where = place(tower, contents, language)
                drawn = eddy_sums.draw(found, shown, f"{title}-{tower}", where, percent(contents), language)
                (figures if title == "nee" or not figures else folded).append(drawn)
        if split := _split(part, tower, contents, language):
            figures.append(split)
    lines = [sentence("sums.lead", language)]
    return Part(say("sums.title", language), lines, figures, [], folded, say("sums.more", language))


def _rows(part: pd.DataFrame) -> list[Sum]:
    return [
        Sum(f"{int(r['year'])}", float(r["value"]), float(r["low"]), float(r["high"]), whole(r))
        for _, r in part.iterrows()
    ]


def _split(part: pd.DataFrame, tower: str, contents: Contents, language: Language) -> Figure | None:
    """The parts of the uncertainty of the quantities a reader asks for first; of many years the last ones."""
    parts = ("sd_threshold", "sd_random", "sd_filling")
    if not set(parts) <= set(part):
        return None
    found = []
    for field in SPLITS:
        rows = known(part, field)
        rows = rows[rows[list(parts)].fillna(0).sum(axis=1) > 0]
        for _, r in rows.iterrows():
            label = f"{short(field, language)} {int(r['year'])}"
            threshold, random, filling = (float(r[p]) for p in parts)
            split = Split(label, threshold, random, filling, unit(field, r.get("unit")))
            found.append((field, int(r["year"]), split))
    if not found:
        return None
    if len(found) > BARS:
        found = [f for f in found if f[0] == "nee"][-BARS:] or found[-BARS:]
    where = place(tower, contents, language)
    return eddy_split.draw([f[2] for f in found], where, language)
