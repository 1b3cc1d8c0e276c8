"""How firmly carbon is held, mechanism by mechanism, beside control and published values."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, soil_intervals, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.soil_shared import Part, capped, codes, counted, groups, labelled, listed, lowered, say, worded
from halosink.report.tables import Table, table, text

MECHANISMS = ("biochemical", "mineral", "aggregate")
NEEDED = {
    "biochemical": ("unhydrolysable_carbon", "readily_oxidisable_carbon", "microbial_biomass_carbon"),
    "mineral": ("poc", "maoc"),
    "aggregate": ("mean_weight_diameter", "macroaggregate_carbon", "microaggregate_carbon"),
}
"""Own choice: of what the indices need, the measurements most often made."""
DIRECTIONS = ("firmer", "looser", "higher", "lower", "not_distinguishable")
DRAWN, FIGURES = 34, 2  # own choice: rows of a figure that still fit a page, and pages that one mechanism may fill
TOLD = 5  # own choice: indices named in a sentence; the table holds all


def stability(contents: Contents, language: Language) -> list[Part]:
    """One part per mechanism; without indices one that says what is missing, where there are stocks."""
    frame = contents.frame("soil/stability")
    if frame is None or "mechanism" not in frame:
        return [] if contents.frame("soil/stocks") is None else [_absent(contents, language)]
    frame = frame.reset_index(drop=True)
    group = groups(frame, contents, language)
    frame = frame.assign(label=labelled(frame, contents, language, group), group=group.of)
    frame = frame.assign(_order=frame["group"].map({g: i for i, g in enumerate(group.order)}))
    found = [m for m in MECHANISMS if (frame["mechanism"] == m).any()]
    parts = [_part(frame[frame["mechanism"] == m], m, contents, language) for m in found]
    return [parts[0]._replace(lines=[_lead(frame, language), *parts[0].lines]), *parts[1:]]


def _absent(contents: Contents, language: Language) -> Part:
    """What would have to be measured, mechanism by mechanism, and why total nitrogen does not stand in for it."""
    cells = [
        [worded(f"soil_fractions.mechanism.{m}", language), listed([words.quantity(c, language) for c in NEEDED[m]],
                                                                   language)]
        for m in MECHANISMS
    ]  # fmt: skip
    lines = [say("stability_absent", language)]
    fields = {c.field for t in contents.settings.tables.values() for c in t.columns.values()}
    if fields & {"carbon_nitrogen_ratio", "total_nitrogen"}:
        lines.append(say("stability_nitrogen", language))
    shown = table("mechanism lacking", cells, language, say("stability_needed", language))
    return Part(say("stability", language), lines, [], [shown])


def _lead(frame: pd.DataFrame, language: Language) -> str:
    key = "stability_lead" if (frame["reference"] == "control").any() else "stability_no_control"
    return say(key, language, count=counted(frame["label"].nunique(), language))


def _part(frame: pd.DataFrame, mechanism: str, contents: Contents, language: Language) -> Part:
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    known = frame[frame["value"].notna()]
    title = worded(f"soil_fractions.mechanism.{mechanism}", language)
    missing = [i for i in frame["index"].unique() if i not in set(known["index"])]
    if known.empty:
        lines = [say("mechanism_unmeasured", language)]
        return Part(title, lines, [], [_missing(frame, language)])
    lines = _verdicts(known, language)
    if missing:
        shown = listed([_inside(i, language) for i in missing[:TOLD]], language)
        key = "index_missing" if len(missing) <= TOLD else "index_missing_more"
        lines.append(say(key, language, list=shown, count=counted(len(missing), language)))
    few = known.drop_duplicates(["label", "index"])["reason"].eq("few_replicates").sum()
    if few:
        lines.append(say("few_replicates", language, count=counted(few, language)))
    tables = [capped(_table(known, percent, language), "soil/stability", language)]
    if len(frame) > len(known):
        tables.append(_missing(frame[frame["value"].isna()], language))
    return Part(title, lines, _figures(known, mechanism, title, percent, language), tables)


def _verdicts(known: pd.DataFrame, language: Language) -> list[str]:
    """One sentence per direction: which indices lie there beside their control, in how many groups of how many."""
    beside = known[(known["reference"] == "control") & known["difference"].notna()]
    every = beside.groupby("index", sort=False).size()
    lines = []
    for direction in DIRECTIONS:
        counts = beside[beside["direction"] == direction].groupby("index", sort=False).size()
        if len(counts):
            shown = [
                say("index_times", language, index=_inside(str(i), language), n=counted(n, language),
                    all=counted(every[str(i)], language))
                for i, n in counts.items()
            ]  # fmt: skip
            what = worded(f"soil_fractions.direction.{direction}", language)
            what = what[:1].upper() + what[1:]
            lines.append(say("index_verdict", language, direction=what, list=listed(shown, language)))
    return lines


def _figures(known: pd.DataFrame, mechanism: str, title: str, percent: str, language: Language) -> list[Figure]:
    """Differences to the control in percent of it, whole indices to a figure; where groups are many, class by class."""
    drawn = known[
        (known["reference"] == "control") & known["difference"].notna() & (known["reference_value"] > 0)
    ].copy()
    for end in ("", "_low", "_high"):
        drawn[f"d{end}"] = 100 * drawn[f"difference{end}"] / drawn["reference_value"]
    drawn = drawn.sort_values("_order", kind="stable")
    indices = [one for _, one in drawn.groupby("index", sort=False)]
    many = any(len(one) + 1 > DRAWN for one in indices)
    pages: list[list[pd.DataFrame]] = []
    for one in indices:
        if many and pages:
            pages[-1].append(one)
            continue
        if not pages or sum(len(p) + 1 for p in pages[-1]) + len(one) + 1 > DRAWN:
            pages.append([])
        pages[-1].append(one)
    draw = soil_intervals.difference_groups if many else soil_intervals.differences
    return [
        draw(
            [(_index(str(one["index"].iloc[0]), language), one) for one in page],
            f"stability-{mechanism}-{number}",
            title,
            percent,
            language,
        )
        for number, page in enumerate(pages[:FIGURES])
    ]


def _table(known: pd.DataFrame, percent: str, language: Language) -> Table:
    """Index after index, each group beside its control and beside published values."""
    cells, marks = [], []
    for _, one in known.groupby("index", sort=False):
        for r in one.to_dict("records"):
            own = r["direction"] == "is_control"
            beside = "" if own else text(r["reference"])
            apart = numbers.interval(r["difference"], r["difference_low"], r["difference_high"], language, signed=True)
            direction = worded(f"soil_fractions.direction.{r['direction']}", language) if text(r["direction"]) else ""
            reason = codes("soil_fractions.reason", r["reason"], language)
            cells.append([
                numbers.bracket(_index(r["index"], language), numbers.unit(text(r["unit"])), language),
                r["label"],
                numbers.interval(r["value"], r["low"], r["high"], language),
                counted(r["n"], language),
                say(f"beside_{beside}", language) if beside else "",
                numbers.number(r["reference_value"], language) if beside else "",
                apart if r["difference"] == r["difference"] else "",
                ("; " if language == "en" else "；").join(s for s in (direction, reason) if s),
            ])  # fmt: skip
            marks.append("open" if reason else "")
    columns = "index place estimate_with n beside beside_value apart comment"
    return table(columns, cells, language, say("stability_table", language, percent=percent), marks, percent=percent)


def _missing(frame: pd.DataFrame, language: Language) -> Table:
    """Indices that could not be had, with what lacks, one row per index and reason."""
    cells = []
    for (index, reason, lacking), part in frame.groupby(["index", "reason", "columns"], sort=False):
        wanted = listed([words.quantity(c, language) for c in str(lacking).split()], language)
        cells.append([
            _index(str(index), language),
            codes("soil_fractions.reason", reason, language),
            wanted if reason == "not_measured" else "",
            counted(part["label"].nunique(), language),
        ])  # fmt: skip
    return table("index reason lacking groups", cells, language, say("index_missing_table", language))


def _index(name: str, language: Language) -> str:
    return worded(f"soil_fractions.index.{name}", language)


def _inside(name: str, language: Language) -> str:
    shown = _index(name, language)
    return lowered(shown) if language == "en" else shown
