"""Aeris MIRA analysers (CH4 with C2H6, N2O with CO2 or CO): comma-separated text, units in the headings.

The values are corrected for water vapour by the analyser and are taken as per mole of dry air.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, dates, gases, headings, lines

if TYPE_CHECKING:
    import pandas as pd

GAS = re.compile(r"(CO2|CH4|N2O|H2O|CO|NH3|C2H6)\s*\((ppm|ppb|%)\)", re.IGNORECASE)
MODEL = re.compile(r"(?:^|[/\\])((?:Pico|MIRA|Ultra|Strato)[A-Za-z]*\d*)", re.IGNORECASE)


def recognise(opened: Opened) -> bool:
    return headings.find(opened, ",", _fits)[0] > 0


def read(opened: Opened) -> pd.DataFrame:
    """Dry mole fractions; `chamber` is the inlet where the file has more than one."""
    row, written = headings.find(opened, ",", _fits)
    names = lines.unique(written)
    found = [gases.GasColumn(n, g[1].upper(), g[2].lower(), True) for n in names if (g := GAS.fullmatch(n))]
    kept = headings.DataLines(written, ",")
    wanted = ["Time Stamp", "Inlet Number", *(c.heading for c in found)]
    frame, problems = lines.table(
        opened, names, sep=",", after=row, wanted=wanted, text=("Time Stamp",), missing=("no data",), keep=kept
    )
    problems += kept.problems(opened.name)
    frame, doubts = dates.timed(frame, ("Time Stamp",), opened.name, "mdy")
    result = frame[["time", "source_row"]].assign(**gases.mole_fractions(frame, found))
    if "Inlet Number" in frame and frame["Inlet Number"].nunique() > 1:
        result["chamber"] = chambers.labels(frame["Inlet Number"])
    model = MODEL.search(opened.name)
    result.attrs |= {"analyser": f"Aeris {model[1]}" if model else "Aeris", "problems": [*problems, *doubts]}
    return result


def _fits(names: list[str]) -> bool:
    own = "Inlet Number" in names or "P (mbars)" in names
    return "Time Stamp" in names and own and any(GAS.fullmatch(n) for n in names)


FORMAT = InstrumentFormat(
    "aeris",
    Text("Aeris MIRA gas analyser", "Aeris MIRA 气体分析仪"),
    recognise,
    read,
    "rheault2024goflux",
    (".txt", ".csv"),
)
