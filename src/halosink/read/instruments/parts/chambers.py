"""What the readers of chamber systems share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

CLOCK = re.compile(r"\d+(:\d+){1,2}")
CM3_PER_L = 1000.0
CM2_PER_M2 = 10_000.0


def closure_name(label: str, number: object, time: pd.Timestamp) -> str:
    """Name of one closure, unique in a file: label, number and time of closing."""
    parts = (str(label).strip(), str(number).strip(), f"{time:%Y-%m-%d %H:%M:%S}")
    return " ".join(p for p in parts if p)


def seconds(text: str) -> float:
    """Seconds of mm:ss or hh:mm:ss, or of a plain number; NaN for anything else."""
    if CLOCK.fullmatch(text.strip()):
        total = 0
        for part in text.strip().split(":"):
            total = 60 * total + int(part)
        return float(total)
    return number(text)


def labels(numbers: pd.Series) -> pd.Series:
    """Whole numbers as text, empty where there is none."""
    return numbers.map("{:.0f}".format, na_action="ignore").astype("object").fillna("").astype("str")


def number(value: Any) -> float:
    """A number as a program wrote it; NaN for anything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def factor(unit: str, field: str, usual: str) -> float:
    """What a value in `unit` is multiplied by to be in the field's unit; `usual` counts where the unit is unknown."""
    from halosink import vocabulary
    from halosink.vocabulary import units

    to = vocabulary.fields()[field].unit
    return units.factor(unit if unit and units.compatible(unit, to) else usual, to)[0]
