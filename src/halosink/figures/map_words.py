"""Words of the maps of a region and of the figures beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.maps.landuse import classes, types


def say(key: str, language: Language, **values: Any) -> str:
    """A sentence of region_report.toml."""
    said = words.gases(vocabulary.say(f"region_report.{key}", language, **values))
    return words.spaced(said).replace("） ", "）") if language == "zh" else words.singular(said)


def sentence(key: str, language: Language, **values: Any) -> str:
    """The same with a capital where it begins with a letter."""
    said = say(key, language, **values)
    return said[:1].upper() + said[1:]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def per_year(raw: str) -> str:
    """The unit of a slope without the year that a sentence tells in words: `g C m-2 a-2` as `g C m-2 a-1`."""
    if raw.endswith(" a-2"):
        return raw.removesuffix("a-2") + "a-1"
    return raw.removesuffix(" a-1")


def named(area: str, name: Any, language: Language) -> str:
    """The word of a list (layer, role, quantity ...), else the name itself with blanks."""
    key = f"region_report.{area}.{name}"
    return say(f"{area}.{name}", language) if key in vocabulary.texts() else str(name).replace("_", " ")


def land(code: Any, language: Language) -> str:
    """What a CNLUCC code of land use, or its type of one figure, is called; a text stays as it is."""
    try:
        number = int(float(code))
    except (TypeError, ValueError):
        return str(code)
    if number in classes():
        return classes()[number].name.to(language)
    if number == 0:
        return say("unknown_use", language)
    return types()[number].to(language) if number in types() else str(number)


def unit(raw: Any) -> str:
    """`g C m-2 a-1` as `g C m⁻² a⁻¹`, `t hm-2` as `t hm⁻²`; "" for a pure number."""
    return numbers.unit("" if raw is None or raw != raw else str(raw))


def titled(name: str, raw_unit: Any, language: Language) -> str:
    """Name and unit."""
    return numbers.bracket(name, unit(raw_unit), language)


def amount(value: Any, language: Language) -> str:
    """Three digits, with a real minus; "" where there is none."""
    if value is None or not math.isfinite(float(value)):
        return ""
    number = float(value)
    size = abs(number)
    if size >= 1000:
        power = 10.0 ** (math.floor(math.log10(size)) - 2)
        return numbers.number(round(number / power) * power, language, 0)
    return numbers.number(number, language, 0 if size == 0 else max(0, 2 - math.floor(math.log10(size))))


def quantity(name: Any, language: Language) -> str:
    """What a total is called: a word of its own, else that of the layer."""
    key = f"region_report.quantity.{name}"
    return say(f"quantity.{name}", language) if key in vocabulary.texts() else named("layer", name, language)


def field(name: Any, language: Language) -> str:
    """What a corrected quantity is called: a field of the vocabulary, else a layer."""
    known = str(name) in vocabulary.fields()
    return words.inside(str(name), language) if known else named("layer", name, language)


def option(what: Any, moved: Any, language: Language) -> str:
    """One choice and how it was moved, as `weight of NEP (+0.10)`."""
    head, _, tail = str(what).partition(".")
    shown = say(f"what.{head}", language, name=_part(tail, language)) if tail and _known(f"what.{head}") else ""
    shown = shown or named("what", what, language)
    key = f"option.{moved}"
    said = say(key, language) if _known(key) else str(moved).replace("-", numbers.MINUS)
    return numbers.bracket(shown, said, language)


def scaled(frame: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Totals in t as thousands or millions of tonnes, in Chinese as ten thousands, so that numbers stay short."""
    parts = str(frame["unit"].iloc[0]).split(" ")
    most = float(np.nanmax(frame[["value", "low", "high"]].abs().to_numpy(float)))
    if parts[0] != "t" or not most >= 1e4:
        return frame
    power, name = (1e4, "万 t") if language == "zh" else (1e6, "Mt") if most >= 1e7 else (1e3, "kt")
    shown = frame.assign(unit=" ".join([name, *parts[1:]]))
    for column in ("value", "low", "high"):
        shown[column] = frame[column].astype(float) / power
    return shown


def _known(key: str) -> bool:
    return f"region_report.{key}" in vocabulary.texts()


def _part(name: str, language: Language) -> str:
    for area in ("quantity", "factor", "layer"):
        if _known(f"{area}.{name}"):
            return named(area, name, language)
    return name.replace("_", " ")
