"""What results are called on a page: labels of quantities, checks, levels; user's own words stay as they are."""

from __future__ import annotations

import re
from typing import Any

from halosink import vocabulary
from halosink.contracts import Language
from halosink.drivers.naming import PROPER
from halosink.figures import numbers

_BORDER = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9₀-₉])(?=[\u4e00-\u9fff])")

_COUNTED = (
    "comparison|site|region|block|place|probe|unit|independent unit|independent place|reading|record|check|column|"
    "value|plot|core|sample|variable|row|number|published number|source"
)
_PLURAL = re.compile(rf"((?<![\w.,/\u2013\u202f\u2212×-])1[ \u00a0](?:{_COUNTED}))s\b")


def quantity(name: str, language: Language) -> str:
    """The label of a field, gases with their subscripts; a name not in the vocabulary with blanks for underscores."""
    found = vocabulary.fields().get(name)
    return gases(found.label.to(language)) if found else name.replace("_", " ")


def inside(name: str, language: Language) -> str:
    """The label of a field within a sentence: in English without a capital, but for pH, CO₂, N and their kin."""
    shown = quantity(name, language)
    word = shown.split(" ")[0]
    if word in PROPER:
        return shown
    return shown[:1].lower() + shown[1:] if language == "en" and len(word) > 1 and word[1:].islower() else shown


def gases(text: str) -> str:
    """CO2 as CO₂, likewise CH4 and N2O."""
    return text.replace("CO2", "CO₂").replace("CH4", "CH₄").replace("N2O", "N₂O")


def unit(name: str, text: Any = None) -> str:
    """The unit of a quantity for reading, with what its mass is made of; `text` comes before the field's own."""
    found = vocabulary.fields().get(name)
    raw = str(text) if isinstance(text, str) and text else found.unit if found else ""
    return numbers.unit(raw, found.substance if found else "")


def titled(name: str, language: Language, text: Any = None) -> str:
    """Label and unit, as an axis title or a table heading."""
    shown = unit(name, text)
    return numbers.bracket(quantity(name, language), shown, language)


def word(area: str, name: Any, language: Language) -> str:
    """The text report.<area>.<name> if there is one, else the name itself."""
    text = "" if name is None or name != name else str(name)
    found = vocabulary.texts().get(f"report.{area}.{text}")
    return gases(found.to(language)) if found else text.replace("_", " ")


def origin(table: str, language: Language) -> str:
    """What a table is called where several hold the same quantity: the user's own keep their names."""
    found = vocabulary.texts().get(f"report.origin.{table}")
    return found.to(language) if found else table


def labelled(row: Any, stem: str, language: Language) -> str:
    """The label that a row carries in `<stem>_en` and `<stem>_zh`, else the name in `stem`."""
    for name in (f"{stem}_{language}", stem):
        found = row.get(name)
        if isinstance(found, str):
            return gases(found)
    return ""


def say(key: str, language: Language, **values: Any) -> str:
    """A sentence of figures.toml."""
    text = vocabulary.say(f"figures.{key}", language, **values)
    return spaced(text) if language == "zh" else singular(text)


def singular(text: str) -> str:
    """English with `1 sites` as `1 site`, also with one word between."""
    return _PLURAL.sub(r"\1", text)


def spaced(text: str) -> str:
    """Chinese with blanks between Chinese and Latin words."""
    return _BORDER.sub(" ", text)
