"""The answer in plain sentences: each number with its interval and unit, and what it does not show."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.figures.quality import measured
from halosink.report import choose
from halosink.report.contents import Contents
from halosink.report.sentences import capital, means_sentence, ratio_sentences, say, slope_sentence


class Answer(NamedTuple):
    """One headline quantity: its sentences and what they do not show ("" if said before).

    `verdict`: separable, doubtful (only with a doubt about place or a single site), null or none (not compared).
    """

    quantity: str
    title: str
    sentences: list[str]
    not_shown: str
    verdict: str


class Answers(NamedTuple):
    summary: list[str]
    items: list[Answer]


def answers(contents: Contents, language: Language) -> Answers:
    """What the study found, most important first."""
    items: list[Answer] = []
    for quantity in choose.headlines(contents):
        found = _quantity(quantity, contents, language)
        if found:
            said = any(found.not_shown == i.not_shown for i in items)
            items.append(found._replace(not_shown="") if said else found)
    if items:
        return Answers(_summary(contents, [i.quantity for i in items], language), items)
    if lines := _evidence(contents, language):
        return Answers(lines, [])
    if lines := _quality(contents, language):
        return Answers(lines, [])
    return Answers([say("nothing", language)], [])


def _summary(contents: Contents, headline: list[str], language: Language) -> list[str]:
    frames = [f for n in ("effects/response_ratios", "effects/gradients") if (f := contents.frame(n)) is not None]
    if not frames:
        return []
    judged = [f[f["quantity"].isin(headline) & f["low"].notna()] for f in frames]
    count = sum(map(len, judged))
    separable = sum(int(f["separable"].astype(bool).sum()) for f in judged)
    if not count:
        return []
    if not separable:
        return [say("summary_none", language, count=count)]
    doubtful = sum(int((f["separable"].astype(bool) & _doubt(f)).sum()) for f in judged)
    every = sum(int(f["low"].notna().sum()) for f in frames)
    confidence = contents.settings.analysis.confidence
    chance = every * (1 - confidence)
    return [
        say(
            "summary",
            language,
            separable=separable,
            count=count,
            all=every,
            percent=f"{confidence * 100:g}",
            chance=numbers.number(chance, language, 0 if chance >= 3 else 1),
            doubt=say("doubt", language, doubtful=doubtful) if doubtful else "",
        )
    ]


def _quantity(quantity: str, contents: Contents, language: Language) -> Answer | None:
    ratios, slopes = (_of(contents, f"effects/{n}", quantity) for n in ("response_ratios", "gradients"))
    places = {str(t) for f in (ratios, slopes) if f is not None for t in f["table"]}
    sentences: list[str] = []
    for place in sorted(places):
        said = [] if ratios is None else [
            ratio_sentences(part, contents, language)
            for _, part in ratios[ratios["table"] == place].groupby("factor", sort=False)
        ]  # fmt: skip
        if slopes is not None:
            said += [slope_sentence(row, contents, language) for _, row in slopes[slopes["table"] == place].iterrows()]
        name = f"[{place}] " if len(places) > 1 else ""
        sentences += [name + said[0], *said[1:]]
    if not sentences:
        found_means = _of(contents, "effects/class_means", quantity)
        if found_means is None:
            return None
        sentences = [means_sentence(found_means, contents, language)]
    found = [f for f in (ratios, slopes) if f is not None]
    separable = [bool(v) for f in found for v in f["separable"]]
    clear = [bool(v) for f in found for v in f["separable"].astype(bool) & ~_doubt(f)]
    verdict = "separable" if any(clear) else "doubtful" if any(separable) else "null" if found else "none"
    return Answer(quantity, words.quantity(quantity, language), sentences, _not_shown(quantity, language), verdict)


def _doubt(frame: pd.DataFrame) -> pd.Series:
    blank = pd.Series(False, index=frame.index)
    return frame.get("confounded", blank).astype(bool) | frame.get("loso_flips", blank).astype(bool)


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
            lines.append(
                say(
                    "pooled" if low > 0 or high < 0 else "pooled_null",
                    language,
                    group=capital(words.labelled(row, "intervention", language) or str(row["intervention_group"])),
                    variable=words.labelled(row, "variable", language),
                    percent=numbers.change(float(row["mean_log_ratio"]), language) + numbers.percent_sign(language),
                    interval=numbers.changes(low, high, language) + numbers.percent_sign(language),
                    numbers=int(row["n_numbers"]),
                    sources=int(row["n_sources"]),
                )
            )
        lines.append(say("evidence_limits", language))
    return lines


def _quality(contents: Contents, language: Language) -> list[str]:
    overview = contents.frame("quality/overview")
    overview = None if overview is None else measured(overview)
    if overview is None or not overview["rows"].sum():
        return []
    rows = int(overview["rows"].sum())

    def share(value: float, total: float) -> str:
        part = 100 * value / total if total else 0.0
        return numbers.percent(part, language, 0 if part >= 10 or part == 0 else 1 if part >= 0.1 else 3)

    parts = (overview["flagged"] / overview["rows"].where(overview["rows"] > 0)).fillna(0.0)
    worst = overview.iloc[int(parts.to_numpy().argmax())]
    sensor = worst.get("sensor")
    lines = [
        say(
            "quality",
            language,
            rows=numbers.count(rows, language),
            columns=len(overview),
            missing=share(overview["missing"].sum(), rows),
            flagged=share(overview["flagged"].sum(), rows),
        )
    ]
    if parts.max() > 0:
        lines.append(
            say(
                "worst",
                language,
                quantity=words.quantity(str(worst["field"]), language),
                sensor=f" ({sensor})" if isinstance(sensor, str) and sensor else "",
                flagged=share(worst["flagged"], worst["rows"]),
                rows=numbers.count(worst["rows"], language),
            )
        )
    lines.append(say("fit", language, clean=int((parts < 0.01).sum()), columns=len(overview)))
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
