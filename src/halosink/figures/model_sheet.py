"""Words and small helps of the figures of the response model."""

from __future__ import annotations

from typing import Any

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words

CHOSEN, BEFORE = "#0072b2", "#8a9499"
LINES = ("#1f2a30", "#0072b2", "#d55e00", "#009e73", "#e69f00", "#6a3d9a", "#56b4e9")
"""Colours of lines, after Okabe and Ito: they differ in lightness too."""


def say(key: str, language: Language, **values: Any) -> str:
    """A sentence of model_report.toml."""
    said = words.gases(vocabulary.say(f"model_report.{key}", language, **values))
    return words.spaced(said).replace("） ", "）") if language == "zh" else words.singular(said)


def pool(name: str, language: Language) -> str:
    """What a stock or a place outside is called."""
    key = f"model_report.pool.{name}"
    return say(f"pool.{name}", language) if key in vocabulary.texts() else name.replace("_", " ")


def unit(raw: str, carbon: bool = True) -> str:
    return numbers.unit(raw, "C" if carbon else "")
