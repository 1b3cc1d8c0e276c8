"""Which share of each measured column is missing or flagged, and by which check."""

from __future__ import annotations

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, tiles, words
from halosink.figures.canvas import Figure

MOST = 32  # own choice: rows that fit a printed page; the table holds all of them
NOT_MEASURED = ("place", "design", "time", "provenance")


def draw(overview: pd.DataFrame, language: Language) -> Figure:
    """`overview`: quality/overview. Sensors of one table and field are taken together; the worst columns come first."""
    checks = check_columns(overview)
    data = shares(overview, checks)
    used = [c for c in checks if data[c].max() > 0]
    columns = ["missing", "flagged", *used]
    doubtful = data[(data["missing"] > 0) | (data["flagged"] > 0)]
    shown = (doubtful if len(doubtful) else data).head(MOST)
    labels = [f"{words.quantity(f, language)} · {t}" for t, f in zip(shown["table"], shown["field"], strict=True)]
    cells = [
        [tiles.Tile((float(row[c]) / 100) ** 0.5, _cell(float(row[c]), language)) for c in columns]
        for _, row in shown.iterrows()
    ]
    alt = words.say("quality.alt", language, count=len(data))
    svg = tiles.draw(labels, [head(c, language) for c in columns], cells, "quality", alt)
    caption = words.say("quality.caption", language)
    if len(data) > len(shown):
        caption += words.say("quality.more", language, shown=MOST, count=len(data))
    return Figure(svg, caption, data)


def unmeasured() -> set[str]:
    """Fields that say where, when or in which layout something was measured."""
    return {n for n, f in vocabulary.fields().items() if f.group in NOT_MEASURED} | {"record_number"}


def measured(overview: pd.DataFrame) -> pd.DataFrame:
    """The rows of measured quantities."""
    return overview[~overview["field"].isin(unmeasured())]


def check_columns(overview: pd.DataFrame) -> list[str]:
    """The columns that count the hits of one check each."""
    from halosink.quality import registry

    return [name for name in registry.checks() if name in overview]


def shares(overview: pd.DataFrame, checks: list[str]) -> pd.DataFrame:
    """Percent of the rows, per table and field; most flagged first."""
    counted = ["rows", "missing", "flagged", *checks]
    total = overview.groupby(["table", "field"], sort=False, dropna=False)[counted].sum().reset_index()
    for name in counted[1:]:
        total[name] = 100 * total[name] / total["rows"].where(total["rows"] > 0)
    total[counted[1:]] = total[counted[1:]].fillna(0.0)
    return total.sort_values(["flagged", "missing"], ascending=False, kind="stable").reset_index(drop=True)


def head(name: str, language: Language) -> str:
    """What a column of the overview is called: a check by its own label."""
    from halosink.quality import registry

    found = registry.checks().get(name)
    return found.label.to(language) if found else words.word("overview", name, language)


def _cell(value: float, language: Language) -> str:
    if value == 0:
        return "·"
    return "<0.1" if value < 0.1 else numbers.number(value, language, 1 if value < 10 else 0)
