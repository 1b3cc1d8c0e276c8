"""The answer in plain sentences: each number with its interval and unit, and what it does not show."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import doubts, words
from halosink.report import carbonate, chamber, choose, eddy_answer, probes, soil_salinity, uncompared
from halosink.report.contents import Contents
from halosink.report.contrasts import contrast_table
from halosink.report.planner import summary
from halosink.report.region_answer import region_answer
from halosink.report.sentences import (
    capital,
    disagreement,
    estimate,
    means_sentence,
    ratio_sentences,
    say,
    slope_sentence,
)
from halosink.report.tables import Table

OF_TOWERS = frozenset({"eddy", "weather"})
"""Kinds of table that the sums of a tower speak for."""


class Answer(NamedTuple):
    """One headline quantity: its sentences, the first of them the headline, the classes beneath, and what they do not
    show ("" if said before).

    `verdict`: separable, doubtful (only with a doubt: place, a single site, chance), null or none (not compared).
    """

    quantity: str
    title: str
    sentences: list[str]
    tables: list[Table]
    not_shown: str
    verdict: str


class Answers(NamedTuple):
    """`left_out`: what could not be compared and why."""

    summary: list[str]
    items: list[Answer]
    probes: probes.Probes | None = None
    left_out: list[str] = []

    @property
    def compared(self) -> bool:
        return any(i.verdict != "none" for i in self.items)


def answers(contents: Contents, language: Language) -> Answers:
    """What the study found, most important first."""
    items: list[Answer] = []
    for quantity in choose.headlines(contents):
        found = _quantity(quantity, contents, language)
        if found:
            said = any(found.not_shown == i.not_shown for i in items)
            items.append(found._replace(not_shown="") if said else found)
    left_out = uncompared.left_out(contents, language) if contents.settings.tables else []
    towers = [*region_answer(contents, language), *eddy_answer.summary(contents, language)]
    if items:
        lines = summary(contents, {i.quantity: i.verdict for i in items}, language)
        if not lines:
            return Answers([*uncompared.lead(contents, language), *towers], items, None, left_out)
        return Answers([*lines, *towers], [_explained(i, contents, language) for i in items], None, left_out)
    if lines := _evidence(contents, language):
        return Answers(lines, [])
    if found_probes := probes.probes(contents, language, OF_TOWERS if towers else frozenset()):
        return Answers([*towers, *found_probes.lines], [], found_probes, left_out)
    parts = (region_answer, eddy_answer.summary, chamber.summary, carbonate.summary, soil_salinity.summary)
    if lines := [line for part in parts for line in part(contents, language)]:
        return Answers(lines, [], None, left_out)
    return Answers(uncompared.lead(contents, language) or [say("nothing", language)], [], None, left_out)


def _explained(item: Answer, contents: Contents, language: Language) -> Answer:
    """With the reason where this quantity alone could not be compared."""
    if item.verdict != "none":
        return item
    return item._replace(sentences=[*item.sentences, *uncompared.reason(item.quantity, contents, language)])


def _quantity(quantity: str, contents: Contents, language: Language) -> Answer | None:
    means, ratios, slopes = (
        _of(contents, f"effects/{n}", quantity) for n in ("class_means", "response_ratios", "gradients")
    )
    places = sorted({str(t) for f in (ratios, slopes) if f is not None for t in f["table"]})
    sentences: list[str] = []
    tables: list[Table] = []
    for place in places:
        own = [None if f is None or f[f["table"] == place].empty else f[f["table"] == place]
               for f in (means, ratios, slopes)]  # fmt: skip
        said = _sentences(own[1], own[2], contents, language)
        name = f"[{words.origin(place, language)}] " if len(places) > 1 else ""
        sentences += [name + said[0], *said[1:]]
        if made := contrast_table(own[0], own[1], own[2], contents, language):
            tables.append(made)
    if not sentences:
        if means is None:
            return None
        sentences = [means_sentence(means, contents, language)]
    found = [f for f in (ratios, slopes) if f is not None]
    separable = [bool(v) for f in found for v in f["separable"]]
    clear = [bool(v) for f in found for v in f["separable"].astype(bool) & ~doubts.doubtful(f)]
    judged = any(f["low"].notna().any() for f in found)
    verdict = "separable" if any(clear) else "doubtful" if any(separable) else "null" if judged else "none"
    if means is not None and _below_zero(quantity, means):
        sentences.append(say("below_zero", language))
    title = words.quantity(quantity, language)
    return Answer(quantity, title, sentences, tables, _not_shown(quantity, language), verdict)


def _below_zero(quantity: str, means: pd.DataFrame) -> bool:
    """Whether the interval of a mean goes below zero, where the quantity cannot."""
    known = vocabulary.fields().get(quantity)
    return known is not None and known.minimum is not None and known.minimum >= 0 and bool((means["low"] < 0).any())


def _sentences(
    ratios: pd.DataFrame | None, slopes: pd.DataFrame | None, contents: Contents, language: Language
) -> list[str]:
    """The headline on the first factor, then what other factors and gradients add; the rest stands in the table."""
    parts = [] if ratios is None else [part for _, part in ratios.groupby("factor", sort=False)]
    told = [p for i, p in enumerate(parts) if not i or p["separable"].astype(bool).any()]
    lines = [line for part in told for line in ratio_sentences(part, contents, language)]
    for _, row in () if slopes is None else slopes.iterrows():
        if not lines or bool(row["separable"]) or disagreement(row):
            lines.append(slope_sentence(row, contents, language))
    return lines


def _evidence(contents: Contents, language: Language) -> list[str]:
    pooled, listed = contents.frame("evidence/pooled"), contents.frame("evidence/numbers")
    if pooled is None and listed is None:
        return []
    lines = []
    used = pooled[pooled["pooled"].astype(bool)] if pooled is not None else pd.DataFrame()
    if listed is not None:
        sources = listed["source_key"].nunique()
        lines.append(say("evidence", language, numbers=len(listed), sources=sources, pooled=len(used)))
    if len(used):
        carbon = used["variable"].astype(str).str.contains(r"carbon|respiration|SOC|SIC|SOM|_C|CO2", regex=True)
        first = used.assign(carbon=~carbon).sort_values(["carbon", "n_sources"], ascending=[True, False], kind="stable")
        for _, row in first.head(5).iterrows():
            low, high = float(row["low"]), float(row["high"])
            middle, inner = estimate(row.rename({"mean_log_ratio": "log_ratio"}), language)
            lines.append(
                say(
                    "pooled" if low > 0 or high < 0 else "pooled_null",
                    language,
                    group=capital(words.labelled(row, "intervention", language) or str(row["intervention_group"])),
                    variable=words.labelled(row, "variable", language),
                    percent=middle,
                    interval=inner,
                    numbers=int(row["n_numbers"]),
                    sources=int(row["n_sources"]),
                )
            )
        lines.append(say("evidence_limits", language))
    return lines


def _not_shown(quantity: str, language: Language) -> str:
    known = vocabulary.fields().get(quantity)
    group = known.group if known else "other"
    if group == "carbon" and known and known.unit.split(" ")[-1] in ("ha-1", "m-2"):
        group = "stock"
    key = f"report.not_shown.{group}"
    return vocabulary.say(key if key in vocabulary.texts() else "report.not_shown.other", language)


def _of(contents: Contents, name: str, quantity: str) -> pd.DataFrame | None:
    frame = contents.frame(name)
    found = None if frame is None else frame[frame["quantity"] == quantity]
    return None if found is None or found.empty else choose.in_order(found, contents)
