"""The answer of a region: carbon now and per year with its interval, where its sinks lie, and how sure they are."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.figures.map_words import say, scaled, unit
from halosink.report.contents import Contents
from halosink.report.region_shared import (
    INDEX_UNITS,
    area,
    category_area,
    get,
    interval,
    modelled_names,
    picture,
    share,
    told,
    total_area,
    united,
)

FIRM = 0.9
"""Share of draws from which on a cell counts as sure. Own choice: nine of ten."""


def region_answer(contents: Contents, language: Language) -> list[str]:
    """Flow and stock, then place and sureness, then what is modelled; [] without results of a region."""
    lines = [_join([flow(contents, language), stock(contents, language)], language)]
    lines.append(_join([*where(contents, language), sure(contents, language)], language))
    names = modelled_names(contents, language)
    if names and any(lines):
        lines.append(say("answer.rests", language, layers=say("map.comma", language).join(names)))
    return [line for line in lines if line]


def flow(contents: Contents, language: Language) -> str:
    """Whether the region is a sink."""
    row = _total(contents, "nep")
    if row is None:
        return ""
    value, low, high = (get(row, k) for k in ("value", "low", "high"))
    if ratio := unfit(contents):
        said = numbers.number(ratio, language, 1)
        return _sentence(say("answer.unfit", language, region=_name(contents, language), ratio=said), language)
    whole = get(row, "area_km2")
    whole = total_area(contents) if math.isnan(whole) else whole
    mean = ""
    if whole > 0 and told(row, "unit").startswith("t"):
        per = value / whole  # 1 t km-2 = 1 g m-2
        mean = say("answer.mean", language, mean=numbers.number(per, language, 0 if abs(per) >= 10 else 1))
    key = "bare" if math.isnan(low) else "sink" if low > 0 else "source" if high < 0 else "neither"
    if key == "source":
        row = row.copy()
        row["value"], row["low"], row["high"] = -value, -high, -low
        mean = mean.replace(numbers.MINUS, "")
    name, found = _name(contents, language), valued(row, language)
    return _sentence(say(f"answer.{key}", language, region=name, nep=found, mean=mean), language)


def unfit(contents: Contents) -> float:
    """Respiration over production where that is too much to be true, else 0."""
    checks = contents.frame("region/checks")
    if checks is None:
        return 0.0
    own = checks[(checks["check"] == "respiration_above_production") & (checks["passed"] == False)]  # noqa: E712
    return float(own["value"].iloc[0]) if len(own) else 0.0


def stock(contents: Contents, language: Language) -> str:
    """What vegetation and soil hold."""
    parts = []
    for name in ("vegetation_carbon", "soil_carbon"):
        row = _total(contents, name)
        if row is None:
            continue
        if name == "soil_carbon" and told(row, "unit") in INDEX_UNITS:
            parts.append(say("answer.part_index", language, amount=valued(row, language)))
        else:
            where_ = say(f"answer.in_{name}", language)
            parts.append(say("answer.part", language, amount=valued(row, language), name=where_))
    joined = (" and " if language == "en" else "，").join(parts)
    return say("answer.stock", language, parts=joined) if parts else ""


def where(contents: Contents, language: Language) -> list[str]:
    """Areas of the categories and the largest primary patch."""
    if contents.frame("region/sinks") is None:
        return []
    first, whole = category_area(contents, 1)[0], total_area(contents)
    if not first > 0:
        lines = [say("answer.no_primary", language)]
    else:
        part = say("answer.share", language, share=share(first / whole, language)) if whole > 0 else ""
        count, largest = "", ""
        patches = contents.frame("region/patches")
        own = None if patches is None else patches[patches["category"] == 1]
        if own is not None and len(own):
            count = say("answer.count" if len(own) > 1 else "answer.count_one", language, count=str(len(own)))
            top = own.sort_values("area_km2", ascending=False, kind="stable").iloc[0]
            if len(own) > 1:
                largest = say(
                    "answer.largest", language, patch=str(int(top["patch"])), area=area(get(top, "area_km2"), language)
                )
        found = _ranged(category_area(contents, 1), language)
        lines = [say("answer.primary", language, area=found, share=part, count=count, largest=largest)]
    second, third = (_ranged(category_area(contents, c), language) for c in (2, 3))
    if second and third:
        there = "".join(n for n, c in (("secondary", 2), ("potential", 3)) if category_area(contents, c)[0] > 0)
        key = {"secondarypotential": "others", "": "no_others"}.get(there, f"only_{there}")
        lines.append(say(f"answer.{key}", language, secondary=second, potential=third))
    return lines


def sure(contents: Contents, language: Language) -> str:
    """Confidence of the cells of sinks, else of patches; "" without draws."""
    drawn, category = picture(contents, "confidence"), picture(contents, "category")
    if drawn is not None and category is not None and drawn.shape == category.shape:
        inside = np.isin(category.values, (1, 2, 3)) & np.isfinite(drawn.values)
        if inside.any():
            found = drawn.values[inside].astype(float)
            return say("answer.sure", language, mean=share(float(found.mean()), language),
                       firm=share(float((found >= FIRM).mean()), language))  # fmt: skip
    patches = contents.frame("region/patches")
    if patches is None or "confidence" not in patches or patches["confidence"].isna().all():
        return ""
    known = patches[patches["confidence"].notna()]
    mean = float(np.average(known["confidence"], weights=known["area_km2"]))
    return say("answer.sure_patches", language, mean=share(mean, language))


def valued(row: pd.Series, language: Language) -> str:
    """A total with its interval and unit but for `a year`, in thousands or millions of tonnes."""
    found, shown = parted(row, language, "a-1")
    return united(found, shown, language)


def parted(row: pd.Series, language: Language, without: str = "") -> tuple[str, str]:
    """A total with its interval, and its unit."""
    one = scaled(
        pd.DataFrame([{k: get(row, k) for k in ("value", "low", "high")} | {"unit": told(row, "unit")}]), language
    ).iloc[0]
    shown = unit(str(one["unit"]).removesuffix(without).strip())
    return interval(one["value"], one["low"], one["high"], language), shown


def _total(contents: Contents, name: str) -> pd.Series | None:
    frame = contents.frame("region/totals")
    own = None if frame is None else frame[(frame["quantity"] == name) & frame["value"].notna()]
    return None if own is None or own.empty else own.iloc[0]


def _ranged(found: tuple[float, float, float], language: Language) -> str:
    mid, low, high = found
    if not math.isfinite(mid):
        return ""
    if not (math.isfinite(low) and math.isfinite(high)):
        return area(mid, language)
    return numbers.bracket(
        area(mid, language), numbers.joined([area(low, language), area(high, language)], language), language
    )


def _name(contents: Contents, language: Language) -> str:
    name = getattr(contents.settings.region.name, language) or say("answer.region", language)
    whole = total_area(contents)
    return say("answer.sized", language, name=name, area=area(whole, language)) if whole > 0 else name


def _join(parts: list[str], language: Language) -> str:
    return (" " if language == "en" else "").join(p for p in parts if p)


def _sentence(text: str, language: Language) -> str:
    return text[:1].upper() + text[1:] if language == "en" else words.spaced(text)
