"""Single sentences of the answer: a ratio, a slope, the means, each with interval, unit and doubts."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import effects, gradient, numbers, words
from halosink.report.contents import Contents

MOST_CLASSES = 3  # own choice: more comparisons than this in one sentence are counted, not listed


def ratio_sentences(part: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """The last class in declared order in full; the others in short, or counted where they are many."""
    rows = [row for _, row in part.iterrows()]
    first, others = _ratio(rows[-1], contents, language), rows[:-1]
    if not others:
        return [first]
    reference = rows[0]["reference"]
    if len(others) > MOST_CLASSES or any(r["log_ratio"] != r["log_ratio"] for r in others):
        separable = sum(bool(r["separable"]) for r in others)
        text = say("more", language, separable=separable, count=len(others), reference=reference)
    else:
        listed = vocabulary.say("report.page.semicolon", language).join(_short(r, language) for r in others)
        text = say("others", language, reference=reference, list=listed)
    unsaid = not bool(rows[-1]["separable"])
    if unsaid and any(bool(r["separable"]) and bool(r.get("confounded")) for r in others):
        text += say("confounded", language)
    return [first, _sentence(text, language)]


def _short(row: pd.Series, language: Language) -> str:
    key = "other" if bool(row["separable"]) else "other_null"
    text = say(key, language, cls=row["class"], estimate=effects.percent_note(row, language))
    carried = bool(row.get("loso_flips")) and row.get("loso_site")
    return text + (say("other_carried", language, site=row["loso_site"]) if carried else "")


def _ratio(row: pd.Series, contents: Contents, language: Language) -> str:
    """One class against its reference, in percent; in units where there is no ratio (values at or below zero)."""
    on_ratio = _known(row["log_ratio"])
    shown = words.unit(row["quantity"], row.get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    digits = numbers.interval_digits(row["difference"], row["difference_low"], row["difference_high"])
    if on_ratio:
        mid, low, high = (
            100 * math.expm1(row[k]) if _known(row[k]) else math.nan for k in ("log_ratio", "low", "high")
        )
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
        return _sentence(say("no_interval", language, **values), language)
    if not bool(row["separable"]):
        text = say("ratio_null", language, percent=signed, **values) + _detectable(
            row, on_ratio, unit, digits, language
        )
    else:
        direction = say("higher" if mid > 0 else "lower", language)
        text = say("ratio", language, percent=size, direction=direction, **values)
    return _sentence(text + _doubts(row, language), language)


def slope_sentence(row: pd.Series, contents: Contents, language: Language) -> str:
    values = {
        "gradient": words.quantity(row["gradient"], language),
        "slope": gradient.slope_note(row, language),
        "n": _n(row, language),
    }
    if bool(row["separable"]):
        text = say("gradient", language, **values)
        inside = [_number(row.get(f"within_site_{k}")) for k in ("slope", "low", "high")]
        if all(math.isfinite(v) for v in inside):
            if inside[0] * row["slope"] < 0:
                text += say("opposite", language)
            elif inside[1] <= 0 <= inside[2]:
                text += say("within", language)
    else:
        text = say("gradient_null", language, **values)
        if least := gradient.detectable_note(row, language):
            text += say("detect", language, value=least)
    return _sentence(text + _doubts(row, language), language)


def means_sentence(means: pd.DataFrame, contents: Contents, language: Language) -> str:
    shown = words.unit(str(means.iloc[0]["quantity"]), means.iloc[0].get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    parts = [
        say(
            "mean", language, cls=r["class"], mean=numbers.interval(r["mean"], r["low"], r["high"], language), unit=unit
        )
        for _, r in means.iterrows()
    ]
    listed = vocabulary.say("report.page.semicolon", language).join(parts)
    confidence = f"{contents.settings.analysis.confidence * 100:g}"
    return _sentence(say("means", language, list=listed, confidence=confidence), language)


def _detectable(row: pd.Series, on_ratio: bool, unit: str, digits: int | None, language: Language) -> str:
    least = row.get("minimum_detectable_percent" if on_ratio else "minimum_detectable_difference")
    if not _known(least):
        return ""
    if not on_ratio:
        return say("detect", language, value=numbers.number(abs(least), language, digits) + unit)
    up = abs(float(least))
    down = 100 * (1 - 1 / (1 + up / 100))
    digits = 0 if up >= 10 else 1
    return say(
        "detect_percent",
        language,
        up=numbers.percent(up, language, digits),
        down=numbers.percent(down, language, digits),
        minus=numbers.MINUS,
    )


def _doubts(row: pd.Series, language: Language) -> str:
    text = say("confounded", language) if bool(row.get("confounded")) and bool(row["separable"]) else ""
    if bool(row.get("loso_flips")) and row.get("loso_site"):
        text += say("carried", language, site=row["loso_site"])
    return text


def _n(row: pd.Series, language: Language) -> str:
    sites = int(row["sites"]) if _known(row.get("sites")) else 0
    key = "units" if sites < 1 else "site" if sites == 1 else "sites"
    return vocabulary.say(f"report.n.{key}", language, units=numbers.count(row["units"], language), sites=sites)


def _number(value: Any) -> float:
    return float(value) if _known(value) else math.nan


def _known(value: Any) -> bool:
    return hasattr(value, "__float__") and math.isfinite(float(value))


def _sentence(text: str, language: Language) -> str:
    return (capital(text) if language == "en" else text) + say("stop", language)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def say(key: str, language: Language, **values: Any) -> str:
    """A text of the answer."""
    return vocabulary.say(f"report.answer.{key}", language, **values)
