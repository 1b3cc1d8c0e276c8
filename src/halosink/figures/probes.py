"""Which share of the records of each probe is usable, field by field."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, tiles, words
from halosink.figures.canvas import Figure

MOST = 40  # own choice: probes that fit a printed page; the table holds all of them


def draw(shares: pd.DataFrame, language: Language) -> Figure:
    """`shares`: table, sensor, label, field, usable (percent of the records), biased (percent hinted as biased)."""
    fields = list(dict.fromkeys(shares["field"]))
    groups = list(shares.groupby(["table", "sensor"], sort=False))[:MOST]
    cells = []
    for _, part in groups:
        own = part.set_index("field")
        cells.append([_tile(own.loc[f], language) if f in own.index else tiles.Tile(0, "") for f in fields])
    labels = [part["label"].iloc[0] for _, part in groups]
    heads = [words.quantity(f, language) for f in fields]
    alt = words.say("probes.alt", language, count=len(groups))
    return Figure(tiles.draw(labels, heads, cells, "probes", alt), words.say("probes.caption", language), shares)


def _tile(row: pd.Series, language: Language) -> tiles.Tile:
    share = float(row["usable"])
    digits = 0 if share in (0.0, 100.0) or share < 99 else 1
    text = numbers.number(min(share, 99.9) if share < 100 else share, language, digits)
    return tiles.Tile((share / 100) ** 2, text + ("*" if float(row["biased"]) > 5 else ""))
