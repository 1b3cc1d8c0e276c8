"""Gasmet with an automatic chamber: a table with the closure, the chamber and what it was doing at each reading.

The columns of gases are named by gas and unit (CH4_ppm) and hold dry mole fractions. The fit begins with the first
reading in mode Interpolation, so elapsed_time counts from there and is negative while the chamber closes and mixes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink import vocabulary
from halosink.contracts import Text
from halosink.read.instruments import gasmet
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import lines
from halosink.read.instruments.parts.repeats import Repeats

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("Date", "Time", "ID", "mode")
GAS = re.compile(r"([A-Z][A-Za-z0-9]*)_(ppm|ppb|pct)$")
UNITS = {"pct": "%"}
FIT = "Interpolation"
PRESSURE = re.compile(r"amb\.?[_ ]?press_(mbar|hPa|kPa|Pa)$", re.IGNORECASE)


def _names(opened: Opened) -> list[str]:
    first = next((line for line in opened.lines if line.strip()), "")
    return [n.strip() for n in first.split("\t")]


def _recognise(opened: Opened) -> bool:
    names = _names(opened)
    return {"ID", "mode", "chamber"} <= set(names) and any(GAS.match(n) for n in names)


def _read(opened: Opened) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from halosink.vocabulary import units

    again = Repeats(_names(opened), "\t")
    names = lines.unique(_names(opened))
    lines.lacking(opened.name, names, NEEDED)
    heading_line = next(i for i, line in enumerate(opened.head.split(b"\n"), 1) if line.strip())
    gases = {n: m for n in names if (m := GAS.match(n)) and m[1] in gasmet.FIELDS}
    pressure = next((m for n in names if (m := PRESSURE.match(n))), None)
    words = [*NEEDED, "chamber"]
    table, problems = lines.table(
        opened,
        names,
        after=heading_line,
        wanted=[*words, *gases, *([pressure[0]] if pressure else [])],
        text=words,
        keep=again,
    )
    problems += again.problems(opened.name)
    table, more = gasmet.moments(table, table["Date"], table["Time"], opened.name)
    columns: dict[str, object] = {"time": table["time"], "closure": table["ID"], "chamber": table["chamber"]}
    start = table["time"].where(table["mode"].str.strip().eq(FIT)).groupby(table["ID"]).transform("min")
    first = table.groupby("ID")["time"].transform("min")
    columns["elapsed_time"] = (table["time"] - start.fillna(first)).dt.total_seconds()
    columns["closure_end"] = table.groupby("ID")["time"].transform("max")
    for name, gas in gases.items():
        field = gasmet.FIELDS[gas[1]]
        unit = UNITS.get(gas[2], gas[2])
        columns[field] = units.convert(table[name].to_numpy(np.float64), unit, vocabulary.fields()[field].unit)
    if pressure:
        columns["chamber_pressure"] = units.convert(table[pressure[0]].to_numpy(np.float64), pressure[1], "kPa")
    frame = pd.DataFrame(columns | {"source_row": table["source_row"]})
    frame.attrs |= {"analyser": "Gasmet", "problems": problems + more}
    return frame


FORMAT = InstrumentFormat(
    name="gasmet_portable",
    label=Text("Gasmet with automatic chamber", "Gasmet（配自动箱）"),
    recognise=_recognise,
    read=_read,
    source="rheault2024goflux",
    suffixes=(".txt",),
)
