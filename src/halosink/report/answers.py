"""The answer in plain sentences: each number with its interval and unit, and what it does not show."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import effects, gradient, numbers, words
from halosink.report import choose
from halosink.report.contents import Contents

MOST_CLASSES = 3  # own choice: more comparisons than this in one sentence are counted, not listed


class Answer(NamedTuple):
    """One headline quantity: its sentences and what they do not show ("" if said before). `verdict`: separable, doubtful, null or none."""

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
    return Answers([_say("nothing", language)], [])


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
        return [_say("summary_none", language, count=count)]
    doubtful = sum(int((f["separable"].astype(bool) & _doubt(f)).sum()) for f in judged)
    every = sum(int(f["low"].notna().sum()) for f in frames)
    confidence = contents.settings.analysis.confidence
    chance = every * (1 - confidence)
    return [
        _say(
            "summary",
            language,
            separable=separable,
            count=count,
            all=every,
            percent=f"{confidence * 100:g}",
            chance=numbers.number(chance, language, 0 if chance >= 3 else 1),
            doubt=_say("doubt", language, doubtful=doubtful) if doubtful else "",
        )
    ]


def _quantity(quantity: str, contents: Contents, language: Language) -> Answer | None:
    ratios, slopes = (_of(contents, f"effects/{n}", quantity) for n in ("response_ratios", "gradients"))
    places = {str(t) for f in (ratios, slopes) if f is not None for t in f["table"]}
    sentences = []
    for place in sorted(places):
        said = [] if ratios is None else [
            s for _, part in ratios[ratios["table"] == place].groupby("factor", sort=False)
            for s in _ratios(part, contents, language)
        ]  # fmt: skip
        if slopes is not None:
            said += [_slope(row, contents, language) for _, row in slopes[slopes["table"] == place].iterrows()]
        name = f"[{place}] " if len(places) > 1 else ""
        sentences += [name + said[0], *said[1:]]
    if not sentences:
        means = _of(contents, "effects/class_means", quantity)
        if means is None:
            return None
        sentences = [_means(means, contents, language)]
    found = [f for f in (ratios, slopes) if f is not None]
    separable = [bool(v) for f in found for v in f["separable"]]
    clear = [bool(v) for f in found for v in f["separable"].astype(bool) & ~_doubt(f)]
    verdict = "separable" if any(clear) else "doubtful" if any(separable) else "null" if found else "none"
    return Answer(quantity, words.quantity(quantity, language), sentences, _not_shown(quantity, language), verdict)


def _ratios(part: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """The last class in declared order in full; the others in short, or counted where they are many."""
    rows = [row for _, row in part.iterrows()]
    first, others = _ratio(rows[-1], contents, language), rows[:-1]
    if not others:
        return [first]
    reference = rows[0]["reference"]
    if len(others) > MOST_CLASSES or any(r["log_ratio"] != r["log_ratio"] for r in others):
        separable = sum(bool(r["separable"]) for r in others)
        more = _say("more", language, separable=separable, count=len(others), reference=reference)
        return [first, _sentence(more, language)]
    short = [
        _say("other" if bool(r["separable"]) else "other_null", language, cls=r["class"],
             estimate=effects.percent_note(r, language))
        for r in others
    ]  # fmt: skip
    listed = vocabulary.say("report.page.semicolon", language).join(short)
    return [first, _sentence(_say("others", language, reference=reference, list=listed), language)]


def _ratio(row: pd.Series, contents: Contents, language: Language) -> str:
    """One class against its reference, in percent; in units where there is no ratio (values at or below zero)."""
    on_ratio = _known(row["log_ratio"])
    shown = words.unit(row["quantity"], row.get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    digits = numbers.interval_digits(row["difference"], row["difference_low"], row["difference_high"])
    if on_ratio:
        mid, low, high = (100 * math.expm1(row[k]) if _known(row[k]) else math.nan for k in ("log_ratio", "low", "high"))
        places = numbers.percent_digits(mid, low, high) if _known(low) else 0
        size = numbers.percent(abs(mid), language, places)
        signed = numbers.percent(mid, language, places, signed=True)
        ends = numbers.span(low, high, language, places, signed=True) + numbers.percent_sign(language)
    else:
        mid, low, high = (float(row[k]) for k in ("difference", "difference_low", "difference_high"))
        places_or_none = numbers.interval_digits(mid, low, high)
        size = numbers.number(abs(mid), language, places_or_none) + unit
        signed = numbers.number(mid, language, places_or_none, signed=True) + unit
        ends = numbers.span(low, high, language, places_or_none, signed=True) + unit
    values: dict[str, Any] = {
        "cls": row["class"],
        "reference": row["reference"],
        "confidence": f"{contents.settings.analysis.confidence * 100:g}",
        "interval": ends,
        "mean": numbers.number(row["mean"], language, digits),
        "reference_mean": numbers.number(row["reference_mean"], language, digits),
        "unit": unit,
        "n": _n(row, language),
    }
    if not _known(low):
        return _sentence(_say("no_interval", language, **values), language)
    if not bool(row["separable"]):
        text = _say("ratio_null", language, percent=signed, **values) + _detectable(row, on_ratio, unit, digits, language)
    else:
        direction = _say("higher" if mid > 0 else "lower", language)
        text = _say("ratio", language, percent=size, direction=direction, **values)
    return _sentence(text + _doubts(row, language), language)


def _slope(row: pd.Series, contents: Contents, language: Language) -> str:
    values = {
        "gradient": words.quantity(row["gradient"], language),
        "slope": gradient.slope_note(row, language),
        "n": _n(row, language),
    }
    if bool(row["separable"]):
        text = _say("gradient", language, **values)
        inside = [row.get(k) for k in ("within_site_slope", "within_site_low", "within_site_high")]
        if all(_known(v) for v in inside):
            if inside[0] * row["slope"] < 0:  # type: ignore[operator]
                text += _say("opposite", language)
            elif inside[1] <= 0 <= inside[2]:  # type: ignore[operator]
                text += _say("within", language)
    else:
        text = _say("gradient_null", language, **values)
        if least := gradient.detectable_note(row, language):
            text += _say("detect", language, value=least)
    return _sentence(text + _doubts(row, language), language)


def _means(means: pd.DataFrame, contents: Contents, language: Language) -> str:
    shown = words.unit(str(means.iloc[0]["quantity"]), means.iloc[0].get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    parts = [
        _say("mean", language, cls=r["class"], mean=numbers.interval(r["mean"], r["low"], r["high"], language), unit=unit)
        for _, r in means.iterrows()
    ]
    listed = vocabulary.say("report.page.semicolon", language).join(parts)
    confidence = f"{contents.settings.analysis.confidence * 100:g}"
    return _sentence(_say("means", language, list=listed, confidence=confidence), language)


def _detectable(row: pd.Series, on_ratio: bool, unit: str, digits: int | None, language: Language) -> str:
    least = row.get("minimum_detectable_percent" if on_ratio else "minimum_detectable_difference")
    if not _known(least):
        return ""
    if not on_ratio:
        return _say("detect", language, value=numbers.number(abs(least), language, digits) + unit)  # type: ignore[arg-type]
    up = abs(float(least))  # type: ignore[arg-type]
    down = 100 * (1 - 1 / (1 + up / 100))
    digits = 0 if up >= 10 else 1
    return _say(
        "detect_percent",
        language,
        up=numbers.percent(up, language, digits),
        down=numbers.percent(down, language, digits),
        minus=numbers.MINUS,
    )


def _doubts(row: pd.Series, language: Language) -> str:
    text = _say("confounded", language) if bool(row.get("confounded")) and bool(row["separable"]) else ""
    if bool(row.get("loso_flips")) and row.get("loso_site"):
        text += _say("carried", language, site=row["loso_site"])
    return text


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
        lines.append(_say("evidence", language, numbers=len(listed), sources=sources, pooled=len(used)))
    if len(used):
        carbon = used["variable"].astype(str).str.contains(r"carbon|respiration|SOC|SIC|SOM|_C|CO2", regex=True)
        first = used.assign(carbon=~carbon).sort_values(["carbon", "n_sources"], ascending=[True, False], kind="stable")
        for _, row in first.head(5).iterrows():
            mid, low, high = (100 * math.expm1(row[k]) for k in ("mean_log_ratio", "low", "high"))
            digits = numbers.percent_digits(mid, low, high)
            lines.append(
                _say(
                    "pooled" if low > 0 or high < 0 else "pooled_null",
                    language,
                    group=_capital(words.labelled(row, "intervention", language) or str(row["intervention_group"])),
                    variable=words.labelled(row, "variable", language),
                    percent=numbers.percent(mid, language, digits, signed=True),
                    interval=numbers.span(low, high, language, digits, signed=True) + numbers.percent_sign(language),
                    numbers=int(row["n_numbers"]),
                    sources=int(row["n_sources"]),
                )
            )
        lines.append(_say("evidence_limits", language))
    return lines


def _quality(contents: Contents, language: Language) -> list[str]:
    overview = contents.frame("quality/overview")
    if overview is None or not overview["rows"].sum():
        return []
    rows = int(overview["rows"].sum())

    def share(value: float, total: float) -> str:
        part = 100 * value / total if total else 0.0
        return numbers.percent(part, language, 0 if part >= 10 or part == 0 else 1 if part >= 0.1 else 3)

    parts = (overview["flagged"] / overview["rows"].where(overview["rows"] > 0)).fillna(0.0)
    worst = overview.loc[parts.idxmax()]
    sensor = worst.get("sensor")
    lines = [
        _say(
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
            _say(
                "worst",
                language,
                quantity=words.quantity(str(worst["field"]), language),
                sensor=f" ({sensor})" if isinstance(sensor, str) and sensor else "",
                flagged=share(worst["flagged"], worst["rows"]),
                rows=numbers.count(worst["rows"], language),
            )
        )
    lines.append(_say("fit", language, clean=int((parts < 0.01).sum()), columns=len(overview)))
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


def _n(row: pd.Series, language: Language) -> str:
    sites = int(row["sites"]) if _known(row.get("sites")) else 0
    key = "units" if sites < 1 else "site" if sites == 1 else "sites"
    return vocabulary.say(f"report.n.{key}", language, units=numbers.count(row["units"], language), sites=sites)


def _known(value: Any) -> bool:
    return hasattr(value, "__float__") and math.isfinite(float(value))


def _sentence(text: str, language: Language) -> str:
    return (_capital(text) if language == "en" else text) + _say("stop", language)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _say(key: str, language: Language, **values: Any) -> str:
    return vocabulary.say(f"report.answer.{key}", language, **values)


