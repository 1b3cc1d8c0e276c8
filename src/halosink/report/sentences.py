"""Single sentences of the answer: a ratio, a slope, the means, each with interval, unit and doubts."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import effects, gradient, numbers, words
from halosink.report.contents import Contents

MOST_CLASSES = 3  # own choice: more comparisons than this in one sentence are counted, not listed

_BORDER = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")


def ratio_sentences(part: pd.DataFrame, contents: Contents, language: Language) -> str:
    """The last class in declared order in full; the others in short, or counted where they are many."""
    rows = [row for _, row in part.iterrows()]
    first, others = _ratio(rows[-1], contents, language), rows[:-1]
    if not others:
        return first
    reference = rows[0]["reference"]
    separable = sum(bool(r["separable"]) for r in others)
    if len(others) > MOST_CLASSES or any(r["log_ratio"] != r["log_ratio"] for r in others):
        text = say("more", language, separable=separable, count=len(others), reference=reference)
    else:
        shown = [_short(r, separable > 0, language) for r in others]
        listed = vocabulary.say("report.page.semicolon", language).join(shown)
        text = say("others" if separable else "others_null", language, reference=reference, list=listed)
    unsaid = not bool(rows[-1]["separable"])
    if unsaid and any(bool(r["separable"]) and bool(r.get("confounded")) for r in others):
        text += say("confounded", language)
    return (" " if language == "en" else "").join((first, _sentence(text, language)))


def _short(row: pd.Series, mixed: bool, language: Language) -> str:
    key = "other_null" if mixed and not bool(row["separable"]) else "other"
    text = say(key, language, cls=row["class"], estimate=effects.percent_note(row, language))
    carried = bool(row.get("loso_flips")) and row.get("loso_site")
    return text + (say("other_carried", language, site=row["loso_site"]) if carried else "")


def _ratio(row: pd.Series, contents: Contents, language: Language) -> str:
    """One class against its reference, in percent; in units where there is no ratio (values at or below zero)."""
    on_ratio = _known(row["log_ratio"])
    shown = words.unit(row["quantity"], row.get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    change, low, high = (_number(row[k]) for k in ("difference", "difference_low", "difference_high"))
    digits = numbers.interval_digits(change, low, high)
    mid = float(row["log_ratio"]) if on_ratio else change
    if on_ratio:
        sign = numbers.percent_sign(language)
        signed = numbers.change(mid, language) + sign
        interval = numbers.changes(_number(row["low"]), _number(row["high"]), language)
        interval += sign if interval else ""
    else:
        signed = numbers.number(change, language, digits, signed=True) + unit
        interval = numbers.ends(change, low, high, language, signed=True)
        interval += unit if interval else ""
    values: dict[str, Any] = {
        "cls": row["class"],
        "reference": row["reference"],
        "confidence": f"{contents.settings.analysis.confidence * 100:g}",
        "interval": interval,
        "mean": _mean(row["mean"], digits, language),
        "reference_mean": _mean(row["reference_mean"], digits, language),
        "unit": unit,
        "n": _n(row, language),
    }
    if not interval:
        return _sentence(say("no_interval", language, **values), language)
    if not bool(row["separable"]):
        text = say("ratio_null", language, percent=signed, **values) + _detectable(
            row, on_ratio, unit, digits, language
        )
    else:
        direction = say("higher" if mid > 0 else "lower", language)
        text = say("ratio", language, percent=signed.lstrip("+" + numbers.MINUS), direction=direction, **values)
    return _sentence(text + _doubts(row, language), language)


def _mean(value: Any, digits: int | None, language: Language) -> str:
    """A mean with the decimals of the difference, but no fewer than two significant digits."""
    size = abs(_number(value))
    least = max(0, 1 - math.floor(math.log10(size))) if size > 0 else 0
    return numbers.number(value, language, None if digits is None else min(6, max(digits, least)))


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
        inside = [_number(row.get(f"within_site_{k}")) for k in ("slope", "low", "high")]
        if inside[1] > 0 or inside[2] < 0:
            said = numbers.interval(inside[0], inside[1], inside[2], language, signed=True)
            text += say("within_only", language, slope=said)
        if least := gradient.detectable_note(row, language):
            text += say("detect_slope", language, value=least)
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
    least = abs(_number(row.get("minimum_detectable_percent" if on_ratio else "minimum_detectable_difference")))
    if not math.isfinite(least):
        return ""
    if not on_ratio:
        return say("detect", language, value=numbers.number(least, language, digits) + unit)
    log, sign = math.log1p(least / 100), numbers.percent_sign(language)
    return say(
        "detect_percent", language, up=numbers.change(log, language) + sign, down=numbers.change(-log, language) + sign
    )


def _doubts(row: pd.Series, language: Language) -> str:
    end = "" if bool(row["separable"]) else "_null"
    text = say(f"confounded{end}", language) if bool(row.get("confounded")) else ""
    if bool(row.get("loso_flips")) and row.get("loso_site"):
        text += say(f"carried{end}", language, site=row["loso_site"])
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
    """With a capital and a full stop; in Chinese with blanks between Chinese and Latin words."""
    if language == "en":
        return capital(text) + say("stop", language)
    return _BORDER.sub(" ", text) + say("stop", language)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def say(key: str, language: Language, **values: Any) -> str:
    """A text of the answer."""
    return vocabulary.say(f"report.answer.{key}", language, **values)
