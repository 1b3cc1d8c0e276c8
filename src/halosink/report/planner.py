"""The first two or three sentences: what a planner may quote."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import doubts, numbers, words
from halosink.report import choose
from halosink.report.contents import Contents
from halosink.report.sentences import estimate, places, rests_on, say, sentence, telling


def summary(contents: Contents, verdicts: Mapping[str, str], language: Language) -> list[str]:
    """What can be told apart, what cannot and why, and how much chance alone would give.

    `verdicts`: headline quantity -> separable, doubtful, null, none, in the order to speak of them.
    """
    if set(verdicts.values()) <= {"none"}:
        return []
    lines = [
        _found(contents, verdicts, language),
        _places(contents, language),
        _needed(contents, verdicts, language),
        _chance(contents, verdicts, language),
    ]
    return [line for line in lines if line]


def _found(contents: Contents, verdicts: Mapping[str, str], language: Language) -> str:
    named = {
        kind: [_named(q, contents, language, kind) for q, v in verdicts.items() if v == kind]
        for kind in ("separable", "doubtful", "null")
    }
    if not named["separable"] and not named["doubtful"]:
        return sentence(say("none_found", language, list=_and(named["null"], language)), language)
    lines = []
    if not named["separable"]:
        lines.append(sentence(say("none_clear", language), language))
    for kind in ("separable", "doubtful", "null"):
        if named[kind]:
            separator = "semicolon" if kind == "separable" else ""
            listed = (
                vocabulary.say("report.page.semicolon", language).join(named[kind])
                if separator
                else _and(named[kind], language)
            )
            lines.append(sentence(say(f"found_{kind}", language, list=listed), language))
    return (" " if language == "en" else "").join(lines)


def _named(quantity: str, contents: Contents, language: Language, kind: str) -> str:
    """The quantity; where it is separable with its biggest sound contrast per factor."""
    name = words.inside(quantity, language)
    if kind == "doubtful":
        return numbers.bracket(name, _reasons(quantity, contents, language), language)
    ratios = contents.frame("effects/response_ratios")
    if kind != "separable" or ratios is None:
        return name
    own = choose.in_order(ratios[ratios["quantity"] == quantity], contents)
    parts = []
    for _, part in own.groupby("factor", sort=False):
        clear = part[part["separable"].astype(bool) & ~doubts.doubtful(part)]
        if len(clear):
            row = telling(clear)
            middle = estimate(row, language)[0]
            parts.append(say("contrast", language, cls=row["class"], reference=row["reference"], estimate=middle))
    if not parts:
        return say("by_slope", language, quantity=name)
    inner = vocabulary.say("report.page.comma", language).join(parts)
    return name + vocabulary.say("report.page.colon", language) + inner


def _reasons(quantity: str, contents: Contents, language: Language) -> str:
    """Why a difference of this quantity has to be doubted, in a few words."""
    frames = [f for n in ("effects/response_ratios", "effects/gradients") if (f := contents.frame(n)) is not None]
    found: dict[str, int] = {}
    for frame in frames:
        for _, row in frame[frame["quantity"] == quantity].iterrows():
            for name in doubts.reasons(row):
                found[name] = int(row.get("family", 0))
    listed = [
        say(f"reason_{name}", language, count=found[name]) for name in ("place", "site", "chance") if name in found
    ]
    return vocabulary.say("report.page.comma", language).join(listed)


def _places(contents: Contents, language: Language) -> str:
    """Which factors are properties of places, and how few places each class has."""
    ratios, means = contents.frame("effects/response_ratios"), contents.frame("effects/class_means")
    if ratios is None or means is None or "confounded" not in ratios:
        return ""
    tied = [f for f in ratios["factor"].unique() if ratios.loc[ratios["factor"] == f, "confounded"].astype(bool).any()]
    if not tied:
        return ""
    names = _and([words.inside(str(f), language) for f in tied], language)
    told = means["quantity"].isin(choose.headlines(contents)) & (means["factor"] == tied[0])
    rows = [r for _, r in means[told].iterrows()]
    levels = {rests_on(r) for r in rows} or {""}
    level = next(iter(levels)) if len(levels) == 1 else ""
    sites = [n for r in rows if (n := places(r) if level else _sites(r)) is not None]
    least, most = (min(sites), max(sites)) if sites else (0, 0)
    if least < 1:
        return sentence(say("places", language, factor=names), language)
    range_ = str(least) if least == most else f"{least}–{most}"
    first = words.inside(str(tied[0]), language)
    named = words.word("level", level or "site", language)
    return sentence(say("places_sites", language, factor=names, first=first, sites=range_, level=named), language)


def _sites(row: pd.Series) -> int | None:
    return int(row["sites"]) if row["sites"] == row["sites"] else None


def _needed(contents: Contents, verdicts: Mapping[str, str], language: Language) -> str:
    """How many places per class a change of 20 % would need, over the comparisons that could not be told apart."""
    ratios = contents.frame("effects/response_ratios")
    if ratios is None or "places_to_detect_20_percent" not in ratios:
        return ""
    null = ratios["quantity"].isin(list(verdicts)) & ~ratios["separable"].astype(bool)
    needed = ratios.loc[null, "places_to_detect_20_percent"].dropna()
    if needed.empty or needed.min() < 2:
        return ""
    least, most = (numbers.places(v, language) for v in (needed.min(), needed.max()))
    key = "needed_one" if least == most else "needed_over" if most.startswith(">") else "needed"
    return sentence(say(key, language, least=least, most=most.lstrip("> ")), language)


def _chance(contents: Contents, verdicts: Mapping[str, str], language: Language) -> str:
    frames = [f for n in ("effects/response_ratios", "effects/gradients") if (f := contents.frame(n)) is not None]
    judged = [f[f["quantity"].isin(list(verdicts)) & f["low"].notna()] for f in frames]
    count = sum(map(len, judged))
    every = sum(int(f["low"].notna().sum()) for f in frames)
    if not count:
        return ""
    separable = sum(int(f["separable"].astype(bool).sum()) for f in judged)
    doubtful = sum(int((f["separable"].astype(bool) & doubts.doubtful(f)).sum()) for f in judged)
    if every == 1:
        return "" if separable else say("summary_none_one", language)
    confidence = contents.settings.analysis.confidence
    chance = every * (1 - confidence)
    return say(
        "summary" if separable else "summary_none",
        language,
        separable=separable,
        count=count,
        all=every,
        percent=f"{confidence * 100:g}",
        chance=numbers.number(chance, language, 0 if chance >= 3 else 1),
        doubt=say("doubt" if doubtful < separable else "doubt_all", language, doubtful=doubtful) if doubtful else "",
    )


def _and(names: list[str], language: Language) -> str:
    """`a, b and c`"""
    if len(names) < 2:
        return "".join(names)
    comma, last = (", ", " and ") if language == "en" else ("、", "和")
    return comma.join(names[:-1]) + last + names[-1]
