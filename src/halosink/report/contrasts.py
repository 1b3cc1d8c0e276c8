"""The small table below each headline: one line per class and per gradient."""

from __future__ import annotations

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import doubts, gradient, numbers, words
from halosink.report.contents import Contents
from halosink.report.sentences import detectable, estimate, places, rests_on, say
from halosink.report.tables import Table, table

COLUMNS = "comparison mean_unit against finding detectable sample_size"


def contrast_table(
    means: pd.DataFrame | None,
    ratios: pd.DataFrame | None,
    slopes: pd.DataFrame | None,
    contents: Contents,
    language: Language,
) -> Table | None:
    """Rows of one quantity and table: each reference with its mean, each class against it, each gradient."""
    cells: list[list[str]] = []
    marks: list[str] = []
    for _, part in () if ratios is None else ratios.groupby("factor", sort=False):
        first = part.iloc[0]
        own = {} if means is None else {r["class"]: r for _, r in means[means["factor"] == first["factor"]].iterrows()}
        reference = own.get(first["reference"])
        counted = "" if reference is None else size(reference, language)
        shown = _mean(first["reference_mean"], reference, language)
        name = str(first["reference"])
        told = name if name == say("reference_word", language) else say("reference", language, cls=name)
        cells.append([told, shown, "", "", "", counted])
        marks.append("part" if len(cells) > 1 else "")
        for _, row in part.iterrows():
            mean = own.get(row["class"])
            middle, inner = estimate(row, language)
            cells.append([
                str(row["class"]),
                _mean(row["mean"], mean, language),
                numbers.bracket(middle, _bare(middle, inner, language), language),
                verdict(row, language),
                detectable(row, language),
                size(row if mean is None else mean, language),
            ])  # fmt: skip
            marks.append("")
    for _, row in () if slopes is None else slopes.iterrows():
        cells.append([
            words.spaced(say("along", language, gradient=words.inside(row["gradient"], language))),
            "",
            gradient.slope_note(row, language),
            verdict(row, language),
            gradient.detectable_note(row, language),
            size(row, language),
        ])  # fmt: skip
        marks.append("part" if len(cells) > 1 else "")
    if not cells:
        return None
    frame = ratios if ratios is not None else slopes
    assert frame is not None
    unit = words.unit(str(frame.iloc[0]["quantity"]), frame.iloc[0].get("unit"))
    unit = unit or vocabulary.say("report.page.dimensionless", language)
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    return table(COLUMNS, cells, language, "", marks, mean_unit=unit, percent=percent)


def verdict(row: pd.Series, language: Language) -> str:
    """In a few words: separable or not, and what casts doubt on it."""
    if row["low"] != row["low"]:
        return say("verdict_none", language)
    separable = bool(row["separable"])
    text = say("verdict_separable" if separable else "verdict_null", language)
    if separable and bool(row.get("confounded")):
        text += say("verdict_place", language)
    if bool(row.get("by_chance")):
        text += say("verdict_chance", language, count=int(row["family"]))
    if doubts.carried(row):
        text += say("verdict_site", language, site=row["loso_site"])
    elif doubts.unconfirmed(row):
        text += say("verdict_few", language)
    return text


def _bare(middle: str, inner: str, language: Language) -> str:
    """The interval without the sign or unit that the estimate before it carries already."""
    unit = middle.partition("\u00a0")[2]
    inner = inner.removesuffix(numbers.percent_sign(language))
    return inner.removesuffix(f"\u00a0{unit}") if unit else inner


def _mean(value: float, row: pd.Series | None, language: Language) -> str:
    if row is None:
        return numbers.mean(value, None, language)
    return numbers.interval(row["mean"], row["low"], row["high"], language)


def size(row: pd.Series, language: Language) -> str:
    """`27 / 5 sites`: units, and the independent places they lie in."""
    units, level = numbers.count(row["units"], language), rests_on(row)
    found = places(row) if level else row.get("sites")
    if found is None or found != found or not found:
        return units
    shown = f"{units} / {int(found)}\u00a0{words.word('level', level or 'site', language)}"
    return words.singular(shown) if language == "en" else shown
