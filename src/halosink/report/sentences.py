"""Single sentences of the answer: a ratio, a slope, the means, each with interval, unit and doubts."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import doubts, gradient, numbers, words
from halosink.report.contents import Contents

FEW = 3  # own choice: so few sites are named by their number


def ratio_sentences(part: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """What the classes of one factor show: the biggest contrast that can be claimed, else the biggest there is.

    A second sentence says how many classes share the verdict and what casts doubt on it.
    """
    row = telling(part)
    count, separable = len(part), int(part["separable"].astype(bool).sum())
    values = _values(row, contents, language)
    if not values["interval"]:
        return [sentence(say("no_interval", language, **values), language)]
    if not bool(row["separable"]):
        text = say("ratio_null" if count == 1 else "ratio_nulls", language, **values)
        return [sentence(text, language)]
    signed, mid = values["signed"], _number(row["log_ratio"])
    mid = mid if math.isfinite(mid) else _number(row["difference"])
    if signed.startswith("×"):
        text = say("ratio_fold", language, times=signed[1:], **values)
    else:
        direction = say("higher" if mid > 0 else "lower", language)
        text = say("ratio", language, percent=signed.lstrip("+" + numbers.MINUS), direction=direction, **values)
    more = say("of_classes", language, separable=separable, count=count, reference=row["reference"])
    alone = part.get("by_chance", pd.Series(False, index=part.index)).astype(bool).sum()
    if alone:
        key = "of_classes_chance" if alone < separable else "of_classes_chance_all"
        more += say(key, language, alone=int(alone), all=int(row["family"]))
    more = (more if count > 1 else "") + cast_doubt(row, language)
    text += by_chance(row, language)
    return [sentence(part_, language) for part_ in (text, more.lstrip(";； ")) if part_]


def telling(part: pd.DataFrame) -> pd.Series:
    """The row that says most: separable without doubt before separable before not; then the biggest."""
    doubtful = doubts.doubtful(part)
    separable = part["separable"].astype(bool)
    size = part["log_ratio"].abs() if part["log_ratio"].notna().any() else part["difference"].abs()
    order = pd.DataFrame({"rank": (~separable).astype(int) * 2 + (separable & doubtful), "size": -size.fillna(-1.0)})
    first: pd.Series = part.loc[order.sort_values(["rank", "size"], kind="stable").index[0]]
    return first


def _values(row: pd.Series, contents: Contents, language: Language) -> dict[str, Any]:
    """What the sentences on one comparison are filled with; in units where there is no ratio (values at or below 0)."""
    shown = words.unit(row["quantity"], row.get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    signed, interval = estimate(row, language)
    digits = numbers.interval_digits(*(_number(row[k]) for k in ("difference", "difference_low", "difference_high")))
    return {
        "cls": row["class"],
        "reference": row["reference"],
        "confidence": f"{contents.settings.analysis.confidence * 100:g}",
        "signed": signed,
        "interval": interval,
        "mean": numbers.mean(row["mean"], digits, language),
        "reference_mean": numbers.mean(row["reference_mean"], digits, language),
        "unit": unit,
        "n": count(row, language),
    }


def estimate(row: pd.Series, language: Language) -> tuple[str, str]:
    """The contrast of a row and its interval: in percent, as a multiple, or in units; "" for what is not there."""
    mid, low, high = (_number(row[k]) for k in ("log_ratio", "low", "high"))
    if math.isfinite(mid):
        fold = bool(row.get("fold", numbers.many_fold(mid, low, high)))
        whole = numbers.relative(mid, low, high, language, fold)
        middle, _, inner = whole.replace("（", " (").rstrip(")）").partition(" (")
        return middle, inner if fold or not inner else inner + numbers.percent_sign(language)
    change, low, high = (_number(row[k]) for k in ("difference", "difference_low", "difference_high"))
    shown = words.unit(row["quantity"], row.get("unit"))
    unit = f"\u00a0{shown}" if shown else ""
    middle = numbers.number(change, language, numbers.interval_digits(change, low, high), signed=True)
    inner = numbers.ends(change, low, high, language, signed=True)
    return middle + unit, inner + unit if inner else ""


def detectable(row: pd.Series, language: Language) -> str:
    """The smallest change that the design could have seen: both directions of a ratio, else in units."""
    if math.isfinite(_number(row["log_ratio"])):
        least = abs(_number(row.get("minimum_detectable_percent")))
        if not math.isfinite(least):
            return ""
        log, sign = math.log1p(least / 100), numbers.percent_sign(language)
        if bool(row.get("fold")) or numbers.many_fold(log):
            return say("either", language, up=numbers.times(log, language), down=numbers.times(-log, language))
        up, down = (numbers.change(v, language) + sign for v in (log, -log))
        return say("either", language, up=up, down=down)
    least = abs(_number(row.get("minimum_detectable_difference")))
    keys = ("difference", "difference_low", "difference_high")
    shown = numbers.number(least, language, numbers.interval_digits(*(_number(row[k]) for k in keys)))
    unit = words.unit(row["quantity"], row.get("unit"))
    return f"{shown}\u00a0{unit}" if shown and unit else shown


def slope_sentence(row: pd.Series, contents: Contents, language: Language) -> str:
    """The slope along a gradient; with a word where sites among each other and within themselves disagree."""
    values = {
        "gradient": words.inside(row["gradient"], language),
        "slope": gradient.slope_note(row, language),
        "confidence": f"{contents.settings.analysis.confidence * 100:g}",
        "n": count(row, language),
    }
    key = disagreement(row) or ("gradient" if bool(row["separable"]) else "gradient_null")
    parts = {k: gradient.part_note(row, k, language) for k in ("among", "within")}
    text = say(key, language, **values, **parts)
    return sentence(text + by_chance(row, language) + cast_doubt(row, language), language)


def disagreement(row: pd.Series) -> str:
    """How the slopes among and within sites differ: opposite, differ, within_only, among_only; "" if they agree."""
    ends = [[_number(row.get(f"{k}_site_{e}")) for e in ("slope", "low", "high")] for k in ("among", "within")]
    among, within = ends
    if not all(map(math.isfinite, [*among, *within])):
        return ""
    clear = [e[1] > 0 or e[2] < 0 for e in (among, within)]
    if all(clear) and among[0] * within[0] < 0:
        return "opposite"
    if not bool(row.get("slopes_differ", clear[0] != clear[1])):
        return ""
    return "differ" if clear[0] == clear[1] else "among_only" if clear[0] else "within_only"


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
    key = "means" if means["low"].notna().all() else "means_some" if means["low"].notna().any() else "means_bare"
    return sentence(say(key, language, list=listed, confidence=confidence), language)


def cast_doubt(row: pd.Series, language: Language) -> str:
    """Place and single sites: what else could have made this difference, or would undo the verdict."""
    end = "" if bool(row["separable"]) else "_null"
    text = say("confounded", language) if bool(row.get("confounded")) and not end else ""
    if doubts.carried(row):
        text += say(f"carried{end}", language, site=row["loso_site"])
    elif doubts.unconfirmed(row):
        left = _number(row.get("sites")) - 1
        key = "unconfirmed" if 1 <= left <= FEW else "unconfirmed_many"
        text += say(key, language, sites=f"{left:.0f}")
    return text


def by_chance(row: pd.Series, language: Language) -> str:
    """That so many comparisons may well give one such difference by chance; "" if not."""
    if not bool(row.get("by_chance")):
        return ""
    p = numbers.number(row["p_adjusted"], language, 3 if float(row["p_adjusted"]) < 0.1 else 2)
    return say("chance", language, count=int(row["family"]), p=p)


def count(row: pd.Series, language: Language) -> str:
    """`40 independent units at 7 sites`, or where sites or regions are what is independent, `60 units in 4 regions`"""
    units, level = numbers.count(row["units"], language), rests_on(row)
    found = places(row)
    if found is not None and level in ("region", "block"):
        named = words.word("level", level, language)
        return singular(vocabulary.say("report.n.places", language, units=units, places=found, level=named), language)
    sites = found if level and found else int(row["sites"]) if _known(row.get("sites")) else 0
    key = "units" if sites < 1 else "site" if sites == 1 else "sites"
    text = vocabulary.say(f"report.n.{key}{'_shared' if level else ''}", language, units=units, sites=sites)
    return singular(text, language)


def rests_on(row: pd.Series) -> str:
    """The level above the units whose members are independent: region, site, block; "" where the units are."""
    level = "site" if row.get("slope_of") == "among sites" else str(row.get("level") or "")
    return level if level in ("region", "site", "block") else ""


def places(row: pd.Series) -> int | None:
    """How many independent places there are at that level; None where it is not known."""
    found = row.get("places")
    if _known(found) and float(found) >= 1:  # type: ignore[arg-type]
        return int(float(found))  # type: ignore[arg-type]
    return int(row["sites"]) if rests_on(row) == "site" and _known(row.get("sites")) and row["sites"] >= 1 else None


def singular(text: str, language: Language) -> str:
    return words.singular(text) if language == "en" else text


def _number(value: Any) -> float:
    return float(value) if _known(value) else math.nan


def _known(value: Any) -> bool:
    return hasattr(value, "__float__") and math.isfinite(float(value))


def sentence(text: str, language: Language) -> str:
    """With a capital and a full stop; in Chinese with blanks between Chinese and Latin words."""
    if language == "en":
        return capital(text) + say("stop", language)
    return words.spaced(text) + say("stop", language)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def say(key: str, language: Language, **values: Any) -> str:
    """A text of the answer."""
    return singular(vocabulary.say(f"report.answer.{key}", language, **values), language)
