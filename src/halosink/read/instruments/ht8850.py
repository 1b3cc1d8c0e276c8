"""HealthyPhoton HT8850 and kin: tab-separated text, headings such as CH4concentration_ppm.

The values are taken as per mole of dry air.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import dates, gases, headings, lines

if TYPE_CHECKING:
    import pandas as pd

GAS = re.compile(r"(CO2|CH4|N2O|H2O|CO|NH3|C2H6)_?concentration_(ppm|ppb|%)", re.IGNORECASE)


def recognise(opened: Opened) -> bool:
    return _separator(opened) is not None


def read(opened: Opened) -> pd.DataFrame:
    """Dry mole fractions."""
    sep = _separator(opened) or "\t"
    row, written = headings.find(opened, sep, _fits)
    names = lines.unique(written)
    found = [gases.GasColumn(n, g[1].upper(), g[2].lower(), True) for n in names if (g := GAS.fullmatch(n))]
    clock = next(n for n in names if n.lower() == "time")
    kept = headings.DataLines(written, sep)
    frame, problems = lines.table(
        opened, names, sep=sep, after=row, wanted=[clock, *(c.heading for c in found)], text=(clock,), keep=kept
    )
    problems += kept.problems(opened.name)
    frame, doubts = dates.timed(frame, (clock,), opened.name, "mdy")
    result = frame[["time", "source_row"]].assign(**gases.mole_fractions(frame, found))
    result.attrs |= {"analyser": "HealthyPhoton HT8850", "problems": [*problems, *doubts]}
    return result


def _fits(names: list[str]) -> bool:
    return "time" in [n.lower() for n in names] and any(GAS.fullmatch(n) for n in names)


def _separator(opened: Opened) -> str | None:
    return next((sep for sep in ("\t", ",") if headings.find(opened, sep, _fits)[0]), None)


FORMAT = InstrumentFormat(
    "ht8850",
    Text("HealthyPhoton HT8850 gas analyser", "海尔欣（HealthyPhoton）HT8850 气体分析仪"),
    recognise,
    read,
    "rheault2024goflux",
    (".txt", ".csv"),
)
